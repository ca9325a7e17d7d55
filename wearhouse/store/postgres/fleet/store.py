"""The fleet's side of a PostgreSQL store."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pyarrow as pa
from psycopg.sql import SQL, Composable, Identifier

from wearhouse.store import sql
from wearhouse.store.fleets import (
    STAGED,
    Among,
    By,
    Clocks,
    FleetLoad,
    Folded,
    Pending,
    Span,
    Taken,
)
from wearhouse.store.postgres.connection import Connections, Row, Session
from wearhouse.store.postgres.fleet import asking, curating, deliveries
from wearhouse.store.postgres.fleet.answers import (
    EXACT,
    LATEST,
    QUARANTINED,
    RELEASES,
    SKETCHED,
    TIMELINE,
    VITALS,
    grouped,
    table,
)
from wearhouse.store.postgres.fleet.asking import moment
from wearhouse.store.spans import DAY_S, HOUR_S, covering, lots

LOCK = 7
HELD = ("curated.heartbeats", "curated.latest", "staging.events", "staging.quarantine",
        "staging.devices")  # fmt: skip
"""Where devices are named."""
HOURS_AT_ONCE = 240


class PostgresFleet:
    """A fleet in PostgreSQL."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.held = threading.local()

    def migrate(self) -> None:
        with self.connections.transaction() as session:
            session.lock(LOCK, [0])
            session.run("fleet_new_schema_version")
            applied = {version for (version,) in session.rows("fleet_schema_versions")}
            for version, script in _migrations():
                if version not in applied:
                    session.connection.execute(script.encode())
                    session.run("fleet_add_schema_version", version=version)

    def begin(self, source: str, path: str, digest: str, at: datetime) -> int:
        with self._session() as session:
            [(load,)] = session.rows("fleet_begin", source=source, path=path, digest=digest, at=at)
            return int(load)

    def stage(self, load: int, table: str, rows: pa.Table) -> None:
        rows = rows.cast(STAGED[table])
        columns = ["load", *rows.column_names]
        self._copy(f"staging.{table}", columns, load, rows)

    def refuse(self, load: int, rows: pa.Table) -> None:
        self._copy("staging.quarantine", ["load", *rows.column_names], load, rows)

    def staged(self, load: int, counts: Mapping[str, int], at: datetime) -> None:
        whole = {name: counts.get(name, 0) for name in STAGED}
        with self._session() as session:
            session.run("fleet_staged", load=load, at=at, **whole)

    def delivered(self, load: int, table: str) -> Iterator[pa.Table]:
        return deliveries.delivered(self._session, load, table)

    def refused(self, load: int) -> pa.Table:
        return deliveries.refused(self._session, load)

    def seen(self, digest: str) -> bool:
        with self._session() as session:
            return bool(session.rows("fleet_seen", digest=digest)[0][0])

    def loads(self, limit: int = 100) -> list[FleetLoad]:
        with self._session() as session:
            return [FleetLoad(*row) for row in session.rows("fleet_loads", limit=limit)]

    def pending(self) -> list[Pending]:
        with self._session() as session:
            return [Pending(*row) for row in session.rows("fleet_pending")]

    @contextmanager
    def together(self) -> Iterator[None]:
        with self.connections.transaction() as session:
            self.held.session = session
            try:
                yield
            finally:
                self.held.session = None

    def take(self, loads: Sequence[Pending], clocks: Clocks) -> tuple[list[Taken], dict[int, int]]:
        with self._session(whole=True) as session:
            return curating.take(session, loads, clocks)

    def kinds(self, hours: Sequence[int], since_load: int) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        with self._session() as session:
            for some in lots(dict.fromkeys(sorted(hours), 0), 1, HOURS_AT_ONCE):
                asked = {
                    "hours": [moment(hour) for hour in some], "since": since_load,
                    "low": moment(min(some)), "high": moment(max(some) + HOUR_S),
                }  # fmt: skip
                for name, kind in session.rows("fleet_kinds", **asked):
                    found[name] = found.get(name, frozenset()) | {kind}
        return found

    def hours(self) -> dict[int, int]:
        with self._session() as session:
            return dict(session.rows("fleet_hours_kept"))

    def set_battery(self, metric: Folded | None) -> None:
        with self._session() as session:
            known = metric or Folded("")
            session.run("fleet_set_battery", metric=known.name, low=known.low, high=known.high)

    def fold(self, hours: Sequence[int], metrics: Sequence[Folded]) -> None:
        ranges = {
            "metrics": [one.name for one in metrics],
            "lows": [one.low for one in metrics],
            "highs": [one.high for one in metrics],
        }
        days = sorted({hour // DAY_S * DAY_S for hour in hours})
        with self._session(whole=True) as session:
            for some in lots(dict.fromkeys(sorted(hours), 0), 1, HOURS_AT_ONCE):
                times = [moment(hour) for hour in some]
                session.run("fleet_unfold", level="1h", times=times)
                asked = {"first": times[0], "end": moment(some[-1] + HOUR_S), "hours": times}
                session.run("fleet_fold_hours", **asked, **ranges)
            for some in lots(dict.fromkeys(days, 0), 1, HOURS_AT_ONCE):
                times = [moment(day) for day in some]
                session.run("fleet_unfold", level="1d", times=times)
                asked = {"first": times[0], "end": moment(some[-1] + DAY_S), "days": times}
                session.run("fleet_fold_days", **asked)

    def settle(self, taken: Sequence[Taken], at: datetime) -> None:
        with self._session() as session:
            for one in taken:
                session.run(
                    "fleet_settle", load=one.load, at=at, curated=one.curated,
                    quarantined=one.quarantined, skipped=one.skipped,
                )  # fmt: skip

    def sketches(self, among: Among, metric: Folded, by: Sequence[By]) -> pa.Table:
        inner, edges = covering(among.span, hourly="hour" in by)
        rows: list[Row] = []
        group, ranged = asking.group(by), {"low": metric.low, "high": metric.high}
        with self._session() as session:
            if inner:
                rows += session.rows(
                    "fleet_sketches", group=group, metric=metric.name,
                    where=asking.where(among, timed=False), spans=asking.spans(inner),
                )  # fmt: skip
            for edge in edges:
                condition = asking.where(Among(edge, among.projects, among.equal))
                rows += session.rows(
                    "fleet_edges", group=group, metric=metric.name, where=condition, **ranged
                )
        return grouped(rows, by, SKETCHED)

    def exact(
        self, among: Among, metric: Folded, by: Sequence[By], quantiles: Sequence[float]
    ) -> pa.Table:
        with self._session() as session:
            rows = session.rows(
                "fleet_exact", group=asking.group(by), metric=metric.name,
                where=asking.where(among), low=metric.low, high=metric.high,
                quantiles=[float(q) for q in quantiles],
            )  # fmt: skip
        return grouped(rows, by, EXACT)

    def vitals(
        self, among: Among, battery: Folded | None, synced: Folded | None, unsynced: Folded | None
    ) -> pa.Table:
        with self._session() as session:
            rows = session.rows(
                "fleet_vitals", where=asking.where(among), battery=asking.value(battery),
                synced=asking.value(synced), unsynced=asking.value(unsynced),
                low=battery.low if battery else None, high=battery.high if battery else None,
            )  # fmt: skip
        return table(rows, VITALS)

    def releases(self, among: Among) -> pa.Table:
        with self._session() as session:
            return table(session.rows("fleet_releases", where=asking.where(among)), RELEASES)

    def search(
        self, among: Among, metrics: Mapping[str, str], limit: int, oldest_first: bool = False
    ) -> pa.Table:
        condition: Composable = asking.where(among)
        for name, value in metrics.items():
            condition += SQL(" AND metrics ->> {} = {}").format(name, value)
        order = SQL("captured_at, project, device" if oldest_first else "project, device")
        with self._session() as session:
            rows = session.rows("fleet_search", where=condition, order=order, limit=limit)
        return table(rows, LATEST)

    def timeline(self, project: str, device: str, span: Span, limit: int) -> pa.Table:
        among = Among(span, None, {"project": project, "device": device})
        with self._session() as session:
            rows = session.rows("fleet_timeline", where=asking.where(among), limit=limit)
        return table(rows, TIMELINE)

    def quarantined(self, projects: Sequence[str] | None, limit: int) -> pa.Table:
        condition = asking.where(Among(projects=projects))
        with self._session() as session:
            return table(
                session.rows("fleet_quarantined", where=condition, limit=limit), QUARANTINED
            )

    def facets(self, projects: Sequence[str] | None) -> dict[str, Any]:
        condition = asking.where(Among(projects=projects))
        with self._session() as session:
            [row] = session.rows("fleet_facets", where=condition)
        names = ("projects", "cohorts", "hardwares", "versions")
        named = {n: sorted(x for x in (v or []) if x) for n, v in zip(names, row[:4], strict=True)}
        return {**named, "devices": row[4], "newest": row[5]}

    def hours_of(self, project: str, prefix: str) -> dict[int, int]:
        with self._session() as session:
            return dict(session.rows("fleet_hours_of", project=project, prefix=prefix))

    def forget(self, project: str, prefix: str) -> int:
        removed = 0
        with self._session(whole=True) as session:
            for name in HELD:
                column = Identifier("id" if name == "staging.devices" else "device")
                held = Identifier(*name.split("."))
                gone = session.run(
                    "fleet_forget", table=held, column=column, project=project, prefix=prefix
                )
                removed += gone if name == "curated.heartbeats" else 0
        return removed

    def wipe(self) -> None:
        with self.connections.session() as session:
            for name in HELD:
                # DELETE leaves a row's bytes where they are until something is written over them.
                session.run("rewrite", table=Identifier(*name.split(".")))

    @contextmanager
    def _session(self, whole: bool = False) -> Iterator[Session]:
        """The session of `together`, or one of its own; `whole` makes that one a transaction."""
        held: Session | None = getattr(self.held, "session", None)
        if held is not None:
            yield held
        elif whole:
            with self.connections.transaction() as session:
                yield session
        else:
            with self.connections.session() as session:
                yield session

    def _copy(self, table: str, columns: Sequence[str], load: int, rows: pa.Table) -> None:
        lists = [column.to_pylist() for column in rows.columns]
        with self._session(whole=True) as session:
            session.copy_rows(table, columns, [(load, *row) for row in zip(*lists, strict=True)])


def _migrations() -> list[tuple[int, str]]:
    """Each version as one script: functions have semicolons within."""
    return [(number, ";\n".join(steps)) for number, steps in sql.migrations("postgres/fleet")]
