"""Stretches to hide from what was observed, so that what fills them can be scored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wearhouse.imputation.gating import gaps
from wearhouse.imputation.minutes import DAY_MIN, Mask, Minutes

CLASSES = (5, 30, 120, 480, 1_440)
"""Lengths of gaps (minutes) that are validated by themselves."""

PLAN = {1_440: 1, 480: 2, 120: 6, 30: 15, 5: 40}
"""How many stretches of each length are hidden in one round, longest first."""

APART = 45
SEEN = 0.9
MOST = 0.15


@dataclass(frozen=True, slots=True)
class Hidden:
    """One stretch that was hidden: minutes start to start + length of a grid, and its class."""

    start: int
    length: int
    kind: str

    @property
    def span(self) -> slice:
        return slice(self.start, self.start + self.length)


def hide(minutes: Minutes, rng: np.random.Generator) -> list[Hidden]:
    """Stretches of each length within worn time, 45 minutes apart, at most 15 % of all of it."""
    observed = minutes.observed
    room = MOST * np.count_nonzero(observed)
    chosen: list[Hidden] = []
    free = np.ones(len(minutes), bool)
    for length, count in PLAN.items():
        for _ in range(count):
            starts = _places(observed, free, length)
            if not len(starts) or length > room:
                break
            start = int(rng.choice(starts))
            room -= length
            free[max(0, start - APART) : start + length + APART] = False
            chosen.append(Hidden(start, length, str(length)))
    return chosen


def transplant(
    minutes: Minutes, donors: Sequence[Minutes], rng: np.random.Generator, longest: int = DAY_MIN
) -> list[Hidden]:
    """Other people's own gaps (5 minutes to a day) at the same time of day within worn time."""
    observed = minutes.observed
    room = MOST * np.count_nonzero(observed)
    pattern = [gap for donor in donors for gap in _pattern(donor, longest)]
    rng.shuffle(pattern)
    chosen: list[Hidden] = []
    free = np.ones(len(minutes), bool)
    clock = minutes.clock
    for begins, length in pattern:
        if length > room:
            continue
        starts = _places(observed, free, length)
        starts = starts[clock[starts] == begins]
        if not len(starts):
            continue
        start = int(rng.choice(starts))
        room -= length
        free[max(0, start - APART) : start + length + APART] = False
        chosen.append(Hidden(start, length, kind_of(length)))
    return chosen


def kind_of(length: int) -> str:
    """The class that a gap of any length is judged with: the nearest above, on a list."""
    return str(next((size for size in CLASSES if length <= size), CLASSES[-1]))


def _pattern(minutes: Minutes, longest: int) -> list[tuple[int, int]]:
    number, length = gaps(minutes.observed)
    first = np.flatnonzero((number >= 0) & (np.diff(number, prepend=-1) != 0))
    seen = np.flatnonzero(minutes.observed)
    inside = first[(first > seen[0]) & (first < seen[-1])] if len(seen) else first[:0]
    clock = minutes.clock
    return [(int(clock[at]), int(length[at])) for at in inside if 5 <= length[at] <= longest]


def _places(observed: Mask, free: Mask, length: int) -> NDArray[np.int64]:
    """Where a stretch of that length may begin: seen throughout, seen on both sides, and free."""
    n = len(observed)
    if n < length + 2:
        return np.empty(0, np.int64)
    seen = np.r_[0, np.cumsum(observed)]
    taken = np.r_[0, np.cumsum(~free)]
    starts = np.arange(1, n - length)
    fits = (
        (seen[starts + length] - seen[starts] >= SEEN * length)
        & (taken[starts + length] == taken[starts])
        & observed[starts - 1]
        & observed[starts + length]
    )
    places: NDArray[np.int64] = starts[fits]
    return places
