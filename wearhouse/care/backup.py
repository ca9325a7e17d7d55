"""Backups: everything that is kept, as it is at one moment, without anybody stopping.

The registry is read first, in one transaction; what the store takes in afterwards is at worst newer
than the registry knows, and the next sync reads it again. A backup counts once its manifest is
written, which comes last.
"""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wearhouse import __version__, moving
from wearhouse.care import fleets
from wearhouse.care.chunks import Chunks
from wearhouse.errors import Invalid, NotFound
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry
from wearhouse.registry.dumping import dump, revision
from wearhouse.store import Store

FORM = 3
Step = Callable[[int], None]


@dataclass
class Manifest:
    """What a backup holds: names of pieces, and the proof of what they must give.

    `registry` holds (table, piece); `samples` and `shadowed` (participant, piece), a month each;
    `episodes` and `imputed` (participant, piece); `payloads` (digest, piece); `series` what each
    participant's metric amounted to; `fleet` every delivery with its (table, piece).
    """

    form: int
    software: str
    at: str
    schema: str
    registry: list[list[str]] = field(default_factory=list)
    samples: list[list[Any]] = field(default_factory=list)
    shadowed: list[list[Any]] = field(default_factory=list)
    episodes: list[list[Any]] = field(default_factory=list)
    imputed: list[list[Any]] = field(default_factory=list)
    payloads: list[list[str]] = field(default_factory=list)
    lost_payloads: list[str] = field(default_factory=list)
    series: list[dict[str, Any]] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)  # where samples lay that are in here as well
    removed: int = 0  # samples that retention removed: neither they nor their rollups are in here
    fleet: dict[str, Any] = field(default_factory=dict)

    def pieces(self) -> set[str]:
        """The names of all pieces."""
        held = (
            self.registry, self.samples, self.shadowed, self.episodes, self.imputed, self.payloads
        )  # fmt: skip
        return {piece for kind in held for _, piece in kind} | fleets.pieces(self.fleet)


@dataclass
class Done:
    """What a backup wrote."""

    name: str
    pieces: int = 0
    fresh_pieces: int = 0
    fresh_bytes: int = 0
    participants: int = 0
    payloads: int = 0
    lost_payloads: int = 0
    removed: int = 0
    gone_for_good: int = 0


@dataclass
class Writer:
    """Writes pieces and counts them."""

    chunks: Chunks
    done: Done

    def put(self, content: bytes) -> str:
        chunk = self.chunks.put(content)
        self.done.pieces += 1
        self.done.fresh_pieces += chunk.fresh
        self.done.fresh_bytes += chunk.bytes if chunk.fresh else 0
        return chunk.name


def backup(
    store: Store,
    registry: Registry,
    payloads: Payloads,
    chunks: Chunks,
    step: Step = lambda _: None,
) -> Done:
    """Write a backup; what an earlier one wrote and has not changed is not written again. `step`
    hears of each participant."""
    at = datetime.now(UTC)
    name = at.strftime("%Y%m%dT%H%M%S.%fZ")
    manifest = Manifest(FORM, __version__, at.isoformat(), revision(registry.engine))
    writer = Writer(chunks, Done(name))
    people: set[int] = set()
    digests: set[str] = set()
    for table, rows in dump(registry.engine):
        manifest.registry.append([table, writer.put(rows)])
        if table == "participants":
            people.update(json.loads(line)["id"] for line in rows.splitlines())
        if table in ("payloads", "pushed_payloads"):
            digests.update(json.loads(line)["digest"] for line in rows.splitlines())
    for digest in sorted(digests):
        try:
            manifest.payloads.append([digest, writer.put(payloads.read(digest))])
        except (NotFound, Invalid):
            manifest.lost_payloads.append(digest)
    for participant in sorted(people & set(store.participants())):
        _person(store, participant, writer, manifest)
        writer.done.participants += 1
        step(1)
    manifest.fleet = fleets.save(store, writer.put)
    moved = store.moved()
    manifest.archives = sorted({one.root for one in moved if one.root})
    manifest.removed = sum(one.rows for one in moved if not one.root)
    writer.done.gone_for_good = manifest.removed
    told = json.dumps(asdict(manifest), default=str, separators=(",", ":")).encode()
    chunks.write_named(f"manifests/{name}", told)
    writer.done.payloads = len(manifest.payloads)
    writer.done.lost_payloads = len(manifest.lost_payloads)
    return writer.done


