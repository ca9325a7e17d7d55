"""Quiet hours on the participant's own clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.errors import Invalid
from wearhouse.messages.quiet import QuietHours, awake_at, read_quiet

NIGHT = QuietHours(time(20), time(9))
ZONES = ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "UTC"]


@pytest.mark.parametrize(
    ("zone", "now", "awake"),
    [
        ("Europe/Berlin", "2026-03-28T21:00", "2026-03-29T07:00"),
        ("Europe/Berlin", "2026-10-24T21:00", "2026-10-25T08:00"),
        ("Asia/Kathmandu", "2026-06-01T14:20", "2026-06-02T03:15"),
        ("America/St_Johns", "2026-06-01T03:00", "2026-06-01T11:30"),
        ("Europe/Berlin", "2026-06-01T10:00", "2026-06-01T10:00"),
    ],
    ids=["into summer time", "out of summer time", "zone of :45", "zone of :30", "by day"],
)
def test_a_message_at_night_waits_for_the_morning_on_the_wall(
    zone: str, now: str, awake: str
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert awake_at(at, ZoneInfo(zone), NIGHT) == datetime.fromisoformat(awake).replace(tzinfo=UTC)


def test_quiet_hours_that_end_in_a_skipped_hour_end_when_the_clock_has_jumped() -> None:
    quiet = QuietHours(time(22), time(2, 30))
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 01:30 in Berlin; 02:30 never comes

    awake = awake_at(before, ZoneInfo("Europe/Berlin"), quiet)

    assert awake.astimezone(ZoneInfo("Europe/Berlin")).time() >= time(2, 30)
    assert awake - before < timedelta(hours=2)


def test_no_hour_is_quiet_when_start_and_end_are_the_same() -> None:
    at = datetime(2026, 6, 1, 3, tzinfo=UTC)

    assert awake_at(at, ZoneInfo("UTC"), QuietHours(time(8), time(8))) == at


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
    st.times(),
    st.times(),
)
def test_nobody_is_ever_written_to_in_quiet_hours(
    now: datetime, zone: str, start: time, end: time
) -> None:
    quiet = QuietHours(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))

    awake = awake_at(now, ZoneInfo(zone), quiet)

    assert now <= awake <= now + timedelta(hours=25)
    assert awake_at(awake, ZoneInfo(zone), quiet) == awake


@pytest.mark.parametrize("text", ["8pm-9am", "25:00-09:00", "20:00"])
def test_quiet_hours_that_make_no_sense_are_named(text: str) -> None:
    with pytest.raises(Invalid, match=text):
        read_quiet(text)
