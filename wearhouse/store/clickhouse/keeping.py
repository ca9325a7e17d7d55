"""Keeping the store: schema versions, mending after a crash, refreshing, stats, erasing."""

from collections import Counter

import numpy as np
import pyarrow as pa

from wearhouse.levels import LEVELS, Level
from wearhouse.metrics import METRICS
from wearhouse.store import loading, slices
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.loading import ClickHouseShelf, put
from wearhouse.store.clickhouse.marks import Marks
from wearhouse.store.clickhouse.sizes import bytes_by_level
from wearhouse.store.clickhouse.versions import Versions

TABLES = ("samples", "shadowed", "rollups", "episodes", "stale")
DAYS_AT_ONCE = 400
"""How many metric-days are folded again in one go: 35 million samples at 1 Hz."""

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


def migrate(connection: Connection, versions: list[tuple[int, list[str]]]) -> None:
    """Apply the schema versions that are still missing."""
    connection.command(
        "CREATE TABLE IF NOT EXISTS schema_version (version UInt32, applied_at DateTime('UTC') "
        "DEFAULT now()) ENGINE = MergeTree ORDER BY version"
    )
    applied = connection.query("SELECT version FROM schema_version")["version"].to_pylist()
    for version, statements in versions:
        if version in applied:
            continue
        for statement in statements:
            connection.command(statement)
        connection.command(f"INSERT INTO schema_version (version) VALUES ({version:d})")  # noqa: S608


def mend(connection: Connection, versions: Versions, marks: Marks) -> int:
    """Fold again what a crash left behind; the number of metric-days mended."""
    behind = marks.stored()
    for some in _batches(behind):
        fold_again(connection, versions, some)
        marks.lift(some)
    marks.flush(versions.next())
    return len(behind)


def refresh(connection: Connection, versions: Versions, level: Level, first: int, end: int) -> int:
    """Fold a level again from the samples of civil days `first` up to `end`; rows rewritten."""
    people = connection.ask("participants_kept")["participant"].to_pylist()
    held = ClickHouseShelf(connection).days(sorted(METRICS), people, first, end)
    days = np.unique(loading.row_keys(held))
    return sum(fold_again(connection, versions, some, level) for some in _batches(days))


def fold_again(
    connection: Connection, versions: Versions, days: loading.Days, level: Level | None = None
) -> int:
    """Fold the rollups of these metric-days again (of one level, or of all); rows written."""
    change = loading.fold_again(ClickHouseShelf(connection), days, level)
    put(connection, "rollups", change, versions.next())
    return int(change.write.num_rows)


def stats(connection: Connection, marks: Marks) -> pa.Table:
    """Per level and metric what is kept and what it costs (schema STATS)."""
    rows = connection.ask("rows_by_level").to_pylist()
    sizes = bytes_by_level(connection)
    codes, _, _ = slices.unpacked(marks.behind())
    count = Counter(slices.METRIC_ORDER[int(code)].as_py() for code in codes)
    return pa.Table.from_pylist(
        [
            {
                "level": row["level"],
                "metric": row["metric"],
                "rows": row["rows"],
                "bytes": (size := int(sizes.get((row["level"], row["metric"]), 0))),
                "bytes_per_sample": size / row["samples"] if row["samples"] else None,
                "refreshed_at": row["newest"],
                "stale": 0 if row["level"] == "raw" else count[row["metric"]],
            }
            for row in sorted(rows, key=lambda r: (LEVELS.index(r["level"]), r["metric"]))
        ],
        schema=STATS,
    )


def forget(connection: Connection, participant: int) -> int:
    """Rewrite every part without the participant's rows; the number of rows removed."""
    removed = 0
    for table in TABLES:
        where = f"participant = {participant:d}"
        found = connection.query(f"SELECT count() AS n FROM {table} WHERE {where}")  # noqa: S608
        removed += found["n"][0].as_py()
        # A lightweight DELETE would only hide the rows.
        connection.command(f"ALTER TABLE {table} DELETE WHERE {where} SETTINGS mutations_sync = 2")
    return removed


def _batches(days: loading.Days) -> list[loading.Days]:
    return [days[at : at + DAYS_AT_ONCE] for at in range(0, len(days), DAYS_AT_ONCE)]
