"""Pages of the imputed layer: filled minutes, or the sums of their draws over buckets."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.levels import Level
from wearhouse.metrics import METRICS
from wearhouse.store import rollups
from wearhouse.store.imputed import (
    CODES,
    FIGURES,
    FURTHEST_MS,
    Ints,
    lists_of,
    matrix,
    places,
    step,
)
from wearhouse.store.protocol import Ask, Page
from wearhouse.window import DAY_MS, MINUTE_MS

ROOM = 64
KEPT: dict[Level, str] = {
    "raw": "raw", "1m": "raw", "1h": "1h", "1d": "1d", "1w": "1d", "1mo": "1d",
}  # fmt: skip
"""The level of the layer's rows that answers for each level."""

DAYS: dict[Level, int] = {"1w": 7, "1mo": 31}

Fetch = Callable[[Ask, str], tuple[pa.Table, bool]]
"""Rows (schema IMPUTED) at a level of the layer, in order, and whether more follow."""


def page(ask: Ask, fetch: Fetch) -> Page:
    """A page of the layer.

    Columns at level raw: participant, t, offset, value, mean, sd, low, high (float64, in the
    metric's unit), code, gap, run. Else participant, t, offset, count (filled minutes) and sums
    (float64, in the metric's unit: one for each draw).
    """
    many = DAYS.get(ask.level, 1)
    wide = replace(ask, high=ask.high + many * DAY_MS if many > 1 else ask.high, after=_after(ask))
    limit = ask.limit * many + ROOM
    while True:
        rows, cut = fetch(replace(wide, limit=limit), KEPT[ask.level])
        participant, t = rows["participant"].to_numpy(), _starts(rows, ask.level)
        at = np.flatnonzero(_begins(participant, t))
        if cut and len(at):
            rows, participant, t = rows.slice(0, int(at[-1])), participant[: at[-1]], t[: at[-1]]
            at = at[:-1]
        if len(at) or not cut:
            break
        limit *= 4
    inside = (t >= ask.low) & (t < ask.high)
    if not inside.all():
        rows, participant, t = rows.filter(pa.array(inside)), participant[inside], t[inside]
        at = np.flatnonzero(_begins(participant, t))
    more = cut or len(at) > ask.limit
    if len(at) > ask.limit:
        end = int(at[ask.limit])
        rows, participant, t, at = rows.slice(0, end), participant[:end], t[:end], at[: ask.limit]
    if ask.level == "raw":
        return Page(_minutes(rows, ask.metric.name), more)
    return Page(_buckets(rows, ask, participant, t, at), more)


def unmeasured(
    measured: Callable[[Ask], Page], rows: pa.Table, metric: str, participant: int
) -> pa.Table:
    """Filled minutes (schema IMPUTED) less those in which samples are served just now."""
    if not rows.num_rows:
        return rows
    of = METRICS[metric]
    level: Level = "raw" if of.kind == "daily" else "1m"
    t = rows["t"].cast(pa.int64()).to_numpy()
    low, high = int(t.min()) - FURTHEST_MS, int(t.max()) + FURTHEST_MS
    there = measured(Ask(of, level, [participant], low, high, limit=2**31)).rows
    free = ~np.isin(places(rows, metric), places(there, metric))
    return rows.filter(pa.array(free))


def _minutes(rows: pa.Table, metric: str) -> pa.Table:
    size = step(metric)
    figures = {
        ("value" if name == "median" else name): pa.array(np.round(rows[name].to_numpy() * size, 6))
        for name in FIGURES
    }
    words = pa.array([None, *CODES])
    return pa.table(
        {name: rows[name] for name in ("participant", "t", "offset")}
        | figures
        | {"code": words.take(rows["code"].cast(pa.int32()).combine_chunks())}
        | {name: rows[name] for name in ("gap", "run")}
    )


def _buckets(
    rows: pa.Table, ask: Ask, participant: NDArray[np.uint32], t: Ints, at: Ints
) -> pa.Table:
    alone = KEPT[ask.level] == "raw"
    sums = matrix(rows["draws" if alone else "sums"])
    count = np.ones(len(t), np.int64) if alone else rows["count"].to_numpy().astype(np.int64)
    if len(at):
        sums, count = np.add.reduceat(sums, at, axis=0), np.add.reduceat(count, at)
    size = step(ask.metric.name)
    return pa.table(
        {
            "participant": pa.array(participant[at]),
            "t": pa.array(t[at]).cast(pa.timestamp("ms", "UTC")),
            "offset": rows["offset"].take(pa.array(at)),
            "count": pa.array(count.astype(np.uint32)),
            "sums": lists_of(np.round(sums * size, 6), pa.float64()),
        }
    )


def _starts(rows: pa.Table, level: Level) -> Ints:
    """Where the bucket of each row begins."""
    t: Ints = rows["t"].cast(pa.int64()).to_numpy()
    if level == "1m":
        return t // MINUTE_MS * MINUTE_MS
    if level in DAYS:
        return rollups.bucket_days((t // DAY_MS).astype(np.int32), level) * DAY_MS
    return t


def _after(ask: Ask) -> tuple[int, int] | None:
    """The place of the last row below the bucket that was seen last."""
    if ask.after is None:
        return None
    participant, t = ask.after
    match ask.level:
        case "1m":
            t += MINUTE_MS - 1
        case "1w":
            t += 7 * DAY_MS - 1
        case "1mo":
            month = np.datetime64(t, "ms").astype("datetime64[M]") + 1
            t = int(month.astype("datetime64[ms]").astype(np.int64)) - 1
    return participant, t


def _begins(participant: NDArray[np.uint32], t: Ints) -> NDArray[np.bool_]:
    new = np.ones(len(t), bool)
    new[1:] = (participant[1:] != participant[:-1]) | (t[1:] != t[:-1])
    return new
