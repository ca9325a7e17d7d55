"""The fleet in a backup: every delivery as it came. What is made of it is made again."""

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wearhouse.care.chunks import Chunks
from wearhouse.errors import Conflict
from wearhouse.fleet import carrying
from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import REFUSED
from wearhouse.registry import open_registry
from wearhouse.store import Store
from wearhouse.store.fleet_of import fleet_of
from wearhouse.store.fleets import STAGED, FleetLoad

Told = dict[str, Any]
TIMES = ("started_at", "staged_at", "curated_at")
SCHEMAS = STAGED | {"refused": REFUSED}


def save(store: Store, put: Callable[[bytes], str]) -> Told:
    """Put every delivery that is complete; what a manifest says of them. `proof` is there if
    nothing waited to be curated."""
    fleet = fleet_of(store)
    loads = carrying.complete(fleet)
    deliveries = []
    for load in loads:
        parts = []
        for table, rows in carrying.parts(fleet, load.load):
            sink = io.BytesIO()
            pq.write_table(rows, sink, compression="none", store_schema=False)
            parts.append([table, put(sink.getvalue())])
        deliveries.append({"load": asdict(load), "parts": parts})
    told: Told = {"deliveries": deliveries}
    curated = {load.load for load in loads if load.state == "curated"}
    proof = carrying.proof(fleet)
    if curated == {load.load for load in carrying.complete(fleet)}:
        told["proof"] = proof
    return told


def pieces(told: Mapping[str, Any]) -> set[str]:
    """The names of the fleet's pieces."""
    return {piece for one in told.get("deliveries", ()) for _, piece in one["parts"]}


def check_empty(told: Mapping[str, Any], store: Store) -> None:
    """Conflict if there are deliveries to restore, and the store has some."""
    if told.get("deliveries") and fleet_of(store).loads(1):
        raise Conflict("The store to restore into holds a fleet already.")


def bring_back(told: Mapping[str, Any], chunks: Chunks, registry: str, store: Store) -> bool:
    """Stage and curate the deliveries again; whether all heartbeats are what they were."""
    if not told.get("deliveries"):
        return True
    fleet, opened = fleet_of(store), open_registry(registry)
    try:
        for one in told["deliveries"]:
            load = FleetLoad(**{name: _read(name, said) for name, said in one["load"].items()})
            rows = ((table, _rows(table, chunks.read(piece))) for table, piece in one["parts"])
            carrying.put(fleet, load, rows)
        curate(fleet, opened)
    finally:
        opened.close()
    return "proof" not in told or carrying.proof(fleet) == told["proof"]


def _rows(table: str, content: bytes) -> pa.Table:
    rows: pa.Table = pq.read_table(io.BytesIO(content))
    return rows.cast(SCHEMAS[table])


def _read(name: str, said: Any) -> Any:
    return datetime.fromisoformat(said) if name in TIMES and said is not None else said
