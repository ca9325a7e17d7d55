"""Stretches to hide from what was observed, so that what fills them can be scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wearhouse.imputation.gating import gaps
from wearhouse.imputation.minutes import DAY_MIN, Mask, Minutes

CLASSES = (5, 30, 120, 480, 1_440)
"""Lengths of gaps (minutes) that are validated by themselves."""

KINDS = {length: str(length) for length in CLASSES}
"""What the class of each length is called."""

PLAN = {1_440: 1, 480: 2, 120: 6, 30: 15, 5: 40}
"""How many stretches of each length are hidden in one round, longest first."""

APART = 45
SEEN = 0.9
MOST = 0.15


class Grid(Protocol):
    """Minutes or nights in a row, of which some were measured."""

    @property
    def observed(self) -> Mask:
        """Which of them were measured."""

    def __len__(self) -> int:
        """How many there are."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """One stretch that was hidden: minutes start to start + length of a grid, and its class."""

    start: int
    length: int
    kind: str

    @property
    def span(self) -> slice:
        return slice(self.start, self.start + self.length)


def hide(
    grid: Grid,
    rng: np.random.Generator,
    plan: Mapping[int, int] = PLAN,
    apart: int = APART,
    most: float = MOST,
) -> list[Hidden]:
    """Stretches of each length of a plan within worn time, so far apart, at most so much of all
    of it (45 minutes and 15 % without)."""
    observed = grid.observed
    room = most * np.count_nonzero(observed)
    chosen: list[Hidden] = []
    free = np.ones(len(grid), bool)
    for length, count in plan.items():
        for _ in range(count):
            starts = starts_for(observed, free, length)
            if not len(starts) or length > room:
                break
            start = int(rng.choice(starts))
            room -= length
            free[max(0, start - apart) : start + length + apart] = False
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
        starts = starts_for(observed, free, length)
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


def starts_for(observed: Mask, free: Mask, length: int) -> NDArray[np.int64]:
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


def _pattern(minutes: Minutes, longest: int) -> list[tuple[int, int]]:
    number, length = gaps(minutes.observed)
    first = np.flatnonzero((number >= 0) & (np.diff(number, prepend=-1) != 0))
    seen = np.flatnonzero(minutes.observed)
    inside = first[(first > seen[0]) & (first < seen[-1])] if len(seen) else first[:0]
    clock = minutes.clock
    return [(int(clock[at]), int(length[at])) for at in inside if 5 <= length[at] <= longest]
