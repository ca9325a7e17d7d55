"""Device reports as they were delivered, waiting for the fleet."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry.arriving import staged_heartbeats
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import zoned

STAMP = pa.timestamp("us", "UTC")
STAGED = pa.schema(
    [
        ("id", pa.int64()),
        ("delivery", pa.int64()),
        ("position", pa.int64()),
        ("device", pa.string()),  # its serial
        ("captured_at", STAMP),  # by the device's clock, right or wrong
        ("received_at", STAMP),
        ("type", pa.string()),
        ("version", pa.string()),
        ("record", pa.string()),  # the JSON as delivered, its metrics among the rest
    ]
)

AT_ONCE = 500


class Staged:
    """What devices reported, in the order of arrival. Nothing is altered or removed here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def waiting(self, limit: int = 50_000) -> pa.Table:
        """Reports (schema STAGED) that the fleet has not taken yet, the oldest first."""
        columns = [staged_heartbeats.c[name] for name in STAGED.names]
        asked = sa.select(*columns).where(staged_heartbeats.c.taken_at.is_(None))
        with transaction(self.engine) as rows:
            found = rows.execute(asked.order_by(staged_heartbeats.c.id).limit(limit))
            return pa.Table.from_pylist([zoned(row) for row in found], schema=STAGED)

    def taken(self, ids: Sequence[int]) -> None:
        """Note that reports are with the fleet. Call it in the same step as keeping them, or
        after: a report that is given twice has the same `delivery` and `position`."""
        now = datetime.now(UTC)
        with transaction(self.engine) as rows:
            for first in range(0, len(ids), AT_ONCE):
                some = staged_heartbeats.c.id.in_(ids[first : first + AT_ONCE])
                rows.execute(sa.update(staged_heartbeats).where(some).values(taken_at=now))

    def count(self) -> int:
        """How many reports wait for the fleet."""
        asked = sa.select(sa.func.count()).where(staged_heartbeats.c.taken_at.is_(None))
        with transaction(self.engine) as rows:
            return int(rows.scalar(asked) or 0)
