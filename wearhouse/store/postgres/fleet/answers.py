"""What PostgreSQL answers about a fleet, as Arrow."""

from collections.abc import Sequence

import pyarrow as pa

from wearhouse.store.fleets import STAMP, By
from wearhouse.store.postgres.connection import Row

FIGURES = pa.schema(
    [
        ("count", pa.uint64()),
        ("outside", pa.uint64()),
        ("sum", pa.float64()),
        ("sumsq", pa.float64()),
        ("min", pa.float64()),
        ("max", pa.float64()),
    ]
)
SKETCHED = pa.schema([*FIGURES, ("bins", pa.list_(pa.int16())), ("counts", pa.list_(pa.uint64()))])
EXACT = pa.schema([*FIGURES, ("quantiles", pa.list_(pa.float64()))])
TEXT, NUMBER = pa.string(), pa.float64()
VITALS = pa.schema(
    [
        *((name, TEXT) for name in ("project", "cohort", "software", "version", "device")),
        ("fallen", NUMBER), ("discharging_h", NUMBER), ("hours", pa.int64()),
        ("reports", pa.int64()), ("span_h", pa.int64()), ("synced", NUMBER), ("unsynced", NUMBER),
        ("first_at", STAMP), ("last_at", STAMP),
    ]
)  # fmt: skip
RELEASES = pa.schema(
    [
        ("project", TEXT), ("software", TEXT), ("version", TEXT), ("first_at", STAMP),
        ("last_at", STAMP), ("devices", pa.int64()), ("reports", pa.int64()),
    ]
)  # fmt: skip
NAMED = ("serial", "cohort", "hardware", "software", "version", "metrics")
LATEST = pa.schema(
    [
        ("project", TEXT), ("device", TEXT), ("captured_at", STAMP), ("created_at", STAMP),
        *((name, TEXT) for name in NAMED),
    ]
)  # fmt: skip
TIMELINE = pa.schema(
    [
        ("captured_at", STAMP), ("created_at", STAMP), ("type", TEXT),
        *((name, TEXT) for name in NAMED),
    ]
)  # fmt: skip
REFUSED = pa.schema(
    [
        ("position", pa.int64()), ("project", TEXT), ("device", TEXT), ("captured_at", STAMP),
        ("reason", TEXT), ("record", TEXT),
    ]
)  # fmt: skip
QUARANTINED = pa.schema([("load", pa.int64()), *REFUSED])


def grouped(rows: Sequence[Row], by: Sequence[By], schema: pa.Schema) -> pa.Table:
    names = [pa.field(f"by_{name}", TEXT) for name in by]
    return table([(*row[0], *row[1:]) for row in rows], pa.schema([*names, *schema]))


def table(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
