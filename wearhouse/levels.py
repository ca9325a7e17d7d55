"""Levels of detail, and the two rules that choose one for a span."""

from datetime import timedelta
from typing import Literal, get_args

from wearhouse.errors import Invalid
from wearhouse.metrics import DAY, Metric

Level = Literal["raw", "1m", "1h", "1d", "1w", "1mo"]
LEVELS: tuple[Level, ...] = get_args(Level)
ROLLUPS: tuple[Level, ...] = LEVELS[1:]
CIVIL: tuple[Level, ...] = ("1d", "1w", "1mo")
"""Levels that follow the participant's civil day; the others are aligned to UTC."""

SECONDS: dict[Level, int] = {
    "1m": 60, "1h": 3_600, "1d": DAY, "1w": 7 * DAY, "1mo": 28 * DAY,
}  # fmt: skip
"""The shortest a bucket can be, so that a count of buckets is never too low."""

SPANS: tuple[tuple[timedelta, Level], ...] = (
    (timedelta(days=1), "raw"),
    (timedelta(days=7), "1h"),
    (timedelta(days=30), "1d"),
    (timedelta(days=90), "1w"),
)


def level_named(name: str) -> Level:
    """The level of that name; Invalid if there is none."""
    for level in LEVELS:
        if level == name:
            return level
    raise Invalid(f"No level is called {name!r}. Known: {', '.join(LEVELS)}.", "resolution")


def by_span(span: timedelta) -> Level:
    """Up to 1 day raw, 7 days 1h, 30 days 1d, 90 days 1w, above that 1mo."""
    return next((level for longest, level in SPANS if span <= longest), "1mo")


def points(level: Level, span: timedelta, metric: Metric) -> int:
    """At most how many points one series of a span holds at a level."""
    step = metric.resolution_s or DAY if level == "raw" else SECONDS[level]
    return -int(-span.total_seconds() // step)


def by_budget(span: timedelta, metric: Metric, max_points: int) -> Level:
    """The finest level that gives at most `max_points` per series (1mo if none does)."""
    fitting = (level for level in LEVELS if points(level, span, metric) <= max_points)
    return next(fitting, "1mo")


def is_kept(level: Level, metric: Metric) -> bool:
    """Whether a level is kept as rows; a level no coarser than the metric is folded on demand."""
    return level in CIVIL or (level != "raw" and SECONDS[level] > (metric.resolution_s or DAY))
