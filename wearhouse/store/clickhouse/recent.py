"""What was asked lately, given again for as long as nothing was written of those it is about.

Only where this process is the only one that writes. Each participant has a count that rises when
something of theirs begins to change: what was read under one count stands for as long as the count
does. While the change lasts every question is put to the store.
"""

import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

Answer = TypeVar("Answer")

MOST_BYTES = 64_000_000
LARGEST_BYTES = 2_000_000
"""Of one answer: days of raw samples would drive everything else out."""
OVERHEAD_BYTES, PERSON_BYTES = 12_000, 50
"""Of one answer, however small (its columns, measured), and of each participant of a question."""


@dataclass(frozen=True, slots=True)
class _Known:
    count: int
    answer: object
    bytes: int


class Recent:
    """Answers, the latest asked last. Without `sole_writer` every question is put anew."""

    def __init__(self, sole_writer: bool) -> None:
        self.sole_writer = sole_writer
        self.name = secrets.token_hex(4)
        self.changes = 0
        self.bytes = 0
        self._counts: dict[int, int] = {}
        self._changing: Counter[int] = Counter()
        self._known: OrderedDict[Hashable, _Known] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """A text that is another one once anything was written."""
        return f"{self.name}/{self.changes}"

    @contextmanager
    def changing(self, people: Sequence[int]) -> Iterator[None]:
        """While something of these participants changes."""
        with self._lock:
            self.changes += 1
            self._changing.update(people)
            for one in people:
                self._counts[one] = self._counts.get(one, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self.changes += 1
                self._changing -= Counter(people)

    def of(
        self,
        key: Hashable,
        people: Sequence[int],
        size: Callable[[Answer], int],
        ask: Callable[[], Answer],
    ) -> Answer:
        """The answer to a question about participants, asked now if it is not known."""
        with self._lock:
            count = self._count(people)
            known = self._known.get(key)
            if known is not None and known.count == count:
                self._known.move_to_end(key)
                return known.answer  # type: ignore[return-value]
        answer = ask()
        if count is not None and (held := size(answer)) <= LARGEST_BYTES:
            takes = held + OVERHEAD_BYTES + PERSON_BYTES * len(people)
            self._keep(key, _Known(count, answer, takes), people)
        return answer

    def forget(self) -> None:
        """Keep nothing of what was answered."""
        with self._lock:
            self._known.clear()
            self.bytes = 0

    def _keep(self, key: Hashable, known: _Known, people: Sequence[int]) -> None:
        with self._lock:
            before = self._known.pop(key, None)
            self.bytes -= before.bytes if before else 0
            if known.count != self._count(people):
                return
            self._known[key] = known
            self.bytes += known.bytes
            while self.bytes > MOST_BYTES:
                _, oldest = self._known.popitem(last=False)
                self.bytes -= oldest.bytes

    def _count(self, people: Sequence[int]) -> int | None:
        """The count of these participants together; None while nothing may be kept of them."""
        if not self.sole_writer or not self._changing.keys().isdisjoint(people):
            return None
        return sum(self._counts.get(one, 0) for one in people)
