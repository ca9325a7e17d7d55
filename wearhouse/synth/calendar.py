"""One participant's time axis: every UTC minute of the study beside the local clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wearhouse.window import MINUTE_MS, Edge, millis, offsets_at, zone_named

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stay:
    """The zone that a participant's profile is set to, from a date on."""

    since: date
    zone: str


@dataclass(frozen=True)
class Calendar:
    """The study's days on one person's clocks. Minutes count from the first local midnight;
    `starts`, `ends` and `day` speak of these minutes."""

    dates: tuple[date, ...]
    zones: tuple[str, ...]  # in force on each date
    origin: int  # the first midnight, in UTC minutes since the epoch
    starts: Ints
    ends: Ints
    day: Ints  # of each minute: its place in `dates`
    of_day: Ints  # of each minute: what the local clock shows, in minutes

    @property
    def minutes(self) -> int:
        return len(self.day)

    @property
    def weekend(self) -> Mask:
        return np.array([day.weekday() >= 5 for day in self.dates])

    def utc_ms(self, minute: Ints) -> Ints:
        """Minutes of this axis as milliseconds since the epoch."""
        return (minute + self.origin) * MINUTE_MS

    def civil_ms(self, half_minutes: Ints, day: int) -> Ints:
        """Half minutes of this axis as a clock shows them that is set as on `day`."""
        utc = self.origin * MINUTE_MS + half_minutes * (MINUTE_MS // 2)
        return utc + offsets_at(utc, zone_named(self.zones[day])).astype(np.int64) * MINUTE_MS


def midnight(day: date, zone: ZoneInfo) -> int:
    """When a date begins, in UTC minutes since the epoch."""
    return millis(Edge(datetime.combine(day, time())).at(zone)) // MINUTE_MS


def day_minutes(day: date, zone: ZoneInfo) -> int:
    """How long a date lasts: 1,440 minutes, but for a change of the clock."""
    return midnight(day + timedelta(days=1), zone) - midnight(day, zone)


def calendar(stays: Sequence[Stay], starts_on: date, ends_on: date) -> Calendar:
    """The days from `starts_on` to `ends_on`, each on the clock of the zone in force."""
    count = (ends_on - starts_on).days + 1
    dates = tuple(starts_on + timedelta(days=n) for n in range(count))
    zones = tuple(
        max((s for s in stays if s.since <= d), key=lambda s: s.since).zone for d in dates
    )
    begun = [midnight(d, zone_named(z)) for d, z in zip(dates, zones, strict=True)]
    over = [
        midnight(d + timedelta(days=1), zone_named(z)) for d, z in zip(dates, zones, strict=True)
    ]
    starts = np.array(begun) - begun[0]
    # Flying east the next date begins before this one is over, and cuts it short.
    ends = np.minimum(np.array(over) - begun[0], np.append(starts[1:], over[-1] - begun[0]))
    minute = np.arange(ends[-1])
    day = np.searchsorted(starts, minute, side="right") - 1
    of_day = np.empty_like(minute)
    for zone in set(zones):
        there = np.array([z == zone for z in zones])[day]
        utc = (minute[there] + begun[0]) * MINUTE_MS
        of_day[there] = utc // MINUTE_MS + offsets_at(utc, zone_named(zone))
    return Calendar(dates, zones, begun[0], starts, ends, day, of_day % 1440)
