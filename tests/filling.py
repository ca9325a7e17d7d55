"""What tests write into the imputed layer: filled minutes, and what a page of it should be."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from builders import FOREVER, NOON, ask, offset

from wearhouse.levels import Level
from wearhouse.samples import constant
from wearhouse.store import Store
from wearhouse.store.imputed import lists_of, step, typed
from wearhouse.window import civil_days, millis

DRAWS = np.array([-2.0, -1.0, 0.0, 3.0])
"""How the four draws of a filled minute differ from its value."""


def filled(
    who: int,
    *values: float,
    metric: str = "heart_rate",
    start: datetime = NOON,
    seconds: float = 60,
    zone: str = "UTC",
    run: int = 1,
) -> pa.Table:
    """Filled minutes, `seconds` apart."""
    began, clock = millis(start), ZoneInfo(zone)
    times = [began + round(number * seconds * 1000) for number in range(len(values))]
    return filled_at(who, dict(zip(times, values, strict=True)), metric, clock, run)


def filled_at(
    who: int,
    values: dict[int, float],
    metric: str = "heart_rate",
    clock: ZoneInfo | None = None,
    run: int = 1,
) -> pa.Table:
    """Filled minutes at instants (UTC ms)."""
    t, count = np.array(list(values), np.int64), len(values)
    offsets = np.array([offset(int(at), clock or ZoneInfo("UTC")) for at in t], np.int16)
    value = np.array(list(values.values()), float)

    def steps(x: np.ndarray) -> pa.Array:
        return pa.array(np.rint(x / step(metric)).astype(np.int16))

    paths = np.rint((value[:, None] + DRAWS) / step(metric))
    columns = {
        "level": constant("raw", count),
        "metric": constant(metric, count),
        "participant": pa.array(np.full(count, who, np.uint32)),
        "t": pa.array(t).cast(pa.timestamp("ms", "UTC")),
        "day": pa.array(civil_days(t, offsets).astype("datetime64[D]"), pa.date32()),
        "offset": pa.array(offsets),
        "median": steps(value),
        "mean": steps(value),
        "sd": steps(np.full(count, 2.0)),
        "low": steps(value - 4),
        "high": steps(value + 4),
        "code": pa.array(np.ones(count, np.int16)),
        "gap": pa.array(np.zeros(count, np.uint32)),
        "run": pa.array(np.full(count, run, np.uint32)),
        "draws": lists_of(paths, pa.int16()),
    }
    return typed(columns, count)


def impute(store: Store, who: int, *values: float, **kind: object) -> int:
    """Fill minutes of heart rate and let them be all that the layer has."""
    metric = str(kind.get("metric", "heart_rate"))
    return store.write_imputed(filled(who, *values, **kind), metric, who, *FOREVER)  # type: ignore[arg-type]


def layer(store: Store, metric: str, level: Level, *who: int, **narrower: object) -> list[dict]:
    """The rows of a page of the layer, t as ms on the level's clock."""
    rows = store.imputed(ask(metric, level, *who, **narrower)).rows
    at = rows.column_names.index("t")
    return rows.set_column(at, "t", rows["t"].cast(pa.int64())).to_pylist()


def imputed_values(store: Store, who: int, metric: str = "heart_rate") -> dict[int, float]:
    """The value of each filled minute by its instant (UTC ms)."""
    return {row["t"]: row["value"] for row in layer(store, metric, "raw", who)}


def sums_of(values: Iterable[float]) -> list[float]:
    """The sum of each draw over minutes filled with these values."""
    found = list(values)
    return [sum(found) + len(found) * float(d) for d in DRAWS]
