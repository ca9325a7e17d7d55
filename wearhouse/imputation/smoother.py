"""The exact posterior of a sum of Ornstein-Uhlenbeck processes seen at some steps of a grid.

The states of a Markov process have a block-tridiagonal precision. Halving it again and again
(cyclic reduction: every second state is expressed by its two neighbours) solves whole years at
once in numpy. Means, variances and draws are those of the Kalman smoother and the simulation
smoother (Durbin and Koopman 2002), without a loop over time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Kernel:
    """Independent processes of stated standard deviation and memory (in steps), seen with noise.

    All standard deviations are in units of the series, whose own is about 1.
    """

    sd: tuple[float, ...]
    memory: tuple[float, ...]
    noise: float


@dataclass(frozen=True, slots=True)
class _Half:
    """How the odd states of one level follow from the even ones: x = S b - L left - R right."""

    own: Floats  # S (m, J, J)
    left: Floats  # L (m, J, J)
    right: Floats  # R (m or m - 1, J, J)


@dataclass(frozen=True, slots=True)
class Factor:
    """The precision of all states given which steps are observed, ready to be solved."""

    kernel: Kernel
    observed: Mask
    halves: tuple[_Half, ...]
    last: Floats  # covariance of the one state that is left
    log_determinant: float


Roots = tuple[Floats, ...]
"""Square roots of the covariances that draws scatter with, from the one state left to all."""


@dataclass(frozen=True, slots=True)
class _Scatter:
    roots: Roots
    rng: np.random.Generator
    spread: float

    def of(self, level: int) -> Floats:
        """What is added to the states of a level."""
        root = self.roots[level]
        return _to(root, self.spread * self.rng.standard_normal(root.shape[:2]))


def factorise(kernel: Kernel, observed: Mask) -> Factor:
    """Reduce the precision of the states of a grid of len(observed) > 0 steps."""
    diagonal, coupling = _precision(kernel, observed)
    halves, log_determinant = [], 0.0
    while len(diagonal) > 1:
        odd = diagonal[1::2]
        to_left, to_right = coupling[0::2], coupling[1::2]
        own = _inverse(odd)
        log_determinant += float(np.linalg.slogdet(odd)[1].sum())
        left = own @ _t(to_left)
        right = own[: len(to_right)] @ to_right
        diagonal = diagonal[0::2].copy()
        diagonal[: len(left)] -= to_left @ left
        diagonal[1 : 1 + len(right)] -= _t(to_right) @ right
        coupling = -to_left[: len(right)] @ right
        halves.append(_Half(own, left, right))
    log_determinant += float(np.linalg.slogdet(diagonal)[1].sum())
    return Factor(kernel, observed, tuple(halves), _inverse(diagonal), log_determinant)


def means(factor: Factor, z: Floats) -> Floats:
    """The posterior mean of the noiseless series at every step; z counts where observed."""
    return _solve(factor, z, None)


def roots_of(factor: Factor) -> Roots:
    """What every draw from a posterior scatters with; worked out once for many draws."""
    return tuple(_root(cov) for cov in (factor.last, *(half.own for half in factor.halves[::-1])))


def draw(
    factor: Factor, roots: Roots, z: Floats, rng: np.random.Generator, spread: float = 1.0
) -> Floats:
    """One joint draw of the noiseless series from its posterior, its deviations from the mean
    widened by `spread`."""
    return _solve(factor, z, _Scatter(roots, rng, spread))


def variances(factor: Factor) -> Floats:
    """The posterior variance of the noiseless series at every step; it needs no values."""
    cov = factor.last
    cross = np.empty((0, *cov.shape[1:]))
    for half in reversed(factor.halves):
        own, left, right = half.own, half.left, half.right
        m, k = len(own), len(right)
        after = cov[1 : 1 + k]
        left_cov = left @ cov[:m]
        odd = own + left_cov @ _t(left)
        both = left[:k] @ cross[:k] @ _t(right)
        odd[:k] += right @ after @ _t(right) + both + _t(both)
        to_left = -_t(left_cov)
        to_left[:k] -= cross[:k] @ _t(right)
        to_right = -(left[:k] @ cross[:k] + right @ after)
        cov = _woven(cov, odd)
        cross = _woven(to_left, to_right)
    seen: Floats = cov.sum(axis=(1, 2))
    return seen


def log_likelihood(factor: Factor, z: Floats) -> float:
    """The log density of the observed values of z."""
    kernel, seen = factor.kernel, z[factor.observed]
    noise = kernel.noise**2
    sd, keep = np.array(kernel.sd), np.exp(-1 / np.array(kernel.memory))
    fresh = sd**2 * (1 - keep**2)
    prior = -float(np.sum(np.log(sd**2) + (len(z) - 1) * np.log(fresh)))
    fitted = means(factor, z)[factor.observed]
    square = float(seen @ (seen - fitted)) / noise
    sizes = len(seen) * np.log(2 * np.pi * noise)
    return -0.5 * float(sizes + factor.log_determinant - prior + square)


def _precision(kernel: Kernel, observed: Mask) -> tuple[Floats, Floats]:
    sd, keep = np.array(kernel.sd), np.exp(-1 / np.array(kernel.memory))
    fresh = sd**2 * (1 - keep**2)
    n, j = len(observed), len(sd)
    diagonal = np.zeros((n, j, j))
    diagonal[:] = np.diag((1 + keep**2) / fresh)
    diagonal[0] = diagonal[-1] = np.diag(1 / fresh if n > 1 else 1 / sd**2)
    diagonal[observed] += 1 / kernel.noise**2
    coupling = np.broadcast_to(np.diag(-keep / fresh), (n - 1, j, j))
    return diagonal, coupling


def _solve(factor: Factor, z: Floats, scatter: _Scatter | None) -> Floats:
    seen = np.where(factor.observed, z, 0.0) / factor.kernel.noise**2
    pull = np.repeat(seen[:, None], len(factor.kernel.sd), axis=1)
    pulls = []
    for half in factor.halves:
        odd, pull = pull[1::2], pull[0::2].copy()
        pull[: len(odd)] += -_to(_t(half.left), odd)
        pull[1 : 1 + len(half.right)] -= _to(_t(half.right), odd[: len(half.right)])
        pulls.append(odd)
    x = _to(factor.last, pull) + (scatter.of(0) if scatter else 0.0)
    levels = zip(reversed(factor.halves), reversed(pulls), strict=True)
    for level, (half, odd) in enumerate(levels, 1):
        mid = _to(half.own, odd) - _to(half.left, x[: len(odd)])
        if scatter:
            mid += scatter.of(level)
        mid[: len(half.right)] -= _to(half.right, x[1 : 1 + len(half.right)])
        x = _woven(x, mid)
    total: Floats = x.sum(axis=1)
    return total


def _root(cov: Floats) -> Floats:
    return np.linalg.cholesky(cov).astype(np.float64, copy=False)


def _inverse(blocks: Floats) -> Floats:
    return np.linalg.inv(blocks).astype(np.float64, copy=False)


def _t(blocks: Floats) -> Floats:
    return np.swapaxes(blocks, -1, -2)


def _to(blocks: Floats, vectors: Floats) -> Floats:
    moved: Floats = np.einsum("nij,nj->ni", blocks, vectors)
    return moved


def _woven(even: Floats, odd: Floats) -> Floats:
    whole = np.empty((len(even) + len(odd), *even.shape[1:]))
    whole[0::2], whole[1::2] = even, odd
    return whole
