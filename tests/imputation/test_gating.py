"""Which missing minutes may be filled."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from lives import DAY, at, somebody, without

from wearhouse.imputation import Code, Minutes, Rule, Why, gate
from wearhouse.imputation.records import counts, gap_table

NOON = at(7, 12)


def why_at(minutes: Minutes, position: int) -> Why:
    return Why(gate(minutes).why[position])


def test_a_measured_minute_is_observed() -> None:
    assert why_at(somebody(), NOON) == Why.MEASURED


@pytest.mark.parametrize(("length", "why"), [(15, Why.SHORT), (16, Why.SUPPORTED)])
def test_a_gap_of_up_to_15_minutes_is_a_dropout(length: int, why: Why) -> None:
    assert why_at(without(somebody(), NOON, length), NOON + 3) == why


def test_a_gap_with_steps_in_it_was_worn() -> None:
    walked = without(somebody(), NOON, 60)
    walked.steps[NOON + 30] = 12

    assert set(gate(walked).why[NOON : NOON + 60]) == {Why.EVIDENCE}


def test_a_gap_in_which_another_sensor_measured_was_worn() -> None:
    person = without(somebody(), NOON, 60)
    person.worn[NOON + 30] = True

    assert why_at(person, NOON) == Why.EVIDENCE


def test_zeros_of_steps_prove_nothing() -> None:
    assert why_at(without(somebody(), NOON, 60, steps=0), NOON) == Why.SUPPORTED


def test_one_bump_does_not_make_hours_on_the_table_worn() -> None:
    bumped = without(somebody(), NOON, 360, steps=0)
    bumped.steps[NOON + 5] = 3

    found = gate(bumped).why[NOON : NOON + 360]

    assert set(found[:6]) == {Why.EVIDENCE}
    assert set(found[6:]) == {Why.SUPPORTED}


@pytest.mark.parametrize(("length", "code"), [(DAY, Code.NON_WEAR), (DAY + 1, Code.REFUSED)])
def test_a_gap_of_more_than_a_day_is_refused(length: int, code: Code) -> None:
    assert gate(without(somebody(), NOON, length)).code[NOON + 700] == code


def test_a_gap_of_more_than_a_day_is_refused_even_with_steps() -> None:
    assert why_at(without(somebody(), NOON, 2 * DAY, steps=9), NOON + 5) == Why.LONG


def nights_worn(count: int) -> Minutes:
    """Worn by day for two weeks, and at 3 in the morning only on so many nights."""
    person = somebody()
    for day in range(1, 13):
        if day > count:
            person = without(person, at(day, 0), 360)
    return without(person, at(0, 0), 360)


@pytest.mark.parametrize(("nights", "why"), [(4, Why.UNSUPPORTED), (5, Why.SUPPORTED)])
def test_a_time_of_day_worn_on_fewer_than_5_other_days_is_refused(nights: int, why: Why) -> None:
    # The last day is whole, so it is one of those nights.
    assert why_at(nights_worn(nights - 1), at(10, 3)) == why


def test_the_day_of_the_gap_itself_does_not_support_it() -> None:
    person = nights_worn(4)
    late = without(person, at(3, 3), 60)

    assert why_at(late, at(3, 3, 30)) == Why.UNSUPPORTED


def test_one_gap_may_have_parts_with_several_codes() -> None:
    person = nights_worn(2)
    person = without(person, at(10, 0), 600)

    found = gate(person)

    assert found.why[at(10, 3)] == Why.UNSUPPORTED
    assert found.why[at(10, 9)] == Why.SUPPORTED
    assert found.gap[at(10, 3)] == found.gap[at(10, 9)]


def test_nothing_is_filled_of_somebody_who_wore_the_device_on_4_days() -> None:
    assert why_at(without(somebody(days=4), at(2, 12), 10), at(2, 12)) == Why.FEW_DAYS


def test_before_the_first_and_after_the_last_wear_nothing_is_filled() -> None:
    person = without(without(somebody(), 0, 10), at(13, 23), 60)

    assert (why_at(person, 0), why_at(person, at(13, 23))) == (Why.BEFORE_FIRST, Why.AFTER_LAST)


def test_a_pause_is_not_filled() -> None:
    person = without(somebody(), NOON, 100)
    person.barred[NOON : NOON + 50] = True

    found = gate(person).why

    assert (found[NOON + 49], found[NOON + 50]) == (Why.BARRED, Why.SUPPORTED)


def test_nobody_at_all_is_refused_whole() -> None:
    nothing = without(somebody(days=2), 0, 2 * DAY)

    assert set(gate(nothing).code) == {Code.REFUSED}


def test_rules_are_numbers_that_a_study_may_change() -> None:
    person = without(somebody(), NOON, 30)

    assert gate(person, Rule(short=30)).why[NOON] == Why.SHORT


holes = some.lists(some.tuples(some.integers(0, 9 * DAY), some.integers(1, 3_000)), max_size=12)


@given(holes, some.randoms(use_true_random=False))
def test_every_minute_has_one_code_and_gaps_are_parted_without_rest(holes, random) -> None:
    person = somebody(days=10)
    for start, length in holes:
        person = without(person, start, length, steps=random.choice([0, np.nan, 5]))

    found = gate(person)
    table = gap_table(person, found)

    assert np.array_equal(found.code == Code.OBSERVED, person.observed)
    assert sum(counts(found).values()) == len(person)
    assert sum(table["minutes"].to_pylist()) == np.count_nonzero(~person.observed)


@given(holes)
def test_a_gap_is_the_same_whether_the_device_wrote_zeros_or_nothing(holes) -> None:
    written: Callable[[float], Minutes] = lambda steps: _with(holes, steps)  # noqa: E731

    assert np.array_equal(gate(written(0)).why, gate(written(np.nan)).why)


def _with(holes: list[tuple[int, int]], steps: float) -> Minutes:
    person = somebody(days=10)
    for start, length in holes:
        person = without(person, start, length, steps=steps)
    return person


def test_in_a_civil_day_of_25_hours_the_hour_that_comes_twice_supports_once() -> None:
    person = somebody(days=6)
    offset = np.where(np.arange(len(person)) < at(2, 3), 60, 0).astype(np.int16)
    person = replace(person, offset=offset)
    for day in (0, 1, 3):
        person = without(person, at(day, 0), 300)

    # Of the civil times around half past two, days 2 and 4 and 5 remain: too few.
    assert why_at(person, at(3, 2, 30)) == Why.UNSUPPORTED
