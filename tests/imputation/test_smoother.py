"""The smoother against dense algebra and against the textbook's loop over time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from wearhouse.imputation.smoother import (
    Factor,
    Kernel,
    draw,
    factorise,
    log_likelihood,
    means,
    roots_of,
    variances,
)

KERNEL = Kernel((0.587, 0.612, 0.6), (3.66, 53.0, 300.0), 0.05)


def dense(kernel: Kernel, z, observed):
    """Mean and variance of the series, and the log likelihood, by the formulas of a Gaussian."""
    step = np.arange(len(z))
    apart = np.abs(step[:, None] - step)
    parts = zip(kernel.sd, kernel.memory, strict=True)
    prior = sum(sd**2 * np.exp(-apart / memory) for sd, memory in parts)
    seen = prior[np.ix_(observed, observed)] + kernel.noise**2 * np.eye(observed.sum())
    weights = np.linalg.solve(seen, prior[observed]).T
    mean = weights @ z[observed]
    variance = np.diag(prior - weights @ prior[observed])
    solved = z[observed] @ np.linalg.solve(seen, z[observed])
    return mean, variance, -0.5 * (solved + np.linalg.slogdet(2 * np.pi * seen)[1])


def kalman(kernel: Kernel, z, observed):
    """The same by filtering forwards and smoothing backwards (Rauch, Tung and Striebel)."""
    sd, keep = np.array(kernel.sd), np.exp(-1 / np.array(kernel.memory))
    fresh, h = np.diag(sd**2 * (1 - keep**2)), np.ones(len(sd))
    move = np.diag(keep)
    x, p = np.zeros(len(sd)), np.diag(sd**2)
    ahead, filtered = [], []
    for value, seen in zip(z, observed, strict=True):
        ahead.append((x, p))
        if seen:
            gain = p @ h / (h @ p @ h + kernel.noise**2)
            x, p = x + gain * (value - h @ x), p - np.outer(gain, h @ p)
        filtered.append((x, p))
        x, p = move @ x, move @ p @ move + fresh
    x, p = filtered[-1]
    found = [(h @ x, h @ p @ h)]
    for (fx, fp), (ax, ap) in zip(filtered[-2::-1], ahead[:0:-1], strict=True):
        back = fp @ move @ np.linalg.inv(ap)
        x, p = fx + back @ (x - ax), fp + back @ (p - ap) @ back.T
        found.append((h @ x, h @ p @ h))
    return np.array(found[::-1]).T


lengths = some.integers(1, 90)


@given(lengths, some.integers(0, 2**32 - 1), some.floats(0.02, 0.98))
def test_it_is_the_exact_gaussian_posterior(n, seed, share) -> None:
    rng = np.random.default_rng(seed)
    z, observed = rng.standard_normal(n), rng.random(n) < share
    factor = factorise(KERNEL, observed)

    mean, variance, likelihood = dense(KERNEL, z, observed)

    assert np.allclose(means(factor, z), mean, atol=1e-9)
    assert np.allclose(variances(factor), variance, atol=1e-9)
    assert log_likelihood(factor, z) == pytest.approx(likelihood, abs=1e-6)


def test_it_is_the_kalman_smoother_over_days_with_long_gaps() -> None:
    rng = np.random.default_rng(0)
    observed = np.ones(4_000, bool)
    observed[500:980], observed[2_000:2_005], observed[3_990:] = False, False, False
    z = rng.standard_normal(4_000)
    factor = factorise(KERNEL, observed)

    mean, variance = kalman(KERNEL, z, observed)

    assert np.abs(means(factor, z) - mean).max() < 1e-6
    assert np.abs(variances(factor) - variance).max() < 1e-6


@pytest.fixture(scope="module")
def gap() -> tuple[Factor, np.ndarray]:
    rng = np.random.default_rng(1)
    observed = np.ones(60, bool)
    observed[20:45] = False
    return factorise(KERNEL, observed), rng.standard_normal(60)


def test_draws_have_the_posteriors_mean_and_covariance(gap) -> None:
    factor, z = gap
    rng = np.random.default_rng(2)
    step = np.arange(60)
    parts = zip(KERNEL.sd, KERNEL.memory, strict=True)
    prior = sum(sd**2 * np.exp(-np.abs(step[:, None] - step) / m) for sd, m in parts)
    seen = prior[np.ix_(factor.observed, factor.observed)]
    seen = seen + KERNEL.noise**2 * np.eye(len(seen))
    cross = prior[:, factor.observed]
    covariance = prior - cross @ np.linalg.solve(seen, cross.T)

    roots = roots_of(factor)
    paths = np.array([draw(factor, roots, z, rng) for _ in range(4_000)])

    assert np.abs(paths.mean(axis=0) - means(factor, z)).max() < 0.06
    assert np.abs(np.cov(paths.T) - covariance).max() < 0.06


def test_a_spread_widens_a_draws_deviations_and_leaves_its_mean(gap) -> None:
    factor, z = gap
    roots, middle = roots_of(factor), means(factor, z)

    plain, wide = (draw(factor, roots, z, np.random.default_rng(3), one) for one in (1.0, 1.1))

    assert wide - middle == pytest.approx(1.1 * (plain - middle))


def test_values_that_were_not_observed_count_for_nothing(gap) -> None:
    factor, z = gap
    other = np.where(factor.observed, z, 1e6)

    assert np.array_equal(means(factor, z), means(factor, other))


def test_far_from_anything_observed_there_is_only_the_prior() -> None:
    observed = np.zeros(20_000, bool)
    observed[0] = True
    factor = factorise(KERNEL, observed)

    assert means(factor, np.full(20_000, 3.0))[-1] == pytest.approx(0, abs=1e-12)
    assert variances(factor)[-1] == pytest.approx(sum(sd**2 for sd in KERNEL.sd))
