"""A reader sees the old slice or the new one, never a mixture."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyarrow as pa
from builders import NOON, beats, read, slices, somebody

from wearhouse.levels import LEVELS
from wearhouse.store import Store

PEOPLE, TURNS, BEATS = 15, 67, 90


def replace_again_and_again(store: Store, people: list[int]) -> None:
    """Whole slices, each of one value; those of odd turns hold half as many beats."""
    stated = slices(*((who, "heart_rate", NOON.date()) for who in people))
    for turn in range(TURNS):
        told = [40.0 + turn] * (BEATS // (1 + turn % 2))
        told_of_all = [beats(who, *told, step=7, as_of=turn + 1) for who in people]
        store.write(pa.concat_tables(told_of_all).unify_dictionaries(), stated)


def is_whole(level: str, rows: list[dict]) -> bool:
    """Whether the rows are one slice as one replacement wrote it."""
    figures = ("value",) if level == "raw" else ("min", "max", "first", "last")
    told = {row[figure] for row in rows for figure in figures}
    if len(told) != 1:
        return False
    [value] = told
    expected = BEATS // (1 + round(value - 40) % 2)
    if level == "raw":
        return len(rows) == expected
    counted, summed = sum(row["count"] for row in rows), sum(row["sum"] for row in rows)
    return counted == expected and summed == expected * value


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
    people = [somebody() for _ in range(PEOPLE)]
    store.write(pa.concat_tables([beats(who, *[40.0] * BEATS, step=7) for who in people]))
    torn: list[tuple[str, list[dict]]] = []
    looks = dict.fromkeys(LEVELS, 0)

    def watch(level: str) -> None:
        rows = read(store, "heart_rate", level, *people)
        looks[level] += 1
        for who in people:
            slice_ = [row for row in rows if row["participant"] == who]
            if not is_whole(level, slice_):
                torn.append((level, slice_))

    with readers(watch):
        replace_again_and_again(store, people)

    assert PEOPLE * TURNS >= 1_000
    assert min(looks.values()) > 10
    assert torn == []
