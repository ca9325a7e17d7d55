"""Continuous aggregates beside the rollups, for SQL clients; on TimescaleDB only."""

import pyarrow as pa
from psycopg.sql import SQL, Identifier

from wearhouse.store.postgres.connection import Session

WIDTHS = {"1m": "1 minute", "1h": "1 hour"}
BATCHES = {"weeks_of_minutes": 10_080, "weeks_of_hours": 168}
"""How many buckets are refreshed at once: a week, which is about a chunk."""


def define(session: Session) -> None:
    """Define the views of the aggregates, and what refreshes them; nothing if they were dropped."""
    if not session.rows("continuous_there")[0][0]:
        return
    batched = session.rows("refreshes_in_batches")[0][0]  # older releases refresh in one go
    options = {
        name: SQL(", options => jsonb_build_object('buckets_per_batch', {})" if batched else "")
        .format(buckets)
        for name, buckets in BATCHES.items()
    }  # fmt: skip
    session.run("refresh_procedure", **options)
    session.rows("refresh_job")
    for level, width in WIDTHS.items():
        view, aggregate = Identifier(f"continuous_{level}"), Identifier(f"cagg_{level}")
        session.run("continuous_view", view=view, aggregate=aggregate, width=width)


def touch(session: Session, changed: pa.Table) -> None:
    """Mark where samples (metric and participant as numbers, t) have changed."""
    spans = changed.group_by(["metric", "participant"]).aggregate([("t", "min"), ("t", "max")])
    session.run(
        "touch",
        metrics=spans["metric"].to_pylist(),
        participants=spans["participant"].to_pylist(),
        lows=spans["t_min"].to_pylist(),
        highs=spans["t_max"].to_pylist(),
    )


def tables(session: Session) -> list[str]:
    """Where rows of participants are kept for the aggregates; nobody refreshes them until the
    transaction ends."""
    found = [name for (name,) in session.rows("continuous_tables")]
    for name in found:
        session.run("lock_continuous", table=Identifier(*name.split(".")))
    return found
