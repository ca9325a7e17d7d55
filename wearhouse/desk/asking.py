"""What the store is asked about everybody at once, in pieces that fit into memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.levels import CIVIL, SECONDS, Level
from wearhouse.metrics import METRICS
from wearhouse.store import Ask, Store
from wearhouse.wear import minutes
from wearhouse.wear.definition import Definition
from wearhouse.wear.nights import NIGHTS, nights
from wearhouse.window import DAY_MS, MINUTE_MS, millis

EPOCH = date(1970, 1, 1)
DAY = timedelta(days=1)
ROWS_AT_ONCE = 500_000
NIGHT_ROWS = 50
"""About how many stages a night has, with its log."""
ALL = 2**31
DEVICE_WORN = frozenset(
    metric.name
    for metric in METRICS.values()
    if metric.kind == "sample" and metric.hole in ("not_worn", "asleep_only")
)
"""Metrics whose samples only a worn device can have taken."""

COLUMNS = ["participant", "t", "offset", "minutes", "sum"]
EMPTY = pa.schema(
    [
        ("participant", pa.uint32()),
        ("t", pa.timestamp("ms", "UTC")),
        ("offset", pa.int16()),
        ("minutes", pa.uint32()),
        ("sum", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom and which civil days a question is about, both days included."""

    participants: Sequence[int]
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Seen:
    """When a participant was first and last seen by a worn device; the first on their civil
    day."""

    first_on: date
    last_at: datetime


def rows(store: Store, metric: str, level: Level, asked: Asked) -> pa.Table:
    """Buckets of a metric over the civil days asked for: participant, t, offset, minutes, sum."""
    margin = timedelta() if level in CIVIL else DAY
    low = millis(_midnight(asked.first - margin))
    high = millis(_midnight(asked.last + DAY + margin))
    per_person = max(1, (high - low) // (SECONDS[level] * 1000)) if level != "raw" else DAY_MS
    step = max(1, ROWS_AT_ONCE // per_person)
    found = [EMPTY.empty_table()]
    people = sorted(asked.participants)
    for start in range(0, len(people), step):
        some = people[start : start + step]
        page = store.page(Ask(METRICS[metric], level, some, low, high, limit=ALL))
        found.append(page.rows.select(COLUMNS).cast(EMPTY))
    return pa.concat_tables(found).combine_chunks()


def seen(store: Store, participants: Sequence[int]) -> dict[int, Seen]:
    """When each participant was seen by a worn device, of whom anything is there."""
    if not participants:
        return {}
    extent = store.extent(sorted(participants))
    worn = extent.filter(pc.is_in(extent["metric"], pa.array(sorted(DEVICE_WORN))))
    ahead = pc.multiply(worn["first_offset"].cast(pa.int64()), MINUTE_MS)
    local = pc.add(worn["first_at"].cast(pa.timestamp("ms", "UTC")).cast(pa.int64()), ahead)
    found = (
        worn.select(["participant", "last_at"])
        .append_column("first", local)
        .group_by("participant")
        .aggregate([("first", "min"), ("last_at", "max")])
    )
    columns = (found[name].to_pylist() for name in ("participant", "first_min", "last_at_max"))
    return {
        id_: Seen(EPOCH + timedelta(days=first // DAY_MS), last.replace(tzinfo=UTC))
        for id_, first, last in zip(*columns, strict=True)
    }


def evidence(definition: Definition) -> tuple[str, ...]:
    """The metrics whose minutes are a definition's evidence of wear, none in two of them."""
    if definition.evidence == "heart_rate":
        return ("heart_rate",)
    return ("heart_rate", "worn_by_steps")


def counted(store: Store, definition: Definition, asked: Asked, by_day: pa.Table) -> pa.Table:
    """What a definition counts on each civil day (schema COUNTS of `wear.minutes`).

    `by_day` holds the rows of its metrics at level 1d; they answer where days are enough. Where
    hours are, participants whose clocks are not whole hours off UTC are read by the minute.
    """
    if definition.level == "1d":
        return minutes.counted(definition, by_day, "1d")
    metrics = ("steps",) if definition.of_steps else evidence(definition)
    odd = set(_odd(by_day)) if definition.level == "1h" else set()
    found = [minutes.COUNTS.empty_table()]
    plain = [id_ for id_ in asked.participants if id_ not in odd]
    levels: list[tuple[Level, list[int]]] = [(definition.level, plain), ("1m", sorted(odd))]
    for level, people in levels:
        step = max(1, ROWS_AT_ONCE * SECONDS[level] // (asked.days * 86_400))
        for start in range(0, len(people), step):
            some = Asked(people[start : start + step], asked.first, asked.last)
            together = pa.concat_tables([rows(store, metric, level, some) for metric in metrics])
            found.append(minutes.counted(definition, together, level))
    return pa.concat_tables(found).combine_chunks()


def slept(store: Store, definition: Definition, asked: Asked, stages: bool) -> pa.Table:
    """The nights of the civil days asked for (schema NIGHTS); without `stages` only that they
    were uploaded."""
    names = ("sleep", "sleep_stage") if stages else ("sleep",)
    step = max(1, ROWS_AT_ONCE // (asked.days * (NIGHT_ROWS if stages else 1)))
    found = [NIGHTS.empty_table()]
    people = sorted(asked.participants)
    for start in range(0, len(people), step):
        some = people[start : start + step]
        # A night may be named by the day after the one on which its log ended.
        episodes = store.episodes(names, some, asked.first - DAY, asked.last + DAY)
        found.append(nights(definition, episodes))
    return pa.concat_tables(found).combine_chunks()


def _odd(by_day: pa.Table) -> list[Any]:
    offset = by_day["offset"].to_numpy()
    who: list[Any] = np.unique(by_day["participant"].to_numpy()[offset % 60 != 0]).tolist()
    return who


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
