"""Which missing minutes may be filled: exactly one code for every minute, before any model runs.

Rules as in section 4.2 of the method (docs/imputation.md). Wear is judged gap by gap: a gap with
proof of wear in it was worn, apart from stretches without proof that are as long as published
non-wear (Choi 2011).
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from wearhouse.imputation.minutes import DAY_MIN, Mask, Minutes

Codes = NDArray[np.int8]


class Code(IntEnum):
    """What a minute is, in the order in which columns of a report include it."""

    OBSERVED = 0
    DROPOUT = 1
    NON_WEAR = 2
    REFUSED = 3


class Why(IntEnum):
    """Why a minute has its code."""

    MEASURED = 0
    SHORT = 1
    """Dropout: the gap is no longer than 15 minutes."""
    EVIDENCE = 2
    """Dropout: something else proves that the device was worn."""
    SUPPORTED = 3
    """Non-wear at a time of day at which the person wears the device on other days."""
    BEFORE_FIRST = 4
    AFTER_LAST = 5
    BARRED = 6
    """The participant was paused or had withdrawn."""
    FEW_DAYS = 7
    LONG = 8
    UNSUPPORTED = 9
    """Non-wear at a time of day at which the person hardly ever wears the device."""
    UNRELEASED = 10
    """Gaps of this length were not filled well enough in this study's own validation."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a gap may be filled; minutes unless named otherwise."""

    short: int = 15
    non_wear: int = 90
    longest: int = DAY_MIN
    worn_days: int = 5
    worn_day_min: int = 60
    support_days: int = 5
    support_min: int = 15
    support_reach: int = 45


@dataclass(frozen=True, slots=True)
class Gate:
    """One code and one reason for every minute; gap numbers those that belong together (-1: none).

    `length` is that of the whole gap, in minutes, even where its parts have several codes.
    """

    code: Codes
    why: Codes
    gap: NDArray[np.int32]
    length: NDArray[np.int32]

    @property
    def wanted(self) -> Mask:
        """The minutes that may be filled."""
        wanted: Mask = (self.code == Code.DROPOUT) | (self.code == Code.NON_WEAR)
        return wanted


def gate(minutes: Minutes, rule: Rule | None = None) -> Gate:
    """Code every minute. Zeros of steps count for nothing: devices write them off the wrist too."""
    rule = rule or Rule()
    observed = minutes.observed
    gap, length = gaps(observed)
    proof = minutes.worn | (np.nan_to_num(minutes.steps) > 0)
    why = np.full(len(minutes), Why.UNSUPPORTED, np.int8)
    why[supported(minutes, rule)] = Why.SUPPORTED
    why[_vouched(observed, proof, gap, rule)] = Why.EVIDENCE
    why[length <= rule.short] = Why.SHORT
    why[length > rule.longest] = Why.LONG
    if _worn_days(minutes, rule) < rule.worn_days:
        why[:] = Why.FEW_DAYS
    why[minutes.barred] = Why.BARRED
    seen = np.flatnonzero(observed)
    first, last = (seen[0], seen[-1]) if len(seen) else (len(minutes), len(minutes))
    why[:first], why[last + 1 :] = Why.BEFORE_FIRST, Why.AFTER_LAST
    why[observed] = Why.MEASURED
    return Gate(CODE_OF[why], why, gap, length)


CODE_OF = np.array(
    [Code.OBSERVED, Code.DROPOUT, Code.DROPOUT, Code.NON_WEAR, *[Code.REFUSED] * 7], np.int8
)
"""The code that each reason gives."""


def gaps(observed: Mask) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For every minute the number of its gap (-1 where observed) and that gap's length."""
    missing = ~observed
    begins = missing & np.r_[True, observed[:-1]]
    number = np.where(missing, np.cumsum(begins) - 1, -1).astype(np.int32)
    sizes = np.bincount(number[missing], minlength=1)
    return number, np.where(missing, sizes[number], 0).astype(np.int32)


def supported(minutes: Minutes, rule: Rule) -> Mask:
    """Minutes at whose time of day the metric was observed on enough other civil days."""
    total = np.r_[0, np.cumsum(minutes.observed)]
    at, n = np.arange(len(minutes)), len(minutes)
    low = np.maximum(at - rule.support_reach, 0)
    high = np.minimum(at + rule.support_reach + 1, n)
    near = total[high] - total[low] >= rule.support_min
    clock = minutes.clock
    # In the hour that a clock passes twice a day has two minutes of one name: it counts once.
    key = (minutes.day - minutes.day[:1]) * DAY_MIN + clock
    stands = np.bincount(key, weights=near, minlength=int(key.max(initial=0)) + 1) > 0
    padded = np.r_[stands, np.zeros(-len(stands) % DAY_MIN, bool)].reshape(-1, DAY_MIN)
    days = padded.sum(axis=0)
    enough: Mask = days[clock] - stands[key] >= rule.support_days
    return enough


def _worn_days(minutes: Minutes, rule: Rule) -> int:
    _, worn = np.unique(minutes.day[minutes.observed], return_counts=True)
    return int(np.count_nonzero(worn >= rule.worn_day_min))


def _vouched(observed: Mask, proof: Mask, gap: NDArray[np.int32], rule: Rule) -> Mask:
    """Minutes of gaps with proof of wear, less stretches of non-wear between proofs."""
    with_proof = np.unique(gap[proof & ~observed])
    _, quiet = gaps(observed | proof)
    vouched: Mask = np.isin(gap, with_proof) & ~observed & (quiet < rule.non_wear)
    return vouched
