"""What a definition counts on each civil day: worn minutes, hours, steps.

Evidence comes as rows of a store's Page (columns participant, t, offset, minutes, sum), those of
several metrics one after the other as long as no minute is in two of them. Civil days and hours
follow each row's own offset, so days of 23 and 25 hours, travel and half-hour zones need nothing
special.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.levels import CIVIL, Level
from wearhouse.wear.definition import Definition
from wearhouse.window import DAY_MS, MINUTE_MS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

COUNTS = pa.schema([("participant", pa.uint32()), ("day", pa.date32()), ("count", pa.float64())])

DAY_BITS, PART_BITS = 17, 22


@dataclass(frozen=True, slots=True)
class Evidence:
    """Amounts by participant and civil day (days since 1970-01-01). `minute` is the minute of the
    day as the clock shows it, and `pass_` tells the passes of an hour that it shows twice."""

    who: Ints
    day: Ints
    minute: Ints
    pass_: Ints
    amount: Floats

    def where(self, chosen: Mask) -> "Evidence":
        """The rows of a mask."""
        return Evidence(
            self.who[chosen],
            self.day[chosen],
            self.minute[chosen],
            self.pass_[chosen],
            self.amount[chosen],
        )


def counted(definition: Definition, rows: pa.Table, level: Level) -> pa.Table:
    """What the rule counts on each civil day that holds any (schema COUNTS), in the rule's own
    unit, from evidence at a level no coarser than `definition.level`."""
    found = _evidence(rows, level, "sum" if definition.of_steps else "minutes")
    if not definition.whole_day and level not in CIVIL:
        found = found.where(_inside(definition, found.minute))
    if definition.slot_minutes > 1 and not definition.of_steps:
        found = _slots(found, definition.slot_minutes)
    match definition.rule:
        case "minutes" | "steps":
            return _by_day(found)
        case "hours":
            return _parts(found, 60, definition.hour_ratio * 60)
        case "step_hours":
            return _parts(found, 60, 1)
        case "step_windows":
            return _parts(found, 60 * definition.block_hours, 1)


def worn_minutes(rows: pa.Table, level: Level = "1d") -> pa.Table:
    """Minutes with evidence of wear on each civil day that holds any (schema COUNTS)."""
    return _by_day(_evidence(rows, level, "minutes"))


def sums(rows: pa.Table, level: Level = "1d") -> pa.Table:
    """The sum of each civil day that holds a sample (schema COUNTS)."""
    return _by_day(_evidence(rows, level, "sum"))


def on_grid(counts: pa.Table, people: Ints, first_day: int, days: int) -> Floats:
    """Counts as a grid of participants (ids in order) by days since `first_day` (days since
    1970-01-01); NaN where nothing was counted. Other participants and days are left out."""
    grid = np.full((len(people), days), np.nan)
    if counts.num_rows and len(people):
        who = counts["participant"].to_numpy().astype(np.int64)
        day = counts["day"].cast(pa.int32()).to_numpy().astype(np.int64) - first_day
        row = np.searchsorted(people, who).clip(max=len(people) - 1)
        there = (people[row] == who) & (day >= 0) & (day < days)
        grid[row[there], day[there]] = counts["count"].to_numpy()[there]
    return grid


def _evidence(rows: pa.Table, level: Level, figure: str) -> Evidence:
    who = rows["participant"].to_numpy().astype(np.int64)
    t = rows["t"].cast(pa.int64()).to_numpy()
    amount = rows[figure].to_numpy().astype(np.float64)
    none = np.zeros(len(t), np.int64)
    if level in CIVIL:
        return Evidence(who, t // DAY_MS, none, none, amount)
    offset = rows["offset"].to_numpy().astype(np.int64)
    civil = t + offset * MINUTE_MS
    return Evidence(who, civil // DAY_MS, civil % DAY_MS // MINUTE_MS, offset // 15 + 64, amount)


def _inside(definition: Definition, minute: Ints) -> Mask:
    start, end = definition.window
    if start < end:
        return np.asarray((minute >= start) & (minute < end))
    return np.asarray((minute >= start) | (minute < end))


def _slots(found: Evidence, minutes: int) -> Evidence:
    """Each slot that holds evidence, as that many worn minutes."""
    who, day, part, _ = _summed(found, (found.minute // minutes) << 7 | found.pass_)
    worn = np.full(len(who), float(minutes))
    return Evidence(who, day, (part >> 7) * minutes, part & 127, worn)


def _parts(found: Evidence, minutes: int, least: float) -> pa.Table:
    """How many stretches of so many minutes of each day come to at least so much. Of worn
    minutes, an hour that the clock shows twice is two hours."""
    part = found.minute // minutes
    who, day, _, amount = _summed(found, part << 7 | (found.pass_ if minutes == 60 else 0))
    enough = amount >= least
    none = np.zeros(int(enough.sum()), np.int64)
    one = np.ones(len(none))
    return _by_day(Evidence(who[enough], day[enough], none, none, one))


def _by_day(found: Evidence) -> pa.Table:
    who, day, _, amount = _summed(found, np.zeros(len(found.who), np.int64))
    dates = pa.array(day.astype("datetime64[D]"), pa.date32())
    return pa.Table.from_arrays([pa.array(who, pa.uint32()), dates, amount], schema=COUNTS)


def _summed(found: Evidence, part: Ints) -> tuple[Ints, Ints, Ints, Floats]:
    """Participant, day, part and the sum of its amounts, one row for each different three."""
    people, code = np.unique(found.who, return_inverse=True)
    key = (code.astype(np.int64) << DAY_BITS | found.day) << PART_BITS | part
    order: NDArray[Any] = np.argsort(key, kind="stable")
    if not len(key):
        return found.who, found.day, part, found.amount
    key = key[order]
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    amount = np.add.reduceat(found.amount[order], starts)
    key = key[starts]
    day = key >> PART_BITS & (1 << DAY_BITS) - 1
    return people[key >> PART_BITS + DAY_BITS], day, key & (1 << PART_BITS) - 1, amount
