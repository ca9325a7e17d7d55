"""Samples that were archived are answered as before; the archive is plain Parquet."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from builders import FOREVER, ask, beats, read, samples, slices, somebody, values
from disks import fill, small_disk

from wearhouse.care.archiving import archive_before, strays
from wearhouse.errors import Conflict, Unavailable
from wearhouse.levels import LEVELS
from wearhouse.registry import Registry
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store

MARCH = date(2026, 3, 1)
KATHMANDU, NEW_YORK = "Asia/Kathmandu", "America/New_York"


def at(day: int, hour: int = 18) -> datetime:
    """An hour of a day counted from the first of February."""
    return datetime(2026, 2, 1, hour, tzinfo=UTC) + timedelta(days=day)


def worn(store: Store, *days: int, zone: str = KATHMANDU) -> int:
    """Somebody with two vendors on each of these days; nearly midnight there."""
    who = somebody()
    for day in days:
        start = at(day)
        store.write(beats(who, *range(60, 90), step=1_500, source="oura", start=start, zone=zone))
        store.write(beats(who, 99, 98, step=900, source="csv", start=start, zone=zone))
        store.write(samples(who, "steps", [4, 0, 7], start=start, zone=zone))
    return who


def answers(store: Store, who: int) -> list[object]:
    """Everything that a store answers of somebody."""
    found: list[object] = [
        read(store, metric, level, who) for metric in ("heart_rate", "steps") for level in LEVELS
    ]
    hidden = store.whole("shadowed", "heart_rate", [who], *FOREVER)
    return [*found, hidden.to_pylist(), store.extent([who]).to_pylist()]


def held(store: Store, who: int, before: date = MARCH) -> int:
    """How many metric-days before a date the store itself holds."""
    return int(store.unmoved([who], before).num_rows)


def archived(
    store: Store, registry: Registry, root: Path, *who: int, before: date = MARCH
) -> object:
    return archive_before(store, registry, str(root), before, who)


def test_archived_series_are_answered_as_before_at_every_level(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = worn(store, 0, 1, 26, 27, 28, 40)
    before = answers(store, who)

    archived(store, registry, tmp_path, who)

    assert answers(store, who) == before
    assert held(store, who) == 0
    assert held(store, who, date(2026, 5, 1)) > 0


def test_civil_days_and_not_utc_days_are_archived(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = worn(store, 27)  # 28 February 18:00 UTC is 23:45 there, and most of it is 1 March

    archived(store, registry, tmp_path, who)
    rows = ds.dataset(tmp_path / "samples", partitioning="hive").to_table()

    assert set(rows["day"].to_pylist()) == {date(2026, 2, 28)}
    assert len(values(store, "heart_rate", who)) == 30


def test_a_page_of_any_size_gives_every_sample_once(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    people = [worn(store, 0, 26, 27, 28, 29, 60), worn(store, 1, 28, 35, zone=NEW_YORK)]
    whole = store.page(ask("heart_rate", "raw", *people)).rows.to_pylist()
    archived(store, registry, tmp_path, *people, before=date(2026, 3, 3))

    for size in (1, 7, 31, 64, 1_000):
        found, after = [], None
        while True:
            page = store.page(ask("heart_rate", "raw", *people, limit=size, after=after))
            found += page.rows.to_pylist()
            if not page.more:
                break
            last = found[-1]
            after = (last["participant"], round(last["t"].timestamp() * 1_000))
        assert found == whole, size


def test_a_restated_slice_withdraws_what_lies_in_the_archive(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = somebody()
    for day in (0, 1):
        store.write(beats(who, 60, 61, 62, start=at(day, 9)))
    archived(store, registry, tmp_path, who)

    done = store.write(
        beats(who, 70, start=at(0, 9), as_of=2), slices((who, "heart_rate", at(0).date()))
    )

    assert (done.written, done.withdrawn) == (1, 2)
    assert values(store, "heart_rate", who) == [70, 60, 61, 62]
    assert held(store, who) == 1
    archived(store, registry, tmp_path, who)
    assert values(store, "heart_rate", who) == [70, 60, 61, 62]
    assert (held(store, who), strays(store, str(tmp_path))) == (0, [])


def test_an_emptied_slice_leaves_nothing_of_an_archived_day(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = somebody()
    store.write(beats(who, 60, 61, 62, start=at(0, 9)))
    archived(store, registry, tmp_path, who)

    store.write(beats(who).slice(0, 0), slices((who, "heart_rate", at(0).date())))
    archived(store, registry, tmp_path, who)

    assert [read(store, "heart_rate", level, who) for level in LEVELS] == [[]] * len(LEVELS)


def test_any_tool_reads_the_archive(store: Store, registry: Registry, tmp_path: Path) -> None:
    who = worn(store, 0, 1)
    before = store.whole("samples", "heart_rate", [who], *FOREVER)
    archived(store, registry, tmp_path, who)

    found = ds.dataset(tmp_path / "samples", partitioning="hive").to_table()

    assert set(found["metric"].to_pylist()) == {"heart_rate", "steps"}
    assert set(found["month"].to_pylist()) == {"2026-02"}
    beat = found.filter(pc.field("metric") == "heart_rate").sort_by("t")
    for name in ("t", "offset", "value", "as_of"):
        assert beat[name].to_pylist() == before[name].to_pylist()
    assert beat["source"].to_pylist() == before["source"].to_pylist()


def test_a_file_that_was_changed_or_lost_is_an_error_and_never_an_empty_answer(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = worn(store, 0)
    archived(store, registry, tmp_path, who)
    [file] = (tmp_path / "samples").glob("metric=heart_rate/**/*.parquet")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    with pytest.raises(Unavailable, match="not as it was written"):
        values(store, "heart_rate", who)
    file.unlink()
    with pytest.raises(Unavailable, match="The archive lacks"):
        values(store, "heart_rate", who)


def test_an_archive_without_room_lets_nothing_go(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = worn(store, 0)
    before = answers(store, who)

    with small_disk(tmp_path / "disk") as disk:
        fill(disk)
        with pytest.raises(Unavailable, match="No space left"):
            archived(store, registry, disk, who)

    assert answers(store, who) == before
    assert held(store, who) > 0


def test_readers_see_every_sample_once_while_days_go_and_come_back(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = somebody()
    for day in range(6):
        store.write(beats(who, *range(60, 70), start=at(day, 9)))
    over, wrong = Event(), []

    def ask_again_and_again() -> None:
        while not over.is_set():
            raw = values(store, "heart_rate", who)
            days = read(store, "heart_rate", "1d", who)
            if len(raw) != 60 or [row["count"] for row in days] != [10] * 6:
                wrong.append((len(raw), [row["count"] for row in days]))

    reader = Thread(target=ask_again_and_again)
    reader.start()
    try:
        for turn in range(4):
            archived(store, registry, tmp_path, who)
            for day in range(6):
                values_now = [60 + turn, *range(61, 70)]
                store.write(beats(who, *values_now, start=at(day, 9), as_of=2 + turn))
    finally:
        over.set()
        reader.join()

    assert wrong == []


def test_erasing_reaches_the_archive(store: Store, registry: Registry, tmp_path: Path) -> None:
    who, other = worn(store, 0, 1), worn(store, 0)
    before = answers(store, other)
    archived(store, registry, tmp_path, who, other)

    removed = store.forget(who)

    assert removed >= 60
    assert not list(tmp_path.rglob(f"{who:010d}-*"))
    assert values(store, "heart_rate", who) == []
    assert answers(store, other) == before


def test_files_that_an_interrupted_run_left_go_with_the_next(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    who = worn(store, 0)
    archived(store, registry, tmp_path, who)
    left = tmp_path / "samples/metric=steps/month=2026-01/0000000001-abc.parquet.part1f"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a file")

    assert strays(store, str(tmp_path)) == [str(left)]
    archived(store, registry, tmp_path, who)

    assert not left.exists()


def test_two_runs_do_not_archive_at_once(store: Store, registry: Registry, tmp_path: Path) -> None:
    owner = new_owner()
    registry.locks.take("archive", owner)

    with pytest.raises(Conflict, match="being archived already"):
        archived(store, registry, tmp_path)

    registry.locks.release("archive", owner)
