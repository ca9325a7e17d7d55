"""Native partitions by time, made before the first row that needs one. TimescaleDB has its own."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from psycopg.sql import Identifier

from wearhouse.store.postgres.connection import Connections, Session, reachable

SPANS = {"samples": "M", "rollups_1m": "M", "rollups_1h": "Y"}
"""The tables that are cut by time, and how long a partition is: a month or a year."""

LOCK = 1


class Partitions:
    """The partitions of one store, as far as they are known to be there."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.known: set[str] = set()
        self.native = True

    def make(self, table: str, rows: pa.Table) -> None:
        """Make the partitions that these rows of a table fall into."""
        if not self.native or table not in SPANS or not rows.num_rows:
            return
        periods = _periods(rows, SPANS[table])
        missing = [p for p in periods if f"{table}_{_label(p)}" not in self.known]
        if missing:
            # A connection of its own: the caller's is in the middle of a transaction.
            with reachable(), self.connections.connect() as connection:
                session = Session(connection, self.connections.statements)
                for period in missing:
                    self._make(session, table, period)

    def _make(self, session: Session, table: str, period: np.datetime64) -> None:
        name = f"{table}_{_label(period)}"
        with session.connection.transaction():
            session.lock(LOCK, [0])
            if not session.rows("table_named", name=name)[0][0]:
                # Attaching locks out nobody who reads or writes; creating it in place would.
                session.run("new_partition", name=Identifier(name), table=Identifier(table))
                session.run(
                    "attach_partition",
                    name=Identifier(name),
                    table=Identifier(table),
                    low=_start(period),
                    high=_start(period + 1),
                )
        self.known.add(name)


def _periods(rows: pa.Table, unit: str) -> Iterable[np.datetime64]:
    at = rows["t"].cast(pa.int64()).to_numpy().astype("datetime64[ms]")
    return np.unique(at.astype(f"datetime64[{unit}]"))


def _label(period: np.datetime64) -> str:
    return str(period).replace("-", "_")


def _start(period: np.datetime64) -> str:
    return f"{period.astype('datetime64[D]')} 00:00+00"
