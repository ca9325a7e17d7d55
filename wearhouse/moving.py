"""Moving: one store's samples and episodes into another, and the proof that they arrived.

The unit is a participant's month. What is done is noted in a file, so that a copy that was
interrupted goes on where it stopped; a month copied twice is copied once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.errors import Conflict
from wearhouse.metrics import METRICS
from wearhouse.samples import SAMPLES
from wearhouse.store import Store
from wearhouse.window import EARLIEST, LATEST, MINUTE_MS, millis

EPISODIC = sorted(metric.name for metric in METRICS.values() if metric.kind == "episode")
AROUND = timedelta(days=2)
"""A day in the shadow of another may reach this far beyond what is served."""

TABLES: tuple[Literal["samples", "shadowed"], ...] = ("samples", "shadowed")

Step = Callable[[int], None]
Span = tuple[int, int]
"""From an instant up to another (UTC ms)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store keeps of a participant's metric, for comparison."""

    rows: int = 0
    total: float = 0.0
    first_at: datetime | None = None
    last_at: datetime | None = None
    checksum: str = ""

    def joined_by(self, rows: pa.Table) -> "Kept":
        """With more rows, which come in the order of time."""
        if not rows.num_rows:
            return self
        digest = hashlib.sha256(self.checksum.encode())
        for name in rows.column_names:
            digest.update(_bytes(rows[name]))
        span = pc.min_max(rows["t"]).as_py()
        return Kept(
            self.rows + rows.num_rows,
            self.total + (pc.sum(rows["value"]).as_py() if "value" in rows.column_names else 0),
            min(self.first_at or span["min"], span["min"]),
            max(self.last_at or span["max"], span["max"]),
            digest.hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """The same participant's metric in two stores."""

    participant: int
    metric: str
    here: Kept
    there: Kept

    @property
    def same(self) -> bool:
        return self.here == self.there


class Progress:
    """The months that are done, in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.done: set[str] = set()
        if file.exists():
            self.done = set(json.loads(file.read_text(encoding="utf-8")))

    def note(self, what: str) -> None:
        """Note that something is done."""
        self.done.add(what)
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps(sorted(self.done)), encoding="utf-8")
        part.replace(self.file)


def copy(origin: Store, target: Store, file: Path, step: Step = lambda _: None) -> list[Compared]:
    """Copy everything, then compare it. `file` notes the progress and is removed when both stores
    hold the same; `step` hears of each participant."""
    if not file.exists() and target.participants():
        raise Conflict("The store to copy into holds samples already; give one that is empty.")
    progress = Progress(file)
    progress.note("begun")
    for participant in origin.participants():
        metrics = kept_metrics(origin, participant)
        for month in months(metrics.values()):
            name = f"{participant} {np.datetime64(month[0], 'ms').astype('datetime64[M]')}"
            if name not in progress.done:
                _copy_samples(origin, target, participant, sorted(metrics), month)
                progress.note(name)
        target.write_episodes(episodes(origin, participant))
        for metric, span in imputed_spans(origin, participant).items():
            rows = origin.whole_imputed(metric, [participant], *span)
            target.write_imputed(rows, metric, participant, *span)
        step(1)
    compared = list(compare(origin, target))
    if all(pair.same for pair in compared):
        file.unlink()
    return compared


def compare(origin: Store, target: Store) -> Iterator[Compared]:
    """What both stores keep, participant by participant and metric by metric."""
    for participant in sorted({*origin.participants(), *target.participants()}):
        here, there = (kept_metrics(store, participant) for store in (origin, target))
        for metric in sorted(here.keys() | there.keys()):
            spans = [span[metric] for span in (here, there) if metric in span]
            sides = (kept(store, participant, metric, spans) for store in (origin, target))
            yield Compared(participant, metric, *sides)
        logs = [kept_episodes(store, participant) for store in (origin, target)]
        if any(side.rows for side in logs):
            yield Compared(participant, "episodes", *logs)
        layers = [kept_imputed(store, participant) for store in (origin, target)]
        if any(side.rows for side in layers):
            yield Compared(participant, "imputed", *layers)


def away(store: Store) -> tuple[int, int]:
    """How many samples of a store lie in its archive, which a copy takes back, and of how many
    retention has left rollups alone, which no copy holds."""
    moved = store.moved()
    archived = sum(one.rows for one in moved if one.root)
    return archived, sum(one.rows for one in moved if not one.root)


def kept_metrics(store: Store, participant: int) -> dict[str, Span]:
    """From when to when a participant's samples of each metric may be (UTC ms)."""
    return {
        row["metric"]: (millis(row["first_at"] - AROUND), millis(row["last_at"] + AROUND))
        for row in store.extent([participant]).to_pylist()
    }


def months(spans: Iterable[Span]) -> list[Span]:
    """The months that spans touch, each from its first instant up to the next one's."""
    touched: set[int] = set()
    for low, high in spans:
        first, last = (np.datetime64(at, "ms").astype("datetime64[M]") for at in (low, high))
        touched.update(np.arange(first, last + 1).astype(np.int64).tolist())
    return [(_month_start(month), _month_start(month + 1)) for month in sorted(touched)]


def _month_start(month: int) -> int:
    return int(np.datetime64(month, "M").astype("datetime64[ms]").astype(np.int64))


def _copy_samples(
    origin: Store, target: Store, participant: int, metrics: Sequence[str], month: Span
) -> None:
    served = [origin.whole("samples", metric, [participant], *month) for metric in metrics]
    target.write(joined(served))
    shadowed = joined(
        [origin.whole("shadowed", metric, [participant], *month) for metric in metrics]
    )
    for of_one in by_source(shadowed):
        target.write(of_one)


def by_source(shadowed: pa.Table) -> Iterator[pa.Table]:
    """Rows of the shadow, each source's by themselves: in one load they would be united."""
    for source in pc.unique(shadowed["source"]).to_pylist():
        yield shadowed.filter(pc.equal(shadowed["source"], source))


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of samples as one."""
    return pa.concat_tables([SAMPLES.empty_table(), *tables]).unify_dictionaries().combine_chunks()


def kept(store: Store, participant: int, metric: str, spans: Sequence[Span]) -> Kept:
    """What a store keeps of a participant's metric within spans."""
    found = Kept()
    for table in TABLES:
        for month in months(spans):
            rows = store.whole(table, metric, [participant], *month)
            found = found.joined_by(ordered(rows, "t", "source"))
    return found


def imputed_spans(store: Store, participant: int) -> dict[str, Span]:
    """From when to when the imputed layer has something of each metric (UTC ms)."""
    spans: dict[str, Span] = {}
    for row in store.imputed_extent([participant]).to_pylist():
        low, high = millis(row["first_at"]), millis(row["last_at"]) + MINUTE_MS
        before = spans.get(row["metric"], (low, high))
        spans[row["metric"]] = (min(low, before[0]), max(high, before[1]))
    return spans


def kept_imputed(store: Store, participant: int) -> Kept:
    """What a store's imputed layer keeps of a participant."""
    found = Kept()
    for metric, span in sorted(imputed_spans(store, participant).items()):
        rows = store.whole_imputed(metric, [participant], *span).drop_columns(["sums"])
        found = found.joined_by(ordered(rows, "t"))
    return found


def kept_episodes(store: Store, participant: int) -> Kept:
    """What a store keeps of a participant's episodes."""
    return Kept().joined_by(ordered(episodes(store, participant), "t", "metric", "log"))


def episodes(store: Store, participant: int) -> pa.Table:
    """All episodes of a participant."""
    return store.episodes(EPISODIC, [participant], EARLIEST.date(), LATEST.date())


def ordered(rows: pa.Table, *by: str) -> pa.Table:
    """Rows in order, names as plain text."""
    plain = [_as_text(column) for column in rows.columns]
    return pa.table(plain, names=rows.column_names).sort_by([(name, "ascending") for name in by])


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _bytes(column: pa.ChunkedArray) -> bytes:
    """Values as bytes: the same for equal values, however a store hands them over."""
    if pa.types.is_string(column.type):
        encoded = column.combine_chunks().dictionary_encode()
        names = np.array(encoded.dictionary.to_pylist(), object)
        place = np.argsort(np.argsort(names)).astype(np.int32)
        told = "\n".join(sorted(names)).encode()
        return told + bytes(place[encoded.indices.to_numpy()].tobytes())
    if pa.types.is_list(column.type):
        lengths = pc.list_value_length(column).to_numpy().astype(np.int32)
        return bytes(lengths.tobytes() + pc.list_flatten(column).to_numpy().tobytes())
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    return bytes(column.to_numpy().tobytes())
