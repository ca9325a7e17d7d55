"""The fleet's side of a ClickHouse store."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

import pyarrow as pa

from wearhouse.store import sql
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.fleet import asking, deliveries
from wearhouse.store.clickhouse.fleet.asking import filled
from wearhouse.store.clickhouse.fleet.curating import Curation
from wearhouse.store.clickhouse.fleet.exact import Exact
from wearhouse.store.clickhouse.versions import Versions
from wearhouse.store.fleets import (
    BEYOND,
    STAGED,
    STAMP,
    Among,
    By,
    Clocks,
    FleetLoad,
    Folded,
    Pending,
    Span,
    Taken,
)
from wearhouse.store.spans import DAY_S, HOUR_S, covering, lots

SCHEMA_VERSIONS = (
    "CREATE TABLE IF NOT EXISTS fleet_schema_version$on_cluster (version UInt32, "
    "applied_at DateTime('UTC') DEFAULT now()) ENGINE = ${replicated}MergeTree$anywhere "
    "ORDER BY version"
)
FOLDED_AT_ONCE = 2_500_000
"""About how many heartbeats are folded in one statement."""
HOURS_AT_ONCE = 240
HOURS_FOLDED = 24
"""Folding groups by hour, group, metric and bin: those of so many hours fit into memory."""
COUNTS = ("cohorts", "devices", "versions", "events")


class ClickHouseFleet:
    """A fleet in ClickHouse: in this process, on a server, or on a cluster."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statements = sql.load("clickhouse/fleet")
        self.versions = Versions()

    def migrate(self) -> None:
        layout = self.connection.layout
        self.connection.command(layout.fill(SCHEMA_VERSIONS))
        found = self.connection.query("SELECT version FROM fleet_schema_version")
        applied = found["version"].to_pylist()
        for number, steps in sql.migrations("clickhouse/fleet"):
            if number not in applied:
                for step in steps:
                    self.connection.command(layout.fill(step))
                self.connection.command(
                    f"INSERT INTO fleet_schema_version (version) VALUES ({number:d})"  # noqa: S608
                )
        self.versions.pass_by(self._ask("fleet_newest")["version"][0].as_py())

    def begin(self, source: str, path: str, digest: str, at: datetime) -> int:
        newest = self._ask("fleet_newest_load")["load"][0].as_py()
        load = int(newest or 0) + 1
        row = dict.fromkeys((*COUNTS, "curated", "quarantined", "skipped"), 0)
        self._put_load(
            row
            | {
                "load": load, "source": source, "path": path, "digest": digest, "state": "loading",
                "started_at": at, "staged_at": None, "curated_at": None,
            }
        )  # fmt: skip
        return load

    def stage(self, load: int, table: str, rows: pa.Table) -> None:
        rows = rows.cast(STAGED[table])
        constant = pa.repeat(pa.scalar(load, pa.uint32()), rows.num_rows)
        self.connection.insert(f"fleet_{table}", rows.append_column("load", constant))

    def refuse(self, load: int, rows: pa.Table) -> None:
        n = rows.num_rows
        rows = rows.append_column("load", pa.repeat(pa.scalar(load, pa.uint32()), n))
        version = pa.scalar(self.versions.next(), pa.uint64())
        self.connection.insert(
            "fleet_quarantine", rows.append_column("changed", pa.repeat(version, n))
        )

    def staged(self, load: int, counts: Mapping[str, int], at: datetime) -> None:
        self._change(load, {**counts, "state": "staged", "staged_at": at})

    def delivered(self, load: int, table: str) -> Iterator[pa.Table]:
        return deliveries.delivered(self.connection, self.statements, load, table)

    def refused(self, load: int) -> pa.Table:
        return self._ask("fleet_refused", {"load": load, "first": BEYOND})

    def seen(self, digest: str) -> bool:
        return bool(self._ask("fleet_load_seen", {"digest": digest})["n"][0].as_py())

    def loads(self, limit: int = 100) -> list[FleetLoad]:
        rows = self._ask("fleet_loads", {"limit": limit})
        return [FleetLoad(**row) for row in rows.to_pylist()]

    def pending(self) -> list[Pending]:
        return [Pending(**row) for row in self._ask("fleet_pending").to_pylist()]

    def together(self) -> AbstractContextManager[None]:
        return nullcontext()

    def take(self, loads: Sequence[Pending], clocks: Clocks) -> tuple[list[Taken], dict[int, int]]:
        run = Curation(self.connection, self.statements, loads, clocks)
        hours = run.hours_named_anew()
        taken = []
        for one in loads:
            done, touched = run.take(one, self.versions.next())
            taken.append(done)
            for hour, n in touched.items():
                hours[hour] = hours.get(hour, 0) + n
        run.note_latest(hours)
        for correction in run.corrections():
            run.correct(correction)
            for *_, at in correction:
                hour = int(at.timestamp()) // HOUR_S * HOUR_S
                hours[hour] = hours.get(hour, 0) + 1
        return taken, hours

    def kinds(self, hours: Sequence[int], since_load: int) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for some in lots(dict.fromkeys(sorted(hours), 0), 1, HOURS_AT_ONCE):
            given = {"hours": some, "first_load": since_load}
            statement = filled(self.statements, "fleet_kinds", where=asking.within(some))
            for row in self.connection.query(statement, given).to_pylist():
                found[row["metric"]] = found.get(row["metric"], frozenset()) | {row["kind"]}
        return found

    def hours(self) -> dict[int, int]:
        rows = self._ask("fleet_hours_kept")
        return dict(zip(rows["hour"].to_pylist(), rows["n"].to_pylist(), strict=True))

    def set_battery(self, metric: Folded | None) -> None:
        """Nothing here has to know."""

    def fold(self, hours: Sequence[int], metrics: Sequence[Folded]) -> None:
        if not hours:
            return
        for some in lots(self._sizes(hours), FOLDED_AT_ONCE, HOURS_FOLDED):
            given = {"hours": some, "built": self.versions.next()}
            statement = filled(self.statements, "fleet_fold_hours", where=asking.within(some))
            self.connection.command(statement, **given, **asking.ranges(metrics))
        days = sorted({hour // DAY_S * DAY_S for hour in hours})
        for at in range(0, len(days), 31):
            given = {"days": days[at : at + 31], "built": self.versions.next()}
            self.connection.command(self.statements["fleet_fold_days"], **given)

    def settle(self, taken: Sequence[Taken], at: datetime) -> None:
        for one in taken:
            known = {
                "curated": one.curated, "quarantined": one.quarantined, "skipped": one.skipped,
            }  # fmt: skip
            self._change(one.load, {**known, "state": "curated", "curated_at": at})

    def sketches(self, among: Among, metric: Folded, by: Sequence[By]) -> pa.Table:
        condition, given = asking.where(among, timed=None)
        pieces = asking.groups(by)
        inner, edges = covering(among.span, hourly="hour" in by)
        parts = []
        if inner:
            statement = filled(
                self.statements,
                "fleet_sketches",
                where=condition,
                spans=asking.spans(inner),
                **pieces,
            )
            parts.append(self.connection.query(statement, {**given, "metric": metric.name}))
        for edge in edges:
            condition, given = asking.where(Among(edge, among.projects, among.equal))
            of = {"where": condition, "column": asking.column(metric)}
            statement = filled(self.statements, "fleet_bins", **of, **pieces)
            bounds = {"low": metric.low, "high": metric.high}
            parts.append(self.connection.query(statement, {**given, **bounds}))
        return pa.concat_tables([asking.plain(part) for part in parts])

    def exact(
        self, among: Among, metric: Folded, by: Sequence[By], quantiles: Sequence[float]
    ) -> pa.Table:
        return Exact(self.connection, self.statements, among, metric, by, quantiles).answer()

    def vitals(
        self, among: Among, battery: Folded | None, synced: Folded | None, unsynced: Folded | None
    ) -> pa.Table:
        condition, given = asking.where(among)
        columns = {
            name: asking.column(metric) if metric else asking.NOTHING
            for name, metric in (("battery", battery), ("synced", synced), ("unsynced", unsynced))
        }
        statement = filled(self.statements, "fleet_vitals", where=condition, **columns)
        low, high = (battery.low, battery.high) if battery else (None, None)
        return self.connection.query(statement, {**given, "low": low, "high": high})

    def releases(self, among: Among) -> pa.Table:
        condition, given = asking.where(among)
        return self.connection.query(
            filled(self.statements, "fleet_releases", where=condition), given
        )

    def search(
        self, among: Among, metrics: Mapping[str, str], limit: int, oldest_first: bool = False
    ) -> pa.Table:
        condition, given = asking.where(among)
        for number, (name, value) in enumerate(metrics.items()):
            name_of, wanted = f"{{name_{number}:String}}", f"{{value_{number}:String}}"
            condition += f" AND {asking.told(name_of)} = {wanted}"
            given |= {f"name_{number}": name, f"value_{number}": value}
        order = "captured_at, project, device" if oldest_first else "project, device"
        statement = filled(self.statements, "fleet_search", where=condition, order=order)
        return self.connection.query(statement, {**given, "limit": limit})

    def timeline(self, project: str, device: str, span: Span, limit: int) -> pa.Table:
        among = Among(span, None, {"project": project, "device": device})
        condition, given = asking.where(among)
        statement = filled(self.statements, "fleet_timeline", where=condition)
        return self.connection.query(statement, {**given, "limit": limit})

    def quarantined(self, projects: Sequence[str] | None, limit: int) -> pa.Table:
        condition, given = asking.where(Among(projects=projects))
        statement = filled(self.statements, "fleet_quarantined", where=condition)
        return self.connection.query(statement, {**given, "limit": limit})

    def facets(self, projects: Sequence[str] | None) -> dict[str, Any]:
        condition, given = asking.where(Among(projects=projects))
        statement = filled(self.statements, "fleet_facets", where=condition)
        [row] = self.connection.query(statement, given).to_pylist()
        names = ("projects", "cohorts", "hardwares", "versions")
        return {
            **{name: sorted(one for one in row[name] if one) for name in names},
            "devices": row["devices"],
            "newest": row["newest"] if row["devices"] else None,
        }

    def hours_of(self, project: str, prefix: str) -> dict[int, int]:
        rows = self._ask("fleet_of_device", {"project": project, "prefix": prefix})
        return dict(zip(rows["hour"].to_pylist(), rows["n"].to_pylist(), strict=True))

    def forget(self, project: str, prefix: str) -> int:
        removed = sum(self.hours_of(project, prefix).values())
        for table in ("events", "devices", "quarantine", "heartbeats", "latest"):
            column = "id" if table == "devices" else "device"
            self.connection.command(
                f"ALTER TABLE fleet_{table} DELETE WHERE project = {{project:String}} "
                f"AND startsWith({column}, {{prefix:String}}) SETTINGS mutations_sync = 2",
                project=project,
                prefix=prefix,
            )
        return removed

    def wipe(self) -> None:
        """Parts were rewritten when it was forgotten."""

    def _sizes(self, hours: Sequence[int]) -> dict[int, int]:
        """About how many heartbeats lie in each of these hours."""
        sizes = dict.fromkeys(sorted(hours), 0)
        for some in lots(dict.fromkeys(sizes, 0), 1, HOURS_AT_ONCE):
            rows = self._ask("fleet_hours_sized", {"hours": some})
            sizes |= dict(zip(rows["hour"].to_pylist(), rows["n"].to_pylist(), strict=True))
        return sizes

    def _ask(self, name: str, given: Mapping[str, object] | None = None) -> pa.Table:
        return self.connection.query(self.statements[name], given)

    def _change(self, load: int, values: Mapping[str, object]) -> None:
        [row] = [one for one in self._ask("fleet_loads", {"limit": 2**31}).to_pylist()
                 if one["load"] == load]  # fmt: skip
        self._put_load(row | dict(values))

    def _put_load(self, row: Mapping[str, Any]) -> None:
        kinds = {"load": pa.uint32()} | dict.fromkeys(
            (*COUNTS, "curated", "quarantined", "skipped", "changed"), pa.uint64()
        )
        kinds |= dict.fromkeys(("started_at", "staged_at", "curated_at"), STAMP)
        whole = {**row, "changed": self.versions.next()}
        columns = {n: pa.array([v], kinds.get(n, pa.string())) for n, v in whole.items()}
        self.connection.insert("fleet_loads", pa.table(columns))
