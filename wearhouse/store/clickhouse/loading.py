"""The write side: slices in, samples and rollups changed together."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.levels import Level
from wearhouse.samples import NAMES, SAMPLES
from wearhouse.store import rollups, slices
from wearhouse.store.base import Slices, Written
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.marks import Marks
from wearhouse.store.clickhouse.versions import latest
from wearhouse.window import DAY_MS, HOUR_MS

PLACE = ("metric", "participant", "t", "day")
FURTHEST_OFFSET_MS = 15 * HOUR_MS


@dataclass(frozen=True)
class Touched:
    """The metric-days a load may change, and those of them that hold samples already."""

    metrics: list[str]
    participants: list[int]
    first_day: int
    end_day: int
    keys: NDArray[np.int64]
    held: NDArray[np.int64]


class Versions:
    """Numbers that only grow: microseconds of the clock, or one more than the last."""

    def __init__(self, newest: int) -> None:
        self.newest = newest

    def next(self) -> int:
        self.newest = max(time.time_ns() // 1000, self.newest + 1)
        return self.newest


def touched(connection: Connection, samples: pa.Table, stated: Slices | None) -> Touched | None:
    """What the samples and stated slices touch; None if that is nothing."""
    metric, participant = slices.metric_codes(samples), samples["participant"].to_numpy()
    day, offset = slices.days_of(samples), samples["offset"].to_numpy()
    if stated is not None:
        metric = np.append(metric, slices.metric_codes(stated.table))
        participant = np.append(participant, stated.table["participant"].to_numpy())
        day = np.append(day, stated.table["day"].cast(pa.int32()).to_numpy())
    if not len(day):
        return None
    keys = slices.distinct(slices.keys(metric, participant, day))
    names, people = named(keys)
    first, end = int(day.min()) - 1, int(day.max()) + 2
    days = latest(
        connection.ask(
            "days_kept", metrics=names, participants=people, first_day=first, end_day=end
        ),
        ("metric", "participant", "day"),
    )
    there = slices.keys(
        slices.metric_codes(days),
        days["participant"].to_numpy(),
        days["day"].cast(pa.int32()).to_numpy(),
    )
    held = np.intersect1d(keys, there)
    # A sample whose offset was corrected moves to the next or the last civil day.
    beside = there[np.isin(there + 1, keys) | np.isin(there - 1, keys)]
    if beside.size and np.ptp(np.append(offset, days["offset"].to_numpy())):
        held = np.union1d(held, beside)
    return Touched(names, people, first, end, keys, held)


def named(days: NDArray[np.int64]) -> tuple[list[str], list[int]]:
    """The metrics and the participants of metric-days."""
    metric, participant, _ = slices.unpacked(days)
    names = [slices.METRIC_ORDER[int(code)].as_py() for code in np.unique(metric)]
    return names, [int(p) for p in np.unique(participant)]


def standing(connection: Connection, table: str, touch: Touched) -> pa.Table:
    """The samples that stand on the held metric-days (schema SAMPLES)."""
    found = [SAMPLES.empty_table()]
    for name in touch.metrics if touch.held.size else []:
        rows = connection.ask(
            f"{table}_whole",
            metric=name,
            participants=touch.participants,
            low=touch.first_day * DAY_MS - FURTHEST_OFFSET_MS,
            high=touch.end_day * DAY_MS + FURTHEST_OFFSET_MS,
        )
        place = ("participant", "t") if table == "samples" else ("participant", "t", "source")
        rows = slices.located(latest(rows, place), name)
        found.append(rows.filter(pa.array(np.isin(slices.day_keys(rows), touch.held))))
    return pa.concat_tables(found).unify_dictionaries().combine_chunks()


def load(
    connection: Connection,
    versions: Versions,
    marks: Marks,
    samples: pa.Table,
    stated: Slices | None,
) -> Written:
    """Merge or replace samples on their metric-days; see Store.write."""
    samples = slices.ordered(samples)
    touch = touched(connection, samples, stated)
    if touch is None:
        return Written()
    kept = standing(connection, "samples", touch)
    shadowed = standing(connection, "shadowed", touch)
    settled = slices.settle(samples, kept, shadowed, None if stated is None else touch.keys)
    changed = changed_days(settled, touch)
    put(connection, "shadowed", settled.shadowed, versions.next())
    if changed.size:
        marks.put(changed, versions.next())
        with ThreadPoolExecutor(1) as beside:
            put_samples = beside.submit(
                put, connection, "samples", settled.samples, versions.next()
            )
            served, before = (_on(changed, table) for table in (settled.served, kept))
            behind = roll_up(connection, changed, served, before)
            put_samples.result()
        put(connection, "rollups", behind, versions.next())
        marks.lift(changed, versions.next())
    return Written(
        settled.samples.write.num_rows,
        settled.samples.withdraw.num_rows,
        settled.shadowed.write.num_rows,
    )


def changed_days(settled: slices.Settled, touch: Touched) -> NDArray[np.int64]:
    """The metric-days whose samples are about to change."""
    written = slices.day_keys(settled.samples.write)
    withdrawn = slices.day_keys(settled.samples.withdraw)
    changed = np.union1d(slices.distinct(written), slices.distinct(withdrawn))
    left = np.setdiff1d(touch.held, touch.keys)  # the day that a moved sample leaves
    return np.union1d(changed, left) if changed.size else changed


def _on(keys: NDArray[np.int64], samples: pa.Table) -> pa.Table:
    on = slices.day_keys(samples)
    if not np.setdiff1d(slices.distinct(on), keys).size:
        return samples
    return samples.filter(pa.array(np.isin(on, keys)))


def roll_up(
    connection: Connection, changed: NDArray[np.int64], served: pa.Table, before: pa.Table
) -> slices.Change:
    """What brings every level into step with the samples served on the changed metric-days."""
    now, was = rollups.fold(served), rollups.fold(before)
    days = now.filter(pc.equal(now["level"].cast(pa.string()), "1d"))
    coarse, coarse_was = coarser(connection, changed, days)
    rows = pa.concat_tables([now, coarse])
    vanished = absent(pa.concat_tables([was, coarse_was]), rows)
    return slices.Change(rows, vanished)


def coarser(
    connection: Connection, changed: NDArray[np.int64], days: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """Weeks and months around the changed days: as they are now, and every one there may be."""
    metric, participant, day = slices.unpacked(changed)
    names, people = named(changed)
    kept = kept_days(connection, names, people, int(day.min()) - 31, int(day.max()) + 32)
    others = kept.filter(pa.array(~np.isin(row_keys(kept), changed)))
    together = pa.concat_tables([others, days]).unify_dictionaries().combine_chunks()
    around = pa.concat_tables([kept, days]).unify_dictionaries().combine_chunks()
    now: list[pa.Table] = []
    ever: list[pa.Table] = []
    for level in ("1w", "1mo"):
        wanted = np.unique(slices.keys(metric, participant, _first(day, level)))
        for table, found in ((together, now), (around, ever)):
            bucket = slices.keys(
                slices.metric_codes(table),
                table["participant"].to_numpy(),
                _first(table["day"].cast(pa.int32()).to_numpy(), level),
            )
            found.append(rollups.fold_days(table.filter(pa.array(np.isin(bucket, wanted))), level))
    return pa.concat_tables(now), pa.concat_tables(ever)


def kept_days(
    connection: Connection, metrics: list[str], participants: list[int], first: int, end: int
) -> pa.Table:
    """Rollup rows of level 1d (schema ROLLUP_ROWS) from civil day `first` up to `end`."""
    return kept_rows(connection, "1d", metrics, participants, first, end)


def kept_rows(
    connection: Connection,
    level: Level,
    metrics: list[str],
    participants: list[int],
    first: int,
    end: int,
) -> pa.Table:
    """Rollup rows of a level (schema ROLLUP_ROWS) whose day lies from `first` up to `end`."""
    rows = connection.ask(
        "rollups_whole", level=level, metrics=metrics, participants=participants,
        first_day=first, end_day=end,
    )  # fmt: skip
    return as_rollups(latest(rows, PLACE))


def as_rollups(rows: pa.Table) -> pa.Table:
    """Rows as ClickHouse returns them, in the schema ROLLUP_ROWS."""
    arrays = []
    for f in rollups.ROLLUP_ROWS:
        column = rows[f.name].combine_chunks()
        if f.type == NAMES:
            column = column.cast(pa.string()).dictionary_encode()
        elif pa.types.is_timestamp(f.type):
            column = column.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
        elif pa.types.is_date(f.type):
            column = pc.cast(column, pa.int32()) if pa.types.is_integer(column.type) else column
        arrays.append(column.cast(f.type))
    return pa.Table.from_arrays(arrays, schema=rollups.ROLLUP_ROWS)


def absent(was: pa.Table, now: pa.Table) -> pa.Table:
    """Rollup rows of buckets that no longer hold anything."""
    columns = ["level", "metric", "participant", "t", "day"]
    plain = [pa.table({c: _plain(t[c]) for c in columns}) for t in (was, now)]
    numbered = plain[0].append_column("row", pa.array(np.arange(was.num_rows)))
    rows = numbered.join(plain[1], keys=columns, join_type="left anti")["row"]
    return was.take(rows.combine_chunks().sort())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def put(connection: Connection, table: str, change: slices.Change, version: int) -> None:
    """Add rows and withdrawals in one insert."""
    both = pa.concat_tables([change.write, change.withdraw]).unify_dictionaries().combine_chunks()
    gone = np.zeros(both.num_rows, np.uint8)
    gone[change.write.num_rows :] = 1
    both = both.append_column("version", pa.array(np.full(both.num_rows, version, np.uint64)))
    connection.insert(table, both.append_column("gone", pa.array(gone)))


def row_keys(rows: pa.Table) -> NDArray[np.int64]:
    """The metric-day of each rollup row."""
    day = rows["day"].cast(pa.int32()).to_numpy()
    return slices.keys(slices.metric_codes(rows), rows["participant"].to_numpy(), day)


def _first(day: NDArray[np.int32], level: Level) -> NDArray[np.int32]:
    return rollups.bucket_days(day, level).astype(np.int32)
