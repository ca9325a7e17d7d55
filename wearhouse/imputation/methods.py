"""What every way of filling gaps promises, and the ways there are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wearhouse.imputation import baselines
from wearhouse.imputation.gating import Gate
from wearhouse.imputation.minutes import Floats, Minutes
from wearhouse.metrics import metric_named

Z90 = 1.6448536269514722
"""The normal quantile of a 90 % interval."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a method says of the minutes it fills, in the metric's unit; arrays of one length.

    `at` are positions on the grid. `value` is the predictive median, the point to draw curves
    with; `mean`, `sd` and the 90 % interval `low` to `high` describe one minute by itself.
    `draws` (draws, minutes) are joint: statistics come from them, never from `value`.
    A method without uncertainty leaves NaN and no draws.
    """

    at: NDArray[np.int64]
    value: Floats
    mean: Floats
    sd: Floats
    low: Floats
    high: Floats
    draws: NDArray[np.float32]


def nothing(draws: int) -> Filled:
    """What is said of no minutes at all."""
    none = np.empty(0)
    at = np.empty(0, np.int64)
    return Filled(at, none, none, none, none, none, np.empty((draws, 0), np.float32))


def points(at: NDArray[np.int64], value: Floats) -> Filled:
    """What a method says that has one value for each minute and no interval."""
    none = np.full(len(at), np.nan)
    return Filled(at, value, value, none, none, none, np.empty((0, len(at)), np.float32))


def in_range(filled: Filled, metric: str) -> Filled:
    """What was filled, within the metric's plausible range."""
    known = metric_named(metric)
    clipped = {
        name: np.clip(getattr(filled, name), known.low, known.high)
        for name in ("value", "mean", "low", "high", "draws")
    }
    return replace(filled, **clipped)


class Method(Protocol):
    """A way to fill the minutes that a gate lets through."""

    @property
    def name(self) -> str:
        """What is stored with every run, with the version of the method: ssm-1."""

    def fill(self, minutes: Minutes, gate: Gate, draws: int, seed: int) -> Filled:
        """Fill the wanted minutes; the same input and seed give the same output, bit by bit."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A baseline: one value for each minute, no interval."""

    name: str
    curve: Callable[[Minutes], Floats]

    def fill(self, minutes: Minutes, gate: Gate, draws: int, seed: int) -> Filled:
        """The curve at the wanted minutes; NaN where it has none. Draws and seed are not used."""
        del draws, seed
        at = np.flatnonzero(gate.wanted)
        return points(at, self.curve(minutes)[at])


BASELINES: dict[str, Method] = {
    method.name: method
    for method in (
        Plain("linear", baselines.linear),
        Plain("time-of-day", baselines.time_of_day),
        Plain("tiered", baselines.tiered),
    )
}
