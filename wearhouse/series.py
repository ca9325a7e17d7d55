"""Series: which level answers, the pages that the store gives, and the rows people see."""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse import levels
from wearhouse.errors import Invalid
from wearhouse.instants import civil_text, utc_text
from wearhouse.levels import CIVIL, LEVELS, Level
from wearhouse.metrics import Metric
from wearhouse.store import Ask, Store
from wearhouse.study import Participant
from wearhouse.window import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    Edge,
    Window,
    millis,
    offset_minutes,
    window_between,
    zone_named,
)

Resolution = Literal["auto", "span", "raw", "1m", "1h", "1d", "1w", "1mo"]
Imputed = Literal["exclude", "include", "only"]

IMPUTED: tuple[Imputed, ...] = get_args(Imputed)
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)
BATCH = 250_000
STEP = {"raw": 1, "1m": MINUTE_MS, "1h": HOUR_MS, "1d": DAY_MS, "1w": DAY_MS, "1mo": DAY_MS}
STATISTICS = ("count", "sum", "min", "max", "mean", "first", "last")


@dataclass(frozen=True)
class Query:
    """What somebody wants to see. Edges without a zone are read on each participant's clock, or
    on `timezone` if it is given."""

    participants: Sequence[Participant]
    metrics: Sequence[Metric]
    start: Edge
    end: Edge
    resolution: Resolution = "auto"
    max_points: int = 2_000
    imputed: Imputed = "exclude"
    timezone: str | None = None

    def __post_init__(self) -> None:
        for metric in self.metrics:
            if metric.kind == "episode":
                raise Invalid(
                    f"{metric.name} is made of episodes, not of samples; ask for it at /sleep.",
                    "metric",
                )
        for participant in self.participants:
            self.window(participant)

    def clock(self, participant: Participant) -> ZoneInfo:
        """The clock on which this participant's edges are read."""
        return zone_named(self.timezone or participant.timezone)

    def window(self, participant: Participant) -> Window:
        """The window as it falls for one participant."""
        return window_between(self.start, self.end, self.clock(participant))

    def level(self, metric: Metric) -> Level:
        """The level that answers for a metric."""
        span = max(self.window(participant).span for participant in self.participants)
        match self.resolution:
            case "auto":
                return levels.by_budget(span, metric, self.max_points)
            case "span":
                return levels.by_span(span)
            case level:
                return level


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stopped: after this row of this metric, read at this level."""

    metric: str
    level: Level
    participant: int
    t: int

    def cursor(self) -> str:
        """The place as a cursor for the next page."""
        place = json.dumps([self.metric, self.level, self.participant, self.t])
        return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, cursor: str) -> "Place":
        """The place of a cursor; Invalid if it is not one of ours."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            metric, level, participant, t = json.loads(base64.b64decode(padded, b"-_", True))
        except (binascii.Error, ValueError, TypeError):
            raise Invalid("cursor is not one that Wearhouse gave.", "cursor") from None
        whole = isinstance(participant, int) and isinstance(t, int)
        if not (isinstance(metric, str) and level in LEVELS and whole):
            raise Invalid("cursor is not one that Wearhouse gave.", "cursor")
        if not (0 <= participant < 2**32 and abs(t) < 2**52):
            raise Invalid("cursor is not one that Wearhouse gave.", "cursor")
        return cls(metric, level, participant, t)


@dataclass(frozen=True)
class Part:
    """Some rows of one metric at one level, in the order of participant and time.

    `rows` has the columns of a store's Page.
    """

    metric: Metric
    level: Level
    rows: pa.Table
    place: Place | None  # where to go on within the metric; None at its end


def parts(store: Store, query: Query, after: Place | None, limit: int | None) -> Iterator[Part]:
    """The answer to a query, metric by metric, in pieces of bounded size; at most `limit` rows.

    A cursor keeps the level at which its reader began, so that pages fit together.
    """
    names = [metric.name for metric in query.metrics]
    if after is not None and after.metric not in names:
        raise Invalid("cursor belongs to another query.", "cursor")
    left = limit
    for metric in query.metrics[names.index(after.metric) if after else 0 :]:
        here = after if after is not None and after.metric == metric.name else None
        level = here.level if here else query.level(metric)
        while left is None or left > 0:
            part = _part(store, query, metric, level, here, min(BATCH, left or BATCH))
            left = None if left is None else left - part.rows.num_rows
            yield part
            here = part.place
            if here is None:
                break
        else:
            return


def next_metric(query: Query, metric: Metric) -> Place | None:
    """The place before everything of the metric that follows; None after the last."""
    after = query.metrics[list(query.metrics).index(metric) + 1 :]
    return Place(after[0].name, query.level(after[0]), 0, 0) if after else None


def _part(
    store: Store, query: Query, metric: Metric, level: Level, after: Place | None, limit: int
) -> Part:
    bounds = {p.id: _bounds(query, p, level) for p in query.participants}
    if query.imputed == "only":  # nothing has been imputed: there is no such layer yet
        limit, bounds = 1, {}
    ask = Ask(
        metric=metric,
        level=level,
        participants=sorted(bounds),
        low=min((low for low, _ in bounds.values()), default=0),
        high=max((high for _, high in bounds.values()), default=0),
        after=(after.participant, after.t) if after else None,
        limit=limit,
    )
    page = store.page(ask)
    rows, place = page.rows, None
    if page.more and rows.num_rows:
        last = rows.num_rows - 1
        at = rows["t"].cast(pa.int64())[last].as_py()
        place = Place(metric.name, level, rows["participant"][last].as_py(), at)
    if len(set(bounds.values())) > 1:
        rows = _trimmed(rows, bounds)
    return Part(metric, level, rows, place)


