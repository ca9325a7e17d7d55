"""The Store on PostgreSQL. Reading is here; writing is in `loading`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Literal

import pyarrow as pa
from psycopg.sql import Identifier

from wearhouse.levels import Level, is_kept
from wearhouse.store import archive, imputed_pages, merging
from wearhouse.store.archive import Moved, Table
from wearhouse.store.pages import complete, folded
from wearhouse.store.postgres import away, keeping, nights
from wearhouse.store.postgres.connection import Connections, Row, Session
from wearhouse.store.postgres.imputed import PostgresLayer
from wearhouse.store.postgres.loading import Told, Writer, lock
from wearhouse.store.postgres.shelf import PostgresShelf, instant
from wearhouse.store.protocol import About, Ask, Page, Slices, Written

EPOCH = date(1970, 1, 1)
ROOM = 64  # rows read beyond a page, so that one bucket's parts are seldom cut
SAMPLE = ("participant", "t", "offset", "value")
ROLLUP = (
    "participant", "t", "day", "offset", "minutes", "count", "sum", "sumsq", "min", "max",
    "first", "last", "first_at",
)  # fmt: skip

EXTENT = pa.schema(
    [
        ("participant", pa.uint32()),
        ("metric", pa.string()),
        ("days", pa.uint64()),
        ("samples", pa.uint64()),
        ("first_at", pa.timestamp("ms", "UTC")),
        ("last_at", pa.timestamp("ms", "UTC")),
        ("first_offset", pa.int16()),
        ("last_offset", pa.int16()),
    ]
)


class PostgresStore:
    """Samples in PostgreSQL."""

    def __init__(self, url: str, told: Told | None = None) -> None:
        self.url = url
        self.connections = Connections(url)
        self.writer = Writer(self.connections, told)
        self.codes = self.writer.codes
        self.kind = "plain"

    def migrate(self) -> None:
        self.kind = keeping.migrate(self.connections)
        self.writer.partitions.native = self.kind == "plain"
        self.codes.read()

    def write(self, samples: pa.Table, slices: Slices | None = None) -> Written:
        return self.writer.load(samples, slices)

    def write_episodes(self, episodes: pa.Table, slices: Slices | None = None) -> Written:
        return nights.load(self.connections, self.codes, episodes, slices)

    def page(self, ask: Ask) -> Page:
        with self.connections.session() as session:
            return self._answer(session, ask)

    def write_imputed(
        self, rows: pa.Table, metric: str, participant: int, low: int, high: int, keep: bool = False
    ) -> int:
        return self.writer.impute(rows, metric, participant, (low, high), keep, self._answer)

    def aside(self, metric: str, participant: int, run: int) -> pa.Table:
        with self.connections.session() as session:
            return PostgresLayer(session, self.codes).aside(metric, participant, run)

    def drop_aside(self, metric: str, participant: int, run: int, low: int, high: int) -> None:
        self.writer.drop_aside(metric, participant, run, low, high)

    def imputed(self, ask: Ask) -> Page:
        with self.connections.session() as session:
            return imputed_pages.page(ask, PostgresLayer(session, self.codes).fetch)

    def whole_imputed(
        self, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        with self.connections.session() as session:
            return PostgresLayer(session, self.codes).whole(metric, participants, low, high)

    def imputed_extent(self, participants: Sequence[int]) -> pa.Table:
        with self.connections.session() as session:
            return PostgresLayer(session, self.codes).extent(participants)

    def episodes(
        self, metrics: Sequence[str], participants: Sequence[int], first: date, last: date
    ) -> pa.Table:
        with self.connections.session() as session:
            return nights.between(session, metrics, participants, first, last)

    def extent(self, participants: Sequence[int]) -> pa.Table:
        with self.connections.session() as session:
            found = session.rows(
                "extent",
                participants=list(participants),
                metrics=list(self.codes.metrics.values()),
            )
        return _extent(found)

    def refresh(self, level: Level, first: date | None, last: date | None) -> int:
        start = (first - EPOCH).days if first else 0
        end = (last - EPOCH).days + 1 if last else 60_000
        return keeping.refresh(self.connections, self.writer, level, start, end)

    def stats(self) -> pa.Table:
        return keeping.stats(self.connections, self.codes, self.kind)

    def forget(self, participant: int) -> int:
        archived = archive.forget(self.moved(), participant)
        return keeping.forget(self.connections, self.codes, self.kind, participant) + archived

    def participants(self) -> list[int]:
        with self.connections.session() as session:
            return [person for (person,) in session.rows("participants_kept")]

    def whole(
        self,
        table: Literal["samples", "shadowed"],
        metric: str,
        participants: Sequence[int],
        low: int,
        high: int,
    ) -> pa.Table:
        with self.connections.session() as session:
            shelf = PostgresShelf(session, self.codes)
            return shelf.whole(table, metric, participants, low, high)

    def unmoved(self, participants: Sequence[int], before: date) -> pa.Table:
        with self.connections.session() as session:
            shelf = PostgresShelf(session, self.codes)
            return merging.unmoved(shelf, participants, (before - EPOCH).days)

    def moved(self) -> list[Moved]:
        with self.connections.session() as session:
            return away.everything(session)

    def let_go(self, moved: Moved, copied: Mapping[Table, pa.Table]) -> bool:
        with self.connections.transaction() as session:
            lock(session, [moved.participant])
            return away.let_go(session, self.codes, moved, copied)

    def relocate(self, moved: Moved, root: str) -> bool:
        with self.connections.transaction() as session:
            lock(session, [moved.participant])
            return away.relocate(session, self.codes, moved, root)

    def sweep(self) -> None:
        away.sweep(self.connections)

    def about(self) -> About:
        with self.connections.session() as session:
            [(server, extension, kind, schema)] = session.rows("about")
        software = f"PostgreSQL {server}" + (f", TimescaleDB {extension}" if extension else "")
        return About(software, kind, schema)

    def version(self) -> str | None:
        with self.connections.session() as session:
            [(text,)] = session.rows("state_of_transactions")
        return str(text)

    def now(self) -> datetime:
        with self.connections.session() as session:
            at: datetime = session.rows("now")[0][0]
        return at

    def ready(self) -> None:
        with self.connections.session() as session:
            session.rows("ready")

    def close(self) -> None:
        self.connections.close()

    def _answer(self, session: Session, ask: Ask) -> Page:
        if ask.level == "raw":
            kept_page = partial(self._page, session, statement="samples", columns=SAMPLE)
            return merging.samples(ask, PostgresShelf(session, self.codes), kept_page)
        if not is_kept(ask.level, ask.metric):
            return folded(ask, partial(self._answer, session))
        table = Identifier(f"rollups_{ask.level}")
        return self._page(session, ask, "rollups", ROLLUP, table=table)

    def _page(
        self, session: Session, ask: Ask, statement: str, columns: Sequence[str], **table: object
    ) -> Page:
        after, low = (ask.after[0], max(ask.low, ask.after[1] + 1)) if ask.after else (-1, 0)
        people = [person for person in sorted(set(ask.participants)) if person >= after]
        lows = [instant(low if person == after else ask.low) for person in people]
        limit = ask.limit + ROOM
        while True:
            rows, _ = session.packed(
                statement,
                columns,
                metric=self.codes.metrics[ask.metric.name],
                participants=people,
                lows=lows,
                low=instant(ask.low),
                high=instant(ask.high),
                limit=limit,
                **table,
            )
            page = complete(rows, rows.num_rows == limit, ask.limit)
            if page is not None:
                return page
            limit *= 4


def _extent(rows: Sequence[Row]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(EXTENT)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, EXTENT, strict=True)]
    return pa.Table.from_arrays(arrays, schema=EXTENT)
