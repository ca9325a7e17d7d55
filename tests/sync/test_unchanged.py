"""A re-read changes exactly what was restated, and what was not is not written again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from builders import Row, episode, read, table
from cloud import HEART, START, Clock, Cloud, connect, intake_of, run, wear
from hypothesis import example, given, settings
from hypothesis import strategies as some
from oracle import Told, fold

from wearhouse.imports import Writer
from wearhouse.levels import LEVELS, ROLLUPS
from wearhouse.placing import Placed
from wearhouse.runtime import Wearhouse
from wearhouse.samples import EPISODES, REJECTS, SAMPLES
from wearhouse.store import Store
from wearhouse.study import Participant, Study
from wearhouse.sync.attempts import Intake
from wearhouse.window import DAY_MS, millis

Enrol = Callable[..., Participant]
FIRST, LAST = START.date(), START.date() + timedelta(days=40)
LIVE = "google-health"


def everything(store: Store, *people: Participant) -> dict[str, list[dict[str, object]]]:
    """All rows of every level, episodes, and with what `as_of` samples are kept."""
    ids = [person.id for person in people]
    found = {
        f"{metric} {level}": read(store, metric, level, *ids)
        for metric in ("heart_rate", "steps")
        for level in LEVELS
    }
    window = (millis(START), millis(START) + 40 * DAY_MS)
    found["kept"] = store.whole("samples", "heart_rate", ids, *window).to_pylist()
    nights = store.episodes(["sleep", "sleep_stage"], ids, FIRST, LAST).to_pylist()
    return found | {"nights": sorted(nights, key=repr)}


def changed(before: list[dict], after: list[dict]) -> set[tuple[object, object]]:
    """Whose rows differ, and where they stand."""
    rows = [row for row in before if row not in after] + [row for row in after if row not in before]
    return {(row["participant"], row["t"]) for row in rows}


def test_a_second_reading_of_the_same_writes_nothing(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna = join("America/New_York")
    for day in range(5):
        wear(cloud, anna, day, offset=-300)
    run(intake, anna)
    before = everything(store, anna)
    clock.now += timedelta(hours=3)

    summary = run(intake, anna)

    assert (summary.written, summary.withdrawn) == (0, 0)
    assert summary.samples > 0
    assert everything(store, anna) == before


def test_a_reading_after_a_restatement_changes_that_day_and_its_buckets_and_nothing_else(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna, bert = join(), join()
    for person in (anna, bert):
        for day in range(5):
            wear(cloud, person, day)
    run(intake, anna, bert)
    before = everything(store, anna, bert)
    restated = millis(START) + 4 * DAY_MS + 12 * 3_600_000 + 600_000
    cloud.accounts[anna.code].samples["heart_rate", restated] = (0, 99.0)
    clock.now += timedelta(hours=1)

    run(intake, anna, bert)

    after = everything(store, anna, bert)
    buckets = {
        level: {(anna.id, row["t"]) for row in fold([row_of(anna, restated)], level)}
        for level in ROLLUPS
    }
    for what in before.keys() - {"kept"}:
        metric, _, level = what.partition(" ")
        expected = buckets.get(level, {(anna.id, restated)}) if metric == "heart_rate" else set()
        assert changed(before[what], after[what]) == expected, what


def row_of(person: Participant, t: int) -> Row:
    return (person.id, "heart_rate", t, 0, 1.0, LIVE, 1)


def test_a_restated_night_is_written_and_the_others_are_not(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna = join()
    for day in range(5):
        wear(cloud, anna, day)
    run(intake, anna)
    before = store.episodes(["sleep"], [anna.id], FIRST, LAST).to_pylist()
    t, end, offset = cloud.accounts[anna.code].nights["night-3"]
    cloud.accounts[anna.code].nights["night-3"] = (t - 60_000, end, offset)
    clock.now += timedelta(hours=1)

    run(intake, anna)

    after = store.episodes(["sleep"], [anna.id], FIRST, LAST).to_pylist()
    assert [row["log"] for row in after if row not in before] == ["night-3"]
    assert len(after) == len(before) == 5


def test_a_night_that_was_confirmed_stands_against_an_archive_from_before(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna = join()
    wear(cloud, anna, 4)
    first = clock.now
    run(intake, anna)
    clock.now += timedelta(hours=6)
    run(intake, anna)
    t, end, _ = cloud.accounts[anna.code].nights["night-4"]
    older = int((first + timedelta(hours=3)).timestamp())
    rival = episode(
        anna.id, "old", moment(t), moment(end), moment(end).date(), "night-4", "sleep", older
    )

    with Writer(store, intake.registry, intake.families) as writer:
        writer.add(Placed(SAMPLES.empty_table(), rival, REJECTS.empty_table()))

    kept = store.episodes(["sleep", "sleep_stage"], [anna.id], FIRST, LAST).to_pylist()
    assert sorted((row["metric"], row["label"]) for row in kept) == [
        ("sleep", "stages"), ("sleep_stage", "light"),
    ]  # fmt: skip


def moment(t: int) -> datetime:
    return datetime.fromtimestamp(t / 1000, START.tzinfo)


@dataclass(frozen=True)
class Step:
    """What happens next: the vendor changes its mind, a sync, or an archive is imported."""

    what: str
    hours: int
    slots: tuple[int, int]
    value: float


steps = some.builds(
    Step,
    some.sampled_from(["restated", "withdrawn", "read", "read", "takeout", "oura", "csv"]),
    some.integers(0, 9),
    some.tuples(*[some.integers(0, 5)] * 2),
    some.sampled_from([60.0, 70.0, 80.0]),
)


OLDER = Step("takeout", 4, (0, 1), 70.0)
"""An archive from between two readings, which says something else."""


@settings(max_examples=15)
@example(steps=[Step("read", 0, (0, 0), 60.0), Step("read", 9, (0, 0), 60.0), OLDER])
@given(steps=some.lists(steps, min_size=2, max_size=9))
def test_what_speaks_later_stands_as_if_every_reading_had_been_written(
    wearhouse_open: Wearhouse, study: Study, tmp_path: Path, steps: list[Step]
) -> None:
    clock, store, told = Clock(), wearhouse_open.store, Told()
    cloud = Cloud(name=LIVE, clock=clock)
    registry = wearhouse_open.registry
    intake = intake_of(store, registry, str(tmp_path / "payloads"), cloud)
    code = f"{study.code}-{len(registry.participants(study.code))}"
    anna = registry.enrol(study.code, code, "UTC", START.date() + timedelta(days=3))
    connect(intake, anna, LIVE)
    account, began = cloud.accounts[anna.code], millis(START) + 4 * DAY_MS
    account.samples = {("heart_rate", began + slot * 5 * 3_600_000): (0, 60.0) for slot in range(4)}

    for step in steps:
        times = [began + slot * 5 * 3_600_000 for slot in step.slots]
        if step.what == "restated":
            account.samples |= {("heart_rate", t): (0, step.value) for t in times}
        elif step.what == "withdrawn":
            for t in times:
                account.samples.pop(("heart_rate", t), None)
        elif step.what == "read":
            clock.now += timedelta(hours=step.hours)
            run(intake, anna, families=frozenset({HEART.name}))
            replaced(told, anna, cloud, registry.runs.completed(anna, LIVE)[-1], clock)
        else:
            as_of = int((clock.now - timedelta(hours=step.hours)).timestamp())
            rows = [(anna.id, "heart_rate", t, 0, step.value, step.what, as_of) for t in times]
            rows = list({row[2]: row for row in rows}.values())
            told.load(rows)
            with Writer(store, registry, intake.families) as writer:
                writer.add(Placed(table(rows), EPISODES.empty_table(), REJECTS.empty_table()))

    served = told.served()
    low, high = millis(START), millis(START) + 9 * DAY_MS
    kept = store.whole("samples", "heart_rate", [anna.id], low, high)
    assert list(zip(*columns(kept), strict=True)) == [(r[2], r[4], r[5]) for r in served]
    for level in ROLLUPS:
        assert read(store, "heart_rate", level, anna.id) == fold(served, level)


def columns(kept: pa.Table) -> list[list[object]]:
    return [
        kept["t"].cast(pa.int64()).to_pylist(), kept["value"].to_pylist(),
        kept["source"].to_pylist(),
    ]  # fmt: skip


def replaced(told: Told, person: Participant, cloud: Cloud, attempt, clock: Clock) -> None:
    """What a sync states: all that the vendor has on the days of its attempt."""
    span = range(attempt.first_on.toordinal(), attempt.last_on.toordinal() + 1)
    days = {date.fromordinal(number) for number in span}
    as_of = int(clock.now.timestamp())
    rows = [
        (person.id, metric, t, offset, value, LIVE, as_of)
        for (metric, t), (offset, value) in cloud.accounts[person.code].samples.items()
        if metric == "heart_rate" and moment(t).date() in days
    ]
    told.replace(rows, {(person.id, "heart_rate", day) for day in days}, LIVE)
