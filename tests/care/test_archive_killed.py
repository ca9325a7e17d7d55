"""kill -9 at any moment of archiving, and of late data coming in, loses nothing and doubles
nothing."""

import multiprocessing
import random
import time
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from builders import beats, read, slices, values
from oracle import fold

from wearhouse.care.archiving import archive_before, strays
from wearhouse.levels import ROLLUPS
from wearhouse.registry import open_registry
from wearhouse.store import Store, open_store

ROUNDS = 14
WHO, DAYS, A_DAY = 1, 5, 40
FIRST = datetime(2026, 2, 26, 18, tzinfo=UTC)
ZONE = "Asia/Kathmandu"
"""Nearly midnight there, and the turn of a month is among the days."""


def load(store: Store, day: int, generation: int) -> None:
    """State the slices of two civil days, every sample of which tells its generation."""
    start = FIRST + timedelta(days=day)
    rows = beats(
        WHO, *[40.0 + generation] * A_DAY, step=60, start=start, zone=ZONE, as_of=generation
    )
    store.write(rows, slices((WHO, "heart_rate", start.date()), (WHO, "heart_rate", after(start))))


def after(start: datetime) -> date:
    return start.date() + timedelta(days=1)


def move_until_killed(folder: Path, generation: int, told: Connection) -> None:
    """Load and archive by turns, and tell of each load before and after."""
    store, chance = open_store(f"chdb://{folder}/store"), random.Random(generation)
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    told.send("open")
    while True:
        generation += 1
        day = 2 * chance.randrange(DAYS)
        told.send(("begun", day, generation))
        load(store, day, generation)
        told.send(("done", day, generation))
        archive_before(store, registry, str(folder / "archive"), date(2026, 4, 1))


def heard_until_killed(folder: Path, generation: int, chance: random.Random) -> list[tuple]:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["wearhouse.store.clickhouse", "builders", "oracle"])
    hear, told = forks.Pipe(duplex=False)
    process = forks.Process(target=move_until_killed, args=(folder, generation, told))
    process.start()
    told.close()
    assert hear.recv() == "open"
    time.sleep(chance.uniform(0.05, 1.5))
    process.kill()
    process.join()
    heard = []
    try:
        while True:
            heard.append(hear.recv())
    except EOFError:
        return heard


def test_what_was_archived_or_acknowledged_survives_kill_9_once(tmp_path: Path) -> None:
    chance, known, generation = random.Random(3), {}, 0
    store = open_store(f"chdb://{tmp_path}/store")
    for day in range(0, 2 * DAYS, 2):
        load(store, day, 0)
        known[day] = {0}
    store.close()

    for _ in range(ROUNDS):
        for what, day, told in heard_until_killed(tmp_path, generation, chance):
            known[day] = {told} | (known[day] if what == "begun" else set())
            generation = told
        store = open_store(f"chdb://{tmp_path}/store")
        stands = values(store, "heart_rate", WHO)
        for number, day in enumerate(sorted(known)):
            found = set(stands[number * A_DAY : (number + 1) * A_DAY])
            assert len(found) == 1, (day, stands)
            [value] = found
            assert value - 40 in known[day], (day, value, known)
            known[day] = {int(value - 40)}
        assert len(stands) == A_DAY * DAYS
        rows = store.whole("samples", "heart_rate", [WHO], 0, 2**41)
        for level in ROLLUPS:
            assert read(store, "heart_rate", level, WHO) == fold(oracle_rows(rows), level)
        store.close()

    assert generation > ROUNDS
    store = open_store(f"chdb://{tmp_path}/store")
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")
    archive_before(store, registry, str(tmp_path / "archive"), date(2026, 4, 1))
    assert strays(store, str(tmp_path / "archive")) == []
    assert sum(row["rows"] for row in store.stats().to_pylist() if row["level"] == "raw") == 0
    registry.close()
    store.close()


def oracle_rows(rows: object) -> list[tuple]:
    return [
        (
            row["participant"], row["metric"], round(row["t"].timestamp() * 1000), row["offset"],
            row["value"], row["source"], row["as_of"],
        )
        for row in rows.to_pylist()  # type: ignore[attr-defined]
    ]  # fmt: skip
