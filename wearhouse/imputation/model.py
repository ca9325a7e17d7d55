"""The model ssm-1: a person's ordinary day, plus what the last minutes and hours remember.

On the scale of logarithms: value = mean + scale × residual. The mean is the person's time of day,
or, in minutes in which steps can be believed, a regression on steps as well. The residual is a sum
of Ornstein-Uhlenbeck processes, whose posterior is exact (smoother.py).

Draws are proper (Rubin 1987): each first draws the days anew (Bayesian bootstrap) and with them
mean and scale, then a joint path, whose deviations are widened by SPREAD.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wearhouse.errors import Invalid
from wearhouse.imputation.exertion import enough_steps, expected, regression
from wearhouse.imputation.gating import Gate, Why
from wearhouse.imputation.methods import Z90, Filled, in_range, nothing
from wearhouse.imputation.minutes import Floats, Mask, Minutes
from wearhouse.imputation.pooled import DEFAULT, FIT_PEOPLE, Pooled, fit_kernel, own_kernel
from wearhouse.imputation.profile import DayBins, Profile, at_clock, day_bins, places, profile
from wearhouse.imputation.smoother import (
    Kernel,
    draw,
    factorise,
    means,
    roots_of,
    variances,
)

SPREAD = 1.1


@dataclass(frozen=True, slots=True)
class StateSpace:
    """ssm-1 with what was learnt from several people."""

    pooled: Pooled = DEFAULT

    @property
    def name(self) -> str:
        return "ssm-1"

    def fill(self, minutes: Minutes, gate: Gate, draws: int, seed: int) -> Filled:
        """Fill the wanted minutes. Steps count only where something proves that they were worn.

        Raises Invalid where a measured value is not above zero.
        """
        if np.any(minutes.value <= 0):
            raise Invalid(f"{minutes.metric} of a participant has values that are not above 0.")
        wanted = gate.wanted
        known = believable(minutes, gate)
        with_steps = wanted & known
        if not wanted.any():
            return nothing(draws)
        parts = []
        if with_steps.any() and enough_steps(known & minutes.observed):
            rng = np.random.default_rng([seed, minutes.participant, 2])
            view = StepsView(minutes, known)
            parts.append(_fill(view, self.pooled.steps, np.flatnonzero(with_steps), draws, rng))
            wanted = wanted & ~with_steps
        if wanted.any():
            rng = np.random.default_rng([seed, minutes.participant, 1])
            plain = PlainView(minutes)
            kernel = own_kernel(plain.residuals(), self.pooled.plain)
            parts.append(_fill(plain, kernel, np.flatnonzero(wanted), draws, rng))
        return in_range(_joined(parts), minutes.metric)


def fit(people: list[Minutes], rounds: int = 40) -> Pooled:
    """Learn the kernels from people's first 14 days, at most 12 of them, evenly chosen.

    Without enough steps the kernel beside steps stays the default. Raises Invalid where nobody
    has enough measured minutes.
    """
    chosen = people[:: max(1, -(-len(people) // FIT_PEOPLE))]
    plain = fit_kernel([PlainView(one).residuals() for one in chosen], DEFAULT.plain, rounds)
    known = {one.participant: one.observed & np.isfinite(one.steps) for one in chosen}
    walkers = [one for one in chosen if enough_steps(known[one.participant])]
    steps = DEFAULT.steps
    if walkers:
        views = [StepsView(one, known[one.participant]) for one in walkers]
        steps = fit_kernel([view.residuals() for view in views], DEFAULT.steps, rounds)
    return Pooled(plain, steps, len(chosen), "this study")


def believable(minutes: Minutes, gate: Gate) -> Mask:
    """Minutes whose steps count: measured, or proven to be worn. Never those off the wrist."""
    worn: Mask = minutes.observed | (gate.why == Why.EVIDENCE)
    known: Mask = worn & np.isfinite(minutes.steps)
    return known


class PlainView:
    """Mean and scale by time of day."""

    def __init__(self, minutes: Minutes) -> None:
        self.minutes = minutes
        self.y = np.log(minutes.value)
        self.days = day_bins(places(minutes), self.y)
        self.observed = minutes.observed

    def at(self, weights: Floats | None = None) -> tuple[Floats, Floats]:
        """Mean and scale of the logarithm at every minute, days weighted."""
        return _curves(profile(self.days, weights), self.minutes)

    def residuals(self) -> Floats:
        """The standardised residual of every minute, NaN where nothing was measured."""
        return _residuals(self)


class StepsView:
    """Mean and scale by time of day and steps; only minutes whose steps are known count."""

    def __init__(self, minutes: Minutes, known: Mask) -> None:
        self.minutes = minutes
        self.observed = minutes.observed & known
        self.y = np.where(self.observed, np.log(minutes.value), np.nan)
        ordinary = PlainView(minutes).at()[0]
        self.model = regression(minutes, self.y, ordinary, known)
        self.places = places(minutes)
        self.days: DayBins = day_bins(self.places, self.y)

    def at(self, weights: Floats | None = None) -> tuple[Floats, Floats]:
        """Mean and scale of the logarithm at every minute, days weighted."""
        mean = expected(self.model, weights)
        rest = day_bins(self.places, self.y - mean)
        shift, scale = _curves(profile(rest, weights), self.minutes)
        return mean + shift, scale

    def residuals(self) -> Floats:
        """The standardised residual of every minute, NaN where nothing was measured."""
        return _residuals(self)


View = PlainView | StepsView


def _residuals(view: View) -> Floats:
    mean, scale = view.at()
    z: Floats = np.where(view.observed, (view.y - mean) / scale, np.nan)
    return z


def _curves(curve: Profile, minutes: Minutes) -> tuple[Floats, Floats]:
    return at_clock(curve.mean, minutes), at_clock(curve.scale, minutes)


def _fill(
    view: View, kernel: Kernel, at: NDArray[np.int64], draws: int, rng: np.random.Generator
) -> Filled:
    factor = factorise(kernel, view.observed)

    def standard(mean: Floats, scale: Floats) -> Floats:
        return np.where(view.observed, (view.y - mean) / scale, 0.0)

    mean, scale = view.at()
    middle = (mean + scale * means(factor, standard(mean, scale)))[at]
    width = scale[at] * np.sqrt(variances(factor)[at] + kernel.noise**2)
    paths = np.empty((draws, len(at)), np.float32)
    roots = roots_of(factor) if draws else ()
    for number in range(draws):
        mean, scale = view.at(rng.exponential(size=len(view.days.days)))
        path = draw(factor, roots, standard(mean, scale), rng, SPREAD)[at]
        noise = kernel.noise * rng.standard_normal(len(at))
        paths[number] = np.exp(mean[at] + scale[at] * (path + SPREAD * noise))
    return Filled(
        at=at,
        value=np.exp(middle),
        mean=np.exp(middle + width**2 / 2),
        sd=np.exp(middle + width**2 / 2) * np.sqrt(np.expm1(width**2)),
        low=np.exp(middle - Z90 * width),
        high=np.exp(middle + Z90 * width),
        draws=paths,
    )


def _joined(parts: list[Filled]) -> Filled:
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate([part.at for part in parts]), kind="stable")

    def column(name: str) -> NDArray[np.float64]:
        whole: Floats = np.concatenate([getattr(part, name) for part in parts])[order]
        return whole

    return Filled(
        at=np.concatenate([part.at for part in parts])[order],
        **{name: column(name) for name in ("value", "mean", "sd", "low", "high")},
        draws=np.concatenate([part.draws for part in parts], axis=1)[:, order],
    )
