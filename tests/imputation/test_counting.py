"""Steps of unworn time, as a modelled count."""

from dataclasses import replace

import numpy as np
from lives import at, somebody, without

from wearhouse.imputation import Minutes, gate
from wearhouse.imputation.counting import fill_steps

EVENING = at(7, 18)


def filled(person: Minutes, draws: int = 40):
    return fill_steps(person, gate(person), draws, 0)


def test_only_supported_non_wear_is_filled() -> None:
    person = without(without(somebody(), EVENING, 180, steps=0), at(3, 12), 10, steps=0)

    assert filled(person).at.tolist() == list(range(EVENING, EVENING + 180))


def test_draws_are_whole_steps_with_zeros_among_them() -> None:
    made = filled(without(somebody(), EVENING, 180)).draws

    assert np.array_equal(made, np.rint(made))
    assert 0.3 < (made == 0).mean() < 0.98


def test_totals_are_like_those_of_the_same_time_on_other_days() -> None:
    person = somebody(days=28)
    others = [person.steps[at(day, 18) : at(day, 21)].sum() for day in range(28) if day != 7]

    totals = filled(without(person, EVENING, 180), 200).draws.sum(axis=1)

    assert abs(totals.mean() - np.mean(others)) < 0.35 * np.mean(others)


def test_zeros_off_the_wrist_are_never_borrowed_nor_kept() -> None:
    zeros = without(without(somebody(), EVENING, 180, steps=0), at(9, 18), 180, steps=0)
    nothing = without(without(somebody(), EVENING, 180), at(9, 18), 180)

    assert np.array_equal(filled(zeros).draws, filled(nothing).draws)


def test_without_a_day_that_can_lend_steps_stay_missing() -> None:
    person = without(somebody(), EVENING, 180)
    unknown = replace(person, steps=person.steps * np.nan)

    assert np.isnan(filled(unknown).value).all()
