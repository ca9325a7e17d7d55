"""Windows and days: half-open, zoned; the only place for time arithmetic."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wearhouse.errors import Invalid

Millis = NDArray[np.int64]
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that includes its start and excludes its end."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise Invalid("A window needs time zones: write 2026-03-01T00:00:00Z.", "start")
        if self.start >= self.end:
            raise Invalid(f"The window ends ({self.end}) before it starts ({self.start}).", "end")

    @property
    def span(self) -> timedelta:
        return self.end - self.start


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """An IANA time zone; Invalid if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(
            f"{name!r} is not a time zone; write one such as Europe/Berlin.", "timezone"
        ) from None


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of a window as a person wrote it: an instant, or a civil time without a zone."""

    moment: datetime

    def at(self, zone: ZoneInfo) -> datetime:
        """The instant in UTC, read on that zone's clock if it was written without a zone."""
        zoned = self.moment if self.moment.tzinfo else self.moment.replace(tzinfo=zone)
        return zoned.astimezone(UTC)


def edge(text: str, name: str) -> Edge:
    """Read a date or a time. A date given as an end (name "end") includes that whole day."""
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            moment = datetime.combine(day, time())
            if name == "end":
                moment += timedelta(days=1)
        else:
            moment = datetime.fromisoformat(text)
        _ = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise Invalid(
            f"{name} is {text!r}; write a date such as 2026-03-01 "
            "or a time such as 2026-03-01T12:00:00Z.",
            name,
        ) from None
    if not EARLIEST.year <= moment.year <= LATEST.year:
        raise Invalid(
            f"{name} is {text!r}; times from {EARLIEST.year} to {LATEST.year} are kept.", name
        )
    return Edge(moment)


def window_between(start: Edge, end: Edge, zone: ZoneInfo) -> Window:
    """The window between two edges on one zone's clock."""
    return Window(start.at(zone), end.at(zone))


def millis(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(moment.timestamp() * 1000)


def from_millis(at: int) -> datetime:
    """The UTC instant of milliseconds since the epoch."""
    return datetime.fromtimestamp(at / 1000, UTC)


def offset_minutes(at: datetime, zone: ZoneInfo) -> int:
    """Minutes east of UTC on that zone's clock at an instant."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    return round(offset.total_seconds() / 60)


@lru_cache(maxsize=100_000)
def _civil_offset(zone: ZoneInfo, civil_ms: int, fold: int) -> int:
    wall = datetime.fromtimestamp(civil_ms / 1000, UTC).replace(tzinfo=zone, fold=fold)
    return round((wall.utcoffset() or timedelta()).total_seconds() / 60)


@lru_cache(maxsize=100_000)
def _utc_offset(zone: ZoneInfo, utc_ms: int) -> int:
    return offset_minutes(from_millis(utc_ms), zone)


def offsets_at(utc: Millis, zone: ZoneInfo) -> NDArray[np.int16]:
    """Minutes east of UTC at each instant (ms since the epoch)."""
    # Zones change their offset on quarter hours, so one look-up serves fifteen minutes,
    # and where a whole day begins and ends alike one look-up serves the day.
    return _lookup(utc, lambda at: _utc_offset(zone, at))


def _lookup(at: Millis, offset_of: Callable[[int], int]) -> NDArray[np.int16]:
    days, of_day = np.unique(at // DAY_MS, return_inverse=True)
    first = np.array([offset_of(int(d) * DAY_MS) for d in days], np.int16)
    last = np.array([offset_of(int(d + 1) * DAY_MS) for d in days], np.int16)
    offsets: NDArray[np.int16] = first[of_day]
    uneven = (first != last)[of_day]
    if uneven.any():
        quarters, of_quarter = np.unique(at[uneven] // 900_000, return_inverse=True)
        fine = np.array([offset_of(int(q) * 900_000) for q in quarters], np.int16)
        offsets[uneven] = fine[of_quarter]
    return offsets


@dataclass(frozen=True, slots=True)
class Located:
    """Civil times placed on the UTC line: ms since the epoch, minutes of offset, and whether
    the civil time exists at all (it does not in the hour a clock jumps over)."""

    utc: Millis
    offset: NDArray[np.int16]
    exists: NDArray[np.bool_]


def locate(civil: Millis, zone: ZoneInfo) -> Located:
    """Place civil times (ms as if they were UTC), in the order they were recorded.

    In the hour that a clock passes twice, times belong to the first pass until they step
    back, and to the second from then on.
    """
    early = _lookup(civil, lambda at: _civil_offset(zone, at, 0))
    late = _lookup(civil, lambda at: _civil_offset(zone, at, 1))
    offset = early.copy()
    twice = np.flatnonzero(early > late)
    if twice.size:
        stepped_back = np.diff(civil[twice], prepend=civil[twice[0]]) < 0
        new_day = np.diff(civil[twice] // DAY_MS, prepend=civil[twice[0]] // DAY_MS) != 0
        passes = np.cumsum(stepped_back & ~new_day)
        started = np.maximum.accumulate(np.where(new_day, passes, 0))
        second = twice[passes > started]
        offset[second] = late[second]
    utc = civil - offset.astype(np.int64) * MINUTE_MS
    return Located(utc, offset, ~(early < late))


def civil_days(utc: Millis, offset: NDArray[np.int16]) -> NDArray[np.int32]:
    """The civil date of each instant, as days since 1970-01-01."""
    return ((utc + offset.astype(np.int64) * MINUTE_MS) // DAY_MS).astype(np.int32)
