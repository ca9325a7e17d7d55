"""The figures that are taken when somebody asks."""

import math
from collections.abc import Callable
from datetime import timedelta

import pytest
from cloud import START, Clock, Cloud, run, wear

from wearhouse import grants, standing, telemetry
from wearhouse.attempts import Intake
from wearhouse.errors import Unavailable
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, State, Study

Enrol = Callable[..., Participant]


@pytest.fixture
def measured(intake: Intake, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Takes the figures at once, however recently they were taken."""
    monkeypatch.setattr(standing, "GOOD_FOR_S", -1.0)
    return lambda: standing.measure(intake.registry, intake.store, clock())


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
    assert value(telemetry.store_bytes) > 0
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

    assert math.isnan(value(telemetry.store_bytes))
    assert math.isnan(value(telemetry.stalest_participant))
