"""Windows, edges and clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.errors import Invalid
from wearhouse.window import (
    Window,
    civil_days,
    edge,
    from_millis,
    locate,
    millis,
    offset_minutes,
    offsets_at,
    window_between,
    zone_named,
)

ZONES = (
    "UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York", "Europe/Berlin",
    "Pacific/Auckland", "Pacific/Chatham", "Australia/Lord_Howe", "America/St_Johns",
)  # fmt: skip

instants = st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


def civil(text: str) -> int:
    return millis(datetime.fromisoformat(text).replace(tzinfo=UTC))


@given(at=st.lists(instants, min_size=1, max_size=20), name=st.sampled_from(ZONES))
def test_offsets_of_many_instants_are_those_of_each(at: list[datetime], name: str) -> None:
    zone = ZoneInfo(name)

    offsets = offsets_at(np.array([millis(moment) for moment in at]), zone)

    assert offsets.tolist() == [offset_minutes(moment, zone) for moment in at]


@given(at=instants, name=st.sampled_from(ZONES))
def test_a_civil_time_that_exists_once_goes_back_to_its_instant(at: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    wall = at.astimezone(zone)
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()

    there = locate(np.array([millis(wall.replace(tzinfo=UTC))]), zone)

    assert there.exists.all()
    assert twice or there.utc.tolist() == [millis(at)]


@pytest.mark.parametrize(
    ("zone", "gap", "before", "after"),
    [
        ("America/New_York", "2016-03-13T02:39:00", "2016-03-13T01:59:59", "2016-03-13T03:00:00"),
        ("Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T01:59:59", "2026-03-29T03:00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T01:59:59",
         "2026-10-04T02:30:00"),
    ],
)  # fmt: skip
def test_the_hour_that_a_clock_jumps_over_does_not_exist(
    zone: str, gap: str, before: str, after: str
) -> None:
    there = locate(np.array([civil(before), civil(gap), civil(after)]), ZoneInfo(zone))

    assert there.exists.tolist() == [True, False, True]
    assert there.utc[2] - there.utc[0] == 1_000


def test_in_the_hour_that_a_clock_passes_twice_the_order_of_recording_tells_which() -> None:
    clock = ["01:50", "02:10", "02:50", "02:05", "02:55", "03:10"]

    there = locate(np.array([civil(f"2025-10-26T{t}") for t in clock]), ZoneInfo("Europe/Berlin"))

    assert there.offset.tolist() == [120, 120, 120, 60, 60, 60]
    assert (np.diff(there.utc) > 0).all()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2025-10-26", 25),
        ("Asia/Kathmandu", "2026-03-29", 24), ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ],
)  # fmt: skip
def test_a_date_given_as_start_and_end_is_that_whole_civil_day(
    zone: str, day: str, hours: float
) -> None:
    window = window_between(edge(day, "start"), edge(day, "end"), ZoneInfo(zone))

    assert window.span == timedelta(hours=hours)


def test_an_instant_given_as_end_is_not_included() -> None:
    assert edge("2026-03-01T12:00:00Z", "end").at(ZoneInfo("UTC")) == datetime(
        2026, 3, 1, 12, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-02-30", "2026-03-01T25:00", "1800-01-01", "9999-12-31"]
)
@pytest.mark.parametrize("name", ["start", "end"])
def test_what_is_not_a_time_is_refused_by_its_name(text: str, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        edge(text, name)

    assert refusal.value.parameter == name


def test_a_window_neither_ends_before_it_starts_nor_is_empty() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    for end in (noon, noon - timedelta(seconds=1)):
        with pytest.raises(Invalid) as refusal:
            Window(noon, end)
        assert refusal.value.parameter == "end"


def test_a_window_needs_zones() -> None:
    with pytest.raises(Invalid):
        Window(datetime(2026, 3, 1), datetime(2026, 3, 2))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../UTC", "Europe", "\0"])
def test_what_is_not_a_zone_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="not a time zone"):
        zone_named(name)


@given(at=instants, minutes=st.sampled_from((-570, -210, 0, 330, 345, 765)))
def test_the_civil_day_is_the_date_on_the_participants_clock(at: datetime, minutes: int) -> None:
    [day] = civil_days(np.array([millis(at)]), np.array([minutes], np.int16)).tolist()

    assert from_millis(day * 86_400_000).date() == (at + timedelta(minutes=minutes)).date()
