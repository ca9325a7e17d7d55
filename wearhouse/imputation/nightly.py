"""Metrics of which there is one value a night: heart rate variability, breathing rate, SpO2.

The same smoother on a grid of nights: the person's own level, plus slow and fast departures from
it. Not part of the published comparison; what it reaches on LifeSnaps stands in
docs/imputation.md.
"""

from dataclasses import dataclass

import numpy as np

from wearhouse.errors import Invalid
from wearhouse.imputation.gating import CODE_OF, Gate, Why, gaps
from wearhouse.imputation.methods import Z90, Filled, nothing
from wearhouse.imputation.minutes import Floats, Mask
from wearhouse.imputation.smoother import (
    Kernel,
    draw,
    factorise,
    means,
    roots_of,
    variances,
)
from wearhouse.metrics import metric_named

LONGEST = 7
FEWEST = 5
PRIOR_NIGHTS = 2.0


@dataclass(frozen=True, slots=True)
class Habit:
    """How one metric behaves from night to night: its scale, and the kernel in nights.

    `typical` is the standard deviation within a person that a short record is shrunken to.
    """

    logarithmic: bool
    kernel: Kernel
    typical: float


HABITS: dict[str, Habit] = {
    "daily_hrv_rmssd": Habit(True, Kernel((0.69,), (1.33,), 0.71), 0.21),
    "breathing_rate": Habit(False, Kernel((0.63, 0.25), (3.66, 1.56), 0.73), 0.72),
    "daily_spo2": Habit(False, Kernel((0.41,), (2.31,), 0.905), 0.96),
}
"""Kernels fitted to every second person of LifeSnaps (sorted by id), in nights."""


@dataclass(frozen=True, slots=True)
class Nights:
    """One participant's nights in a row: one value each, NaN where none was measured.

    `worn` marks nights of which the device recorded sleep; `barred` those that may not be filled.
    """

    participant: int
    metric: str
    first: int  # civil day of the first night, counted from 1970-01-01
    value: Floats
    worn: Mask
    barred: Mask

    @property
    def observed(self) -> Mask:
        seen: Mask = np.isfinite(self.value)
        return seen

    def __len__(self) -> int:
        return len(self.value)


def gate_nights(nights: Nights) -> Gate:
    """One code for every night: a gap of more than 7 nights is refused, and everything of a
    person with fewer than 5 nights; a night of recorded sleep without the metric is a dropout."""
    observed = nights.observed
    number, length = gaps(observed)
    why = np.full(len(observed), Why.SUPPORTED, np.int8)
    why[nights.worn] = Why.EVIDENCE
    why[length > LONGEST] = Why.LONG
    if np.count_nonzero(observed) < FEWEST:
        why[:] = Why.FEW_DAYS
    why[nights.barred] = Why.BARRED
    seen = np.flatnonzero(observed)
    first, last = (seen[0], seen[-1]) if len(seen) else (len(observed), len(observed))
    why[:first], why[last + 1 :] = Why.BEFORE_FIRST, Why.AFTER_LAST
    why[observed] = Why.MEASURED
    return Gate(CODE_OF[why], why, number, length)


def fill_nights(nights: Nights, gate: Gate, draws: int, seed: int) -> Filled:
    """Fill the wanted nights. Raises Invalid for a metric that does not come nightly."""
    habit = habit_of(nights.metric)
    at = np.flatnonzero(gate.wanted)
    y = np.log(nights.value) if habit.logarithmic else nights.value
    seen = np.isfinite(y)
    if not len(at):
        return nothing(draws)
    rng = np.random.default_rng([seed, nights.participant, 3])
    factor = factorise(habit.kernel, seen)
    level, scale = level_and_scale(y, habit)
    z = np.where(seen, (y - level) / scale, 0.0)
    middle = level + scale * means(factor, z)[at]
    noise = habit.kernel.noise
    width = scale * np.sqrt(variances(factor)[at] + noise**2)
    roots = roots_of(factor)
    paths = np.empty((draws, len(at)))
    for number in range(draws):
        level, scale = level_and_scale(y, habit, rng.exponential(size=int(seen.sum())))
        z = np.where(seen, (y - level) / scale, 0.0)
        path = draw(factor, roots, z, rng)[at] + noise * rng.standard_normal(len(at))
        paths[number] = level + scale * path
    return _in_unit(nights.metric, habit, at, middle, width, paths)


def habit_of(metric: str) -> Habit:
    """How a nightly metric behaves; Invalid for one that is not filled."""
    if metric not in HABITS:
        known = ", ".join(HABITS)
        raise Invalid(f"{metric} is not filled by the night; these are: {known}.", "metric")
    return HABITS[metric]


def level_and_scale(y: Floats, habit: Habit, weights: Floats | None = None) -> tuple[float, float]:
    """A person's mean and standard deviation over measured nights, weighted, the latter shrunken
    to what is typical."""
    seen = y[np.isfinite(y)]
    weight = np.ones(len(seen)) if weights is None else weights
    level = float(np.average(seen, weights=weight))
    square = float(np.average((seen - level) ** 2, weights=weight)) * len(seen)
    variance = (square + PRIOR_NIGHTS * habit.typical**2) / (len(seen) + PRIOR_NIGHTS)
    return level, float(np.sqrt(variance))


def _in_unit(
    metric: str, habit: Habit, at: np.ndarray, middle: Floats, width: Floats, paths: Floats
) -> Filled:
    low, high = middle - Z90 * width, middle + Z90 * width
    if habit.logarithmic:
        value, low, high, paths = (np.exp(one) for one in (middle, low, high, paths))
        mean = value * np.exp(width**2 / 2)
        sd = mean * np.sqrt(np.expm1(width**2))
    else:
        value, mean, sd = middle, middle, width
    bounds = metric_named(metric)

    def kept(x: Floats) -> Floats:
        inside: Floats = np.clip(x, bounds.low, bounds.high)
        return inside

    drawn = kept(paths).astype(np.float32)
    return Filled(at, kept(value), kept(mean), sd, kept(low), kept(high), drawn)
