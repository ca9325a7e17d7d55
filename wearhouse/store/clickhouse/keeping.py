"""Keeping the store: schema versions, mending after a crash, refreshing, stats, erasing."""

from collections import Counter

import numpy as np
import pyarrow as pa

from wearhouse.levels import LEVELS
from wearhouse.metrics import METRICS
from wearhouse.store import loading, slices
from wearhouse.store.clickhouse.away import Away
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.layout import TABLES, Layout
from wearhouse.store.clickhouse.loading import ClickHouseShelf, mend
from wearhouse.store.clickhouse.marks import Marks
from wearhouse.store.clickhouse.sizes import bytes_by_level
from wearhouse.store.clickhouse.versions import Versions

SCHEMA_VERSIONS = (
    "CREATE TABLE IF NOT EXISTS schema_version$on_cluster (version UInt32, "
    "applied_at DateTime('UTC') DEFAULT now()) ENGINE = ${replicated}MergeTree$anywhere "
    "ORDER BY version"
)
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
    """Apply the schema versions that are still missing. Processes that start together may do so at
    the same time, so every statement of a version may be run twice."""
    layout: Layout = connection.layout
    connection.command(layout.fill(SCHEMA_VERSIONS))
    applied = connection.query("SELECT version FROM schema_version")["version"].to_pylist()
    missing = [(number, steps) for number, steps in versions if number not in applied]
    for number, steps in missing:
        for step in [*map(layout.fill, steps), *layout.fronts(number)]:
            connection.command(step)
        connection.command(f"INSERT INTO schema_version (version) VALUES ({number:d})")  # noqa: S608


def mend_some(connection: Connection, versions: Versions, marks: Marks, days: loading.Days) -> None:
    """Fold again the metric-days that a crash or an error left behind."""
    for some in batches(days):
        mend(connection, versions, marks, some)


def days_between(connection: Connection, first: int, end: int) -> loading.Days:
    """The metric-days from civil day `first` up to `end` that hold samples."""
    people = connection.ask("participants_kept")["participant"].to_pylist()
    held = ClickHouseShelf(connection, Away(connection)).days(sorted(METRICS), people, first, end)
    return np.unique(loading.row_keys(held))


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
        ]
        + _of_imputed(connection),
        schema=STATS,
    )


def _of_imputed(connection: Connection) -> list[dict[str, object]]:
    """What the imputed layer keeps of each metric: filled minutes, and all bytes of the table
    shared by rows."""
    rows = connection.ask("imputed_rows").to_pylist()
    weight = connection.ask("imputed_bytes")["bytes"][0].as_py() if rows else 0
    held = sum(row["held"] for row in rows)
    return [
        {
            "level": "imputed",
            "metric": row["metric"],
            "rows": row["rows"],
            "bytes": (size := int(weight * row["held"] / held)),
            "bytes_per_sample": size / row["rows"] if row["rows"] else None,
            "refreshed_at": row["newest"],
            "stale": 0,
        }
        for row in rows
    ]


def forget(connection: Connection, participant: int) -> int:
    """Rewrite every part without the participant's rows, on every replica; the number of rows
    removed."""
    layout, removed = connection.layout, 0
    for table in TABLES:
        where = f"participant = {participant:d}"
        found = connection.query(f"SELECT count() AS n FROM {table} WHERE {where}")  # noqa: S608
        removed += found["n"][0].as_py()
        # A lightweight DELETE would only hide the rows.
        connection.command(
            f"ALTER TABLE {table}{layout.local}{layout.on_cluster} DELETE WHERE {where} "
            "SETTINGS mutations_sync = 2"
        )
    return removed


def batches(days: loading.Days) -> list[loading.Days]:
    """Metric-days in lots that fit into memory."""
    return [days[at : at + DAYS_AT_ONCE] for at in range(0, len(days), DAYS_AT_ONCE)]
