"""What is learnt from several people at once: how long heart rate remembers. Stored and reused."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import msgspec
import numpy as np
from scipy.optimize import minimize

from wearhouse.errors import Invalid
from wearhouse.imputation.minutes import DAY_MIN, Floats, Minutes
from wearhouse.imputation.smoother import Kernel, factorise, log_likelihood

FIT_DAYS = 14
FIT_PEOPLE = 12
LEAST_MIN = 3_000
OWN = (0, 1, 3)
"""What is a person's own: the sd of the two faster processes, the memory of the fastest."""

OWN_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Pooled:
    """The kernels of residuals: about the time of day alone, and about the steps as well."""

    plain: Kernel
    steps: Kernel
    people: int
    origin: str


DEFAULT = Pooled(
    plain=Kernel((0.587, 0.612, 0.600), (3.66, 53.0, 300.0), 0.012),
    steps=Kernel((0.659, 0.556, 0.524), (2.80, 35.6, 338.0), 0.021),
    people=5,
    origin="five people of Furberg et al. 2016 who are in no test of this project",
)
"""Memories in minutes. Fitted to the first 14 days of 5 people (3 with steps)."""

Residuals = Callable[[Minutes], Floats | None]
"""A person's standardised residuals (NaN where there are none), or None where too few."""


def to_json(pooled: Pooled) -> bytes:
    """The model as it is stored with a run."""
    return msgspec.json.encode(asdict(pooled))


def from_json(text: bytes) -> Pooled:
    """A stored model; Invalid if it is none."""
    try:
        return msgspec.json.decode(text, type=Pooled)
    except msgspec.DecodeError as error:
        raise Invalid(f"This is no stored model of the imputation: {error}.") from None


def fit_kernel(
    series: Sequence[Floats],
    start: Kernel,
    rounds: int = 40,
    free: Sequence[int] | None = None,
) -> Kernel:
    """The kernel of greatest likelihood over people's residuals (NaN where none), from `start`.

    Only parameters in `free` move (positions among sd, memory, noise; all if None). Each person
    counts with at most their first 14 days. Raises Invalid where nobody has enough.
    """
    parts = [part for part in map(_beginning, series) if np.isfinite(part).sum() >= LEAST_MIN]
    if not parts:
        raise Invalid(f"Nobody has {LEAST_MIN:,} measured minutes to fit a model to.")
    seen = [np.isfinite(part) for part in parts]
    values = [np.nan_to_num(part) for part in parts]
    size = sum(int(mask.sum()) for mask in seen)

    def badness(theta: Floats) -> float:
        kernel = _kernel(theta, len(start.sd))
        pairs = zip(values, seen, strict=True)
        return -sum(log_likelihood(factorise(kernel, mask), z) for z, mask in pairs) / size

    theta = np.log([*start.sd, *start.memory, start.noise])
    bounds = [(-4.0, 1.5)] * len(start.sd) + [(-1.0, 9.0)] * len(start.memory) + [(-5.0, 0.0)]
    moved = np.arange(len(theta)) if free is None else np.array(free)

    def part(chosen: Floats) -> float:
        whole = theta.copy()
        whole[moved] = chosen
        return badness(whole)

    options = {"maxiter": rounds, "ftol": 1e-6, "eps": 1e-4}
    inside = [bounds[one] for one in moved]
    best = minimize(part, theta[moved], method="L-BFGS-B", bounds=inside, options=options)
    theta[moved] = best.x
    return _kernel(theta, len(start.sd))


def own_kernel(residuals: Floats, pooled: Kernel) -> Kernel:
    """The pooled kernel with a person's own fast and middle processes, where enough is measured.

    Six steps from what was pooled, which so stays a prior of sorts.
    """
    if np.isfinite(_beginning(residuals)).sum() < LEAST_MIN:
        return pooled
    return fit_kernel([residuals], pooled, OWN_ROUNDS, OWN)


def _kernel(theta: Floats, parts: int) -> Kernel:
    sd, memory, noise = np.exp(theta[:parts]), np.exp(theta[parts:-1]), np.exp(theta[-1])
    return Kernel(tuple(map(float, sd)), tuple(map(float, memory)), float(noise))


def _beginning(series: Floats) -> Floats:
    seen = np.flatnonzero(np.isfinite(series))
    return series[seen[0] : seen[0] + FIT_DAYS * DAY_MIN] if len(seen) else series[:0]
