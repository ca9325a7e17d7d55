"""Every statistic of a participant, for many draws: what was measured is put in order once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wearhouse.imputation.minutes import Floats

QUANTILES = {"p5": 0.05, "p95": 0.95}
HALVINGS, FEW = 24, 64


@dataclass(frozen=True, slots=True)
class Ordered:
    """Values in order, with the sums of their distances from a centre and of the squares."""

    values: Floats
    centre: float
    total: float
    square: float


def ordered(values: Floats, centre: float) -> Ordered:
    """Values put in order. Parts of one statistic have the same centre, near their mean."""
    far = values - centre
    return Ordered(np.sort(values), centre, float(far.sum()), float(far @ far))


def moved(part: Ordered, shift: float) -> Ordered:
    """The same values with a shift added to each."""
    count = len(part.values)
    return replace(
        part,
        values=part.values + shift,
        total=part.total + count * shift,
        square=part.square + 2 * shift * part.total + count * shift**2,
    )


def statistics(parts: Sequence[Ordered]) -> dict[str, float]:
    """What STATISTICS of reporting say of all values of the parts together; at least one value."""
    count = sum(len(part.values) for part in parts)
    offset = sum(part.total for part in parts) / count
    variance = sum(part.square for part in parts) / count - offset**2
    return {
        "mean": parts[0].centre + offset,
        **{name: _quantile(parts, count, share) for name, share in QUANTILES.items()},
        "sd": float(np.sqrt(max(variance, 0.0))),
    }


def _quantile(parts: Sequence[Ordered], count: int, share: float) -> float:
    place = (count - 1) * share
    below = int(place)
    low, high = _ranked([part.values for part in parts if len(part.values)], below, count)
    return low + (high - low) * (place - below)


def _ranked(parts: Sequence[Floats], rank: int, count: int) -> tuple[float, float]:
    """The values of this rank (from 0) and the next, the last of all where there is none."""
    low = min(float(part[0]) for part in parts)
    high = max(float(part[-1]) for part in parts)
    first, last = [0] * len(parts), [len(part) for part in parts]
    for _ in range(HALVINGS):
        if sum(last) - sum(first) <= FEW:
            break
        middle = (low + high) / 2
        cut = [int(np.searchsorted(part, middle)) for part in parts]
        if sum(cut) <= rank:
            low, first = middle, cut
        elif sum(cut) > rank + 1:
            high, last = middle, cut
        else:
            return (
                max(float(part[n - 1]) for part, n in zip(parts, cut, strict=True) if n),
                min(float(p[n]) for p, n in zip(parts, cut, strict=True) if n < len(p)),
            )
    left = np.sort(
        np.concatenate([part[a:b] for part, a, b in zip(parts, first, last, strict=True)])
    )
    at = rank - sum(first)
    return float(left[at]), float(left[min(at + 1, count - 1 - sum(first))])
