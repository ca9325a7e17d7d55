"""The figures that are taken when somebody asks."""

import math
from collections.abc import Callable
from datetime import timedelta

import pytest
from cloud import START, Clock, Cloud, run, wear

from wearhouse import standing, telemetry
from wearhouse.consent import grants
from wearhouse.errors import Unavailable
from wearhouse.registry.imputations import DONE, FAILED, RUNNING, STATES
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, State, Study
from wearhouse.sync.attempts import Intake

Enrol = Callable[..., Participant]


@pytest.fixture
def measured(intake: Intake, clock: Clock) -> Callable[[], None]:
    """Takes the figures at once, however recently they were taken."""

    def at_once() -> None:
        standing.forget()
        standing.measure(intake.registry, intake.store, clock())

    return at_once


def value(figure: object) -> float:
    [metric] = figure.collect()  # type: ignore[attr-defined]
    [sample] = metric.samples
    return float(sample.value)


def of(figure: object, label: str) -> float:
    [metric] = figure.collect()  # type: ignore[attr-defined]
    return {next(iter(s.labels.values())): s.value for s in metric.samples}[label]


def test_without_an_open_grant_no_sync_is_overdue(measured: Callable[[], None]) -> None:
    measured()

    assert math.isnan(value(telemetry.last_sync))
    assert math.isnan(value(telemetry.stalest_participant))


def test_somebody_invited_a_week_ago_who_never_came_is_counted(
    intake: Intake, enrol: Enrol, clock: Clock, measured: Callable[[], None]
) -> None:
    measured()
    before = value(telemetry.never_linked)
    grants.invite(intake.consents, enrol("UTC"), "cloud")
    measured()
    early = value(telemetry.never_linked)

    now = intake.registry.grants.all()[-1].invited_at
    assert now is not None
    clock.now = now + timedelta(days=8)
    measured()

    assert (early, value(telemetry.never_linked)) == (before, before + 1)


def test_the_stalest_participant_is_the_one_whose_newest_sample_is_oldest(
    intake: Intake, cloud: Cloud, join: Enrol, clock: Clock, measured: Callable[[], None]
) -> None:
    fresh, silent = join(), join()
    for person, days in ((fresh, 5), (silent, 2)):
        for day in range(days):
            wear(cloud, person, day)
    run(intake, fresh, silent)
    newest = intake.store.extent([silent.id])["last_at"].to_pylist()
    # Both were granted in the clock of this machine, long after the samples.
    granted = max(g.granted_at for g in intake.registry.grants.all() if g.granted_at)
    clock.now = granted + timedelta(days=6)

    measured()

    assert max(newest) < START + timedelta(days=2)
    assert value(telemetry.stalest_participant) == pytest.approx(
        timedelta(days=6).total_seconds(), abs=60
    )
    assert of(telemetry.grants, State.ACTIVE) >= 2


def test_a_load_that_went_well_is_the_last_sync(
    intake: Intake, cloud: Cloud, join: Enrol, clock: Clock, measured: Callable[[], None]
) -> None:
    person = join()
    wear(cloud, person, 1)
    run(intake, person)
    finished = intake.registry.figures.loaded_at()
    assert finished is not None

    measured()

    assert value(telemetry.last_sync) == pytest.approx(finished.timestamp())


def test_the_store_s_size_is_told(
    intake: Intake, cloud: Cloud, join: Enrol, measured: Callable[[], None]
) -> None:
    person = join()
    wear(cloud, person, 1)
    run(intake, person)

    measured()

    assert value(telemetry.store_samples) >= 36
    size, samples = value(telemetry.store_bytes), value(telemetry.store_samples)
    assert size > 0
    assert value(telemetry.store_bytes_per_sample) == pytest.approx(size / samples)
    assert value(telemetry.rollups_stale) == 0


def test_refused_records_are_counted_by_reason_and_rare_reasons_together(
    wearhouse_open: Wearhouse, study: Study, measured: Callable[[], None]
) -> None:
    registry = wearhouse_open.registry
    load = registry.begin_load(study.id, "standing", "csv")
    rows = [
        {"person": "", "position": at, "reason": f"reason {at % 25}", "record": str(at)}
        for at in range(60)
    ]
    registry.quarantine(load, "standing.csv", rows)

    measured()

    [metric] = telemetry.quarantine.collect()
    assert len(metric.samples) <= standing.REASONS + 1
    assert sum(sample.value for sample in metric.samples) >= 60
    assert of(telemetry.quarantine, "other") > 0


def test_where_the_store_does_not_answer_its_size_is_not_known(
    intake: Intake, clock: Clock, measured: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise Unavailable("The store is gone.")

    monkeypatch.setattr(intake.store, "stats", gone)

    measured()

    assert all(math.isnan(value(figure)) for figure in standing.ALONE)


def test_runs_of_the_imputer_are_counted_by_state(
    intake: Intake, study: Study, measured: Callable[[], None]
) -> None:
    measured()
    before = {state: of(telemetry.imputation_runs, state) for state in STATES}
    known, asked = intake.registry.imputations, {
        "metric": "heart_rate", "method": "m", "asked": "{}", "draws": 1, "seed": 1,
        "people": 1, "software": "test",
    }  # fmt: skip
    runs = [known.begin(study, "somebody", "anna", asked) for _ in range(3)]
    known.end(runs[0], FAILED, "no room")
    known.end(runs[1], DONE)

    measured()

    risen = {state: of(telemetry.imputation_runs, state) - before[state] for state in STATES}
    assert {state: runs for state, runs in risen.items() if runs} == {
        RUNNING: 1, DONE: 1, FAILED: 1,
    }  # fmt: skip


def test_open_incidents_are_counted_whoever_found_them(
    intake: Intake, measured: Callable[[], None]
) -> None:
    found, at = intake.registry.incidents, START
    values = {"kind": "silent", "document": "{}", "enabled": True, "changed_by": "anna"}
    rule, other = (found.put_rule(None, values | {"name": name}) for name in ("silent", "calm"))
    for state in ("open", "open", "pending", "resolved"):
        found.add(
            {
                "rule_id": rule.id, "project": "p", "device": "d", "state": state, "value": None,
                "began_at": at, "opened_at": at, "told_opened": False, "told_resolved": False,
            }
        )  # fmt: skip

    measured()

    assert of(telemetry.fleet_incidents, rule.name) == 2
    assert of(telemetry.fleet_incidents, other.name) == 0


def test_the_longer_it_takes_to_measure_the_more_seldom_it_is_done(
    intake: Intake, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "GOOD_FOR_S", 0.0)
    monkeypatch.setattr(standing, "AT_MOST", 1e-9)
    standing.forget()

    standing.measure(intake.registry, intake.store, clock())
    telemetry.store_bytes.set(-1)
    standing.measure(intake.registry, intake.store, clock())

    assert value(telemetry.store_bytes) == -1
    standing.forget()
