"""On which clock an archive wrote its times: what it says itself, and what its copies show."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.samples import Parsed
from wearhouse.sources.sift import Mask
from wearhouse.sources.takeout.families import Clock
from wearhouse.window import DAY_MS, MINUTE_MS

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]

NEAR_MS = 3 * DAY_MS
SHIFTS_MS = np.arange(-12 * 60, 14 * 60 + 1, 15) * MINUTE_MS
ENOUGH = 30


@dataclass(frozen=True)
class Points:
    """Times (ms) in order, with their values."""

    t: Whole
    value: Numbers

    @classmethod
    def of(cls, t: Whole, value: Numbers) -> "Points":
        """The first of each time."""
        kept, index = np.unique(t, return_index=True)
        return cls(kept, value[index])


@dataclass(frozen=True)
class Verdict:
    """The clock of a family, and in words why."""

    clock: Clock
    why: str


class Timeline:
    """Offsets that the archive states: at a UTC time, so many minutes east."""

    def __init__(self, utc: Whole, offset: Whole) -> None:
        order = np.argsort(utc, kind="stable")
        self.utc, self.offset = utc[order], offset[order]
        self._civil = np.maximum.accumulate(self.utc + self.offset * MINUTE_MS)

    def at(self, t: Whole, clock: Clock) -> tuple[Whole, Mask]:
        """The offset at each time of a clock, 0 if the archive states none near it; and whether."""
        known = self.utc if clock == "utc" else self._civil
        if not len(known):
            return np.zeros(len(t), np.int64), np.zeros(len(t), bool)
        place = np.searchsorted(known, t, "right")
        before, after = np.maximum(place - 1, 0), np.minimum(place, len(known) - 1)
        nearest = np.where(t >= known[before], before, after)
        near = np.abs(known[nearest] - t) <= NEAR_MS
        return np.where(near, self.offset[nearest], 0), near

    def told(self, parsed: Parsed) -> Parsed:
        """The same batch with offsets where the vendor states none and the archive knows them."""
        if not len(self.utc):
            return parsed
        samples, episodes = parsed.samples, parsed.episodes
        if samples.num_rows and samples["offset"].null_count:
            samples = _with(samples, "offset", self._offsets(samples, "t", parsed.clock))
        if episodes.num_rows and episodes["offset"].null_count:
            starts = self._offsets(episodes, "t", parsed.clock)
            ends = self._offsets(episodes, "end", parsed.clock)
            episodes = _with(episodes, "offset", starts)
            if parsed.clock == "civil":
                # Both ends of a row share one offset, so a change in between moves the end.
                change = pc.multiply(pc.subtract(ends, starts).cast(pa.int64()), MINUTE_MS)
                end = pc.subtract(episodes["end"].cast(pa.int64()), pc.fill_null(change, 0))
                episodes = _with(episodes, "end", end.cast(pa.timestamp("ms")))
        return Parsed(samples, episodes, parsed.rejects, parsed.clock)

    def _offsets(self, table: pa.Table, column: str, clock: Clock) -> pa.Array:
        offset, known = self.at(table[column].cast(pa.int64()).fill_null(0).to_numpy(), clock)
        found = pa.array(offset.astype(np.int16), mask=~known)
        return pc.coalesce(table["offset"], found).combine_chunks()


def _with(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    place = table.column_names.index(name)
    return table.set_column(place, table.schema.field(name), column)


def by_twin(naive: Points, twin: Points, tolerance: float) -> Verdict | None:
    """Compares times of an unknown clock with a copy in UTC, day by day; None if too few agree.

    A time belongs to UTC if its value stands in the copy at that very time, and to the civil
    clock if it stands at one and the same other distance for the most of a day.
    """
    moved = naive.value != 0
    t, value = naive.t[moved], naive.value[moved]
    as_utc = as_civil = compared = 0
    for day in np.unique(t // DAY_MS):
        of_day = t // DAY_MS == day
        hits = np.array(
            [_hits(t[of_day] - shift, value[of_day], twin, tolerance) for shift in SHIFTS_MS]
        )
        at_zero = int(hits[SHIFTS_MS == 0][0])
        elsewhere = int(hits[SHIFTS_MS != 0].max())
        as_utc, as_civil = as_utc + at_zero, as_civil + elsewhere
        compared += int(of_day.sum()) if max(at_zero, elsewhere) else 0
    best = max(as_utc, as_civil)
    if best < ENOUGH:
        return None
    shares = f"of {compared} compared with its copy in UTC, {as_utc} agree as UTC and {as_civil}"
    return Verdict("utc" if as_utc >= as_civil else "civil", f"{shares} as local time")


def _hits(t: Whole, value: Numbers, twin: Points, tolerance: float) -> int:
    place = np.minimum(np.searchsorted(twin.t, t), len(twin.t) - 1)
    alike = (twin.t[place] == t) & (np.abs(twin.value[place] - value) <= tolerance)
    return int(alike.sum())


def by_sleep(naive: Points, sleeps: Whole, timeline: Timeline) -> Verdict | None:
    """Which clock makes the person still while asleep. `sleeps` are rows of start and end, UTC."""
    offset, known = timeline.at(naive.t, "civil")
    telling = known & (offset != 0)
    t, value, offset = naive.t[telling], naive.value[telling], offset[telling]
    if not len(t) or not len(sleeps) or value.mean() <= 0:
        return None
    within = [_within(at, sleeps) for at in (t, t - offset * MINUTE_MS)]
    if min(int(asleep.sum()) for asleep in within) < ENOUGH:
        return None
    utc, civil = (float(value[asleep].mean() / value.mean()) for asleep in within)
    why = f"in sleep its mean is {utc:.0%} of the whole as UTC and {civil:.0%} as local time"
    return Verdict("utc" if utc <= civil else "civil", why)


def _within(t: Whole, sleeps: Whole) -> Mask:
    place = np.searchsorted(sleeps[:, 0], t, "right") - 1
    inside: Mask = (place >= 0) & (t < sleeps[np.maximum(place, 0), 1])
    return inside
