"""What is due when, and that it is done once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders import values
from cloud import Cloud, connect, intake_of

from wearhouse import scheduler
from wearhouse.errors import Invalid, SourceUnavailable
from wearhouse.registry import open_registry
from wearhouse.scheduler import hourly, is_due, nightly
from wearhouse.sources.live import DeviceReport
from wearhouse.store import Store
from wearhouse.study import Participant, Schedule, Study
from wearhouse.sync.attempts import Intake

USUAL = Schedule("", "01:00", "UTC")


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cloud(clock: Clock) -> Cloud:
    return Cloud(clock=clock)


@pytest.fixture
def intake(store: Store, cloud: Cloud, tmp_path: Path) -> Iterator[Intake]:
    """A registry of its own: what is due is asked of every study."""
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")
    made = intake_of(store, registry, str(tmp_path / "payloads"), cloud)
    yield made
    made.consents.client.close()
    registry.close()


@pytest.fixture
def within(intake: Intake) -> Study:
    return intake.registry.create_study("S1")


@pytest.fixture
def anna(intake: Intake, within: Study) -> Participant:
    person = intake.registry.enrol(within.code, "anna", "UTC")
    connect(intake, person)
    return person


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("timezone", "last", "now", "due"),
    [
        ("UTC", None, "2024-03-04T15:00Z", True),
        ("UTC", "2024-03-04T01:00Z", "2024-03-04T23:59Z", False),
        ("UTC", "2024-03-04T01:00Z", "2024-03-05T00:59Z", False),
        ("UTC", "2024-03-04T01:00Z", "2024-03-05T01:00Z", True),
        ("UTC", "2024-03-04T15:00Z", "2024-03-05T01:00Z", True),
        ("UTC", "2024-03-01T01:00Z", "2024-03-04T12:00Z", True),
        ("Asia/Kathmandu", "2024-03-03T20:00Z", "2024-03-04T19:14Z", False),
        ("Asia/Kathmandu", "2024-03-03T20:00Z", "2024-03-04T19:15Z", True),
        ("Europe/London", "2024-03-30T01:00Z", "2024-03-31T01:00Z", True),
        ("Europe/London", "2024-10-27T00:00Z", "2024-10-27T01:30Z", False),
    ],
    ids=[
        "never before", "the same day", "before the next night", "the next night",
        "by hand since", "nights were missed", "a zone of 45 minutes, before", "and after",
        "01:00 does not exist", "01:00 exists twice",
    ],
)  # fmt: skip
def test_a_night_is_due_once(timezone: str, last: str | None, now: str, due: bool) -> None:
    schedule = Schedule("S1", "01:00", timezone)

    assert is_due(schedule, at(last) if last else None, at(now)) is due


def test_a_paused_study_is_never_due() -> None:
    assert not is_due(Schedule("S1", "01:00", "UTC", paused=True), None, at("2024-03-04T15:00Z"))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "runs"),
    [
        (None, None, True),
        (date(2024, 3, 5), None, False),
        (date(2024, 3, 4), date(2024, 3, 4), True),
        (date(2024, 1, 1), date(2024, 2, 20), True),
        (date(2024, 1, 1), date(2024, 2, 10), False),
    ],
    ids=["no dates", "not begun", "today", "over, still restated", "long over"],
)
def test_a_study_is_synced_from_its_start_until_nothing_is_restated_any_more(
    starts_on: date | None, ends_on: date | None, runs: bool
) -> None:
    study = Study(1, "S1", "", starts_on, ends_on)

    assert scheduler.is_running(study, at("2024-03-04T15:00Z")) is runs


def test_each_night_every_study_is_synced_once(
    intake: Intake, clock: Clock, anna: Participant, within: Study
) -> None:
    counts = [nightly(intake, USUAL), nightly(intake, USUAL)]
    clock.now += timedelta(days=1)
    counts.append(nightly(intake, USUAL))

    runs = intake.registry.runs.all()
    assert counts == [1, 0, 1]
    assert [(run.cause, run.study, run.outcome) for run in runs] == [("night", "S1", "done")] * 2


def test_a_study_with_a_schedule_of_its_own_follows_that(
    intake: Intake, anna: Participant, within: Study
) -> None:
    intake.registry.schedules.set(within, Schedule(within.code, "03:30", "Asia/Tokyo", True))

    assert nightly(intake, USUAL) == 0
    intake.registry.schedules.set(within, Schedule(within.code, "03:30", "Asia/Tokyo"))
    assert nightly(intake, USUAL) == 1


def test_what_failed_at_night_is_tried_again_within_the_hour(
    intake: Intake, cloud: Cloud, anna: Participant, within: Study, clock: Clock, store: Store
) -> None:
    noon = int(clock.now.timestamp() * 1000) - 86_400_000
    cloud.accounts["anna"].samples["steps", noon] = (0, 12.0)

    def trouble(_subject: str, _family: object) -> None:
        raise SourceUnavailable("Cloud answers 503.")

    cloud.trouble = trouble
    nightly(intake, USUAL)
    cloud.trouble = lambda _subject, _family: None
    counts = [hourly(intake, USUAL), hourly(intake, USUAL)]

    assert counts == [1, 0]
    assert intake.registry.runs.all()[0].cause == "retry"
    assert values(store, "steps", anna.id) == [12.0]
    assert intake.registry.runs.behind(within) == set()


def test_devices_are_asked_each_hour(
    intake: Intake, cloud: Cloud, anna: Participant, clock: Clock
) -> None:
    cloud.accounts["anna"].devices = [
        DeviceReport("D-1", "TRACKER", "Band 9", None, 71.0, None, clock.now, clock.now)
    ]

    hourly(intake, USUAL)

    [beat] = intake.registry.devices.heartbeats(anna)
    assert (beat.device, beat.battery_percent) == ("D-1", 71.0)
    assert [run.cause for run in intake.registry.runs.all()] == []


def test_the_background_begins_at_once_and_ends_when_asked(
    intake: Intake, cloud: Cloud, anna: Participant
) -> None:
    ready = replace(intake)

    with scheduler.running(ready, USUAL):
        for _ in range(200):
            if any(run.outcome == "done" for run in intake.registry.runs.all()):
                break
            ready.stop.wait(0.05)

    assert [run.cause for run in intake.registry.runs.all()] == ["night"]
    assert ready.stop.is_set()


@pytest.mark.parametrize("text", ["", "1", "25:00", "01:60", "noon", "01:00:00"])
def test_a_time_of_day_is_written_plainly(text: str) -> None:
    with pytest.raises(Invalid):
        scheduler.checked_time(text)
