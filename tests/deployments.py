"""Where tests put stores: each gives the URL of a new one, of which a new folder is its own."""

from collections.abc import Callable
from pathlib import Path

import clickhouse_server
import postgres

DEPLOYMENTS: dict[str, Callable[[Path], str]] = {
    "embedded": "chdb://{}/store".format,
    "postgres": postgres.new_database,
    **postgres.servers(),
}
"""What everything is tested on."""

EVERYWHERE: dict[str, Callable[[Path], str]] = {
    **DEPLOYMENTS,
    "clickhouse": clickhouse_server.new_clickhouse,
    "cluster": clickhouse_server.new_on_cluster,
    **clickhouse_server.servers(),
}
"""What the contract of a store is tested on."""