def _bounds(query: Query, participant: Participant, level: Level) -> tuple[int, int]:
    """The participant's window on the level's clock, its start moved back to a bucket's."""
    window = query.window(participant)
    if level not in CIVIL:
        return millis(window.start) // STEP[level] * STEP[level], millis(window.end)
    zone = query.clock(participant)
    low, high = (
        millis(edge.astimezone(zone).replace(tzinfo=UTC)) for edge in (window.start, window.end)
    )
    low = low // DAY_MS * DAY_MS
    if level == "1w":
        low -= (low // DAY_MS + 3) % 7 * DAY_MS
    elif level == "1mo":
        low = int(
            np.datetime64(low, "ms").astype("datetime64[M]").astype("datetime64[ms]").astype(int)
        )
    return low, high


def _trimmed(rows: pa.Table, bounds: dict[int, tuple[int, int]]) -> pa.Table:
    people = np.array(sorted(bounds), np.int64)
    low, high = (np.array([bounds[p][side] for p in people]) for side in (0, 1))
    of_row = np.searchsorted(people, rows["participant"].to_numpy())
    t = rows["t"].cast(pa.int64()).to_numpy()
    return rows.filter(pa.array((t >= low[of_row]) & (t < high[of_row])))


def mean(rows: pa.Table) -> NDArray[np.float64]:
    """The mean of each bucket, from its sum and count."""
    return np.asarray(rows["sum"].to_numpy() / rows["count"].to_numpy())


def texts(part: Part, people: dict[int, Participant]) -> pa.Array:
    """Each row's time as text: UTC, or a civil bucket's start with its offset."""
    t = part.rows["t"].cast(pa.int64()).to_numpy()
    if part.level not in CIVIL:
        return utc_text(t)
    return civil_text(t, starting_offsets(part, people))


def starting_offsets(part: Part, people: dict[int, Participant]) -> NDArray[np.int16]:
    """The offset in force when each civil bucket began.

    A row carries the offset of its first sample. Where the participant was at home, and the
    clock changed between midnight and then, home's offset at midnight is the true one.
    """
    offset: NDArray[np.int16] = part.rows["offset"].to_numpy().copy()
    participant = part.rows["participant"].to_numpy()
    midnight = part.rows["t"].cast(pa.int64()).to_numpy()
    for person in np.unique(participant):
        zone = zone_named(people[int(person)].timezone)
        mine = np.flatnonzero(participant == person)
        for row in mine[np.append(True, np.diff(offset[mine]) != 0)]:
            at = np.datetime64(int(midnight[row]), "ms").astype("datetime64[us]").item()
            start = at.replace(tzinfo=zone)
            if offset[row] == offset_minutes(start.replace(hour=23), zone):
                offset[row] = offset_minutes(start, zone)
    return offset


def as_table(
    part: Part, people: dict[int, Participant], statistics: bool, text_time: bool
) -> pa.Table:
    """A part as rows for a file: participant, metric, t, then value or the statistics.

    With `text_time` t is text; otherwise a UTC timestamp, with `utc_offset` (minutes) beside it.
    """
    rows = part.rows
    codes = sorted(people)
    place = np.searchsorted(np.array(codes), rows["participant"].to_numpy()).astype(np.int32)
    columns: dict[str, pa.Array] = {
        "participant": pa.DictionaryArray.from_arrays(
            pa.array(place), pa.array([people[i].code for i in codes], pa.string())
        ),
        "metric": pa.DictionaryArray.from_arrays(
            pa.array(np.zeros(rows.num_rows, np.int32)), pa.array([part.metric.name])
        ),
    }
    if text_time:
        columns["t"] = texts(part, people)
    else:
        columns["t"] = _instants(part, people)
    columns |= _figures(part, statistics)
    if not text_time:
        civil = part.level in CIVIL
        offset = starting_offsets(part, people) if civil else rows["offset"].to_numpy()
        columns["utc_offset"] = pa.array(offset)
    return pa.table(columns)


def _instants(part: Part, people: dict[int, Participant]) -> pa.Array:
    t = part.rows["t"].cast(pa.int64()).to_numpy()
    if part.level in CIVIL:
        t = t - starting_offsets(part, people).astype(np.int64) * MINUTE_MS
    return pa.array(t).cast(pa.timestamp("ms", "UTC"))


def _figures(part: Part, statistics: bool) -> dict[str, pa.Array]:
    rows = part.rows
    if part.level != "raw":
        known = {name: rows[name].combine_chunks() for name in STATISTICS if name != "mean"}
        known["mean"] = pa.array(mean(rows))
        return {name: known[name] for name in STATISTICS}
    value = rows["value"].combine_chunks()
    if not statistics:
        return {"value": value}
    ones = pa.array(np.ones(rows.num_rows, np.uint32))
    return {name: ones if name == "count" else value for name in STATISTICS}


def needs_statistics(query: Query) -> bool:
    """Whether any series of the answer is of buckets; raw samples then stand as buckets of one."""
    return any(query.level(metric) != "raw" for metric in query.metrics)


def tables(
    store: Store, query: Query, text_time: bool, limit: int | None = None
) -> Iterator[pa.Table]:
    """The answer as tables of one schema, in pieces of bounded size; at least one."""
    people = {participant.id: participant for participant in query.participants}
    statistics = needs_statistics(query)
    for part in parts(store, query, None, limit):
        yield as_table(part, people, statistics, text_time)
