"""Rubin's rules against worked figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from wearhouse.errors import Invalid
from wearhouse.imputation import combine
from wearhouse.imputation.rubin import alone


def test_a_worked_example() -> None:
    found = combine([10.0, 12.0, 14.0], [4.0, 4.0, 4.0])

    # W = 4, B = 4, T = 4 + 4/3 x 4 = 28/3; lambda = 4/7; df = 2 / lambda^2 = 6.125
    assert found.value == 12
    assert found.se == pytest.approx(np.sqrt(28 / 3))
    assert found.df == pytest.approx(6.125)
    assert found.fmi == pytest.approx((4 / 3 + 2 / 9.125) / (7 / 3))
    assert found.high - found.value == pytest.approx(2.435 * np.sqrt(28 / 3), rel=2e-3)


def test_few_people_lower_the_degrees_of_freedom() -> None:
    found = combine([10.0, 12.0, 14.0], [4.0, 4.0, 4.0], complete_df=9)

    # Barnard and Rubin: seen = 10/12 x 9 x 3/7; df = 1 / (1/6.125 + 1/seen)
    assert found.df == pytest.approx(1 / (1 / 6.125 + 1 / (10 / 12 * 9 * 3 / 7)))


def test_draws_that_agree_cost_nothing() -> None:
    found = combine([5.0] * 20, [1.0] * 20)

    assert (found.fmi, found.se) == (0, 1)


def test_of_one_person_all_variance_is_that_of_imputing() -> None:
    found = combine([5.0, 6.0], [0.0, 0.0])

    assert found.fmi == 1
    assert found.se == pytest.approx(np.sqrt(1.5 * 0.5))


def test_without_imputing_the_interval_is_students() -> None:
    found = alone(0.0, 1.0, df=4)

    assert found.high == pytest.approx(2.776, abs=1e-3)


@pytest.mark.parametrize(("values", "variances"), [([1.0], [1.0]), ([1.0, 2.0], [1.0])])
def test_too_few_draws_are_refused(values, variances) -> None:
    with pytest.raises(Invalid, match="two draws"):
        combine(values, variances)


numbers = some.floats(-1e3, 1e3)


@given(some.lists(some.tuples(numbers, some.floats(0.001, 1e3)), min_size=2, max_size=30))
def test_missing_information_never_makes_an_estimate_more_certain(draws) -> None:
    values, variances = zip(*draws, strict=True)

    found = combine(values, variances)

    assert found.se >= np.sqrt(np.mean(variances)) * (1 - 1e-12)
    assert 0 <= found.fmi <= 1
    assert found.low <= found.value <= found.high
