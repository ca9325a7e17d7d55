"""One value a night."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from wearhouse.errors import Invalid
from wearhouse.imputation import Why
from wearhouse.imputation.nightly import HABITS, Nights, fill_nights, gate_nights


def nights(values: list[float], metric: str = "daily_hrv_rmssd") -> Nights:
    none = np.zeros(len(values), bool)
    return Nights(1, metric, 19_000, np.array(values, float), none, none.copy())


def month(hidden: slice, metric: str = "daily_hrv_rmssd") -> Nights:
    rng = np.random.default_rng(0)
    person = nights(list(40 + 6 * rng.standard_normal(30)), metric)
    person.value[hidden] = np.nan
    return person


def test_a_gap_of_up_to_seven_nights_is_filled() -> None:
    assert set(gate_nights(month(slice(10, 17))).why[10:17]) == {Why.SUPPORTED}


def test_a_longer_gap_is_refused() -> None:
    assert set(gate_nights(month(slice(10, 18))).why[10:18]) == {Why.LONG}


def test_a_night_of_recorded_sleep_is_a_dropout() -> None:
    person = month(slice(10, 12))
    person.worn[11] = True

    assert gate_nights(person).why[10:12].tolist() == [Why.SUPPORTED, Why.EVIDENCE]


def test_before_the_first_and_after_the_last_night_nothing_is_filled() -> None:
    person = month(slice(0, 2))
    person.value[28:] = np.nan

    assert gate_nights(person).why[[0, 29]].tolist() == [Why.BEFORE_FIRST, Why.AFTER_LAST]


def test_fewer_than_five_nights_tell_too_little() -> None:
    person = nights([40, np.nan, 41, 42, 43])

    assert gate_nights(person).why[1] == Why.FEW_DAYS


def test_a_pause_is_not_filled() -> None:
    person = month(slice(10, 12))
    person.barred[10] = True

    assert gate_nights(person).why[10:12].tolist() == [Why.BARRED, Why.SUPPORTED]


@pytest.mark.parametrize("metric", HABITS)
def test_the_same_seed_gives_the_same_draws(metric: str) -> None:
    person = month(slice(10, 13), metric)
    coded = gate_nights(person)

    one, again = fill_nights(person, coded, 5, 1), fill_nights(person, coded, 5, 1)

    assert np.array_equal(one.draws, again.draws)


def test_between_high_nights_a_night_is_higher_than_the_persons_level() -> None:
    person = month(slice(15, 16))
    person.value[[14, 16]] = 60

    filled = fill_nights(person, gate_nights(person), 0, 0)

    assert filled.value[0] > np.exp(np.nanmean(np.log(person.value)))


@given(some.lists(some.one_of(some.just(np.nan), some.floats(5, 200)), min_size=5, max_size=40))
def test_every_wanted_night_gets_a_plausible_value(values: list[float]) -> None:
    person = nights(values)
    coded = gate_nights(person)

    filled = fill_nights(person, coded, 3, 0)

    assert np.array_equal(filled.at, np.flatnonzero(coded.wanted))
    assert np.all((filled.low <= filled.value) & (filled.value <= filled.high))
    assert np.all((filled.draws >= 0) & (filled.draws <= 500))


def test_steps_do_not_come_nightly() -> None:
    person = month(slice(10, 12), "steps")

    with pytest.raises(Invalid, match="steps is not filled by the night"):
        fill_nights(person, gate_nights(person), 3, 0)
