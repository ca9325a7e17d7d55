"""Which rollups answer a question about a span: whole days, whole hours, and what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor

from wearhouse.store.fleets import Span

HOUR_S, DAY_S = 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rollups of a level (1h, 1d) from `low` up to `high`, epoch seconds; None is open."""

    level: str
    low: int | None
    high: int | None


def covering(span: Span, hourly: bool) -> tuple[Sequence[Stretch], Sequence[Span]]:
    """The rollups that lie in a span as a whole (only hours if `hourly`), and the parts of hours
    at its ends of which every report must be looked at."""
    low = span.start.timestamp() if span.start else None
    high = span.end.timestamp() if span.end else None
    first = None if low is None else ceil(low / HOUR_S) * HOUR_S
    last = None if high is None else floor(high / HOUR_S) * HOUR_S
    if first is not None and last is not None and first >= last:
        return (), (span,)
    edges = []
    if first is not None and first != low:
        edges.append(Span(span.start, datetime.fromtimestamp(first, UTC)))
    if last is not None and last != high:
        edges.append(Span(datetime.fromtimestamp(last, UTC), span.end))
    day = None if first is None else -(-first // DAY_S) * DAY_S
    night = None if last is None else last // DAY_S * DAY_S
    if hourly or (day is not None and night is not None and day >= night):
        return (Stretch("1h", first, last),), tuple(edges)
    parts = [Stretch("1d", day, night)]
    if first != day:
        parts.append(Stretch("1h", first, day))
    if last != night:
        parts.append(Stretch("1h", night, last))
    return tuple(parts), tuple(edges)


def lots(sizes: dict[int, int], most: int, at_once: int) -> list[list[int]]:
    """Keys in lots whose sizes together are at most so many, and at most so many of them."""
    found: list[list[int]] = []
    size = 0
    for key, n in sizes.items():
        if not found or size + n > most or len(found[-1]) >= at_once:
            found.append([])
            size = 0
        found[-1].append(key)
        size += n
    return found
