"""The Store on ClickHouse. Reading is here; writing is in `loading`."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.errors import Conflict
from wearhouse.levels import Level, is_kept
from wearhouse.store import archive, imputed, imputed_pages, merging, nights, sql
from wearhouse.store.archive import Moved, Table
from wearhouse.store.clickhouse import keeping, loading
from wearhouse.store.clickhouse.arrivals import await_inserts
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.imputed import ClickHouseLayer, Told
from wearhouse.store.clickhouse.marks import Marks
from wearhouse.store.clickhouse.nights import as_episodes
from wearhouse.store.clickhouse.recent import Recent
from wearhouse.store.clickhouse.versions import Versions, latest
from wearhouse.store.loading import named
from wearhouse.store.pages import complete, folded, patched
from wearhouse.store.protocol import About, Ask, Page, Slices, Turns, Written
from wearhouse.store.slices import found_in, unpacked

EPOCH = date(1970, 1, 1)
BEFORE_ALL = (0, 0)
ROOM = 64  # rows read beyond a page, so that one bucket's parts are seldom cut
PATIENCE_S = 900
"""How long a load waits for others of the same participants: longer than the turn of a process
lasts that died."""


class ClickHouseStore:
    """Samples in ClickHouse: in this process, on a server, or on a cluster."""

    def __init__(self, url: str, turns: Turns | None = None, told: Told | None = None) -> None:
        self.url = url
        self.connection = Connection(url)
        self.kind = self.connection.address.kind
        self.turns = None if self.kind == "embedded" else turns
        self.writing = threading.Lock()
        self.recent = Recent(sole_writer=self.kind == "embedded")
        self.versions = Versions()
        self.marks = Marks(self.connection, self.versions)
        self.layer = ClickHouseLayer(self.connection, told)
        self._shelf = loading.ClickHouseShelf(self.connection, self.marks.away)

    def migrate(self) -> None:
        keeping.migrate(self.connection, sql.migrations("clickhouse"))
        if self.kind == "embedded":
            self.versions.pass_by(self.connection.ask("versions")["version"][0].as_py())
            with self.writing:
                keeping.mend_some(self.connection, self.versions, self.marks, self.marks.stored())
        elif self.turns:
            self._mend_what_nobody_writes()

    def write(self, samples: pa.Table, slices: Slices | None = None) -> Written:
        tables = [samples] if slices is None else [samples, slices.table]
        people, metrics = (found_in(tables, name) for name in ("participant", "metric"))
        with self._turn(people):
            self._mend(people, metrics)
            return loading.load(
                self.connection, self.versions, self.marks, samples, slices, self.layer
            )

    def write_episodes(self, episodes: pa.Table, slices: Slices | None = None) -> Written:
        tables = [episodes] if slices is None else [episodes, slices.table]
        people, metrics = found_in(tables, "participant"), nights.families(tables[-1])
        with self._turn(people):
            self._mend(people, metrics)
            return loading.settle_episodes(
                self.connection, self.versions, self.marks, episodes, slices, self.episodes
            )

    def page(self, ask: Ask) -> Page:
        if ask.level == "raw":
            return self._samples(ask)
        if not is_kept(ask.level, ask.metric):
            return folded(ask, self._samples)
        behind = self._behind(ask)
        if behind:
            return patched(ask, behind, self._rollups, lambda raw: self._samples(raw).rows)
        return self._rows(ask, "rollups", ("participant", "t", "day"))

    def write_imputed(
        self, rows: pa.Table, metric: str, participant: int, low: int, high: int, keep: bool = False
    ) -> int:
        with self._turn([participant]):
            self._mend([participant], [metric])
            kept = imputed_pages.unmeasured(self.page, rows, metric, participant)
            change = imputed.stated(self.layer, kept, metric, participant, (low, high), keep)
            loading.put_imputed(self.connection, self.versions, self.marks, change)
            return int(kept.num_rows)

    def aside(self, metric: str, participant: int, run: int) -> pa.Table:
        return self.layer.aside(metric, participant, run)

    def drop_aside(self, metric: str, participant: int, run: int, low: int, high: int) -> None:
        with self._turn([participant]):
            change = self.layer.without_aside(metric, participant, run, low, high)
            loading.put_imputed(self.connection, self.versions, self.marks, change)

    def imputed(self, ask: Ask) -> Page:
        return imputed_pages.page(ask, self.layer.fetch)

    def whole_imputed(
        self, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        return self.layer.whole(metric, participants, low, high)

    def imputed_extent(self, participants: Sequence[int]) -> pa.Table:
        return self.layer.extent(participants)

    def episodes(
        self, metrics: Sequence[str], participants: Sequence[int], first: date, last: date
    ) -> pa.Table:
        asked = {
            "metrics": list(metrics), "participants": list(participants),
            "first_day": (first - EPOCH).days, "end_day": (last - EPOCH).days + 1,
        }  # fmt: skip
        return as_episodes(self._asked("episodes", participants, asked))

    def extent(self, participants: Sequence[int]) -> pa.Table:
        return self._asked("extent", participants, {"participants": list(participants)})

    def refresh(self, level: Level, first: date | None, last: date | None) -> int:
        start = (first - EPOCH).days if first else 0
        end = (last - EPOCH).days + 1 if last else 60_000
        changed = 0
        for days in keeping.batches(keeping.days_between(self.connection, start, end)):
            metrics, people = named(days)
            with self._turn(people):
                self._mend(people, metrics)
                changed += loading.mend(self.connection, self.versions, self.marks, days, level)
        return changed

    def stats(self) -> pa.Table:
        return keeping.stats(self.connection, self.marks)

    def forget(self, participant: int) -> int:
        with self._turn([participant]):
            if self.kind != "embedded":
                await_inserts(self.connection)
            archived = archive.forget(self.marks.away.everything(), participant)
            self.recent.forget()
            return keeping.forget(self.connection, participant) + archived

    def participants(self) -> list[int]:
        people: list[int] = self.connection.ask("everybody")["participant"].to_pylist()
        return people

    def whole(
        self, table: Table, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        return self._shelf.whole(table, metric, participants, low, high)

    def unmoved(self, participants: Sequence[int], before: date) -> pa.Table:
        return merging.unmoved(self._shelf, participants, (before - EPOCH).days)

    def moved(self) -> list[Moved]:
        return self.marks.away.everything()

    def let_go(self, moved: Moved, copied: Mapping[Table, pa.Table]) -> bool:
        with self._turn([moved.participant]):
            self._mend([moved.participant], [moved.metric])
            stands = merging.stands(self._shelf, moved, copied)
            if stands:
                self.marks.away.put([moved], self.versions.next())
            return stands

    def relocate(self, moved: Moved, root: str) -> bool:
        with self._turn([moved.participant]):
            self.marks.pass_by([moved.participant])
            return self.marks.away.relocate(moved, root, self.versions.next())

    def sweep(self) -> None:
        self.marks.away.sweep()

    def about(self) -> About:
        [found] = self.connection.ask("about").to_pylist()
        return About(f"ClickHouse {found['software']}", self.kind, found["schema"])

    def version(self) -> str | None:
        if self.recent.sole_writer:
            return self.recent.version
        text: str = self.connection.ask("state_of_parts")["state"][0].as_py()
        return text

    def now(self) -> datetime:
        at: datetime = self.connection.query("SELECT now64(3, 'UTC') AS at")["at"][0].as_py()
        return at

    def ready(self) -> None:
        self.connection.query("SELECT 1")

    def close(self) -> None:
        try:
            if self.kind == "embedded":
                with self.writing:
                    self.marks.flush(self.versions.next())
        finally:
            self.connection.close()

    @contextmanager
    def _turn(self, people: Sequence[int], patience_s: float = PATIENCE_S) -> Iterator[None]:
        """These participants are this thread's to write. Without that, two loads of a metric-day
        could each fold, replace or mend what they saw before the other."""
        others = self.turns(people, patience_s) if self.turns else nullcontext()
        with others, self.writing, self.recent.changing(people):
            yield

    def _mend_what_nobody_writes(self) -> None:
        """Fold again what a crash left behind. What another process is writing just now is stale
        too, and stays to it; reading folds it from samples meanwhile."""
        for days in keeping.batches(self.marks.stored()):
            metrics, people = named(days)
            with suppress(Conflict), self._turn(people, patience_s=0):
                self._mend(people, metrics)

    def _mend(self, people: Sequence[int], metrics: Sequence[str]) -> None:
        """Before anything of these participants is changed: fold again what was left behind, and
        let what follows be newer than all that stands."""
        self.marks.pass_by(people)
        if not self.marks.behind_of(people, metrics).size:
            return
        if self.kind != "embedded":
            await_inserts(self.connection)
            self.marks.pass_by(people)
        behind = self.marks.behind_of(people, metrics)
        keeping.mend_some(self.connection, self.versions, self.marks, behind)

    def _asked(
        self, statement: str, people: Sequence[int], asked: Mapping[str, object]
    ) -> pa.Table:
        """The answer of a statement about participants, which may be known."""
        key = (statement, str(asked))
        answer: pa.Table = self.recent.of(
            key, people, lambda rows: rows.nbytes, lambda: self.connection.ask(statement, **asked)
        )
        return answer

    def _rows(self, ask: Ask, statement: str, place: tuple[str, ...]) -> Page:
        """A page of what stands in the store, which may be known."""
        key = (
            statement, ask.metric.name, ask.level, tuple(ask.participants), ask.low, ask.high,
            ask.after, ask.limit,
        )  # fmt: skip
        return self.recent.of(
            key, ask.participants, lambda page: page.rows.nbytes,
            lambda: self._read(ask, statement, place),
        )  # fmt: skip

    def _read(self, ask: Ask, statement: str, place: tuple[str, ...]) -> Page:
        after = ask.after or BEFORE_ALL
        limit = ask.limit + ROOM
        while True:
            rows = self._versions_of(statement, ask, after, limit)
            page = complete(latest(rows, place), rows.num_rows == limit, ask.limit)
            if page is not None:
                return page
            limit *= 4

    def _rollups(self, ask: Ask) -> pa.Table:
        rows = self._versions_of("rollups", ask, BEFORE_ALL, 2**40)
        return latest(rows, ("participant", "t", "day"))

    def _versions_of(
        self, statement: str, ask: Ask, after: tuple[int, int], limit: int
    ) -> pa.Table:
        level = {"level": ask.level} if statement == "rollups" else {}
        rows = self.connection.ask(
            statement,
            metric=ask.metric.name,
            participants=list(ask.participants),
            low=ask.low,
            high=ask.high,
            after_participant=after[0],
            after_t=after[1],
            limit=limit,
            **level,
        )
        at = rows.column_names.index("t")
        return rows.set_column(at, "t", rows["t"].cast(pa.timestamp("ms", "UTC")))

    def _behind(self, ask: Ask) -> dict[int, NDArray[np.int32]]:
        """Each participant's days whose rollups are behind their samples just now."""
        behind = self.marks.behind_of(ask.participants, [ask.metric.name])
        _, participant, day = unpacked(behind)
        return {int(p): day[participant == p] for p in np.unique(participant)}

    def _samples(self, ask: Ask) -> Page:
        return merging.samples(
            ask, self._shelf, lambda kept: self._rows(kept, "samples", ("participant", "t"))
        )
