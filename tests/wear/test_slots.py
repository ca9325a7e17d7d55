"""Days cut into slots of the clock: changes of clocks, journeys, zeros that say nothing."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from wearhouse.wear.slots import Grid, slots
from wearhouse.window import millis, offset_minutes

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def rows(zone: str, start: datetime, values: list[float]) -> pa.Table:
    """A minute each, as a store's Page has them."""
    at = [start + timedelta(minutes=n) for n in range(len(values))]
    count = len(values)
    return pa.table(
        {
            "t": pa.array([millis(one) for one in at], pa.timestamp("ms", "UTC")),
            "offset": pa.array([offset_minutes(one, ZoneInfo(zone)) for one in at], pa.int16()),
            "minutes": pa.array([1] * count, pa.uint32()),
            "count": pa.array([2] * count, pa.uint64()),
            "sum": pa.array(values, pa.float64()),
        }
    )


def grid(zone: str, first: date, slot: int = 60, days: int = 1, **metrics: pa.Table) -> Grid:
    none = rows("UTC", datetime(2020, 1, 1, tzinfo=UTC), [])
    names = ("heart_rate", "worn_by_steps", "steps")
    return slots(zone, first, days, slot, {name: metrics.get(name, none) for name in names})


def midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns"])
def test_slots_stand_on_the_participants_clock(zone: str) -> None:
    day = date(2026, 3, 2)
    start = midnight(day, zone) + timedelta(hours=9)

    found = grid(zone, day, heart_rate=rows(zone, start, [120.0] * 90))

    assert np.flatnonzero(found.worn[0]).tolist() == [9, 10]
    assert found.worn[0][9:11].tolist() == [60, 30]
    assert found.heart_rate[0][9] == 60
    assert found.lasts == [None]


def test_the_hour_that_a_clock_jumps_over_lasts_no_time() -> None:
    start = midnight(SPRING, "Europe/Berlin")

    found = grid(
        "Europe/Berlin", SPRING, heart_rate=rows("Europe/Berlin", start, [60.0] * (23 * 60))
    )

    assert found.lasts[0] == [60, 60, 0, *[60] * 21]
    assert found.worn[0].tolist() == found.lasts[0]
    assert found.ends[0] - found.starts[0] == 23 * 3_600_000


def test_the_hour_that_a_clock_shows_twice_lasts_twice_as_long() -> None:
    start = midnight(AUTUMN, "Europe/Berlin")

    found = grid(
        "Europe/Berlin", AUTUMN, heart_rate=rows("Europe/Berlin", start, [60.0] * (25 * 60))
    )

    assert found.lasts[0] == [60, 60, 120, *[60] * 21]
    assert found.worn[0].tolist() == found.lasts[0]


def test_steps_prove_wear_where_they_may_and_zeros_without_wear_are_no_data() -> None:
    day = date(2026, 3, 2)
    start = midnight(day, "UTC")
    zeros = rows("UTC", start, [0.0] * 120)
    worn = rows("UTC", start, [1.0] * 10)

    found = grid("UTC", day, steps=zeros, worn_by_steps=worn)

    assert found.worn[0][:2].tolist() == [10, 0]
    assert found.steps[0][0] == 0
    assert np.isnan(found.steps[0][1:]).all()


def test_steps_without_a_worn_minute_are_steps_all_the_same() -> None:
    day = date(2026, 3, 2)

    found = grid("UTC", day, steps=rows("UTC", midnight(day, "UTC"), [3.0]))

    assert found.steps[0][0] == 3


def test_a_day_abroad_says_at_which_offset_it_was_recorded() -> None:
    day = date(2026, 3, 2)
    tokyo = rows("Asia/Tokyo", midnight(day, "Asia/Tokyo"), [60.0] * 60)

    found = grid("Europe/Berlin", day, heart_rate=tokyo)

    assert (found.offset[0], found.home[0]) == (540, 60)
    assert found.worn[0][0] == 60


def test_other_days_are_not_in_the_grid() -> None:
    day = date(2026, 3, 2)
    start = midnight(day, "UTC") - timedelta(minutes=5)

    found = grid("UTC", day, slot=5, heart_rate=rows("UTC", start, [60.0] * (DAY + 10)))

    assert found.worn.shape == (1, 288)
    assert found.worn.sum() == DAY


DAY = 1_440
