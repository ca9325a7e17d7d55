"""Percentiles and histograms of sketches.

A percentile is the one of R's type 7, which numpy calls linear: between the two values next to
the place q·(n−1). From a sketch each of those is known to 1 %, and so is what lies between.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wearhouse.store.sketches import GAMMA, SHIFT, Ints

ERROR = (GAMMA - 1) / (GAMMA + 1)
"""How far a percentile from a sketch may be from the exact one, relative to its size."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a histogram: values from `low` up to `high` (of the last one: including it)."""

    low: float
    high: float
    count: int


def middles(bins: Ints) -> NDArray[np.float64]:
    """The value that stands for a bin: at most ERROR away from any in it."""
    size = np.abs(bins).astype(np.float64)
    return np.where(bins == 0, 0.0, np.sign(bins) * 2 * GAMMA ** (size - SHIFT) / (1 + GAMMA))


def quantiles(
    bins: Ints, counts: Ints, low: float, high: float, at: Sequence[float]
) -> list[float | None]:
    """Percentiles (0 to 1) of a sketch whose least and greatest value are known exactly; None
    of each if there is nothing in it."""
    total = int(counts.sum())
    if not total:
        return [None] * len(at)
    order = np.argsort(bins)
    reached, values = np.cumsum(counts[order]), middles(bins[order])
    found: list[float | None] = []
    for q in at:
        place = q * (total - 1)
        below, above = int(np.floor(place)), int(np.ceil(place))
        first, second = (_value(values, reached, rank, total, low, high) for rank in (below, above))
        found.append(first + (second - first) * (place - below))
    return found


def _value(
    values: NDArray[np.float64], reached: Ints, rank: int, total: int, low: float, high: float
) -> float:
    """The value at a place in the order; the ends are known exactly."""
    if rank == 0:
        return low
    if rank == total - 1:
        return high
    return float(np.clip(values[np.searchsorted(reached, rank, side="right")], low, high))


def histogram(bins: Ints, counts: Ints, low: float, high: float, bars: int) -> list[Bar]:
    """Bars of one width. A value counts where its bin's middle lies, so it may be in the next bar
    if it is within ERROR of the border."""
    if not counts.sum():
        return []
    if low == high:
        return [Bar(low, high, int(counts.sum()))]
    edges = np.linspace(low, high, bars + 1)
    at = np.clip(
        np.searchsorted(edges, np.clip(middles(bins), low, high), "right") - 1, 0, bars - 1
    )
    total = np.bincount(at, weights=counts, minlength=bars).astype(np.int64)
    return [
        Bar(float(a), float(b), int(n))
        for a, b, n in zip(edges[:-1], edges[1:], total, strict=True)
    ]
