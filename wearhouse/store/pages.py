"""Pages of a series: whole buckets only, parts of one bucket merged, order kept."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.levels import ROLLUPS, Level
from wearhouse.samples import NAMES, constant
from wearhouse.store import rollups
from wearhouse.store.protocol import Ask, Page
from wearhouse.window import DAY_MS, HOUR_MS

PARTS = ("day", "first_at")
"""Columns that tell the parts of a bucket apart, and which of them came first."""
STATISTICS = ["minutes", "count", "sum", "sumsq", "min", "max", "first", "last"]
FURTHEST_OFFSET_MS = 15 * HOUR_MS


def complete(rows: pa.Table, cut: bool, limit: int) -> Page | None:
    """The first `limit` buckets of rows ordered by participant and t.

    With `cut` more rows exist than were read, so the last bucket may be in parts and is left
    for the next page. None if not one bucket is whole.
    """
    participant, t = rows["participant"].to_numpy(), _millis(rows)
    starts = _bucket_starts(participant, t)
    if cut:
        if len(starts) < 2:
            return None
        rows, starts = rows.slice(0, int(starts[-1])), starts[:-1]
    more = cut or len(starts) > limit
    if len(starts) > limit:
        rows, starts = rows.slice(0, int(starts[limit])), starts[:limit]
    if "day" in rows.column_names:
        rows = merged(rows, starts) if len(starts) < rows.num_rows else rows
        rows = rows.drop_columns([name for name in PARTS if name in rows.column_names])
    return Page(rows, more)


def merged(rows: pa.Table, starts: NDArray[np.int64]) -> pa.Table:
    """Rows of one bucket made one; each bucket begins at a row of `starts`."""
    if "first_at" in rows.column_names:  # a traveller's later civil day may come first
        order = [(name, "ascending") for name in ("participant", "t", "first_at")]
        rows = rows.sort_by(order)
    rows = rows.combine_chunks()
    ends = np.append(starts[1:], rows.num_rows) - 1
    column = {name: rows[name].to_numpy() for name in STATISTICS}
    result = rows.take(pa.array(starts))
    for name, values in {
        "minutes": np.add.reduceat(column["minutes"].astype(np.int64), starts).astype(np.uint32),
        "count": np.add.reduceat(column["count"].astype(np.int64), starts).astype(np.uint32),
        "sum": np.add.reduceat(column["sum"], starts),
        "sumsq": np.add.reduceat(column["sumsq"], starts),
        "min": np.minimum.reduceat(column["min"], starts),
        "max": np.maximum.reduceat(column["max"], starts),
        "last": column["last"][ends],
    }.items():
        result = result.set_column(result.column_names.index(name), name, pa.array(values))
    return result


def folded(ask: Ask, raw_page: Callable[[Ask], Page]) -> Page:
    """A page at a level that is not kept, folded from samples."""
    step = 60_000 if ask.level == "1m" else HOUR_MS
    low, high = ask.low // step * step, -(-ask.high // step) * step
    after = (ask.after[0], ask.after[1] + step - 1) if ask.after else None
    limit = ask.limit + 1
    while True:
        raw = raw_page(replace(ask, level="raw", low=low, high=high, after=after, limit=limit))
        page = complete(folded_rows(raw.rows, ask), raw.more, ask.limit)
        if page is not None:
            return page
        limit *= 4


def folded_rows(samples: pa.Table, ask: Ask) -> pa.Table:
    """Samples of one metric folded at a level of 1m, 1h or 1d: the columns of a kept rollup."""
    named = samples.append_column(
        pa.field("metric", NAMES), constant(ask.metric.name, samples.num_rows)
    )
    level: Level = ask.level if ask.level in ROLLUPS[:3] else "1d"
    rows = rollups.fold_at(named, level).select(
        ["participant", "t", "day", "offset", *STATISTICS, "first_at"]
    )
    return utc_labelled(rows).sort_by([(name, "ascending") for name in ("participant", "t", "day")])


def utc_labelled(rows: pa.Table) -> pa.Table:
    """The same rows with their instants typed as UTC, as stores hand them over."""
    for name in ("t", "first_at"):
        stamps = rows[name].cast(pa.timestamp("ms", "UTC"))
        rows = rows.set_column(rows.column_names.index(name), name, stamps)
    return rows


def patched(
    ask: Ask,
    behind: dict[int, NDArray[np.int32]],
    kept_rows: Callable[[Ask], pa.Table],
    raw_rows: Callable[[Ask], pa.Table],
) -> Page:
    """A page at a kept level while some days' rollups are behind their samples: those days are
    folded from samples. `behind` lists each participant's days since 1970-01-01."""
    level: Level = ask.level if ask.level in ROLLUPS[:3] else "1d"
    widest = replace(
        ask, level=level, limit=2**40, after=None,
        low=ask.low - 31 * DAY_MS, high=ask.high + 31 * DAY_MS,
    )  # fmt: skip
    rows = [_outside(kept_rows(widest), behind)]
    for participant, days in behind.items():
        around = replace(
            widest, level="raw", participants=[participant],
            low=int(days.min()) * DAY_MS - FURTHEST_OFFSET_MS,
            high=(int(days.max()) + 1) * DAY_MS + FURTHEST_OFFSET_MS,
        )  # fmt: skip
        of_days = folded_rows(raw_rows(around), widest)
        rows.append(of_days.filter(pa.array(np.isin(_days(of_days), days))))
    order = [(name, "ascending") for name in ("participant", "t", "day")]
    together = pa.concat_tables(rows, promote_options="permissive").sort_by(order)
    if level != ask.level:
        together = _by_bucket(together, ask.level)
    page = complete(_within(together, ask), False, ask.limit)
    return page if page is not None else Page(together.slice(0, 0), False)


def _outside(rows: pa.Table, behind: dict[int, NDArray[np.int32]]) -> pa.Table:
    hidden = np.zeros(rows.num_rows, bool)
    participant, day = rows["participant"].to_numpy(), _days(rows)
    for person, days in behind.items():
        hidden |= (participant == person) & np.isin(day, days)
    return rows.filter(pa.array(~hidden))


def _by_bucket(rows: pa.Table, level: Level) -> pa.Table:
    first = rollups.bucket_days(_days(rows), level)
    starts = _bucket_starts(rows["participant"].to_numpy(), first)
    buckets = merged(rows, starts) if rows.num_rows else rows
    t = pa.array(first[starts] * DAY_MS).cast(pa.timestamp("ms", "UTC"))
    return buckets.set_column(buckets.column_names.index("t"), "t", t)


def _within(rows: pa.Table, ask: Ask) -> pa.Table:
    participant, t = rows["participant"].to_numpy(), _millis(rows)
    keep = (t >= ask.low) & (t < ask.high)
    if ask.after:
        keep &= (participant > ask.after[0]) | ((participant == ask.after[0]) & (t > ask.after[1]))
    return rows.filter(pa.array(keep))


def _bucket_starts(participant: NDArray[np.uint32], t: NDArray[np.int64]) -> NDArray[np.int64]:
    new = np.ones(len(t), bool)
    new[1:] = (participant[1:] != participant[:-1]) | (t[1:] != t[:-1])
    return np.flatnonzero(new)


def _millis(rows: pa.Table) -> NDArray[np.int64]:
    return np.asarray(rows["t"].cast(pa.int64()).to_numpy())


def _days(rows: pa.Table) -> NDArray[np.int32]:
    return np.asarray(rows["day"].cast(pa.date32()).cast(pa.int32()).to_numpy())
