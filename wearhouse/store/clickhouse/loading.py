"""Loading into ClickHouse: samples and rollups by insert, marked as stale in between."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.levels import Level
from wearhouse.samples import NAMES
from wearhouse.store import loading, rollups, slices
from wearhouse.store.base import Slices, Written
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.marks import Marks
from wearhouse.store.clickhouse.versions import Versions, latest

ROLLUPS_AT_ONCE = 200_000


class ClickHouseShelf:
    """What stands in ClickHouse, the newest version of each row."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def days(
        self, metrics: Sequence[str], participants: Sequence[int], first: int, end: int
    ) -> pa.Table:
        rows = self.connection.ask(
            "days_kept", metrics=metrics, participants=participants, first_day=first, end_day=end
        )
        return latest(rows, ("metric", "participant", "day"))

    def whole(
        self,
        table: Literal["samples", "shadowed"],
        metric: str,
        participants: Sequence[int],
        low: int,
        high: int,
    ) -> pa.Table:
        rows = self.connection.ask(
            f"{table}_whole", metric=metric, participants=participants, low=low, high=high
        )
        beside = ("source",) if table == "shadowed" else ()
        return slices.located(latest(rows, ("participant", "t", *beside)), metric)

    def rollups(
        self,
        level: Level,
        metrics: Sequence[str],
        participants: Sequence[int],
        first: int,
        end: int,
    ) -> pa.Table:
        rows = self.connection.ask(
            "rollups_whole", level=level, metrics=metrics, participants=participants,
            first_day=first, end_day=end,
        )  # fmt: skip
        return as_rollups(latest(rows, ("metric", "participant", "t", "day")))


def load(
    connection: Connection,
    versions: Versions,
    marks: Marks,
    samples: pa.Table,
    stated: Slices | None,
) -> Written:
    """Merge or replace samples on their metric-days; see Store.write."""
    shelf = ClickHouseShelf(connection)
    written = Written()
    for portion, stated_there in loading.portions(samples, stated):
        prepared = loading.prepare(shelf, portion, stated_there)
        if prepared is not None:
            written += _put(connection, versions, marks, shelf, prepared)
    return written


def _put(
    connection: Connection,
    versions: Versions,
    marks: Marks,
    shelf: ClickHouseShelf,
    prepared: loading.Load,
) -> Written:
    put(connection, "shadowed", prepared.shadowed, versions.next())
    if prepared.days.size:
        marks.put(prepared.days, versions.next())
        with ThreadPoolExecutor(1) as beside:
            putting = beside.submit(put, connection, "samples", prepared.samples, versions.next())
            behind = loading.roll_up(shelf, prepared)
            putting.result()
        put(connection, "rollups", behind, versions.next())
        marks.lift(prepared.days)
    return Written(
        prepared.samples.write.num_rows,
        prepared.samples.withdraw.num_rows,
        prepared.shadowed.write.num_rows,
    )


def put(connection: Connection, table: str, change: slices.Change, version: int) -> None:
    """Add rows and withdrawals: samples in one insert, so that a slice appears whole; rollups,
    which are marked as stale meanwhile, in as many as memory asks for."""
    both = pa.concat_tables([change.write, change.withdraw]).unify_dictionaries().combine_chunks()
    gone = np.zeros(both.num_rows, np.uint8)
    gone[change.write.num_rows :] = 1
    both = both.append_column("version", pa.array(np.full(both.num_rows, version, np.uint64)))
    both = both.append_column("gone", pa.array(gone))
    step = ROLLUPS_AT_ONCE if table == "rollups" else max(both.num_rows, 1)
    for start in range(0, both.num_rows, step):
        connection.insert(table, both.slice(start, step))


def as_rollups(rows: pa.Table) -> pa.Table:
    """Rows as ClickHouse returns them, in the schema ROLLUP_ROWS."""
    arrays = []
    for f in rollups.ROLLUP_ROWS:
        column = rows[f.name].combine_chunks()
        if f.type == NAMES:
            column = column.cast(pa.string()).dictionary_encode()
        elif pa.types.is_timestamp(f.type):
            column = column.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
        elif pa.types.is_date(f.type) and pa.types.is_integer(column.type):
            column = pc.cast(column, pa.int32())
        arrays.append(column.cast(f.type))
    return pa.Table.from_arrays(arrays, schema=rollups.ROLLUP_ROWS)
