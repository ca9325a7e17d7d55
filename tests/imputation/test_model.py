"""What ssm-1 promises of every fill."""

from dataclasses import replace

import numpy as np
import pytest
from lives import at, somebody, without

from wearhouse.errors import Invalid
from wearhouse.imputation import BASELINES, Filled, Minutes, Recipe, StateSpace, Why, fill, gate
from wearhouse.imputation.masks import Hidden
from wearhouse.imputation.scores import gate_of_hidden, hidden_from

NOON = at(7, 12)
FEW = Recipe(draws=5, seed=3)
COLUMNS = ("at", "value", "mean", "sd", "low", "high", "draws")


def same(a: Filled, b: Filled) -> bool:
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in COLUMNS)


def worn_through(minutes: Minutes, start: int, length: int) -> Minutes:
    """A gap in which steps went on: every minute is proven to be worn."""
    person = without(minutes, start, length)
    person.steps[start : start + length] = minutes.steps[start : start + length]
    person.worn[start : start + length] = True
    return person


def test_the_same_seed_gives_the_same_to_the_last_bit() -> None:
    person = without(somebody(), NOON, 120)

    assert same(fill(person, FEW)[1], fill(person, FEW)[1])


def test_another_seed_gives_other_draws_and_the_same_interval() -> None:
    person = without(somebody(), NOON, 120)

    one, other = fill(person, FEW)[1], fill(person, replace(FEW, seed=4))[1]

    assert not np.array_equal(one.draws, other.draws)
    assert np.array_equal(one.low, other.low)


def test_exactly_the_wanted_minutes_are_filled() -> None:
    person = without(without(somebody(), NOON, 120), at(2, 3), 7)

    coded, filled = fill(person, FEW)

    assert np.array_equal(filled.at, np.flatnonzero(coded.wanted))
    assert np.isfinite(filled.draws).all()


def test_what_was_measured_is_untouched() -> None:
    person = without(somebody(), NOON, 120)
    before = person.value.copy()

    fill(person, FEW)

    assert np.array_equal(person.value, before, equal_nan=True)


@pytest.mark.parametrize("method", [StateSpace(), *BASELINES.values()], ids=lambda m: m.name)
@pytest.mark.parametrize("scenario", ["as_if_worn", "worn"])
def test_a_hidden_value_has_no_influence(method, scenario) -> None:
    hidden = [Hidden(NOON, 120, "120"), Hidden(at(4, 2), 5, "5")]
    person = somebody()
    other = replace(person, value=person.value.copy())
    for one in hidden:
        other.value[one.span] = 180.0

    def filled(whose: Minutes) -> Filled:
        masked = hidden_from(whose, hidden)
        return method.fill(masked, gate_of_hidden(masked, hidden, scenario), 3, 0)

    first, second = filled(person), filled(other)

    assert np.array_equal(first.value, second.value)
    assert np.array_equal(first.draws, second.draws)


@pytest.mark.parametrize("length", [10, 60, 400])
def test_zeros_that_a_device_wrote_off_the_wrist_change_nothing(length: int) -> None:
    zeros = without(somebody(), NOON, length, steps=0)
    nothing = without(somebody(), NOON, length)

    assert same(fill(zeros, FEW)[1], fill(nothing, FEW)[1])


def test_steps_of_a_refused_gap_change_nothing() -> None:
    walked = without(somebody(), NOON, 2_000, steps=90)
    nothing = without(somebody(), NOON, 2_000)
    other_gap = (at(2, 10), 40)

    assert same(
        fill(without(walked, *other_gap), FEW)[1], fill(without(nothing, *other_gap), FEW)[1]
    )


def test_steps_of_a_worn_gap_tell_a_walk_from_a_rest() -> None:
    person = somebody()
    walked = worn_through(person, NOON, 60)
    walked.steps[NOON : NOON + 60] = 100
    rested = worn_through(person, NOON, 60)
    rested.steps[NOON : NOON + 60] = 0

    one, other = fill(walked, FEW)[1], fill(rested, FEW)[1]

    assert one.value.mean() > other.value.mean() + 10


def test_a_worn_minute_whose_steps_are_unknown_is_filled_without_them() -> None:
    person = without(somebody(), NOON, 60)
    person.worn[NOON : NOON + 60] = True

    coded, filled = fill(person, FEW)
    unworn = fill(without(somebody(), NOON, 60), FEW)[1]

    assert set(coded.why[NOON : NOON + 60]) == {Why.EVIDENCE}
    assert np.array_equal(filled.value, unworn.value)


def test_steps_are_left_aside_where_there_are_too_few_to_learn_from() -> None:
    person = worn_through(somebody(), NOON, 60)
    few = replace(
        person, steps=np.where(np.arange(len(person)) > NOON + 2_000, np.nan, person.steps)
    )
    few.steps[: NOON - 500] = np.nan

    assert np.array_equal(
        fill(few, FEW)[1].value, fill(replace(few, steps=few.steps * np.nan), FEW)[1].value
    )


def test_the_interval_widens_into_a_gap_and_holds_the_point() -> None:
    filled = fill(without(somebody(), NOON, 240), FEW)[1]
    width = filled.high - filled.low

    assert width[120] > width[0]
    assert np.all((filled.low < filled.value) & (filled.value < filled.high))


def test_draws_spread_as_the_interval_says() -> None:
    filled = fill(without(somebody(), NOON, 240), replace(FEW, draws=200))[1]
    inside = (filled.draws > filled.low) & (filled.draws < filled.high)

    # Draws are a tenth wider than the interval of one minute, by design.
    assert 0.80 < inside.mean() < 0.92


def test_draws_keep_the_spread_that_points_lose() -> None:
    person = somebody()
    filled = fill(without(person, NOON, 480), FEW)[1]
    true = person.value[NOON : NOON + 480].std()

    assert filled.value.std() < 0.8 * true < filled.draws.std(axis=1).mean()


def test_an_empty_gate_fills_nothing() -> None:
    assert len(fill(somebody(), FEW)[1].at) == 0


def test_of_somebody_who_never_wore_the_device_nothing_is_filled() -> None:
    never = without(somebody(days=6), 0, 6 * 1_440)

    assert len(fill(never, FEW)[1].at) == 0


def test_values_stay_within_what_is_plausible() -> None:
    person = somebody()
    wild = replace(person, value=np.where(np.arange(len(person)) % 2 == 0, 21.0, 249.0))

    filled = fill(without(wild, NOON, 120), replace(FEW, draws=50))[1]

    assert filled.draws.min() >= 20
    assert filled.draws.max() <= 250


def test_a_value_that_is_not_above_zero_is_refused() -> None:
    person = without(somebody(), NOON, 30)
    person.value[5] = 0

    with pytest.raises(Invalid, match="not above 0"):
        StateSpace().fill(person, gate(person), 0, 0)
