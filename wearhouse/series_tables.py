"""Series as tables: the rows that people and files see."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.instants import civil_text, utc_text
from wearhouse.levels import CIVIL
from wearhouse.samples import constant
from wearhouse.series import Part, Query, parts
from wearhouse.store import Store
from wearhouse.study import Participant
from wearhouse.window import MINUTE_MS, offset_minutes, zone_named

STATISTICS = ("count", "sum", "min", "max", "mean", "first", "last")
MARKED = ("is_imputed", "low", "high")
"""Beside raw values where imputed ones were asked for: which are, and their interval."""

LAYERED = ("imputed_count", "imputed_sum", "estimate", "low", "high")
"""Beside the statistics of buckets, likewise; alone where only imputed values were asked for."""


def mean(rows: pa.Table) -> NDArray[np.float64]:
    """The mean of each bucket, from its sum and count; NaN where nothing was measured."""
    total, count = (rows[name].cast(pa.float64()).to_numpy() for name in ("sum", "count"))
    found: NDArray[np.float64] = np.divide(
        total, count, out=np.full(len(total), np.nan), where=count > 0
    )
    return found


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
    part: Part,
    people: dict[int, Participant],
    statistics: bool,
    text_time: bool,
    only: bool = False,
) -> pa.Table:
    """A part as rows for a file: participant, metric, t, then value or the statistics.

    With `text_time` t is text; otherwise a UTC timestamp, with `utc_offset` (minutes) beside it.
    `only` says that nothing measured was asked for.
    """
    rows = part.rows
    codes = sorted(people)
    place = np.searchsorted(np.array(codes), rows["participant"].to_numpy()).astype(np.int32)
    columns: dict[str, pa.Array] = {
        "participant": pa.DictionaryArray.from_arrays(
            pa.array(place), pa.array([people[i].code for i in codes], pa.string())
        ),
        "metric": constant(part.metric.name, rows.num_rows),
    }
    figures = _figures(part, statistics)
    if only and statistics:
        figures = {name: figures[name] for name in LAYERED}
    if text_time:
        return pa.table(columns | {"t": texts(part, people)} | figures)
    t, offset = rows["t"].cast(pa.int64()).to_numpy(), rows["offset"].to_numpy()
    if part.level in CIVIL:
        offset = starting_offsets(part, people)
        t = t - offset.astype(np.int64) * MINUTE_MS
    instants = pa.array(t).cast(pa.timestamp("ms", "UTC"))
    return pa.table(columns | {"t": instants} | figures | {"utc_offset": pa.array(offset)})


def _figures(part: Part, statistics: bool) -> dict[str, pa.Array]:
    rows = part.rows.combine_chunks()
    if part.level != "raw":
        layer = {name: rows[name] for name in LAYERED if name in rows.column_names}
        if "count" not in rows.column_names:
            return layer
        known = {name: rows[name] for name in STATISTICS if name != "mean"}
        known["mean"] = pa.array(mean(rows), from_pandas=True)
        return {name: known[name] for name in STATISTICS} | layer
    if not statistics:
        return {name: rows[name] for name in ("value", *MARKED) if name in rows.column_names}
    return _as_buckets(rows)


def _as_buckets(rows: pa.Table) -> dict[str, pa.Array]:
    """Raw values as buckets of one."""
    ones = pa.array(np.ones(rows.num_rows, np.uint32))
    value = rows["value"]
    if "is_imputed" not in rows.column_names:
        return {name: ones if name == "count" else value for name in STATISTICS}
    # A minute that was filled is no sample: nothing of it counts as measured.
    filled = rows["is_imputed"].combine_chunks()
    measured = pc.if_else(filled, pa.scalar(None, pa.float64()), value)
    own = {
        name: pc.if_else(filled, pa.scalar(0, pa.uint32()), ones) if name == "count" else measured
        for name in STATISTICS
    }
    edge = {name: pc.coalesce(rows[name], value) for name in ("low", "high")}
    return own | {
        "imputed_count": pc.if_else(filled, ones, pa.scalar(0, pa.uint32())),
        "imputed_sum": pc.if_else(filled, value, pa.scalar(0.0)),
        "estimate": value,
        **edge,
    }


def needs_statistics(query: Query) -> bool:
    """Whether any series of the answer is of buckets; raw samples then stand as buckets of one."""
    return any(query.level(metric) != "raw" for metric in query.metrics)


def tables(store: Store, query: Query, text_time: bool) -> Iterator[pa.Table]:
    """The answer as tables of one schema, in pieces of bounded size; at least one."""
    people = {participant.id: participant for participant in query.participants}
    statistics = needs_statistics(query)
    for part in parts(store, query, None, None):
        yield as_table(part, people, statistics, text_time, query.imputed == "only")
