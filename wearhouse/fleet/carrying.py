"""A fleet carried from one store into another: as it came, to be curated anew."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pyarrow as pa

from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import at_work
from wearhouse.registry import Registry
from wearhouse.store.fleets import STAGED, Among, FleetLoad, FleetStore

EVERY = 2**31 - 1
Rows = Iterable[tuple[str, pa.Table]]
"""Rows with the name of their table, `refused` among them."""


def carry(origin: FleetStore, target: FleetStore, registry: Registry) -> int:
    """Carry every delivery that the target has not yet, and curate there; how many were carried.
    Conflict if somebody loads or curates just now."""
    done = {_named(load) for load in complete(target)}
    carried = 0
    with at_work(registry):
        for load in complete(origin):
            if _named(load) not in done:
                put(target, load, parts(origin, load.load))
                carried += 1
    curate(target, registry)
    return carried


def complete(fleet: FleetStore) -> list[FleetLoad]:
    """The deliveries that are complete, the oldest first."""
    return [load for load in reversed(fleet.loads(EVERY)) if load.state != "loading"]


def parts(fleet: FleetStore, load: int) -> Iterator[tuple[str, pa.Table]]:
    """What a delivery brought, in parts that are always the same."""
    for table in STAGED:
        for rows in fleet.delivered(load, table):
            yield table, rows
    refused = fleet.refused(load)
    if refused.num_rows:
        yield "refused", refused


def put(fleet: FleetStore, load: FleetLoad, rows: Rows) -> None:
    """Stage a delivery as it was, to be curated."""
    number = fleet.begin(load.source, load.path, load.digest, load.started_at)
    counts = dict.fromkeys(STAGED, 0)
    for table, part in rows:
        if table == "refused":
            fleet.refuse(number, part)
        else:
            fleet.stage(number, table, part)
            counts[table] += part.num_rows
    fleet.staged(number, counts, load.staged_at or datetime.now(UTC))


def proof(fleet: FleetStore) -> list[list[object]]:
    """What all heartbeats amount to, by project and version; the same in every store that holds
    the same."""
    return sorted(
        [row["project"], row["software"], row["version"], row["first_at"].isoformat(),
         row["last_at"].isoformat(), row["devices"], row["reports"]]
        for row in fleet.releases(Among()).to_pylist()
    )  # fmt: skip


def _named(load: FleetLoad) -> tuple[str, str, str, datetime]:
    return load.source, load.path, load.digest, load.started_at
