"""One participant's minutes: what was measured, and what proves that the device was worn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.errors import Invalid
from wearhouse.window import MINUTE_MS, Window, millis, offsets_at

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
DAY_MIN = 1_440
LONGEST_YEARS = 20


@dataclass(frozen=True, slots=True)
class Minutes:
    """A metric of one participant on the grid of UTC minutes; arrays of one length.

    `value` is the mean of a minute's samples, NaN where there is none. `steps` is what the device
    wrote, NaN where it wrote nothing. `worn` marks minutes in which something else than the metric
    proves wear (steps above zero do so by themselves). `barred` marks minutes that may not be
    filled: the participant was paused or had withdrawn.
    """

    participant: int
    metric: str
    start: int  # minutes since the epoch
    value: Floats
    steps: Floats
    worn: Mask
    barred: Mask
    offset: NDArray[np.int16]  # minutes east of UTC

    @property
    def observed(self) -> Mask:
        seen: Mask = np.isfinite(self.value)
        return seen

    @property
    def clock(self) -> NDArray[np.int64]:
        """The minute of the civil day, 0 to 1439."""
        return self._civil % DAY_MIN

    @property
    def day(self) -> NDArray[np.int64]:
        """The civil day, counted from 1970-01-01."""
        return self._civil // DAY_MIN

    @property
    def _civil(self) -> NDArray[np.int64]:
        return self.start + np.arange(len(self.value)) + self.offset

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the metric. Tables have columns t (UTC) and value."""

    steps: pa.Table | None = None
    wear: Sequence[pa.Table] = field(default_factory=tuple)  # samples of other sensors
    sleep: Sequence[Window] = field(default_factory=tuple)  # nights that the device recorded
    barred: Sequence[Window] = field(default_factory=tuple)  # paused, or withdrawn


def minutes_of(
    participant: int,
    metric: str,
    window: Window,
    zone: ZoneInfo,
    samples: pa.Table,
    evidence: Evidence | None = None,
) -> Minutes:
    """Place samples (columns t in UTC, value) on the minutes of a window.

    Raises Invalid where the window is longer than 20 years.
    """
    evidence = evidence or Evidence()
    first = millis(window.start) // MINUTE_MS
    last = -(-millis(window.end) // MINUTE_MS)
    n = last - first
    if n > LONGEST_YEARS * 366 * DAY_MIN:
        raise Invalid(f"At most {LONGEST_YEARS} years are filled at once.", "end")
    worn = np.zeros(n, bool)
    for table in evidence.wear:
        worn |= np.isfinite(_mean(table, first, n))
    for night in evidence.sleep:
        worn |= _within(night, first, n)
    barred = np.zeros(n, bool)
    for stretch in evidence.barred:
        barred |= _within(stretch, first, n)
    steps = np.full(n, np.nan) if evidence.steps is None else _sum(evidence.steps, first, n)
    return Minutes(
        participant=participant,
        metric=metric,
        start=first,
        value=_mean(samples, first, n),
        steps=steps,
        worn=worn,
        barred=barred,
        offset=offsets_at((first + np.arange(n)) * MINUTE_MS, zone),
    )


def _sum(table: pa.Table, first: int, n: int) -> Floats:
    at, value = _placed(table, first, n)
    count = np.bincount(at, minlength=n)
    total = np.bincount(at, weights=value, minlength=n)
    summed: Floats = np.where(count > 0, total, np.nan)
    return summed


def _mean(table: pa.Table, first: int, n: int) -> Floats:
    at, value = _placed(table, first, n)
    count = np.bincount(at, minlength=n)
    total = np.bincount(at, weights=value, minlength=n)
    mean: Floats = np.divide(total, count, out=np.full(n, np.nan), where=count > 0)
    return mean


def _placed(table: pa.Table, first: int, n: int) -> tuple[NDArray[np.int64], Floats]:
    t = pc.cast(table["t"], pa.timestamp("ms", tz="UTC"), safe=False).cast(pa.int64()).to_numpy()
    value = table["value"].to_numpy().astype(np.float64)
    at = t // MINUTE_MS - first
    kept = (at >= 0) & (at < n) & np.isfinite(value)
    return at[kept], value[kept]


def _within(window: Window, first: int, n: int) -> Mask:
    at = (first + np.arange(n)) * MINUTE_MS
    within: Mask = (at >= millis(window.start)) & (at < millis(window.end))
    return within
