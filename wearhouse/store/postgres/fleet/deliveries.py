"""What came to a fleet in PostgreSQL, as it came."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pyarrow as pa
from psycopg.sql import SQL, Composable, Identifier

from wearhouse.store.fleets import BEYOND, PART, STAGED
from wearhouse.store.postgres.connection import Session
from wearhouse.store.postgres.fleet.answers import REFUSED, table

Lent = Callable[[], AbstractContextManager[Session]]


def delivered(lent: Lent, load: int, name: str) -> Iterator[pa.Table]:
    """What a load staged for a table, in parts."""
    schema, parts = STAGED[name], [SQL("true")]
    order: Composable = SQL("1, 2, 3, 4")
    if name == "events":
        with lent() as session:
            [(last,)] = session.rows("fleet_last_position", load=load)
        order, ends = SQL("position"), range(0, last + 1, PART)
        parts = [SQL(f"position >= {at:d} AND position < {at + PART:d}") for at in ends]
    columns = SQL(", ").join(map(Identifier, schema.names))
    for which in parts:
        with lent() as session:
            rows = session.rows(
                "fleet_delivered_rows", table=Identifier("staging", name), columns=columns,
                load=load, which=which, order=order,
            )  # fmt: skip
        if rows:
            yield table(rows, schema)


def refused(lent: Lent, load: int) -> pa.Table:
    """The records of a load that could not be staged."""
    with lent() as session:
        return table(session.rows("fleet_refused", load=load, first=BEYOND), REFUSED)
