"""A participant's days cut into equal slots of the clock: for maps, actograms and profiles.

Slots follow each row's own offset, so days of 23 and 25 hours, journeys and half-hour zones need
nothing special: a slot that the clock jumped over lasts 0 minutes, one that it showed twice lasts
twice as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.wear.clocks import EPOCH, Ints, clocks
from wearhouse.window import DAY_MS, MINUTE_MS, offsets_at, zone_named

Floats = NDArray[np.float64]
DAY_MINUTES = 1_440
SLOTS = (1, 5, 10, 15, 30, 60)
"""How many minutes a slot may last."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Days by slots. `worn` are minutes with evidence of wear; `steps` and `heart_rate` (the mean)
    are NaN where nothing was measured, and steps of zero in a slot without a worn minute are
    nothing measured. `starts` and `ends` (UTC ms) are those of the days, `offset` is at which each
    was recorded (NaN: nothing was), and `lasts` how many minutes each slot did, None where all of
    a day's slots last as long as they should."""

    first: date
    slot: int
    starts: Ints
    ends: Ints
    offset: Floats
    home: Ints
    worn: Ints
    steps: Floats
    heart_rate: Floats
    lasts: list[list[int] | None]


def slots(
    zone: str, first: date, days: int, slot: int, rows: dict[str, pa.Table]
) -> Grid:  # fmt: skip
    """The days from `first` on of somebody with this home zone, from rows of a store's Page of one
    participant at a level that no slot cuts: `heart_rate`, `worn_by_steps` and `steps`."""
    per_day = DAY_MINUTES // slot
    beats, proven, steps = (rows[n] for n in ("heart_rate", "worn_by_steps", "steps"))

    def summed(table: pa.Table, column: str) -> tuple[Floats, Floats]:
        """The sum of a column in each slot, and how many rows went into it."""
        place = _place(table, first, slot)
        inside = (place >= 0) & (place < days * per_day)
        amount = table[column].to_numpy().astype(np.float64)
        size = days * per_day
        total = np.bincount(place[inside], amount[inside], size)
        rows_in = np.bincount(place[inside], minlength=size)
        shape = (days, per_day)
        return total.reshape(shape).astype(np.float64), rows_in.reshape(shape).astype(np.float64)

    worn = summed(beats, "minutes")[0] + summed(proven, "minutes")[0]
    count, _ = summed(beats, "count")
    total, _ = summed(beats, "sum")
    walked, told = summed(steps, "sum")
    silent = (told == 0) | ((walked == 0) & (worn == 0))
    observed = _offsets([beats, steps], first, days)
    of = clocks([zone], first, days, observed[None, :])
    home = _home(zone, of.starts[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, total / count, np.nan)
    return Grid(
        first, slot, of.starts[0], of.ends[0], observed, home,
        worn.astype(np.int64), np.where(silent, np.nan, walked), mean,
        [_lasts(zone, int(s), int(e), slot) for s, e in zip(of.starts[0], of.ends[0], strict=True)],
    )  # fmt: skip


def _place(table: pa.Table, first: date, slot: int) -> Ints:
    offset = table["offset"].to_numpy().astype(np.int64)
    civil = table["t"].cast(pa.int64()).to_numpy() + offset * MINUTE_MS
    place: Ints = (civil - (first - EPOCH).days * DAY_MS) // (slot * MINUTE_MS)
    return place


def _offsets(tables: Sequence[pa.Table], first: date, days: int) -> Floats:
    """The offset at which each day was recorded first; NaN where nothing was."""
    found = np.full(days, np.nan)
    t, day, offset = (
        np.concatenate(columns)
        for columns in zip(
            *(
                (table["t"].cast(pa.int64()), _place(table, first, DAY_MINUTES), table["offset"])
                for table in tables
            ),
            strict=True,
        )
    )
    inside = np.flatnonzero((day >= 0) & (day < days))
    # The first row of a day is written last.
    order = inside[np.argsort(-t[inside], kind="stable")]
    found[day[order]] = offset[order]
    return found


def _home(zone: str, starts: Ints) -> Ints:
    return offsets_at(starts, zone_named(zone)).astype(np.int64)


def _lasts(zone: str, start: int, end: int, slot: int) -> list[int] | None:
    """How long each slot of a day lasted by the home clock, where they are not all alike."""
    minutes = (end - start) // MINUTE_MS
    if minutes == DAY_MINUTES:
        return None
    utc = start + np.arange(minutes, dtype=np.int64) * MINUTE_MS
    civil = (utc // MINUTE_MS + offsets_at(utc, zone_named(zone))) % DAY_MINUTES
    if civil.size and civil[0] != 0:  # away from home: a day that a journey cut short
        civil = np.arange(minutes) % DAY_MINUTES
    lasted = np.bincount(civil // slot, minlength=DAY_MINUTES // slot)
    return [int(n) for n in lasted]
