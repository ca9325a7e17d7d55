"""A person's ordinary day: mean and standard deviation by time of day.

Sums are kept by civil day, so that days can be weighted anew (Bayesian bootstrap, Rubin 1981)
without looking at the minutes again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wearhouse.imputation.minutes import DAY_MIN, Floats, Minutes

BIN = 10
BINS = DAY_MIN // BIN
SMOOTH_MIN = 30.0
"""Standard deviation of the kernel that smooths over times of day."""

PRIOR_MIN = 60.0
"""How many minutes of the overall mean a time of day is shrunken with."""


@dataclass(frozen=True, slots=True)
class DayBins:
    """Count, sum and sum of squares by civil day and ten minutes of the day (days, 144)."""

    days: NDArray[np.int64]
    count: Floats
    total: Floats
    square: Floats


@dataclass(frozen=True, slots=True)
class Profile:
    """Mean and standard deviation for each ten minutes of the day (144)."""

    mean: Floats
    scale: Floats


@dataclass(frozen=True, slots=True)
class Places:
    """The civil days of a grid, and the bin (day × 144 + time of day) of every minute."""

    days: NDArray[np.int64]
    bin: NDArray[np.int64]


def places(minutes: Minutes) -> Places:
    """Where every minute belongs; worked out once for many values."""
    days, of_day = np.unique(minutes.day, return_inverse=True)
    return Places(days, of_day * BINS + minutes.clock // BIN)


def day_bins(where: Places, value: Floats) -> DayBins:
    """Sums of a value (NaN: none) of every minute, by civil day and time of day."""
    seen = np.isfinite(value)
    days, key, y = where.days, where.bin[seen], value[seen]

    def binned(weights: Floats) -> Floats:
        sums = np.bincount(key, weights=weights, minlength=len(days) * BINS).astype(np.float64)
        shaped: Floats = sums.reshape(len(days), BINS)
        return shaped

    return DayBins(days, binned(np.ones_like(y)), binned(y), binned(y * y))


def profile(bins: DayBins, weights: Floats | None = None) -> Profile:
    """The smoothed profile, shrunken to the overall mean and variance where there is little."""
    weight = np.ones(len(bins.days)) if weights is None else weights
    count, total, square = (weight @ part for part in (bins.count, bins.total, bins.square))
    overall = total.sum() / count.sum()
    spread = square.sum() / count.sum() - overall**2
    near = _near(SMOOTH_MIN)
    n = near @ count + PRIOR_MIN
    mean = (near @ total + PRIOR_MIN * overall) / n
    # Around the smoothed mean of each bin, so that a steep hour does not count as spread.
    around = np.maximum(square - 2 * mean * total + mean**2 * count, 0.0)
    variance = (near @ around + PRIOR_MIN * spread) / n
    return Profile(mean, np.sqrt(np.maximum(variance, 1e-6)))


def at_clock(curve: Floats, minutes: Minutes) -> Floats:
    """A curve over the 144 bins at every minute, joined by straight lines around the clock."""
    middle = np.arange(BINS) * BIN + (BIN - 1) / 2
    by_clock = np.interp(np.arange(DAY_MIN), middle, curve, period=DAY_MIN)
    every: Floats = by_clock[minutes.clock]
    return every


def _near(smooth: float) -> Floats:
    along = np.arange(BINS) * BIN
    apart = np.minimum(along, DAY_MIN - along)
    row = np.exp(-0.5 * (apart / smooth) ** 2)
    every = np.arange(BINS)
    near: Floats = row[(every[:, None] - every) % BINS]
    return near
