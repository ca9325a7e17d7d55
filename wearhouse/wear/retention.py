"""How many stay: the share of participants still in the study by time since their start.

The product-limit estimate of Kaplan and Meier (1958, doi:10.1080/01621459.1958.10501452): who is
still taking part, or was to take part no longer, is counted until then and not as having left.
Around it the pointwise 95 % interval from Greenwood's variance on the scale log(-log share), which
stays between 0 and 1 (Borgan and Liestol, Scand J Stat 1990; 17: 35-41).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEEK = 7
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Stay:
    """For how many days somebody was followed, and whether they left then."""

    days: int
    left: bool


@dataclass(frozen=True, slots=True)
class Retained:
    """At the start of a week since everybody's start: how many are still followed (`at_risk`), how
    many left before it in all, and the share that stays (1 at the start) with its 95 % interval,
    which is not there as long as nobody has left, nor when all have."""

    week: int
    at_risk: int
    left: int
    share: float
    low: float | None
    high: float | None


def retention(stays: Sequence[Stay]) -> list[Retained]:
    """A row for every week as long as anybody was followed; none without participants."""
    if not stays:
        return []
    days = np.array([stay.days for stay in stays], np.int64)
    left = np.array([stay.left for stay in stays], bool)
    when = np.unique(days[left])
    at_risk = (days[None, :] >= when[:, None]).sum(axis=1)
    leaving = ((days[None, :] == when[:, None]) & left[None, :]).sum(axis=1)
    share = np.append(1.0, np.cumprod(1 - leaving / at_risk))
    low, high = _interval(share[1:], leaving, at_risk)
    gone = np.append(0, np.cumsum(leaving))
    weeks = range(int(days.max()) // WEEK + 1)
    place = np.searchsorted(when, [week * WEEK for week in weeks], side="left")
    return [
        Retained(
            week,
            int((days >= week * WEEK).sum()),
            int(gone[at]),
            float(share[at]),
            _known(low[at]),
            _known(high[at]),
        )
        for week, at in zip(weeks, place, strict=True)
    ]


def _interval(
    share: NDArray[np.float64], leaving: NDArray[np.int64], at_risk: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of the interval before anybody left and after each leaving; NaN where none is."""
    some = share > 0
    spread = np.full(share.shape, np.nan)
    term = leaving[some] / (at_risk[some] * (at_risk[some] - leaving[some]))
    spread[some] = Z_95 * np.sqrt(np.cumsum(term)) / np.log(share[some])
    low, high = share ** np.exp(-spread), share ** np.exp(spread)
    return np.append(np.nan, low), np.append(np.nan, high)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
