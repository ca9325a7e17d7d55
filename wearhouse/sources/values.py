"""Values as vendors write them, read one by one: numbers in texts, dates, times of a day."""

import math
import re
from datetime import UTC, datetime
from typing import NamedTuple

from wearhouse.sources.documents import Json

# Numbers reach files as texts, and from numpy as texts such as "np.float64(61.0)".
NUMBER = re.compile(r"(?:np\.\w+\()?\s*([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*\)?")
SPAN = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[-+]\d\d:\d\d)?")


class Moment(NamedTuple):
    """A wall time in ms, and the minutes east of UTC where they are stated."""

    civil: int
    offset: int | None


def number(node: Json) -> float | None:
    """A finite number, be it written as one or as a text; else None."""
    if isinstance(node, str):
        match = NUMBER.fullmatch(node.strip())
        node = float(match[1]) if match else None
    if isinstance(node, bool) or not isinstance(node, int | float):
        return None
    return float(node) if math.isfinite(node) else None


def midpoint(node: Json) -> float | None:
    """The middle of a span such as "42-46"; a plain number stands for itself."""
    span = SPAN.fullmatch(node) if isinstance(node, str) else None
    return (float(span[1]) + float(span[2])) / 2 if span else number(node)


def day(node: Json) -> int | None:
    """The start of a date in civil ms; None for "today" and whatever else is not a date."""
    return _ms(node) if isinstance(node, str) and DATE.fullmatch(node) else None


def moment(node: Json) -> Moment | None:
    """A date with a time; None if it is not one."""
    if not isinstance(node, str) or not MOMENT.fullmatch(node):
        return None
    try:
        written = datetime.fromisoformat(node)
    except ValueError:
        return None
    offset = written.utcoffset()
    civil = round(written.replace(tzinfo=UTC).timestamp() * 1000)
    return Moment(civil, None if offset is None else round(offset.total_seconds() / 60))


def civil(node: Json) -> int | None:
    """A date with a time in civil ms, whatever offset it states."""
    at = moment(node)
    return at.civil if at else None


def _ms(text: str) -> int | None:
    try:
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        return None
