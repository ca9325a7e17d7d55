"""Files to store: parse, place in time, check, quarantine what is wrong, write the rest."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from wearhouse import telemetry
from wearhouse.confirming import Families, confirm
from wearhouse.enrolling.people import People
from wearhouse.errors import Invalid, Unwanted, WearhouseError
from wearhouse.evidence import follow
from wearhouse.placing import Placed, place
from wearhouse.registry import Registry
from wearhouse.samples import Parsed
from wearhouse.sources import Preparing, Source, live, recognise, source_named
from wearhouse.sources.files import File, walk
from wearhouse.store import Store, Written
from wearhouse.study import Participant, Study

Progress = Callable[[int], None]

READ_WHOLE = 4_000_000
"""Files up to this many bytes on disk are parsed once, before anything is written; larger ones
are read twice, the first time only to see that they are whole."""
ROWS_AT_ONCE = 400_000


@dataclass(frozen=True)
class Request:
    """What to import and for whom. Without a participant the persons named in the files are
    taken, and enrolled where they are new; `timezone` is then their home clock, and in any case
    the clock of times without a zone."""

    path: Path
    study: Study
    participant: Participant | None = None
    format: str = "auto"
    timezone: str | None = None


@dataclass
class Summary:
    """What became of an import."""

    load: int
    files: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    samples: Counter[str] = field(default_factory=Counter)
    episodes: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    participants: set[str] = field(default_factory=set)
    formats: set[str] = field(default_factory=set)
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: Written = field(default_factory=Written)


def import_files(
    store: Store,
    registry: Registry,
    request: Request,
    progress: Progress | None = None,
    families: Families | None = None,
) -> Summary:
    """Import a file, a folder or an archive.

    In a folder or archive, files of other formats are skipped and damaged ones refused, and both
    are listed; the others are taken. Invalid if the one file is damaged, or if nothing could be
    recognised. Of a refused file nothing is written. `families` are what live sources offer;
    those that are installed are asked for it where it is not given.
    """
    if families is None:
        families = {name: one.families() for name, one in live.installed({}).items()}
    load = registry.begin_load(request.study.id, str(request.path), request.format)
    summary = Summary(load)
    try:
        with Writer(store, registry, families) as writer:
            for file, source in _recognised(request, summary, progress):
                _import_file(registry, request, file, source, writer, summary)
        summary.written = writer.written
    except (WearhouseError, KeyboardInterrupt) as error:
        _end(registry, summary, "failed", str(error) or "interrupted")
        raise
    counts = (len(summary.skipped), "skipped"), (len(summary.refused), "refused")
    told = [f"{count} files {what}" for count, what in counts if count]
    _end(registry, summary, "done", "; ".join([*told, *summary.notes]))
    return summary


def _recognised(
    request: Request, summary: Summary, progress: Progress | None
) -> Iterator[tuple[File, Source]]:
    forced = None if request.format == "auto" else source_named(request.format)
    refused: list[Invalid] = []
    found: list[tuple[File, Source]] = []
    for file in walk(request.path, progress):
        try:
            source = forced or recognise(file)
        except Invalid as error:
            refused.append(error)
            summary.skipped.append((file.name, str(error)))
            continue
        found.append((file, source))
    yield from _prepared(found, summary)
    if not summary.files and refused:
        if len(refused) == 1:
            raise refused[0]
        raise Invalid(f"{request.path} holds no file in a format that Wearhouse knows.", "path")
    if not summary.files and not summary.skipped and not summary.refused:
        raise Invalid(f"{request.path} holds no files.", "path")


def _prepared(found: list[tuple[File, Source]], summary: Summary) -> Iterator[tuple[File, Source]]:
    """The same files, where a source asks for it with one that has seen all of its files."""
    sources = {source.name: source for _, source in found}
    prepared = {
        name: source.prepare([file for file, of in found if of.name == name])
        for name, source in sources.items()
        if isinstance(source, Preparing)
    }
    for file, source in found:
        yield file, prepared.get(source.name, source)
    for source in prepared.values():
        summary.notes.extend(source.notes)


def _import_file(
    registry: Registry,
    request: Request,
    file: File,
    source: Source,
    writer: "Writer",
    summary: Summary,
) -> None:
    whole = file.size is not None and file.size <= READ_WHOLE
    try:
        batches: Iterable[Parsed] = list(source.read(file)) if whole else source.read(file)
        survey = Survey.of(batches)
        people = People(
            registry, request.study, request.participant, request.timezone, survey.persons
        )
        if people.names_nobody:
            raise Invalid(f"{file.name} names no participant; say whose it is.", "participant")
    except Invalid as error:
        if file.name == request.path.name:
            raise
        told = summary.skipped if isinstance(error, Unwanted) else summary.refused
        told.append((file.name, str(error)))
        return
    summary.files += 1
    summary.formats.add(source.name)
    telemetry.payload_bytes.labels(source.name).inc(file.size or 0)
    for parsed in batches if whole else source.read(file):
        placed = place(parsed, people, source.name, survey.as_of)
        _count(placed, summary)
        kept = placed.rejects.to_pylist()
        registry.quarantine(summary.load, file.name, kept)
        summary.quarantined.update(row["reason"] for row in kept)
        telemetry.samples_loaded.labels(source.name).inc(placed.samples.num_rows)
        telemetry.records_quarantined.labels(source.name).inc(len(kept))
        writer.add(placed)
    summary.participants |= people.codes


@dataclass(frozen=True)
class Survey:
    """What one look through a file tells: the persons it names and how late it speaks."""

    persons: frozenset[str]
    as_of: int

    @classmethod
    def of(cls, batches: Iterable[Parsed]) -> "Survey":
        persons: set[str] = set()
        newest = 0
        for parsed in batches:
            for table in (parsed.samples, parsed.episodes):
                if table.num_rows:
                    persons |= set(pc.unique(table["person"]).cast(pa.string()).to_pylist())
                    last = pc.max(table["t"].cast(pa.int64())).as_py()
                    newest = max(newest, (last or 0) // 1000)
            persons |= set(parsed.rejects["person"].to_pylist())
        return cls(frozenset(persons), min(newest, 2**32 - 1))


class Writer:
    """Gathers batches and writes them while the next are being parsed."""

    def __init__(self, store: Store, registry: Registry, families: Families) -> None:
        self.store, self.registry, self.families = store, registry, families
        self.written = Written()
        self._samples: list[pa.Table] = []
        self._episodes: list[pa.Table] = []
        self._beside = ThreadPoolExecutor(1)
        self._pending: Future[Written] | None = None

    def add(self, placed: Placed) -> None:
        """Take a batch; it may be written at once or with later ones."""
        self._samples.append(placed.samples)
        self._episodes.append(placed.episodes)
        if sum(t.num_rows for t in (*self._samples, *self._episodes)) >= ROWS_AT_ONCE:
            self._flush()

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._flush()
            self._settle()
        finally:
            self._beside.shutdown()

    def _flush(self) -> None:
        self._settle()
        samples, episodes = (
            pa.concat_tables(tables).unify_dictionaries() if tables else None
            for tables in (self._samples, self._episodes)
        )
        self._samples, self._episodes = [], []
        self._pending = self._beside.submit(self._write, samples, episodes)

    def _write(self, samples: pa.Table | None, episodes: pa.Table | None) -> Written:
        written = Written()
        if samples is not None and samples.num_rows:
            confirm(self.store, self.registry, self.families, samples)
            written += self.store.write(samples)
            follow(self.store, samples)
        if episodes is not None and episodes.num_rows:
            confirm(self.store, self.registry, self.families, episodes)
            written += self.store.write_episodes(episodes)
        return written

    def _settle(self) -> None:
        if self._pending is not None:
            pending, self._pending = self._pending, None
            self.written += pending.result()


def _count(placed: Placed, summary: Summary) -> None:
    for table, counter in (
        (placed.samples, summary.samples),
        (placed.episodes, summary.episodes),
    ):
        if table.num_rows:
            for entry in pc.value_counts(table["metric"].cast(pa.string())).to_pylist():
                counter[entry["values"]] += entry["counts"]


def _end(registry: Registry, summary: Summary, outcome: str, detail: str) -> None:
    registry.end_load(
        summary.load,
        outcome,
        summary.samples.total(),
        summary.episodes.total(),
        summary.quarantined.total(),
        detail,
    )
