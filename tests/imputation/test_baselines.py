"""The plain ways, worked out by hand."""

from dataclasses import replace

import numpy as np
from lives import DAY, at, somebody, without

from wearhouse.imputation.baselines import linear, tiered, time_of_day

NOON = at(7, 12)


def test_a_line_joins_both_sides() -> None:
    person = without(somebody(), NOON, 3)
    person.value[NOON - 1], person.value[NOON + 3] = 60, 80

    assert linear(person)[NOON : NOON + 3].tolist() == [65, 70, 75]


def test_a_line_does_not_go_on_beyond_the_last_measured_minute() -> None:
    assert np.isnan(linear(without(somebody(days=2), DAY, DAY))[-1])


def test_the_time_of_day_is_the_median_within_15_minutes_around_midnight_too() -> None:
    person = somebody(days=3)
    value = np.full(len(person), np.nan)
    value[[at(0, 23, 50), at(1, 0, 5), at(1, 0, 15), at(1, 0, 16)]] = 50, 60, 70, 999

    filled = time_of_day(replace(person, value=value))

    assert filled[at(2, 0, 0)] == 60


def test_a_time_of_day_never_seen_stays_missing() -> None:
    person = somebody(days=3)
    for day in range(3):
        person = without(person, at(day, 2), 120)

    assert np.isnan(time_of_day(person)[at(1, 3)])


def test_the_tiered_rule_is_a_line_up_to_two_hours() -> None:
    person = without(somebody(), NOON, 120)

    assert np.array_equal(tiered(person)[NOON : NOON + 120], linear(person)[NOON : NOON + 120])


def test_the_tiered_rule_weighs_1_2_7_and_14_days_before() -> None:
    person = without(somebody(days=20), at(15, 12), 121)
    noon = at(15, 13)
    for days, value in {1: 50, 2: 60, 7: 70, 14: 80}.items():
        person.value[noon - days * DAY] = value

    assert tiered(person)[noon] == 0.4 * 50 + 0.25 * 60 + 0.25 * 70 + 0.1 * 80


def test_the_tiered_rule_leaves_gaps_of_more_than_ten_hours() -> None:
    person = without(somebody(), NOON, 601)

    assert np.isnan(tiered(person)[NOON : NOON + 601]).all()
