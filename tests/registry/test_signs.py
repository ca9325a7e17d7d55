"""Signs of life of everybody at once, and the definitions that studies chose."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from postgres import new_database

from wearhouse.registry import Registry, open_registry
from wearhouse.registry.devices import Heartbeat
from wearhouse.registry.locks import new_owner
from wearhouse.registry.syncs import Counts, Watermark
from wearhouse.study import Participant, Scope
from wearhouse.wear.definition import Definition
from wearhouse.wear.presets import DEFAULT

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
DATABASES: dict[str, Callable[[Path], str]] = {
    "sqlite": "sqlite:///{}/registry.sqlite".format,
    "postgres": new_database,
}


@pytest.fixture(params=DATABASES)
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    opened = open_registry(DATABASES[request.param](tmp_path))
    opened.create_study("S")
    yield opened
    opened.close()


@pytest.fixture
def anna(registry: Registry) -> Participant:
    return registry.enrol("S", "anna", "Europe/Berlin")


def beat(
    registry: Registry, who: Participant, synced: float | None, reported: float, **more: Any
) -> None:
    """A report of so many days before now, of a sync so many days before now."""
    said = {
        "participant": who.code, "source": "cloud", "device": "W-1", "kind": "tracker",
        "model": "Charge 6", "firmware": None, "battery_percent": None, "battery_level": None,
        "synced_at": None if synced is None else NOW - timedelta(days=synced),
        "reported_at": NOW - timedelta(days=reported),
    }  # fmt: skip
    registry.devices.report(who, Heartbeat(**(said | more)))


def days_before(registry: Registry) -> list[tuple[float, float]]:
    """Syncs and when they were still the newest, in days before now."""
    day = timedelta(days=1)
    signs = registry.signs.syncs(WEEK)
    return [((NOW - s.synced_at) / day, (NOW - s.reported_at) / day) for s in signs]


def test_the_newest_sync_of_any_device_counts(registry: Registry, anna: Participant) -> None:
    beat(registry, anna, 9, 9)
    beat(registry, anna, 3, 2.5)
    beat(registry, anna, 2, 1.5, device="W-2")
    beat(registry, anna, None, 0)

    assert days_before(registry) == [(2, 2)]


def test_a_long_silence_is_told_with_when_it_still_lasted(
    registry: Registry, anna: Participant
) -> None:
    beat(registry, anna, 15, 14)
    beat(registry, anna, 15, 4)
    beat(registry, anna, 1, 0)

    assert days_before(registry) == [(1, 1), (15, 4)]


def test_a_silent_device_is_no_silence_while_another_syncs(
    registry: Registry, anna: Participant
) -> None:
    beat(registry, anna, 15, 4)
    beat(registry, anna, 9, 9, device="W-2")

    assert days_before(registry) == [(9, 9)]


def test_the_battery_is_that_of_the_device_that_reported_last(
    registry: Registry, anna: Participant
) -> None:
    beat(registry, anna, 3, 3, battery_percent=90.0)
    beat(registry, anna, 2, 2, battery_percent=15.0, battery_level="low")
    beat(registry, anna, 3, 3, battery_percent=70.0, device="W-2")

    [battery] = registry.signs.batteries().values()
    assert (battery.percent, battery.level) == (15.0, "low")


def test_a_family_fails_while_its_newest_attempt_failed(
    registry: Registry, anna: Participant
) -> None:
    def attempt(family: str) -> int:
        run = registry.syncs.begin("command", new_owner())
        first, last = date(2026, 3, 1), date(2026, 3, 2)
        return registry.syncs.attempt(run, anna, "cloud", family, first, last, "UTC")

    owner = new_owner()
    assert registry.locks.take("lock", owner)
    for family in ("heart", "sleep"):
        registry.syncs.failed(attempt(family), "down")
    mark = Watermark(date(2026, 3, 1), NOW)
    registry.syncs.done(attempt("sleep"), anna, "cloud", "sleep", Counts(), mark, ("lock", owner))

    assert registry.signs.failing() == {(anna.id, "cloud", "heart")}
    assert registry.signs.watermarks() == {(anna.id, "cloud", "sleep"): mark}


def test_nobody_out_of_reach_gives_a_sign(registry: Registry, anna: Participant) -> None:
    beat(registry, anna, 1, 0, battery_percent=50.0)

    elsewhere = Registry(registry.engine, Scope(frozenset({"OTHER"})))

    assert elsewhere.signs.syncs(WEEK) == []
    assert elsewhere.signs.batteries() == {}


def test_a_study_keeps_every_definition_that_it_chose(registry: Registry) -> None:
    study = registry.study_named("S")
    stricter = Definition("ours", "Ours", "the protocol", least=720)
    assert registry.definitions.of(study) == []

    registry.definitions.choose(study, DEFAULT, "", "anna")
    registry.definitions.choose(study, stricter, "amendment 2", "bert")

    first, last = registry.definitions.of(study)
    assert (first.definition, first.digest, first.chosen_by) == (DEFAULT, DEFAULT.digest, "anna")
    assert (last.definition, last.reason) == (stricter, "amendment 2")
    assert last.chosen_at.tzinfo is not None
