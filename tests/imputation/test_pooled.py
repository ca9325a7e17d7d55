"""What is learnt from several people."""

import numpy as np
import pytest
from lives import DAY, somebody

from wearhouse.errors import Invalid
from wearhouse.imputation import fit
from wearhouse.imputation.pooled import fit_kernel, from_json
from wearhouse.imputation.smoother import Kernel, draw, factorise, roots_of

TRUE = Kernel((0.8, 0.6), (4.0, 120.0), 0.05)
START = Kernel((0.5, 0.5), (10.0, 60.0), 0.1)


def test_a_kernel_is_found_again_in_series_made_from_it() -> None:
    rng = np.random.default_rng(0)
    nothing = factorise(TRUE, np.zeros(10_000, bool))
    roots = roots_of(nothing)
    series = [
        draw(nothing, roots, np.zeros(10_000), rng) + 0.05 * rng.standard_normal(10_000)
        for _ in range(2)
    ]
    series[0][2_000:3_000] = np.nan

    found = fit_kernel(series, START)

    assert found.sd == pytest.approx(TRUE.sd, rel=0.2)
    assert found.memory == pytest.approx(TRUE.memory, rel=0.35)


def test_people_with_too_little_measured_are_refused() -> None:
    with pytest.raises(Invalid, match="3,000"):
        fit([somebody(days=1)])


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(Invalid, match="no stored model"):
        from_json(b'{"plain": 3}')


def test_without_steps_the_kernel_beside_steps_stays_the_default() -> None:
    person = somebody(days=4)
    person.steps[:] = np.nan

    found = fit([person], rounds=2)

    assert found.people == 1
    assert len(person) == 4 * DAY
    assert found.steps.memory == pytest.approx((2.80, 35.6, 338.0))
