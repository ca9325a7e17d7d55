"""What a person's heart rate is expected to be, given the steps around a minute.

Ridge regression on the time of day and on how much was walked just before and after, in minutes
that were worn. Predictions for a day come from coefficients of other days (five folds), and stay
within what the person's heart rate has been.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from wearhouse.imputation.minutes import DAY_MIN, Floats, Mask, Minutes

RIDGE = 300.0
FOLDS = 5
LEAST_MIN = 3_000
"""Worn minutes with steps below which steps are not used."""

BACK_MIN = (2, 5, 15, 45, 120)
AHEAD_MIN = (2, 10, 45)
"""Half-lives of the walking before and after a minute."""

LIMITS = (0.002, 0.998)


@dataclass(frozen=True, slots=True)
class Regression:
    """Features of every minute, and their products with each other and the target by day."""

    features: Floats  # (n, f), the first constant
    fold: NDArray[np.int64]  # (n,)
    days: NDArray[np.int64]
    gram: Floats  # (days, f, f)
    moment: Floats  # (days, f)
    centre: float
    low: float
    high: float


def enough_steps(known: Mask) -> bool:
    """Whether there are enough minutes with both the metric and steps to learn from."""
    return int(np.count_nonzero(known)) >= LEAST_MIN


def regression(minutes: Minutes, y: Floats, ordinary: Floats, known: Mask) -> Regression:
    """Prepare the regression of y on steps; `known` marks minutes whose steps may be believed,
    `ordinary` is what the time of day alone says. Steps of other minutes are never looked at."""
    learnt = known & np.isfinite(y)
    centre = float(y[learnt].mean())
    features = _features(minutes, ordinary - centre, known)
    middle, spread = features[learnt].mean(axis=0), features[learnt].std(axis=0)
    middle[0], spread[0] = 0.0, 1.0
    features = (features - middle) / np.where(spread > 0, spread, 1.0)
    days, first = np.unique(minutes.day, return_index=True)
    gram, moment = [], []
    for a, b in zip(first, [*first[1:], len(minutes)], strict=True):
        inside = slice(a, b)
        rows = features[inside][learnt[inside]]
        gram.append(rows.T @ rows)
        moment.append(rows.T @ (y[inside][learnt[inside]] - centre))
    low, high = np.quantile(y[np.isfinite(y)], LIMITS)
    return Regression(
        features, minutes.day % FOLDS, days, np.array(gram), np.array(moment),
        centre, float(low), float(high),
    )  # fmt: skip


def expected(model: Regression, weights: Floats | None = None) -> Floats:
    """The expectation at every minute, of coefficients from days outside its own fold."""
    weight = np.ones(len(model.days)) if weights is None else weights
    ridge = RIDGE * np.eye(model.gram.shape[1])
    slopes = []
    for fold in range(FOLDS):
        others = np.where(model.days % FOLDS != fold, weight, 0.0)
        gram = np.tensordot(others, model.gram, 1) + ridge
        slopes.append(np.linalg.solve(gram, others @ model.moment))
    by_fold = model.features @ np.array(slopes).T
    whole = by_fold[np.arange(len(by_fold)), model.fold]
    clipped: Floats = np.clip(whole + model.centre, model.low, model.high)
    return clipped


def _features(minutes: Minutes, ordinary: Floats, known: Mask) -> Floats:
    steps = np.where(known, np.nan_to_num(minutes.steps), 0.0)
    walking = np.log1p(steps)
    going = (steps > 0).astype(np.float64)
    recent = {half: _recent(walking, known, half) for half in BACK_MIN}
    still = _recent(going, known, 30) + _ahead(going, known, 30)
    angle = 2 * np.pi * minutes.clock / DAY_MIN
    columns = [
        np.ones(len(steps)), ordinary, walking, going,
        np.roll(walking, 1), np.roll(walking, -1), np.roll(walking, 2),
        *recent.values(),
        *(_ahead(walking, known, half) for half in AHEAD_MIN),
        *(_recent(steps, known, half) for half in (5, 30)),
        still, np.sqrt(still),
        recent[5] ** 2, recent[15] ** 2, walking * recent[5],
        np.maximum(walking - 4.0, 0.0), _recent(np.maximum(steps - 60.0, 0.0), known, 10),
    ]  # fmt: skip
    for wave in (1, 2, 3):
        columns += [np.cos(wave * angle), np.sin(wave * angle)]
    return np.column_stack(columns)


def _recent(x: Floats, known: Mask, half: float) -> Floats:
    """The mean of what is known so far, older minutes counting less."""
    new = 1 - 0.5 ** (1 / half)

    def smooth(series: Floats) -> Floats:
        smoothed: Floats = lfilter([new], [1, new - 1], series)
        return smoothed

    averaged: Floats = smooth(x * known) / np.maximum(smooth(known.astype(np.float64)), 1e-3)
    return averaged


def _ahead(x: Floats, known: Mask, half: float) -> Floats:
    return _recent(x[::-1], known[::-1], half)[::-1]
