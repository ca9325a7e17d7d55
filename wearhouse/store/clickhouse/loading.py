"""Loading into ClickHouse: samples and rollups by insert, marked as stale in between."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.levels import Level
from wearhouse.samples import NAMES
from wearhouse.store import imputed, loading, merging, nights, rollups, slices
from wearhouse.store.archive import Moved, Table
from wearhouse.store.clickhouse.away import Away
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.imputed import ClickHouseLayer
from wearhouse.store.clickhouse.marks import Marks
from wearhouse.store.clickhouse.nights import as_episodes
from wearhouse.store.clickhouse.versions import Versions, latest
from wearhouse.store.portions import portions
from wearhouse.store.protocol import Slices, Written

ROLLUPS_AT_ONCE = 200_000


class ClickHouseShelf:
    """What stands in ClickHouse, the newest version of each row, and what it has archived."""

    def __init__(self, connection: Connection, away: Away) -> None:
        self.connection = connection
        self.away = away

    def days(
        self, metrics: Sequence[str], participants: Sequence[int], first: int, end: int
    ) -> pa.Table:
        rows = self.connection.ask(
            "days_kept", metrics=metrics, participants=participants, first_day=first, end_day=end
        )
        return latest(rows, ("metric", "participant", "day"))

    def here(
        self, table: Table, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        rows = self.connection.ask(
            f"{table}_whole", metric=metric, participants=participants, low=low, high=high
        )
        beside = ("source",) if table == "shadowed" else ()
        return slices.located(latest(rows, ("participant", "t", *beside)), metric)

    def whole(
        self, table: Table, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        return merging.steadily(
            partial(merging.between, self, metric, participants, low, high),
            lambda moved: merging.whole(
                self.here(table, metric, participants, low, high), moved, table, low, high
            ),
        )

    def moved(
        self, metrics: Sequence[str], participants: Sequence[int], first: int, end: int
    ) -> list[Moved]:
        return self.away.moved(metrics, participants, first, end)

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
    layer: ClickHouseLayer,
) -> Written:
    """Merge or replace samples on their metric-days; see Store.write."""
    shelf = ClickHouseShelf(connection, marks.away)
    written = Written()
    for portion, stated_there in portions(samples, stated):
        prepared = loading.prepare(shelf, portion, stated_there)
        if prepared is not None:
            written += _put(connection, versions, marks, shelf, prepared, layer)
    return written


def _put(
    connection: Connection,
    versions: Versions,
    marks: Marks,
    shelf: ClickHouseShelf,
    prepared: loading.Load,
    layer: ClickHouseLayer,
) -> Written:
    version, mark = versions.next(), versions.next()
    touched = np.union1d(prepared.days, loading.days_of(prepared.shadowed))
    if touched.size:
        marks.put(touched, mark)
        put(connection, "shadowed", prepared.shadowed, version)
        if prepared.days.size:
            _withdraw_under(connection, layer, prepared.served, version)
            with ThreadPoolExecutor(1) as beside:
                putting = beside.submit(
                    copy_context().run, put, connection, "samples", prepared.samples, version
                )
                behind = loading.roll_up(shelf, prepared)
                putting.result()
            marks.away.put(prepared.recalled, version)
            put(connection, "rollups", behind, version)
        marks.lift(touched)
    return prepared.done


def _withdraw_under(
    connection: Connection, layer: ClickHouseLayer, served: pa.Table, version: int
) -> None:
    """Withdraw what was imputed where these samples are about to stand. It goes before they come,
    and whoever reads asks for them first: so nobody sees both."""
    taken = imputed.overtaken(layer, served) if served.num_rows else None
    if taken is not None:
        layer.told(taken.runs)
        put(connection, "imputed", taken.change, version)


def put_imputed(
    connection: Connection, versions: Versions, marks: Marks, change: slices.Change
) -> None:
    """Change the imputed layer. Other processes learn from a mark how new its rows are."""
    version, mark = versions.next(), versions.next()
    days = loading.row_keys(pa.concat_tables([change.write, change.withdraw]).unify_dictionaries())
    if days.size and not marks.sole_writer:
        marks.put(days[:1], mark)
    put(connection, "imputed", change, version)
    if days.size and not marks.sole_writer:
        marks.lift(days[:1])


def mend(
    connection: Connection,
    versions: Versions,
    marks: Marks,
    days: loading.Days,
    level: Level | None = None,
) -> int:
    """Fold the rollups of these metric-days again (of one level, or of all); rows written.
    They are marked as stale until they follow."""
    version, mark = versions.next(), versions.next()
    marks.put(days, mark)
    change = loading.fold_again(ClickHouseShelf(connection, marks.away), days, level)
    put(connection, "rollups", change, version)
    marks.lift(days)
    return int(change.write.num_rows)


def settle_episodes(
    connection: Connection,
    versions: Versions,
    marks: Marks,
    episodes: pa.Table,
    stated: Slices | None,
    held: Callable[[Sequence[str], Sequence[int], date, date], pa.Table],
) -> Written:
    """Take episodes, their logs replaced as a whole; `held` tells what stands on some days."""
    metrics = nights.families(episodes if stated is None else stated.table)
    participants = pc.unique(episodes["participant"]).to_pylist()
    logs = pc.unique(episodes["log"]).to_pylist()
    asked = {"metrics": metrics, "participants": participants, "logs": logs}
    found = [as_episodes(connection.ask("episodes_of_logs", **asked))]
    if stated is not None and stated.table.num_rows:
        days = stated.table["day"].to_pylist()
        people = pc.unique(stated.table["participant"]).to_pylist()
        found.append(held(metrics, people, min(days), max(days)))
    kept = pa.concat_tables(found).unify_dictionaries()
    change = nights.settle_logs(episodes, kept, stated)
    version, mark = versions.next(), versions.next()
    touched = np.union1d(loading.row_keys(change.write), loading.row_keys(change.withdraw))
    if touched.size:
        marks.put(touched, mark)
        put(connection, "episodes", change, version)
        marks.lift(touched)
    return Written(change.write.num_rows, change.withdraw.num_rows)


def put(connection: Connection, table: str, change: slices.Change, version: int) -> None:
    """Add rows and withdrawals: samples in one insert, so that a slice appears whole; rollups
    and the imputed layer in as many as memory asks for, of which each holds all of its
    metric-days."""
    both = pa.concat_tables([change.write, change.withdraw]).unify_dictionaries().combine_chunks()
    gone = np.zeros(both.num_rows, np.uint8)
    gone[change.write.num_rows :] = 1
    both = both.append_column("version", pa.array(np.full(both.num_rows, version, np.uint64)))
    both = both.append_column("gone", pa.array(gone))
    for piece in _pieces(both) if table in ("rollups", "imputed") else [both]:
        connection.insert(table, piece)


def _pieces(rows: pa.Table) -> Iterator[pa.Table]:
    if rows.num_rows <= ROLLUPS_AT_ONCE:
        yield rows
        return
    days = loading.row_keys(rows)
    order = np.argsort(days, kind="stable")
    begins = np.flatnonzero(np.append(True, np.diff(days[order]) != 0))
    starts = begins[np.flatnonzero(np.diff(begins // ROLLUPS_AT_ONCE, prepend=-1))]
    for start, end in zip(starts, np.append(starts[1:], rows.num_rows), strict=True):
        yield rows.take(pa.array(order[start:end]))


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
