"""Bringing a backup back into an installation that is empty, and proving that it is all there."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from wearhouse import moving
from wearhouse.care import fleets
from wearhouse.care.backup import Manifest
from wearhouse.care.chunks import Chunks
from wearhouse.errors import Conflict, Invalid
from wearhouse.payloads import Payloads
from wearhouse.registry.dumping import restore_at
from wearhouse.samples import EPISODES, SAMPLES
from wearhouse.store import Store
from wearhouse.store.imputed import IMPUTED
from wearhouse.window import EARLIEST, LATEST, millis

Step = Callable[[int], None]


@dataclass
class Restored:
    """What came back. `differing` names the series that are not as they were; the fleet is
    participant 0."""

    rows: int = 0
    participants: int = 0
    series: int = 0
    payloads: int = 0
    differing: list[tuple[int, str]] = field(default_factory=list)


def restore(
    manifest: Manifest,
    chunks: Chunks,
    registry: str,
    store: Store,
    payloads: Payloads,
    step: Step = lambda _: None,
) -> Restored:
    """Bring everything back, then compare every series with what it was; Conflict unless the
    registry at that URL and the store are empty. `step` hears of each piece."""
    if store.participants():
        raise Conflict("The store to restore into is not empty.")
    fleets.check_empty(manifest.fleet, store)
    missing = manifest.pieces() - chunks.stored()
    if missing:
        raise Invalid(f"The backup is not whole: {len(missing):,} of its pieces are missing.")
    parts = ((table, chunks.read(piece)) for table, piece in manifest.registry)
    restored = Restored(rows=restore_at(registry, manifest.schema, parts))
    for digest, piece in manifest.payloads:
        if payloads.put(chunks.read(piece)) != digest:
            raise Invalid(f"Payload {digest} is not as it was received.")
        restored.payloads += 1
        step(1)
    for held in (manifest.samples, manifest.shadowed):
        for _, piece in held:
            store.write(_rows(chunks.read(piece), SAMPLES))
            step(1)
    for _, piece in manifest.episodes:
        store.write_episodes(_rows(chunks.read(piece), EPISODES))
        step(1)
    for _, piece in manifest.imputed:
        rows = _rows(chunks.read(piece), IMPUTED)
        metric, participant = rows["metric"][0].as_py(), rows["participant"][0].as_py()
        span = (millis(EARLIEST), millis(LATEST))
        store.write_imputed(rows, metric, participant, *span)
        step(1)
    restored.participants = len(store.participants())
    restored.series = len(manifest.series)
    restored.differing = differing(manifest, store)
    if not fleets.bring_back(manifest.fleet, chunks, registry, store):
        restored.differing.append((0, "fleet"))
    return restored


def differing(manifest: Manifest, store: Store) -> list[tuple[int, str]]:
    """The participants' metrics that a store does not hold as the backup says."""
    wrong = []
    for told in manifest.series:
        participant, metric = told["participant"], told["metric"]
        if metric == "episodes":
            here = moving.kept_episodes(store, participant)
        elif metric == "imputed":
            here = moving.kept_imputed(store, participant)
        else:
            span = moving.kept_metrics(store, participant).get(metric)
            here = moving.kept(store, participant, metric, [span] if span else [])
        if (here.rows, here.checksum) != (told["rows"], told["checksum"]):
            wrong.append((participant, metric))
    return wrong


def _rows(content: bytes, schema: pa.Schema) -> pa.Table:
    rows = pq.read_table(io.BytesIO(content))
    columns = []
    for known in schema:
        column = rows[known.name]
        if pa.types.is_dictionary(known.type):
            column = column.dictionary_encode()
        columns.append(column.cast(known.type))
    return pa.table(columns, schema=schema)