def manifests(chunks: Chunks) -> list[str]:
    """The names of the backups that are whole, the newest last."""
    return chunks.names("manifests")


def manifest_named(chunks: Chunks, name: str | None = None) -> Manifest:
    """What a backup holds, of the newest if none is named."""
    whole = manifests(chunks)
    if not whole:
        raise NotFound(f"{chunks.url} holds no backup.")
    if name is not None and name not in whole:
        raise NotFound(f"{chunks.url} holds no backup {name}. The newest is {whole[-1]}.")
    told = json.loads(chunks.read_named(f"manifests/{name or whole[-1]}"))
    if told["form"] > FORM:
        raise Invalid(f"This backup was written by a later Wearhouse ({told['software']}).")
    return Manifest(**told)


def prune(chunks: Chunks, keep: int) -> int:
    """Let go of all but the newest backups, and of the pieces that only they held; how many."""
    whole = manifests(chunks)
    old, kept = whole[:-keep], whole[-keep:]
    if not old:
        return 0
    held: set[str] = set()
    for name in kept:
        held |= manifest_named(chunks, name).pieces()
    for name in old:
        chunks.remove_named(f"manifests/{name}")
    loose = chunks.stored() - held
    for piece in loose:
        chunks.remove(piece)
    return len(loose)


def _person(store: Store, participant: int, writer: Writer, manifest: Manifest) -> None:
    metrics = moving.kept_metrics(store, participant)
    proofs = {metric: moving.Kept() for metric in metrics}
    # Every table is proven from one end to the other, as a comparison of stores would.
    for table in moving.TABLES:
        held: list[list[Any]] = getattr(manifest, table)
        for month in moving.months(metrics.values()):
            parts = []
            for metric in sorted(metrics):
                rows = store.whole(table, metric, [participant], *month)
                proofs[metric] = proofs[metric].joined_by(moving.ordered(rows, "t", "source"))
                parts.append(rows)
            for rows in _by_source(moving.joined(parts), table):
                held.append([participant, writer.put(_file(rows))])
    episodes = moving.episodes(store, participant)
    if episodes.num_rows:
        manifest.episodes.append([participant, writer.put(_file(episodes))])
    proofs["episodes"] = moving.kept_episodes(store, participant)
    for metric, span in moving.imputed_spans(store, participant).items():
        rows = store.whole_imputed(metric, [participant], *span)
        manifest.imputed.append([participant, writer.put(_file(rows))])
        proofs["imputed"] = moving.kept_imputed(store, participant)
    manifest.series += [
        {"participant": participant, "metric": metric, **asdict(kept)}
        for metric, kept in proofs.items()
    ]


def _by_source(rows: pa.Table, table: str) -> Iterator[pa.Table]:
    """Rows as they can be written again: of the shadow, each source by itself."""
    if not rows.num_rows:
        return
    if table == "samples":
        yield rows
    else:
        yield from moving.by_source(rows)


def _file(rows: pa.Table) -> bytes:
    plain = moving.ordered(rows, *_order(rows.column_names))
    sink = io.BytesIO()
    pq.write_table(plain, sink, compression="none", write_statistics=False, store_schema=False)
    return sink.getvalue()


def _order(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in ("metric", "t", "source", "log", "label", "end") if name in names)


def note(home: Path, done: Done) -> None:
    """Note in the home that a backup was written, for those who watch."""
    partial = home / "backup.part"
    partial.write_text(json.dumps({"name": done.name, "at": datetime.now(UTC).timestamp()}))
    partial.replace(home / "backup.json")


def noted_at(home: Path) -> float:
    """When the last backup was written (seconds since 1970); 0 if none ever was."""
    try:
        at: float = json.loads((home / "backup.json").read_text(encoding="utf-8"))["at"]
    except (OSError, ValueError, KeyError):
        return 0.0
    return at
