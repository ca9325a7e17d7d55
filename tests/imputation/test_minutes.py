"""Samples on the grid of minutes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from wearhouse.errors import Invalid
from wearhouse.imputation import Evidence, minutes_of
from wearhouse.window import Window

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def table(*rows: tuple[datetime, float]) -> pa.Table:
    t, value = zip(*rows, strict=True) if rows else ((), ())
    return pa.table(
        {"t": pa.array(t, pa.timestamp("ms", tz="UTC")), "value": pa.array(value, pa.float64())}
    )


def grid(samples: pa.Table, evidence: Evidence | None = None, zone: str = "UTC", hours: int = 1):
    window = Window(NOON, NOON + timedelta(hours=hours))
    return minutes_of(1, "heart_rate", window, ZoneInfo(zone), samples, evidence)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_minute_is_the_mean_of_its_samples() -> None:
    found = grid(table((after(0), 60.0), (after(59.999), 70.0), (after(60), 90.0)))

    assert found.value[:2].tolist() == [65.0, 90.0]


def test_a_minute_without_samples_is_missing_and_not_zero() -> None:
    assert np.isnan(grid(table((after(0), 60.0))).value[1])


def test_samples_outside_the_window_are_left_out() -> None:
    found = grid(table((after(-1), 60.0), (after(3_600), 60.0)))

    assert not found.observed.any()


def test_steps_are_summed_and_a_minute_without_is_unknown() -> None:
    found = grid(table(), Evidence(steps=table((after(0), 5.0), (after(30), 6.0), (after(60), 0))))

    assert found.steps[:2].tolist() == [11.0, 0.0]
    assert np.isnan(found.steps[2])


def test_other_sensors_and_recorded_sleep_prove_wear() -> None:
    night = Window(after(120), after(180))

    found = grid(table(), Evidence(wear=[table((after(60), 33.1))], sleep=[night]))

    assert found.worn[:4].tolist() == [False, True, True, False]


def test_a_pause_bars_its_minutes() -> None:
    found = grid(table(), Evidence(barred=[Window(after(60), after(120))]))

    assert found.barred[:3].tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("zone", "clock"),
    [("Asia/Kathmandu", 17 * 60 + 45), ("Australia/Adelaide", 22 * 60 + 30), ("UTC", 720)],
)
def test_the_clock_is_the_participants(zone: str, clock: int) -> None:
    assert grid(table(), zone=zone).clock[0] == clock


def test_the_hour_that_a_clock_jumps_over_is_on_no_civil_day() -> None:
    # New York, 8 March 2026: 07:00 UTC is 03:00, an hour after 01:59.
    window = Window(datetime(2026, 3, 8, 6, tzinfo=UTC), datetime(2026, 3, 8, 8, tzinfo=UTC))

    found = minutes_of(1, "heart_rate", window, ZoneInfo("America/New_York"), table())

    assert found.clock[59:61].tolist() == [119, 180]


def test_more_than_20_years_at_once_are_refused() -> None:
    with pytest.raises(Invalid, match="20 years"):
        grid(table(), hours=21 * 366 * 24)
