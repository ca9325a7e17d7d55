"""What a vendor allows: so many questions of each person, and of all together, in windows that
slide. They are counted in a file, so that a process that is started again, and others beside it,
keep within the vendor's limits together."""

import hashlib
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Event, Lock

from pyrate_limiter import Rate

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS asked (person TEXT NOT NULL, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS asked_by_person ON asked (person, at);
CREATE INDEX IF NOT EXISTS asked_at ON asked (at);
"""
# Which question leaves the window before one more fits into it.
LEAVES = "SELECT at FROM asked WHERE at > ? AND at <= ? {} ORDER BY at DESC LIMIT 1 OFFSET ?"
LEAVES_OF_ALL, LEAVES_OF_PERSON = LEAVES.format(""), LEAVES.format("AND person = ?")
TIDY_EVERY = 1_000


class Quota:
    """What a vendor allows of each person and of all together; `wait` returns when one more
    question is within it. `counted_in` is a folder; without it only this process's count."""

    def __init__(self, per_person: Rate, in_all: Rate, counted_in: Path | None = None) -> None:
        self._person, self._all = per_person, in_all
        self._folder = counted_in
        self._counts: sqlite3.Connection | None = None
        self._lock = Lock()
        self._taken = 0

    def wait(self, person: str, stop: Event) -> bool:
        """Wait for a place of this person's, and take it; False if `stop` is set before."""
        # A person's name at the vendor, or a token in its stead, is kept nowhere.
        name = hashlib.sha256(person.encode()).hexdigest()[:32]
        while (wait_ms := self._taken_or_wait(name)) > 0:
            if stop.wait(wait_ms / 1000):
                return False
        return True

    def _taken_or_wait(self, name: str) -> int:
        """0 if a place was taken, else how many milliseconds it takes until there may be one."""
        with self._lock:
            counts = self._opened()
            counts.execute("BEGIN IMMEDIATE")
            try:
                now = time.time_ns() // 1_000_000
                wait_ms = max(
                    self._left(counts, self._person, now, LEAVES_OF_PERSON, name),
                    self._left(counts, self._all, now, LEAVES_OF_ALL),
                )
                if not wait_ms:
                    counts.execute("INSERT INTO asked VALUES (?, ?)", (name, now))
                    self._tidy(counts, now)
            finally:
                counts.execute("COMMIT")
        return wait_ms

    def _left(
        self, counts: sqlite3.Connection, rate: Rate, now: int, leaves: str, *name: str
    ) -> int:
        asked = (now - rate.interval, now, *name, rate.limit - 1)
        with closing(counts.execute(leaves, asked)) as found:
            oldest = found.fetchone()
        return max(int(oldest[0]) + rate.interval - now, 1) if oldest else 0

    def _tidy(self, counts: sqlite3.Connection, now: int) -> None:
        self._taken += 1
        if self._taken % TIDY_EVERY == 1:
            longest = max(self._person.interval, self._all.interval)
            counts.execute("DELETE FROM asked WHERE at <= ? OR at > ?", (now - longest, now))

    def _opened(self) -> sqlite3.Connection:
        if self._counts is None:
            place = ":memory:"
            if self._folder is not None:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                place = str(self._folder / "asked.sqlite")
            self._counts = sqlite3.connect(
                place, timeout=60, isolation_level=None, check_same_thread=False
            )
            self._counts.executescript(SCHEMA)
        return self._counts
