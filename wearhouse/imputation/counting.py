"""Steps of unworn time as a modelled count: whole stretches borrowed from the person's other days.

Hot-deck multiple imputation (Butera et al. 2019): each draw takes the steps of a stretch from
another day on which the person wore the device at that time of day. Zeros come out as often, and
walks last as long, as they do in truth. What a device wrote off the wrist is never used.
"""

import numpy as np
from numpy.typing import NDArray

from wearhouse.imputation.gating import Code, Gate
from wearhouse.imputation.methods import Filled
from wearhouse.imputation.minutes import DAY_MIN, Floats, Minutes
from wearhouse.imputation.model import believable

METHOD = "hot-deck-2"
WORN_SHARE = 0.9
SHIFT_MIN = 30
"""A donor stretch begins at most this much earlier or later in the day."""

PIECE_MIN = 120
"""Longer stretches are borrowed in pieces, each from a day of its own choice."""


def fill_steps(minutes: Minutes, gate: Gate, draws: int, seed: int) -> Filled:
    """Steps as if worn in minutes of supported non-wear; NaN where no day can lend any.

    `minutes` and `gate` are those of heart rate, which says when the device was worn.
    """
    rng = np.random.default_rng([seed, minutes.participant, 4])
    at = np.flatnonzero(gate.code == Code.NON_WEAR)
    known = believable(minutes, gate)
    lent = np.where(known, minutes.steps, 0.0)
    worn = np.r_[0, np.cumsum(known)]
    paths = np.full((draws, len(minutes)), np.nan, np.float32)
    for first, length in _pieces(at):
        starts = _donors(first, length, worn, len(minutes))
        if len(starts):
            chosen = rng.choice(starts, draws)
            taken = chosen[:, None] + np.arange(length)
            values = np.where(known[taken], lent[taken], np.nan)
            # A donor's few unworn minutes borrow the piece's own rate.
            rate = np.nanmean(values, axis=1, keepdims=True)
            paths[:, first : first + length] = np.where(np.isnan(values), np.rint(rate), values)
    drawn = paths[:, at]
    mean, sd = drawn.mean(axis=0, dtype=float), drawn.std(axis=0, ddof=1, dtype=float)
    low, high = bounds(drawn)
    return Filled(
        at=at,
        value=np.median(drawn, axis=0).astype(float),
        mean=mean,
        sd=sd,
        low=low,
        high=high,
        draws=drawn,
    )


def bounds(drawn: Floats | NDArray[np.float32]) -> tuple[Floats, Floats]:
    """The 90 % interval that draws (along the first axis) give of one more like them.

    At places p (m + 1) of m draws in order (Weibull's), between which one more lies in 90 % of
    cases, from 19 draws on; the usual places between the first and last would hold 81 % of 20.
    """
    low, high = np.quantile(drawn, (0.05, 0.95), axis=0, method="weibull").astype(np.float64)
    return low, high


def _donors(first: int, length: int, worn: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Where stretches of that length begin on other days, worn throughout but for a tenth."""
    days = np.arange(-(first // DAY_MIN) - 1, (n - first) // DAY_MIN + 2)
    shifts = np.arange(-SHIFT_MIN, SHIFT_MIN + 1, 5)
    starts = (first + days[days != 0, None] * DAY_MIN + shifts).ravel()
    starts = starts[(starts >= 0) & (starts + length <= n)]
    enough: NDArray[np.int64] = starts[worn[starts + length] - worn[starts] >= WORN_SHARE * length]
    return enough


def _pieces(at: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Stretches without a break, cut into pieces of about two hours."""
    found: list[tuple[int, int]] = []
    for run in np.split(at, np.flatnonzero(np.diff(at) > 1) + 1):
        if len(run):
            for piece in np.array_split(run, -(-len(run) // PIECE_MIN)):
                found.append((int(piece[0]), len(piece)))
    return found
