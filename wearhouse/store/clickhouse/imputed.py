"""The imputed layer in ClickHouse."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.samples import NAMES
from wearhouse.store import imputed
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.versions import latest
from wearhouse.store.protocol import Ask
from wearhouse.store.slices import Change
from wearhouse.window import DAY_MS, EARLIEST, LATEST, millis

PLACE = ("participant", "t", "day")
BEFORE_ALL = (0, 0)
EVERYTHING = 2**40
FURTHEST_MS = imputed.FURTHEST_MS

Told = Callable[[Sequence[int]], None]
"""Hears of runs whose values measured samples are about to take."""


class ClickHouseLayer:
    """What stands in the layer, the newest version of each row."""

    def __init__(self, connection: Connection, told: Told | None = None) -> None:
        self.connection = connection
        self.told = told or (lambda _runs: None)

    def fetch(self, ask: Ask, level: str) -> tuple[pa.Table, bool]:
        """Rows at a level of the layer in the order of place, and whether more follow."""
        after = ask.after or BEFORE_ALL
        rows = self.connection.ask(
            "imputed", level=level, metric=ask.metric.name, participants=list(ask.participants),
            low=ask.low, high=ask.high, after_participant=after[0], after_t=after[1],
            limit=ask.limit,
        )  # fmt: skip
        cut = rows.num_rows == ask.limit
        if cut:  # the versions of the last place may be cut apart
            last = rows.slice(rows.num_rows - 1)
            same = pc.and_(
                pc.equal(rows["participant"], last["participant"][0]),
                pc.equal(rows["t"], last["t"][0]),
            )
            rows = rows.filter(pc.invert(same)) if not pc.all(same).as_py() else rows.slice(0, 0)
        return _typed(latest(rows, PLACE)), cut

    def places(self, metric: str, participants: Sequence[int], low: int, high: int) -> pa.Table:
        rows = self.connection.ask(
            "imputed_places", metric=metric, participants=list(participants), low=low, high=high
        )
        rows = latest(rows, PLACE)
        return rows.set_column(rows.column_names.index("day"), "day", _date(rows["day"]))

    def days(self, metric: str, participants: Sequence[int], first: int, end: int) -> pa.Table:
        low, high = first * DAY_MS - FURTHEST_MS, end * DAY_MS + FURTHEST_MS
        rows = self.whole(metric, participants, low, high)
        day = rows["day"].cast(pa.int32())
        return rows.filter(pc.and_(pc.greater_equal(day, first), pc.less(day, end)))

    def whole(
        self,
        metric: str,
        participants: Sequence[int],
        low: int,
        high: int,
        level: str = "raw",
    ) -> pa.Table:
        """Filled minutes (schema IMPUTED) from `low` up to `high` (UTC ms)."""
        rows = self.connection.ask(
            "imputed", level=level, metric=metric, participants=list(participants),
            low=low, high=high, after_participant=0, after_t=0, limit=EVERYTHING,
        )  # fmt: skip
        return _typed(latest(rows, PLACE))

    def aside(self, metric: str, participant: int, run: int) -> pa.Table:
        """What was set aside of a run, as it was served."""
        span = millis(EARLIEST), millis(LATEST)
        return imputed.brought_back(
            self.whole(metric, [participant], *span, level=imputed.aside(run))
        )

    def without_aside(self, metric: str, participant: int, run: int, low: int, high: int) -> Change:
        """What makes that nothing is set aside of a run within a span (UTC ms)."""
        there = self.whole(metric, [participant], low, high, imputed.aside(run))
        return Change(imputed.IMPUTED.empty_table(), imputed.bare(there))

    def extent(self, participants: Sequence[int]) -> pa.Table:
        """What there is of each run, participant and metric (schema EXTENT)."""
        rows = self.connection.ask("imputed_extent", participants=list(participants))
        arrays = [rows[f.name].cast(f.type) for f in imputed.EXTENT]
        return pa.Table.from_arrays(arrays, schema=imputed.EXTENT)


def _typed(rows: pa.Table) -> pa.Table:
    arrays = []
    for f in imputed.IMPUTED:
        column = rows[f.name].combine_chunks()
        if f.type == NAMES:
            column = column.cast(pa.string()).dictionary_encode()
        elif f.name == "day":
            column = _date(column)
        arrays.append(column.cast(f.type))
    return pa.Table.from_arrays(arrays, schema=imputed.IMPUTED)


def _date(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_integer(column.type):
        column = pc.cast(column, pa.int32())
    return column.cast(pa.date32())
