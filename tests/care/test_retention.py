"""A study keeps its samples in the store for as long as it says, and no longer."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders import NOON, beats, read, slices, values
from commands import Run, runs_in

from wearhouse.care.retaining import due_before, retain
from wearhouse.levels import ROLLUPS
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Study

NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
MARCH, APRIL = NOON, NOON + timedelta(days=31)
Enrol = Callable[..., Participant]


@pytest.mark.parametrize(
    ("months", "before"),
    [(1, date(2026, 4, 1)), (3, date(2026, 2, 1)), (12, date(2025, 5, 1)), (None, None)],
)
def test_whole_months_are_kept_beside_the_one_that_runs(
    months: int | None, before: date | None
) -> None:
    study = Study(1, "S", "S", raw_months=months)

    assert due_before(study, NOW.date()) == before


def kept_for(wearhouse: Wearhouse, study: Study, months: int | None, then: str = "archive") -> None:
    values_then = {"raw_months": months, "raw_then": then}
    wearhouse.registry.enrolments.change_study(study, values_then)


def loaded(wearhouse: Wearhouse, person: Participant) -> None:
    for start in (MARCH, APRIL):
        wearhouse.store.write(beats(person.id, 60, 61, 62, start=start))


def retained(wearhouse: Wearhouse, root: Path) -> None:
    retain(wearhouse.store, wearhouse.registry, str(root), NOW)


def in_store(wearhouse: Wearhouse, person: Participant) -> set[date]:
    held = wearhouse.store.unmoved([person.id], date(2027, 1, 1))
    return set(held["day"].to_pylist())


def test_without_a_word_of_the_study_everything_stays(
    wearhouse_open: Wearhouse, person: Participant, tmp_path: Path
) -> None:
    loaded(wearhouse_open, person)

    retained(wearhouse_open, tmp_path)

    assert in_store(wearhouse_open, person) == {MARCH.date(), APRIL.date()}


def test_older_months_go_to_the_archive_and_are_answered_from_there(
    wearhouse_open: Wearhouse, study: Study, person: Participant, tmp_path: Path
) -> None:
    loaded(wearhouse_open, person)
    kept_for(wearhouse_open, study, 1)

    retained(wearhouse_open, tmp_path)

    assert in_store(wearhouse_open, person) == {APRIL.date()}
    assert values(wearhouse_open.store, "heart_rate", person.id) == [60, 61, 62] * 2
    kept_for(wearhouse_open, study, None)


def test_removed_samples_are_gone_and_their_rollups_stay_whatever_comes_late(
    wearhouse_open: Wearhouse, study: Study, person: Participant, tmp_path: Path
) -> None:
    store, who = wearhouse_open.store, person.id
    loaded(wearhouse_open, person)
    levels = [read(store, "heart_rate", level, who) for level in ROLLUPS]
    kept_for(wearhouse_open, study, 1, "remove")

    retained(wearhouse_open, tmp_path)
    store.write(beats(who, 90, start=MARCH + timedelta(hours=1)))
    store.write(beats(who, 90, as_of=9), slices((who, "heart_rate", MARCH.date())))
    for level in ROLLUPS:
        store.refresh(level, None, None)

    assert values(store, "heart_rate", who) == [60, 61, 62]  # those of April
    assert [read(store, "heart_rate", level, who) for level in ROLLUPS] == levels
    assert list(tmp_path.iterdir()) == []
    kept_for(wearhouse_open, study, None)


def test_the_commands_archive_answer_erase_and_bring_back(
    run: Run, home: Path, tmp_path: Path
) -> None:
    run("study", "create", "S1")
    rows = "".join(f"{who},heart_rate,2026-03-01T12:00:0{n}Z,6{n}\n"
                   for who in ("anna", "bert") for n in range(5))  # fmt: skip
    (tmp_path / "all.csv").write_text("participant,metric,time,value\n" + rows)
    assert run("import", "all.csv", "--participant", "auto").code == 0
    asked = (
        "query", "--participant", "anna", "--participant", "bert", "--metric", "heart_rate",
        "--resolution", "raw", "--start", "2026-03-01", "--end", "2026-03-01",
    )  # fmt: skip
    before = run(*asked)

    done = run("archive", "--before", "2026-04-01", "--out", "kept", "--json")

    assert done.code == 0, done.err
    [told] = json.loads(done.out)
    assert (told["participants"], told["months"], told["samples"]) == (2, 2, 10)
    assert run(*asked).out == before.out
    assert len(list((tmp_path / "kept").rglob("*.parquet"))) == 2

    backed = run("backup", "--out", "backup")
    elsewhere = runs_in(tmp_path / "elsewhere", tmp_path)
    restored = elsewhere("restore", "--from", "backup", "--key-file", home / "secret.key")
    assert (backed.code, restored.code) == (0, 0), restored.err
    assert elsewhere(*asked).out == before.out

    erased = run("erase", "--participant", "anna", "--study", "S1", "--reason", "asked for it")
    assert erased.code == 0, erased.err
    assert len(list((tmp_path / "kept").rglob("*.parquet"))) == 1
    refused = run("archive", "--before", "2999-01-01", "--out", "kept")
    assert (refused.code, refused.out) == (1, "")


def test_a_study_is_told_how_long_to_keep_its_samples(run: Run) -> None:
    run("study", "create", "S1")

    changed = run("study", "change", "S1", "--raw-months", "6", "--raw-then", "remove", "--json")
    wrong = run("study", "change", "S1", "--raw-then", "forget")
    ever = run("study", "change", "S1", "--raw-months", "0", "--json")

    [told] = json.loads(changed.out)
    assert (told["raw_months"], told["raw_then"]) == (6, "remove")
    assert wrong.code == 1
    assert json.loads(ever.out)[0]["raw_months"] is None
