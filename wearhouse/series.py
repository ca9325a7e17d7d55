"""Series: which level answers, and the pages that the store gives."""

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

from wearhouse import levels
from wearhouse.errors import Invalid
from wearhouse.levels import CIVIL, LEVELS, Level
from wearhouse.metrics import Metric
from wearhouse.store import Ask, Page, Store
from wearhouse.store.layered import layered
from wearhouse.study import Participant
from wearhouse.window import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    Edge,
    Window,
    millis,
    window_between,
    zone_named,
)

Resolution = Literal["auto", "span", "raw", "1m", "1h", "1d", "1w", "1mo"]
Imputed = Literal["exclude", "include", "only"]

IMPUTED: tuple[Imputed, ...] = get_args(Imputed)
RESOLUTIONS: tuple[Resolution, ...] = get_args(Resolution)
BATCH = 250_000
STEP = {"raw": 1, "1m": MINUTE_MS, "1h": HOUR_MS, "1d": DAY_MS, "1w": DAY_MS, "1mo": DAY_MS}


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

    `rows` has the columns of a store's Page, or of `layered` where imputed values were asked for.
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
    ask = Ask(
        metric=metric,
        level=level,
        participants=sorted(bounds),
        low=min((low for low, _ in bounds.values()), default=0),
        high=max((high for _, high in bounds.values()), default=0),
        after=(after.participant, after.t) if after else None,
        limit=limit,
    )
    page = _page(store, ask, query.imputed)
    rows, place = page.rows, None
    if page.more and rows.num_rows:
        last = rows.num_rows - 1
        at = rows["t"].cast(pa.int64())[last].as_py()
        place = Place(metric.name, level, rows["participant"][last].as_py(), at)
    if len(set(bounds.values())) > 1:
        rows = _trimmed(rows, bounds)
    return Part(metric, level, rows, place)


def _page(store: Store, ask: Ask, imputed: Imputed) -> Page:
    """A page of what was measured, of what was imputed, or of both. What was measured is asked
    for first: see Store.imputed."""
    if imputed == "exclude":
        return store.page(ask)
    measured = store.page(ask) if imputed == "include" else None
    return layered(ask, measured, store.imputed(ask))


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
