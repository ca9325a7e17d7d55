"""One participant's days cut into slots, and how regular their sleep is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.desk.asking import ALL, DAY, EPOCH
from wearhouse.errors import Invalid
from wearhouse.levels import Level
from wearhouse.metrics import METRICS
from wearhouse.store import Ask, Store
from wearhouse.study import Participant
from wearhouse.wear.definition import Definition
from wearhouse.wear.nights import nights
from wearhouse.wear.regularity import (
    Ints,
    Regularity,
    Timing,
    midpoints,
    regularity,
    states,
    timing,
)
from wearhouse.wear.slots import SLOTS, Grid, slots
from wearhouse.window import Edge, millis, zone_named

WEAR = ("heart_rate", "worn_by_steps", "steps")
LONGEST_DAYS, LONGEST_FINE_DAYS = 400, 100


@dataclass(frozen=True, slots=True)
class Slept:
    """The main sleep of a night, named by the civil day on which it ends. `midpoint` is in minutes
    after midnight by the clock at its end; `efficiency` (percent) is the time asleep of the time
    from start to end. Both of these and `asleep_minutes` are None where no stages were told."""

    day: date
    start: datetime
    end: datetime
    offset_minutes: int
    kind: str
    midpoint: float
    asleep_minutes: float | None
    efficiency: float | None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When and how regularly a participant sleeps over some civil days."""

    regularity: Regularity
    timing: Timing
    nights: list[Slept]


def days_between(first: date, last: date, longest: int = LONGEST_DAYS) -> int:
    """How many civil days there are from first to last; Invalid if none or too many."""
    days = (last - first).days + 1
    if days < 1:
        raise Invalid(f"end ({last}) is before start ({first}).", "end")
    if days > longest:
        raise Invalid(f"At most {longest} days are given at once; you ask for {days}.", "start")
    return days


def wear_slots(store: Store, who: Participant, first: date, last: date, slot: int) -> Grid:
    """Worn minutes, steps and mean heart rate in slots of so many minutes of each civil day."""
    if slot not in SLOTS:
        known = ", ".join(map(str, SLOTS))
        raise Invalid(f"slot is {slot}; write one of {known}.", "slot")
    days = days_between(first, last, LONGEST_DAYS if slot == 60 else LONGEST_FINE_DAYS)
    level: Level = "1h" if slot == 60 else "1m"
    rows = {name: _rows(store, name, level, who, first, last) for name in WEAR}
    if level == "1h" and any(_cuts(table) for table in rows.values()):
        rows = {name: _rows(store, name, "1m", who, first, last) for name in WEAR}
    return slots(who.timezone, first, days, slot, rows)


def rhythm_of(
    store: Store, definition: Definition, who: Participant, first: date, last: date
) -> Rhythm:
    """Sleep from first to last: its regularity, and each night's main sleep."""
    days_between(first, last, LONGEST_FINE_DAYS)
    # A night may be named by the day after the one on which its log ended.
    episodes = store.episodes(("sleep", "sleep_stage"), [who.id], first - DAY, last + DAY)
    clock = zone_named(who.timezone)
    start, end = (
        millis(Edge(datetime.combine(day, time())).at(clock)) for day in (first, last + DAY)
    )
    worn = [
        _rows(store, name, "1m", who, first, last)["t"].cast(pa.int64()).to_numpy()
        for name in ("heart_rate", "worn_by_steps")
    ]
    over = states(start, (end - start) // 60_000, np.concatenate(worn), episodes)
    slept = _slept(definition, episodes, first, last)
    day = np.array([(night.day - EPOCH).days for night in slept], np.int64)
    middle = np.array([night.midpoint for night in slept], np.float64)
    return Rhythm(regularity(over), timing(day, middle), slept)


def _rows(
    store: Store, metric: str, level: Level, who: Participant, first: date, last: date
) -> pa.Table:
    low, high = (
        millis(datetime.combine(day, time(), UTC)) for day in (first - DAY, last + 2 * DAY)
    )
    return store.page(Ask(METRICS[metric], level, [who.id], low, high, limit=ALL)).rows


def _cuts(table: pa.Table) -> bool:
    """Whether some of these hours lie across two hours of the clock."""
    return bool((table["offset"].to_numpy() % 60 != 0).any())


def _slept(definition: Definition, episodes: pa.Table, first: date, last: date) -> list[Slept]:
    offsets: dict[Any, int] = dict(
        zip(episodes["end"].to_pylist(), episodes["offset"].to_pylist(), strict=True)
    )
    found = nights(definition, episodes)
    inside = pc.and_(pc.greater_equal(found["day"], first), pc.less_equal(found["day"], last))
    return [
        _night(row, offsets.get(row["end"], 0)) for row in found.filter(inside).to_pylist()
    ]  # fmt: skip


def _night(row: dict[str, Any], offset: int) -> Slept:
    start, end, asleep = row["start"], row["end"], row["asleep_minutes"]
    [middle] = midpoints(*(_one(value) for value in (millis(start), millis(end), offset)))
    in_bed = (end - start) / timedelta(minutes=1)
    efficiency = 100 * asleep / in_bed if asleep is not None and in_bed > 0 else None
    return Slept(
        row["day"], start, end, offset, row["kind"], float(middle), asleep, efficiency
    )  # fmt: skip


def _one(value: int) -> Ints:
    return np.array([value], np.int64)
