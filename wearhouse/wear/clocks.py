"""When each civil day of each participant begins and ends: home clocks, and journeys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from wearhouse.window import DAY_MS, MINUTE_MS, Edge, millis, zone_named

Ints = NDArray[np.int64]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Grids of participants by days: UTC ms at which a civil day begins and ends. A day that a
    flight east cuts short ends where the next begins."""

    starts: Ints
    ends: Ints

    @property
    def minutes(self) -> Ints:
        """How long each day lasts: 1,380 to 1,500 minutes, but for travellers."""
        return (self.ends - self.starts) // MINUTE_MS


def clocks(zones: Sequence[str], first: date, days: int, observed: NDArray[np.float64]) -> Clocks:
    """The days from `first` on of participants with these home zones.

    `observed` holds the offset from UTC (minutes) at which each participant's day was recorded,
    NaN where nothing was. An offset that the home clock does not show on that day is where they
    travelled; they are taken to stay there until they are seen elsewhere.
    """
    day = (first - EPOCH).days + np.arange(days + 2, dtype=np.int64)
    midnights = {zone: _midnights(zone, first, days + 2) for zone in set(zones)}
    home = np.stack([midnights[zone] for zone in zones]) if zones else np.empty((0, days + 2), int)
    at_home = (day * DAY_MS - home) // MINUTE_MS  # the offset at each midnight
    away = _stayed(~np.isnan(observed) & _elsewhere(observed, at_home[:, : days + 1]), observed)
    offset = np.where(np.isnan(away), at_home[:, :days], away).astype(np.int64)
    starts = day[:days] * DAY_MS - offset * MINUTE_MS
    ends = np.where(np.isnan(away), home[:, 1 : days + 1], starts + DAY_MS)
    following = np.column_stack([starts[:, 1:], home[:, days : days + 1]]) if days else starts
    cut = np.minimum(ends, following) if days else ends
    if days:  # of the last day nothing is known of where they go next
        cut[:, -1] = ends[:, -1]
    return Clocks(starts, cut)


def _midnights(zone: str, first: date, days: int) -> Ints:
    clock = zone_named(zone)
    wanted = (datetime.combine(first + timedelta(days=n), time()) for n in range(days))
    return np.array([millis(Edge(midnight).at(clock)) for midnight in wanted], np.int64)


def _elsewhere(observed: NDArray[np.float64], at_home: Ints) -> NDArray[np.bool_]:
    """Whether an offset is neither that at which the home day begins nor that at which it ends."""
    return np.asarray((observed != at_home[:, :-1]) & (observed != at_home[:, 1:]))


def _stayed(away: NDArray[np.bool_], observed: NDArray[np.float64]) -> NDArray[np.float64]:
    """The offset of the journey that each day is part of; NaN at home."""
    people, days = observed.shape
    seen = np.where(np.isnan(observed), -1, np.arange(days))
    last = np.maximum.accumulate(seen, axis=1) if days else seen
    rows = np.arange(people)[:, None]
    at = last.clip(min=0)
    travelling = (last >= 0) & away[rows, at] if days else away
    return np.where(travelling, observed[rows, at] if days else observed, np.nan)
