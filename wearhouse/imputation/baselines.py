"""Plain ways to fill gaps, for comparison; they give one value and no interval."""

import numpy as np

from wearhouse.imputation.gating import gaps
from wearhouse.imputation.minutes import DAY_MIN, Floats, Minutes

NEIGHBOUR_MIN, LINEAR_MIN, HISTORY_MIN = 1, 120, 600
HISTORY = {1: 0.4, 2: 0.25, 7: 0.25, 14: 0.1}
"""Weights of the value this many days ago in the published tiered rule."""

REACH = 15


def linear(minutes: Minutes) -> Floats:
    """Straight lines between the measured minutes on both sides; NaN outside them."""
    at = np.arange(len(minutes), dtype=np.float64)
    seen = minutes.observed
    if not seen.any():
        return np.full(len(minutes), np.nan)
    filled: Floats = np.interp(at, at[seen], minutes.value[seen], left=np.nan, right=np.nan)
    return filled


def time_of_day(minutes: Minutes) -> Floats:
    """The person's median within 15 minutes of that time of day; NaN where there never was one."""
    seen = minutes.observed
    clock, value = minutes.clock[seen], minutes.value[seen]
    order = np.argsort(clock, kind="stable")
    clock, value = clock[order], value[order]
    around = np.concatenate([clock - DAY_MIN, clock, clock + DAY_MIN])
    values = np.tile(value, 3)
    low = np.searchsorted(around, np.arange(DAY_MIN) - REACH)
    high = np.searchsorted(around, np.arange(DAY_MIN) + REACH, side="right")
    medians = [np.median(values[a:b]) if b > a else np.nan for a, b in zip(low, high, strict=True)]
    filled: Floats = np.array(medians)[minutes.clock]
    return filled


def tiered(minutes: Minutes) -> Floats:
    """The published rule: one minute by its neighbours' mean, up to 2 h a straight line, up to
    10 h the weighted values of 1, 2, 7 and 14 days before (of those that are there), else NaN."""
    _, length = gaps(minutes.observed)
    straight = linear(minutes)
    weights = np.zeros(len(minutes))
    total = np.zeros(len(minutes))
    for days, weight in HISTORY.items():
        back = days * DAY_MIN
        if back < len(minutes):
            before = minutes.value[:-back]
            there = np.isfinite(before)
            weights[back:] += weight * there
            total[back:] += np.where(there, weight * before, 0.0)
    history = np.divide(total, weights, out=np.full(len(minutes), np.nan), where=weights > 0)
    past = np.where(length <= HISTORY_MIN, history, np.nan)
    filled: Floats = np.where(length <= LINEAR_MIN, straight, past)
    return filled
