"""Inserts that are still arriving.

A server goes on with an insert when its client has died or has stopped waiting. Whoever reads what
stands in order to change it must not do so before such an insert has ended.
"""

import time

from wearhouse.errors import StoreUnavailable
from wearhouse.store.clickhouse.connection import Connection

PATIENCE_S, PAUSE_S = 120, 0.02
QUIET_S = 1.0
"""How long an insert may be on its way before the server lists it."""


def await_inserts(connection: Connection) -> None:
    """Return once the inserts that are under way now have ended; StoreUnavailable if they last.
    It takes a second at least, so it is for when something went wrong before."""
    until = time.monotonic() + PATIENCE_S
    time.sleep(QUIET_S)
    waiting = _under_way(connection)
    while waiting:
        if time.monotonic() >= until:
            raise StoreUnavailable("The ClickHouse store is still busy with an earlier insert.")
        time.sleep(PAUSE_S)
        waiting &= _under_way(connection)


def _under_way(connection: Connection) -> set[str]:
    rows = connection.ask("inserts_under_way", user=connection.address.user)
    return set(rows["query_id"].to_pylist())
