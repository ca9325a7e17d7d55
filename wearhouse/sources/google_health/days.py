"""What Google Health states of a civil day: its own daily types, and its totals."""

import orjson

from wearhouse.samples import Parsed
from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import Json, keyed, listed
from wearhouse.sources.google_health.catalogue import Part, Value
from wearhouse.sources.google_health.page import at, rows
from wearhouse.sources.values import day, number


def read_days(part: Part, content: bytes) -> Parsed:
    """The samples of a page of days, each dated by the day's first minute."""
    batches = Batches("")
    for raw in rows(content):
        point, position = keyed(_loaded(raw)), batches.place()
        stated = point.get(part.key)
        t = _date(point if part.method == "days" else keyed(stated))
        if t is None or stated is None:
            batches.reject(
                position,
                "the point does not say of which day or what",
                raw.decode(errors="replace"),
            )
            continue
        sums: dict[str, float | None] = {}
        for value in part.values:
            found = _value(part, value, stated)
            before = sums.get(value.metric, 0.0)
            sums[value.metric] = None if found is None or before is None else before + found
        if all(total is None for total in sums.values()):
            batches.reject(position, "the point states no value", raw.decode(errors="replace"))
        for metric, total in sums.items():
            if total is not None:
                batches.sample(metric, t, total, position)
    return batches.take()


def _value(part: Part, value: Value, stated: Json) -> float | None:
    node = _among(value, stated) if value.among else at(stated, value.path)
    if node is None:
        return part.absent
    # A duration is written as seconds, such as "3600s".
    found = number(node.removesuffix("s") if isinstance(node, str) else node)
    return None if found is None else found * value.scale


def _among(value: Value, stated: Json) -> Json:
    path, _, name = value.path.rpartition(".")
    for element in map(keyed, listed(at(stated, path))):
        if value.among in element.values():
            return element.get(name)
    return None


def _date(node: dict[str, Json]) -> int | None:
    # A total names the first moment of its day, a daily point the day itself.
    start = node.get("civilStartTime", node)
    date = keyed(keyed(start).get("date"))
    numbers = [part for part in map(date.get, ("year", "month", "day")) if isinstance(part, int)]
    return day("{:04d}-{:02d}-{:02d}".format(*numbers)) if len(numbers) == 3 else None


def _loaded(raw: bytes) -> Json:
    try:
        tree: Json = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return tree
