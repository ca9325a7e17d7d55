"""A reader sees the old slice or the new one, never a mixture."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from builders import NOON, beats, read, slices, somebody

from wearhouse.levels import LEVELS
from wearhouse.store import Store

TURNS = 310
BEATS = 90


def replacements(store: Store, who: int) -> None:
    """Whole slices, each of one value; odd ones hold half as many beats."""
    for turn in range(TURNS):
        count = BEATS // (1 + turn % 2)
        store.write(
            beats(who, *[40.0 + turn / 4] * count, step=7, as_of=turn + 1),
            slices((who, "heart_rate", NOON.date())),
        )


def is_whole(level: str, rows: list[dict]) -> bool:
    """Whether the rows are one slice as some replacement wrote it."""
    if level == "raw":
        told, count = {row["value"] for row in rows}, len(rows)
    else:
        told = {row[figure] for row in rows for figure in ("min", "max", "first", "last")}
        count = sum(row["count"] for row in rows)
        summed = sum(row["sum"] for row in rows)
        if len(told) == 1 and summed != count * next(iter(told)):
            return False
    if len(told) != 1:
        return False
    turn = round((told.pop() - 40.0) * 4)
    return count == BEATS // (1 + turn % 2)


@contextmanager
def readers(watch: Callable[[str], None]) -> Iterator[None]:
    """Read every level again and again, beside what happens inside."""
    over = threading.Event()

    def look(levels: tuple[str, ...]) -> None:
        while not over.is_set():
            for level in levels:
                watch(level)

    threads = [threading.Thread(target=look, args=(LEVELS[part::2],)) for part in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def test_a_reader_never_sees_a_mixed_slice(store: Store) -> None:
    who = somebody()
    store.write(beats(who, *[40.0] * BEATS, step=7))
    torn: list[tuple[str, list[dict]]] = []
    looks = dict.fromkeys(LEVELS, 0)

    def watch(level: str) -> None:
        rows = read(store, "heart_rate", level, who)
        looks[level] += 1
        if not is_whole(level, rows):
            torn.append((level, rows))

    with readers(watch):
        replacements(store, who)

    assert torn == []
    assert min(looks.values()) > 50
