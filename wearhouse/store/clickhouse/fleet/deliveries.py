"""What came to a fleet in ClickHouse, as it came."""

from collections.abc import Iterator, Mapping

import pyarrow as pa

from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.fleet.asking import filled
from wearhouse.store.fleets import PART, STAGED


def delivered(
    connection: Connection, statements: Mapping[str, str], load: int, table: str
) -> Iterator[pa.Table]:
    """What a load staged for a table, in parts."""
    schema = STAGED[table]
    pieces = {"table": table, "columns": ", ".join(schema.names)}
    if table != "events":
        rows = connection.query(
            filled(statements, "fleet_delivered_rows", **pieces), {"load": load}
        )
        if rows.num_rows:
            yield rows.cast(schema)
        return
    newest = connection.query(statements["fleet_last_position"], {"load": load})["position"][0]
    statement = filled(statements, "fleet_delivered_events", **pieces)
    for first in range(0, newest.as_py() + 1, PART):
        asked = {"load": load, "first": first, "end": first + PART}
        rows = connection.query(statement, asked)
        if rows.num_rows:
            yield rows.cast(schema)
