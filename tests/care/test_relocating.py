"""An archive that lies elsewhere is answered from there, and from nowhere else."""

import shutil
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest
from builders import beats, read, somebody, values
from commands import Run
from disks import fill, small_disk

from wearhouse.care.archiving import archive_before
from wearhouse.care.relocating import relocate
from wearhouse.errors import Conflict, Invalid, NotFound, Unavailable
from wearhouse.levels import LEVELS
from wearhouse.registry import Registry
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store

MARCH = date(2026, 3, 1)


def at(day: int) -> datetime:
    return datetime(2026, 2, 1, 9, tzinfo=UTC) + timedelta(days=day)


@pytest.fixture
def who(store: Store, registry: Registry, tmp_path: Path) -> int:
    """Somebody of whose vendors one is in the other's shadow, archived at `old`."""
    who = somebody()
    for day in (0, 1, 27):
        store.write(beats(who, *range(60, 70), source="oura", start=at(day)))
        store.write(beats(who, 99, 98, source="csv", start=at(day)))
    archive_before(store, registry, old(tmp_path), MARCH, [who])
    return who


def old(folder: Path) -> str:
    return str(folder / "old")


def new(folder: Path) -> str:
    return str(folder / "new")


def answers(store: Store, who: int) -> list[object]:
    return [read(store, "heart_rate", level, who) for level in LEVELS]


def files_in(folder: str) -> list[Path]:
    return [file for file in Path(folder).rglob("*") if file.is_file()]


def test_an_archive_is_copied_answered_from_there_and_no_longer_kept_where_it_was(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    before = answers(store, who)

    done = relocate(store, registry, old(tmp_path), new(tmp_path))

    assert answers(store, who) == before
    assert (done.months, done.samples, done.copied, done.found) == (1, 30, 2, 0)
    assert (len(files_in(new(tmp_path))), files_in(old(tmp_path))) == (2, [])
    assert not done.left


def test_files_that_were_moved_by_hand_are_found(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    before = answers(store, who)
    shutil.move(old(tmp_path), new(tmp_path))
    with pytest.raises(Unavailable, match="lacks"):
        answers(store, who)

    done = relocate(store, registry, old(tmp_path), new(tmp_path))

    assert answers(store, who) == before
    assert (done.copied, done.found) == (0, 2)


def test_a_file_that_was_harmed_on_its_way_is_brought_again(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    before = answers(store, who)
    shutil.copytree(old(tmp_path), new(tmp_path))
    harmed = files_in(new(tmp_path))[0]
    harmed.write_bytes(harmed.read_bytes()[:-1])

    done = relocate(store, registry, old(tmp_path), new(tmp_path))

    assert answers(store, who) == before
    assert (done.copied, done.found) == (1, 1)


def test_while_a_file_is_at_neither_place_the_index_stays_as_it_is(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    before = answers(store, who)
    shutil.move(old(tmp_path), tmp_path / "away")

    with pytest.raises(Unavailable, match="lacks"):
        relocate(store, registry, old(tmp_path), new(tmp_path))

    shutil.move(tmp_path / "away", old(tmp_path))
    assert answers(store, who) == before


def test_without_room_nothing_is_lost_and_the_same_again_goes_on(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    before = answers(store, who)
    with small_disk(tmp_path / "disk") as disk:
        filling = fill(disk)
        with pytest.raises(Unavailable, match="No space left"):
            relocate(store, registry, old(tmp_path), str(disk / "new"))
        then = answers(store, who)
        filling.unlink()
        relocate(store, registry, old(tmp_path), str(disk / "new"))

        assert (then, answers(store, who)) == (before, before)
        relocate(store, registry, str(disk / "new"), old(tmp_path))


def test_late_data_of_an_archived_day_count_wherever_it_lies(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    store.write(beats(who, 75, source="oura", start=at(0), as_of=9))
    before = answers(store, who)

    relocate(store, registry, old(tmp_path), new(tmp_path))
    after = answers(store, who)
    archive_before(store, registry, new(tmp_path), MARCH, [who])

    assert before == after == answers(store, who)
    assert values(store, "heart_rate", who)[0] == 75


def test_readers_and_late_loads_meanwhile_see_every_sample_once(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    over, wrong = Event(), []

    def ask_again_and_again() -> None:
        while not over.is_set():
            found = values(store, "heart_rate", who)
            if len(found) != 30:
                wrong.append(len(found))

    reader = Thread(target=ask_again_and_again)
    reader.start()
    try:
        places = [old(tmp_path), new(tmp_path)] * 3
        for turn, (here, there) in enumerate(pairwise(places)):
            store.write(beats(who, 60 + turn, source="oura", start=at(1), as_of=2 + turn))
            relocate(store, registry, here, there)
            archive_before(store, registry, there, MARCH, [who])
    finally:
        over.set()
        reader.join()

    assert wrong == []
    assert values(store, "heart_rate", who)[10] == 64


def test_who_was_erased_is_at_neither_place(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    relocate(store, registry, old(tmp_path), new(tmp_path))

    store.forget(who)

    assert files_in(old(tmp_path)) + files_in(new(tmp_path)) == []


def test_where_nothing_lies_nothing_is_relocated(
    store: Store, registry: Registry, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match="Nothing of this store"):
        relocate(store, registry, str(tmp_path / "nowhere"), new(tmp_path))
    with pytest.raises(Invalid, match="lies there already"):
        relocate(store, registry, new(tmp_path), new(tmp_path))


def test_nothing_is_relocated_while_samples_are_archived(
    store: Store, registry: Registry, who: int, tmp_path: Path
) -> None:
    owner = new_owner()
    registry.locks.take("archive", owner)

    with pytest.raises(Conflict, match="being archived"):
        relocate(store, registry, old(tmp_path), new(tmp_path))

    registry.locks.release("archive", owner)


def test_the_command_relocates_an_archive(run: Run, tmp_path: Path) -> None:
    run("study", "create", "S1")
    (tmp_path / "anna.csv").write_text(
        "participant,metric,time,value\nanna,heart_rate,2026-02-01T12:00:00Z,61\n"
    )
    run("import", "anna.csv", "--participant", "auto")
    asked = (
        "query", "--participant", "anna", "--metric", "heart_rate", "--resolution", "raw",
        "--start", "2026-02-01", "--end", "2026-02-01",
    )  # fmt: skip
    before = run(*asked).out
    run("archive", "--before", "2026-03-01", "--out", "old")

    ran = run("relocate", "--from", "old", "--to", "new", "--json")

    assert ran.code == 0, ran.err
    assert "1 samples are answered" in ran.err
    assert before == run(*asked).out
    assert "61" in before
    assert (files_in(old(tmp_path)), len(files_in(new(tmp_path)))) == ([], 1)
