"""Keeping the store: schema versions, refreshing, stats, erasing."""

from datetime import datetime

import numpy as np
import pyarrow as pa
from psycopg.sql import Identifier

from wearhouse.levels import LEVELS, ROLLUPS, Level, is_kept
from wearhouse.metrics import METRICS
from wearhouse.store import loading, sql
from wearhouse.store.postgres import imputed as layer
from wearhouse.store.postgres import timescale, views
from wearhouse.store.postgres.codes import Codes
from wearhouse.store.postgres.connection import Connections, Session
from wearhouse.store.postgres.loading import Writer
from wearhouse.store.postgres.partitions import SPANS
from wearhouse.store.postgres.shelf import PostgresShelf

LOCK = 0
TABLES = (
    "samples",
    "shadowed",
    *(f"rollups_{level}" for level in ROLLUPS),
    "episodes",
    "refreshed",
    "imputed",
    "imputed_1h",
    "imputed_1d",
    "imputed_aside",
    "moved",
)
DAYS_AT_ONCE = 100
"""How many metric-days are folded again in one go: 9 million samples at 1 Hz."""

STATS = pa.schema(
    [
        ("level", pa.string()),
        ("metric", pa.string()),
        ("rows", pa.int64()),
        ("bytes", pa.int64()),
        ("bytes_per_sample", pa.float64()),
        ("refreshed_at", pa.timestamp("us", "UTC")),
        ("stale", pa.int64()),
    ]
)


def migrate(connections: Connections, up_to: int | None = None) -> str:
    """Apply the schema versions that are still missing, all or none; the kind of store it is:
    `timescale` or `plain`. With `up_to` a store as an earlier release set it up, without views."""
    with connections.transaction() as session, session.patient():
        session.lock(LOCK, [0])
        session.run("new_schema_version")
        applied = session.rows("schema_versions")
        kind: str = applied[0][1] if applied else _kind_to_be(session)
        steps = sorted(sql.migrations("postgres") + sql.migrations(f"postgres/{kind}"))
        for version, statements in steps:
            if version in {number for number, _ in applied} or version > (up_to or version):
                continue
            for statement in statements:
                session.connection.execute(statement.encode())
            session.run("add_schema_version", version=version, kind=kind)
        if up_to is None:
            views.define(session, kind)
        if kind == "timescale":
            session.rows("fit_chunks")
    return kind


def _kind_to_be(session: Session) -> str:
    if not session.rows("timescale_offered")[0][0]:
        return "plain"
    session.run("new_timescale")
    return "timescale"


def refresh(connections: Connections, writer: Writer, level: Level, first: int, end: int) -> int:
    """Fold a level again from the samples of civil days `first` up to `end`; rows rewritten."""
    with connections.session() as session:
        people = [person for (person,) in session.rows("participants_kept")]
        held = PostgresShelf(session, writer.codes).days(sorted(METRICS), people, first, end)
    days = np.unique(loading.row_keys(held))
    batches = [days[at : at + DAYS_AT_ONCE] for at in range(0, len(days), DAYS_AT_ONCE)]
    return sum(writer.fold_again(some, level) for some in batches)


def stats(connections: Connections, codes: Codes, kind: str) -> pa.Table:
    """Per level and metric what is kept and what it costs (schema STATS)."""
    with_minutes = [codes.metrics[m.name] for m in METRICS.values() if is_kept("1m", m)]
    with connections.session() as session:
        found = session.rows("rows_by_level", with_minutes=with_minutes)
        sizes = {level: _bytes(session, level, kind) for level in LEVELS}
        refreshed: dict[int, datetime] = dict(session.rows("refreshed_at"))
        imputed: dict[int, int] = dict(session.rows("imputed_rows"))
        weight = sum(
            int(session.rows("whole_bytes", table=table)[0][0])
            for table in (*layer.TABLES.values(), layer.ASIDE)
        )
    names = {code: name for name, code in codes.metrics.items()}
    total = {level: sum(row[2] for row in found if row[0] == level) for level in LEVELS}
    return pa.Table.from_pylist(
        [
            {
                "level": level,
                "metric": names[metric],
                "rows": rows,
                # A table's rows are alike, so its bytes are shared by their number.
                "bytes": (size := sizes[level] * rows // max(total[level], 1)),
                "bytes_per_sample": size / samples if samples else None,
                "refreshed_at": refreshed.get(metric),
                "stale": 0,
            }
            for level, metric, rows, samples in sorted(
                found, key=lambda row: (LEVELS.index(row[0]), names[row[1]])
            )
        ]
        + [
            {
                "level": "imputed",
                "metric": names[metric],
                "rows": rows,
                "bytes": (size := weight * rows // max(sum(imputed.values()), 1)),
                "bytes_per_sample": size / rows,
                "refreshed_at": None,
                "stale": 0,
            }
            for metric, rows in sorted(imputed.items(), key=lambda row: names[row[0]])
        ],
        schema=STATS,
    )


def forget(connections: Connections, codes: Codes, kind: str, participant: int) -> int:
    """Remove a participant's rows and rewrite the tables that held them; how many there were."""
    whose = {"participant": participant, "metrics": list(codes.metrics.values())}
    held: set[str] = set()
    removed = 0
    with connections.transaction() as session, session.patient():
        tables = [Identifier(name) for name in TABLES]
        if kind == "timescale":
            continuous = timescale.tables(session)
            tables += [Identifier(*name.split(".")) for name in (*continuous, "touched")]
        for table in tables:
            held.update(name for (name,) in session.rows("holding", table=table, **whose))
            removed += session.run("remove_participant", table=table, **whose)
        if kind == "timescale":
            held.update(name for (name,) in session.rows("compressed", chunks=list(held)))
    with connections.session() as session, session.patient():
        for name in sorted(held):
            # DELETE leaves a row's bytes where they are until something is written over them.
            session.run("rewrite", table=Identifier(*name.split(".")))
    return removed


def _bytes(session: Session, level: Level, kind: str) -> int:
    table = "samples" if level == "raw" else f"rollups_{level}"
    cut = kind == "timescale" and table in SPANS
    return int(session.rows("hypertable_bytes" if cut else "table_bytes", table=table)[0][0])
