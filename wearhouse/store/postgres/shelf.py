"""What stands in PostgreSQL, as one session sees it."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from psycopg.sql import Identifier

from wearhouse.levels import Level
from wearhouse.samples import constant
from wearhouse.store import loading, merging, rollups, slices
from wearhouse.store.archive import Moved, Table, month_of
from wearhouse.store.postgres import wire
from wearhouse.store.postgres.codes import Codes
from wearhouse.store.postgres.connection import Session
from wearhouse.window import DAY_MS

WHOLE = ("participant", "t", "offset", "value", "source", "as_of")
FIGURES = tuple(name for name in rollups.ROLLUP_ROWS.names if name in wire.KINDS)


class PostgresShelf:
    """Lends what stands to the preparation of a load."""

    def __init__(self, session: Session, codes: Codes) -> None:
        self.session = session
        self.codes = codes

    def days(
        self, metrics: Sequence[str], participants: Sequence[int], first: int, end: int
    ) -> pa.Table:
        found, _ = self.session.packed(
            "days_kept",
            ("metric", "participant", "day", "offset"),
            metrics=self._codes(metrics),
            participants=list(participants),
            first_day=date_of(first),
            end_day=date_of(end),
        )
        return found.set_column(0, "metric", self.codes.metric_names(found["metric"]))

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
        rows = self.session.rows(
            "moved",
            metrics=self._codes(metrics),
            participants=list(participants),
            first_month=month_of(max(first, 0)),
            end_month=month_of(min(max(end, 1), 60_000) - 1) + 1,
        )
        return [Moved(*row) for row in rows]

    def here(
        self, table: Table, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        rows, _ = self.session.packed(
            "samples_whole",
            WHOLE,
            table=Identifier(table),
            metric=self.codes.metrics[metric],
            participants=list(participants),
            low=instant(low),
            high=instant(high),
        )
        source = self.codes.source_names(rows["source"])
        rows = rows.set_column(rows.column_names.index("source"), "source", source)
        return slices.located(rows, metric)

    def rollups(
        self,
        level: Level,
        metrics: Sequence[str],
        participants: Sequence[int],
        first: int,
        end: int,
    ) -> pa.Table:
        rows, pairs = self.session.packed(
            "rollups_whole",
            (*FIGURES, "entries"),
            table=Identifier(f"rollups_{level}"),
            metrics=self._codes(metrics),
            participants=list(participants),
            first_day=date_of(first),
            end_day=date_of(end),
            low=instant(first * DAY_MS - loading.FURTHEST_OFFSET_MS),
            high=instant(end * DAY_MS + loading.FURTHEST_OFFSET_MS),
        )
        bins, counts = wire.sketches(rows["entries"], pairs)
        column = {name: rows[name] for name in FIGURES} | {
            "level": constant(level, rows.num_rows),
            "metric": self.codes.metric_names(rows["metric"]),
            "bins": bins,
            "counts": counts,
        }
        kinds = rollups.ROLLUP_ROWS
        return pa.table([_as(column[f.name], f.type) for f in kinds], schema=kinds)

    def _codes(self, metrics: Sequence[str]) -> list[int]:
        return [self.codes.metrics[name] for name in metrics]


def instant(ms: int) -> str:
    """Milliseconds since the epoch as PostgreSQL reads them."""
    return f"{np.datetime64(ms, 'ms')}+00"


def date_of(day: int) -> str:
    """Days since the epoch as PostgreSQL reads them."""
    return str(np.datetime64(day, "D"))


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    return column.cast(kind)
