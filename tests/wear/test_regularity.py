"""How regular sleep is: the index against one counted by hand, mid-sleep, social jetlag."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wearhouse.samples import EPISODES
from wearhouse.wear.regularity import (
    AWAKE,
    SLEEPING,
    UNKNOWN,
    around,
    mean_clock,
    midpoints,
    regularity,
    spread,
    states,
    timing,
)
from wearhouse.window import millis

DAY = 1_440
MONDAY = (date(2026, 3, 2) - date(1970, 1, 1)).days


def index_by_hand(of: list[int]) -> float | None:
    """The index as its authors write it, a pair at a time."""
    same = known = 0
    for minute in range(len(of) - DAY):
        today, tomorrow = of[minute], of[minute + DAY]
        if UNKNOWN in (today, tomorrow):
            continue
        known += 1
        same += today == tomorrow
    return None if known < 5 * DAY else -100 + 200 / known * same


def days(*nights: tuple[int, int], state: int = AWAKE) -> np.ndarray:
    """Days of which each is slept from one minute to another."""
    found = np.full(len(nights) * DAY, state, np.int8)
    for n, (start, end) in enumerate(nights):
        found[n * DAY + start : n * DAY + end] = SLEEPING
    return found


def test_the_same_every_day_is_one_hundred() -> None:
    assert regularity(days(*[(0, 480)] * 7)).index == 100


def test_sleep_at_the_opposite_time_every_other_day_is_minus_one_hundred() -> None:
    assert regularity(days(*[(0, 720), (720, 1440)] * 4)).index == -100


def test_an_hour_later_every_day_costs_two_hours_of_every_day() -> None:
    nights = [(60 * n, 60 * n + 480) for n in range(8)]

    assert regularity(days(*nights)).index == pytest.approx(100 - 200 * 120 / 1440)


def test_fewer_than_five_days_of_pairs_have_no_index() -> None:
    five, six = regularity(days(*[(0, 480)] * 5)), regularity(days(*[(0, 480)] * 6))

    assert (five.index, five.pairs, five.possible) == (None, 4 * DAY, 4 * DAY)
    assert six.index == 100


def test_minutes_that_nobody_knows_are_left_out_and_counted() -> None:
    of = days(*[(0, 480)] * 9)
    of[3 * DAY : 3 * DAY + 600] = UNKNOWN

    found = regularity(of)

    assert (found.index, found.possible - found.pairs) == (100, 1_200)


@settings(max_examples=20)
@given(
    some.lists(some.tuples(some.integers(0, 700), some.integers(1, 700)), min_size=4, max_size=9),
    some.lists(some.tuples(some.integers(0, 12_000), some.integers(0, 900)), max_size=4),
)
def test_the_index_is_that_of_its_authors(
    nights: list[tuple[int, int]], holes: list[tuple[int, int]]
) -> None:
    of = days(*((start, start + length) for start, length in nights))
    for start, length in holes:
        of[start : start + length] = UNKNOWN

    expected = index_by_hand(of.tolist())

    assert regularity(of).index == (None if expected is None else pytest.approx(expected))


def test_states_are_those_of_stages_then_of_wear_and_else_unknown() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    row = {
        "participant": 1, "metric": "sleep_stage", "offset": 0, "day": start.date(),
        "log": "a", "main": True, "source": "csv", "as_of": 1,
    }  # fmt: skip
    stages = [("light", 2, 4), ("wake", 4, 5), ("restless", 5, 6), ("asleep", 6, 7)]
    minute = timedelta(minutes=1)
    rows = [
        row | {"label": label, "t": start + a * minute, "end": start + b * minute}
        for label, a, b in stages
    ]
    worn = millis(start) + np.array([-1, 1, 2, 9, 10]) * 60_000

    found = states(millis(start), 10, worn, pa.Table.from_pylist(rows, schema=EPISODES))

    assert found.tolist() == [-1, 0, 1, 1, 0, 0, 1, -1, -1, 0]


@pytest.mark.parametrize(
    ("times", "mean"), [([23 * 60, 60], 0), ([0, 120], 60), ([1430, 1430], 1430), ([], None)]
)
def test_means_of_clock_times_go_round_midnight(times: list[float], mean: float | None) -> None:
    found = mean_clock(np.array(times, np.float64))

    assert found is None if mean is None else around((found or 0) - mean) == pytest.approx(0)


def test_the_spread_goes_round_midnight() -> None:
    assert spread(np.array([1_430.0, 10.0])) == pytest.approx(np.std([-10, 10], ddof=1))


def test_the_midpoint_is_on_the_clock_at_the_end_of_the_night() -> None:
    start, end = datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 6, tzinfo=UTC)

    [found] = midpoints(np.array([millis(start)]), np.array([millis(end)]), np.array([345]))

    assert found == (2 * 60 + 30 + 345)


def test_social_jetlag_is_how_much_later_nights_before_free_days_are() -> None:
    """Nights that end from Monday to Sunday: 3:00 on work days, 4:30 at the weekend."""
    day = np.arange(MONDAY, MONDAY + 7)

    found = timing(day, np.array([180.0] * 5 + [270.0] * 2))

    assert (found.work_nights, found.free_nights) == (5, 2)
    assert found.social_jetlag == pytest.approx(90)


def test_without_a_free_day_there_is_no_social_jetlag() -> None:
    assert timing(np.array([MONDAY]), np.array([180.0])).social_jetlag is None
