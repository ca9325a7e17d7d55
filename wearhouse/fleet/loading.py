"""A delivery of a fleet is staged as it came: complete, or as if it had never begun."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from wearhouse.errors import Conflict
from wearhouse.fleet import delivery
from wearhouse.registry import Registry
from wearhouse.registry.locks import new_owner
from wearhouse.store.fleets import BEYOND, STAGED, FleetStore

LOCK, LASTS = "fleet", timedelta(hours=1)
REFUSED = pa.schema(
    [
        ("position", pa.uint32()),
        ("project", pa.string()),
        ("device", pa.string()),
        ("captured_at", pa.timestamp("ms", "UTC")),
        ("reason", pa.string()),
        ("record", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was staged; nothing if `known` says that the very same files were there before."""

    load: int | None
    cohorts: int = 0
    devices: int = 0
    versions: int = 0
    events: int = 0
    refused: int = 0
    known: bool = False


def load_folder(
    fleet: FleetStore,
    registry: Registry,
    folder: Path,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Loaded:
    """Stage the files of a folder. Conflict if somebody else loads or curates just now; Invalid if
    a file is not what its name says, and then nothing of them counts."""
    files = delivery.found(folder)
    digest = delivery.digest_of(files)
    with at_work(registry):
        if fleet.seen(digest):
            return Loaded(None, known=True)
        now = datetime.now(UTC)
        load = fleet.begin("files", str(folder), digest, now)
        counts: Counter[str] = Counter()
        refused = delivery.Refused()
        for table, file in files.items():
            size = file.stat().st_size
            for lot in delivery.rows(table, file, refused, now):
                fleet.stage(load, table, lot)
                counts[table] += lot.num_rows
            progress(size)
        _refuse(fleet, load, refused)
        fleet.staged(load, counts, datetime.now(UTC))
    return Loaded(
        load, counts["cohorts"], counts["devices"], counts["versions"], counts["events"],
        len(refused.rows),
    )  # fmt: skip


def load_tables(
    fleet: FleetStore, source: str, tables: Mapping[str, pa.Table], digest: str = ""
) -> Loaded:
    """Stage rows that a producer made. The caller is at work alone."""
    load = fleet.begin(source, "", digest, datetime.now(UTC))
    counts = {name: rows.num_rows for name, rows in tables.items()}
    for name, rows in tables.items():
        if rows.num_rows:
            fleet.stage(load, name, rows)
    fleet.staged(load, counts, datetime.now(UTC))
    return Loaded(load, *(counts.get(name, 0) for name in STAGED))


@contextmanager
def at_work(registry: Registry) -> Iterator[None]:
    """Nobody else loads or curates meanwhile; Conflict if somebody does."""
    owner = new_owner()
    if not registry.locks.take(LOCK, owner, LASTS):
        raise Conflict("The fleet is being loaded or curated just now; try again when it is done.")
    try:
        yield
    finally:
        registry.locks.release(LOCK, owner)


def _refuse(fleet: FleetStore, load: int, refused: delivery.Refused) -> None:
    if refused.rows:
        rows = [
            {"position": BEYOND + place, "project": "", "device": "", **row}
            for place, row in enumerate(refused.rows)
        ]
        fleet.refuse(load, pa.Table.from_pylist(rows, schema=REFUSED))
