"""Loading into PostgreSQL: samples, shadows and rollups of a load in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from wearhouse.levels import ROLLUPS, Level
from wearhouse.store import imputed, imputed_pages, loading, slices
from wearhouse.store.postgres import away, timescale
from wearhouse.store.postgres import imputed as layer
from wearhouse.store.postgres.codes import Codes
from wearhouse.store.postgres.connection import Connections, Session
from wearhouse.store.postgres.partitions import Partitions
from wearhouse.store.postgres.shelf import PostgresShelf, instant
from wearhouse.store.protocol import Ask, Page, Slices, Written

LOCK = 2
STRIPES = 64
"""Participants share this many locks; writers that share none do not wait for each other."""

KEYS = {
    "samples": ["metric", "participant", "t"],
    "shadowed": ["metric", "participant", "t", "source"],
} | {
    table: ["metric", "participant", "t", "day"]
    for table in (*(f"rollups_{level}" for level in ROLLUPS), *layer.TABLES.values())
}
KEYS[layer.ASIDE] = ["metric", "participant", "run", "t", "day"]

Told = Callable[[Sequence[int]], None]
"""Hears of runs whose values measured samples are about to take."""


class Writer:
    """Puts loads into the tables."""

    def __init__(self, connections: Connections, told: Told | None = None) -> None:
        self.connections = connections
        self.told = told or (lambda _runs: None)
        self.codes = Codes(connections)
        self.partitions = Partitions(connections)

    def load(self, samples: pa.Table, stated: Slices | None) -> Written:
        """Merge or replace samples on their metric-days; see Store.write."""
        tables = [samples] if stated is None else [samples, stated.table]
        people = [p for table in tables for p in table["participant"].unique().to_pylist()]
        self.codes.learn(samples["source"])
        with self.connections.transaction() as session:
            lock(session, people)
            shelf = PostgresShelf(session, self.codes)
            prepared = loading.prepare(shelf, samples, stated)
            if prepared is None:
                return Written()
            self._put(session, "shadowed", prepared.shadowed)
            if prepared.days.size:
                fresh = prepared.before.num_rows == 0
                self._put(session, "samples", prepared.samples, fresh)
                away.put(session, self.codes, prepared.recalled)
                self._put_rollups(session, loading.roll_up(shelf, prepared), fresh)
                self._note(session, prepared.days)
                if not self.partitions.native:
                    self._touch(session, prepared.samples)
                self._withdraw_under(session, prepared.served)
        return prepared.done

    def fold_again(self, days: loading.Days, level: Level) -> int:
        """Fold the rollups of these metric-days again at one level; rows written."""
        _, people = loading.named(days)
        with self.connections.transaction() as session:
            lock(session, people)
            change = loading.fold_again(PostgresShelf(session, self.codes), days, level)
            self._put_rollups(session, change, fresh=False)
            self._note(session, days)
        return int(change.write.num_rows)

    def impute(
        self,
        rows: pa.Table,
        metric: str,
        participant: int,
        span: tuple[int, int],
        keep: bool,
        measured: Callable[[Session, Ask], Page],
    ) -> int:
        """Put filled minutes into the imputed layer; see Store.write_imputed."""
        with self.connections.transaction() as session:
            lock(session, [participant])
            asking = partial(measured, session)
            kept = imputed_pages.unmeasured(asking, rows, metric, participant)
            there = layer.PostgresLayer(session, self.codes)
            change = imputed.stated(there, kept, metric, participant, span, keep)
            self._put_imputed(session, change)
            return int(kept.num_rows)

    def drop_aside(self, metric: str, participant: int, run: int, low: int, high: int) -> None:
        """Forget what was set aside of a run."""
        with self.connections.transaction() as session:
            lock(session, [participant])
            session.run(
                "drop_aside", metric=self.codes.metrics[metric], participant=participant, run=run,
                low=instant(low), high=instant(high),
            )  # fmt: skip

    def _withdraw_under(self, session: Session, served: pa.Table) -> None:
        """Withdraw what was imputed where these samples stand from now on."""
        if served.num_rows:
            taken = imputed.overtaken(layer.PostgresLayer(session, self.codes), served)
            if taken is not None:
                self.told(taken.runs)
                self._put_imputed(session, taken.change)

    def _put_imputed(self, session: Session, change: slices.Change) -> None:
        for level, table in layer.TABLES.items():
            columns = layer.columns_of(level)
            write, withdraw = (
                rows.filter(pc.equal(rows["level"].cast(pa.string()), level)).select(columns)
                for rows in (change.write, change.withdraw)
            )
            self._put(session, table, slices.Change(write, withdraw))
        word = change.write["level"].cast(pa.string())
        aside = change.write.filter(pc.starts_with(word, layer.ASIDE_LEVEL))
        if aside.num_rows:
            columns = layer.columns_of("raw")
            nothing = aside.slice(0, 0)
            both = slices.Change(aside.select(columns), nothing.select(columns))
            self._put(session, layer.ASIDE, both)

    def _put_rollups(self, session: Session, change: slices.Change, fresh: bool) -> None:
        for level in ROLLUPS:
            of_level = slices.Change(_at(level, change.write), _at(level, change.withdraw))
            # Weeks and months hold more days than those of this load.
            self._put(session, f"rollups_{level}", of_level, fresh and level not in ("1w", "1mo"))

    def _put(
        self, session: Session, table: str, change: slices.Change, fresh: bool = False
    ) -> None:
        """Write and withdraw rows; with `fresh` none of those to write is there yet."""
        write, withdraw = self._coded(change.write), self._coded(change.withdraw)
        places = withdraw.select(KEYS[table])
        if not fresh:
            places = pa.concat_tables([places, write.select(KEYS[table])])
        if places.num_rows:
            _remove(session, table, places)
        if write.num_rows:
            self.partitions.make(table, write)
            session.copy(table, write)

    def _note(self, session: Session, days: loading.Days) -> None:
        """When the rollups of these metric-days followed their samples: now."""
        names, people = loading.named(days)
        codes = [self.codes.metrics[name] for name in names]
        session.run("note", metrics=codes, participants=people)

    def _touch(self, session: Session, change: slices.Change) -> None:
        """Mark where the continuous aggregates are behind these samples."""
        places = [rows.select(KEYS["samples"]) for rows in (change.write, change.withdraw)]
        timescale.touch(session, self._coded(pa.concat_tables(places)))

    def _coded(self, rows: pa.Table) -> pa.Table:
        for name, coded in (("metric", self.codes.of_metrics), ("source", self.codes.of_sources)):
            if name in rows.column_names:
                rows = rows.set_column(rows.column_names.index(name), name, coded(rows[name]))
        return rows


def lock(session: Session, people: Iterable[int]) -> None:
    """Keep other writers off these participants until the transaction ends."""
    session.lock(LOCK, sorted({person % STRIPES for person in people}))


def _remove(session: Session, table: str, places: pa.Table) -> None:
    """Remove the rows at these places, if there are any."""
    key = [sql.Identifier(name) for name in places.column_names]
    staged = f"staged_{table}"
    of_table = {"table": sql.Identifier(table), "staged": sql.Identifier(staged)}
    session.run("stage", key=sql.SQL(", ").join(key), **of_table)
    session.copy(staged, places)
    t = places["t"].cast(pa.int64()).to_numpy()
    session.run(
        "remove",
        same=sql.SQL(" AND ").join(sql.SQL("kept.{0} = staged.{0}").format(name) for name in key),
        metrics=places["metric"].unique().to_pylist(),
        participants=places["participant"].unique().to_pylist(),
        low=instant(int(t.min())),
        high=instant(int(t.max())),
        **of_table,
    )


def _at(level: Level, rows: pa.Table) -> pa.Table:
    """The rows of one level as its table has them; minutes have no sketch."""
    rows = rows.filter(pc.equal(rows["level"].cast(pa.string()), level))
    return rows.drop_columns(["level", "bins", "counts"] if level == "1m" else ["level"])
