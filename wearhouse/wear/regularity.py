"""How regular somebody sleeps: the Sleep Regularity Index, mid-sleep, social jetlag.

The index is the chance of being in the same state, asleep or awake, at two moments 24 hours apart,
scaled so that 100 is the same every day and 0 is chance (Phillips et al. 2017,
doi:10.1038/s41598-017-03171-4). Pairs of which one moment is unknown are left out, as Windred et
al. 2021 do (doi:10.1093/sleep/zsab254), who also ask for at least five days.

Social jetlag is mid-sleep on free days less that on work days (Wittmann et al. 2006,
doi:10.1080/07420520500545979). Nobody tells us when somebody works, so nights that end on a
Saturday or Sunday stand for free days.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.wear.nights import ASLEEP
from wearhouse.window import DAY_MS, MINUTE_MS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
States = NDArray[np.int8]

UNKNOWN, AWAKE, SLEEPING = -1, 0, 1
DAY_MINUTES = 1_440
LEAST_PAIRS = 5 * DAY_MINUTES
LEAST_NIGHTS = 2
FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday, counted from Monday


@dataclass(frozen=True, slots=True)
class Regularity:
    """The index over some minutes, from -100 to 100; None where fewer than five days' worth of
    them have a partner a day later. `pairs` of `possible` are known."""

    index: float | None
    pairs: int
    possible: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Mid-sleep in minutes after midnight by the clock, over all nights and over those that end on
    work days and on free days; the spread of it (standard deviation, minutes), and social jetlag
    (minutes, positive where free days are later). None where there are too few nights."""

    nights: int
    midpoint: float | None
    spread: float | None
    work_nights: int
    work_midpoint: float | None
    free_nights: int
    free_midpoint: float | None
    social_jetlag: float | None


def states(start: int, minutes: int, worn: Ints, episodes: pa.Table) -> States:
    """Whether somebody was asleep in each of so many minutes from `start` (UTC ms) on.

    Stages of sleep say so (`episodes`, schema EPISODES); besides them, a minute in which the
    device was worn (`worn`, UTC ms) was awake, and one in which it was not is unknown. Naps count
    as sleep, and waking in the night does not.
    """
    found = np.full(minutes, UNKNOWN, np.int8)
    at = (worn - start) // MINUTE_MS
    found[at[(at >= 0) & (at < minutes)]] = AWAKE
    stages = episodes.filter(pc.equal(episodes["metric"].cast(pa.string()), "sleep_stage"))
    sleeping = pc.is_in(stages["label"].cast(pa.string()), pa.array(ASLEEP)).to_numpy()
    first = -(-(stages["t"].cast(pa.int64()).to_numpy() - start) // MINUTE_MS)
    last = -(-(stages["end"].cast(pa.int64()).to_numpy() - start) // MINUTE_MS)
    order = np.argsort(sleeping, kind="stable")  # where two logs differ, sleep wins
    for n in order.tolist():
        found[max(first[n], 0) : max(last[n], 0)] = SLEEPING if sleeping[n] else AWAKE
    return found


def regularity(of: States) -> Regularity:
    """The Sleep Regularity Index of states minute by minute."""
    today, tomorrow = of[:-DAY_MINUTES], of[DAY_MINUTES:]
    known = (today != UNKNOWN) & (tomorrow != UNKNOWN)
    pairs = int(known.sum())
    if pairs < LEAST_PAIRS:
        return Regularity(None, pairs, len(today))
    same = int(((today == tomorrow) & known).sum())
    return Regularity(200 * same / pairs - 100, pairs, len(today))


def midpoints(start: Ints, end: Ints, offset: Ints) -> Floats:
    """The middle of each sleep (UTC ms, offset in minutes) in minutes after midnight."""
    clock: Floats = (((start + end) / 2 / MINUTE_MS) + offset) % DAY_MINUTES
    return clock


def timing(days: Ints, middle: Floats) -> Timing:
    """When somebody sleeps, from the civil days (since 1970-01-01) on which nights end and their
    midpoints. Clocks go round, so means are those of directions."""
    free = (days + FIRST_WEEKDAY) % 7 >= 5
    work_mean, free_mean = mean_clock(middle[~free]), mean_clock(middle[free])
    enough = work_mean is not None and free_mean is not None
    jetlag = around(free_mean - work_mean) if enough else None  # type: ignore[operator]
    return Timing(
        nights=len(middle),
        midpoint=mean_clock(middle),
        spread=spread(middle),
        work_nights=int((~free).sum()),
        work_midpoint=work_mean,
        free_nights=int(free.sum()),
        free_midpoint=free_mean,
        social_jetlag=jetlag,
    )


def mean_clock(middle: Floats) -> float | None:
    """The mean of clock times in minutes after midnight; None of none."""
    if not len(middle):
        return None
    angle = middle * (2 * np.pi / DAY_MINUTES)
    towards = np.arctan2(np.sin(angle).mean(), np.cos(angle).mean())
    return float(towards * DAY_MINUTES / (2 * np.pi) % DAY_MINUTES)


def spread(middle: Floats) -> float | None:
    """The standard deviation of clock times around their mean, in minutes; None of fewer than
    two."""
    mean = mean_clock(middle)
    if mean is None or len(middle) < LEAST_NIGHTS:
        return None
    away = (middle - mean + DAY_MINUTES / 2) % DAY_MINUTES - DAY_MINUTES / 2
    return float(np.sqrt((away**2).sum() / (len(middle) - 1)))


def around(minutes: float) -> float:
    """A difference of two clock times the short way round: from -720 up to 720."""
    return (minutes + DAY_MINUTES / 2) % DAY_MINUTES - DAY_MINUTES / 2


def day_of(at: Ints, offset: Ints) -> Ints:
    """The civil day of instants (UTC ms), as days since 1970-01-01."""
    civil: Ints = (at + offset * MINUTE_MS) // DAY_MS
    return civil
