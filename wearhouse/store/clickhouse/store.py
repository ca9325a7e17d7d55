"""The Store on ClickHouse. Reading is here; writing is in `loading`."""

import threading
from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.levels import Level, is_kept
from wearhouse.samples import EPISODES, NAMES
from wearhouse.store import nights, sql
from wearhouse.store.base import About, Ask, Page, Slices, Written
from wearhouse.store.clickhouse import keeping, loading
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.marks import Marks
from wearhouse.store.clickhouse.versions import Versions, latest
from wearhouse.store.pages import complete, folded, patched
from wearhouse.store.slices import METRIC_ORDER, unpacked

EPOCH = date(1970, 1, 1)
BEFORE_ALL = (0, 0)
ROOM = 64  # rows read beyond a page, so that one bucket's parts are seldom cut


class ClickHouseStore:
    """Samples in ClickHouse."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = Connection(url)
        self.writing = threading.Lock()
        self.versions = Versions()
        self.marks = Marks(self.connection, self.versions, sole_writer=url.startswith("chdb:"))

    def migrate(self) -> None:
        keeping.migrate(self.connection, sql.migrations("clickhouse"))
        newest = self.connection.ask("versions")["version"][0].as_py()
        self.versions.newest = max(self.versions.newest, newest or 0)
        with self.writing:
            keeping.mend(self.connection, self.versions, self.marks)

    def write(self, samples: pa.Table, slices: Slices | None = None) -> Written:
        with self.writing:
            return loading.load(self.connection, self.versions, self.marks, samples, slices)

    def write_episodes(self, episodes: pa.Table, slices: Slices | None = None) -> Written:
        with self.writing:
            return self._settle_episodes(episodes, slices)

    def page(self, ask: Ask) -> Page:
        if ask.level == "raw":
            return self._samples(ask)
        if not is_kept(ask.level, ask.metric):
            return folded(ask, self._samples)
        behind = self._behind(ask)
        if behind:
            return patched(ask, behind, self._rollups, lambda raw: self._samples(raw).rows)
        return self._rows(ask, "rollups", ("participant", "t", "day"))

    def episodes(
        self, metrics: Sequence[str], participants: Sequence[int], first: date, last: date
    ) -> pa.Table:
        rows = self.connection.ask(
            "episodes",
            metrics=list(metrics),
            participants=list(participants),
            first_day=(first - EPOCH).days,
            end_day=(last - EPOCH).days + 1,
        )
        return _episodes(rows)

    def extent(self, participants: Sequence[int]) -> pa.Table:
        return self.connection.ask("extent", participants=list(participants))

    def refresh(self, level: Level, first: date | None, last: date | None) -> int:
        start = (first - EPOCH).days if first else 0
        end = (last - EPOCH).days + 1 if last else 60_000
        with self.writing:
            return keeping.refresh(self.connection, self.versions, level, start, end)

    def stats(self) -> pa.Table:
        return keeping.stats(self.connection, self.marks)

    def forget(self, participant: int) -> int:
        with self.writing:
            return keeping.forget(self.connection, participant)

    def participants(self) -> list[int]:
        people: list[int] = self.connection.ask("everybody")["participant"].to_pylist()
        return people

    def whole(
        self,
        table: Literal["samples", "shadowed"],
        metric: str,
        participants: Sequence[int],
        low: int,
        high: int,
    ) -> pa.Table:
        shelf = loading.ClickHouseShelf(self.connection)
        return shelf.whole(table, metric, participants, low, high)

    def about(self) -> About:
        [found] = self.connection.ask("about").to_pylist()
        kind = "embedded" if self.url.startswith("chdb:") else "server"
        return About(f"ClickHouse {found['software']}", kind, found["schema"])

    def ready(self) -> None:
        self.connection.query("SELECT 1")

    def close(self) -> None:
        with self.writing:
            self.marks.flush(self.versions.next())
        self.connection.close()

    def _rows(self, ask: Ask, statement: str, place: tuple[str, ...]) -> Page:
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
        metric, participant, day = unpacked(self.marks.behind())
        of_it = metric == METRIC_ORDER.index(ask.metric.name).as_py()
        people = np.unique(participant[of_it & np.isin(participant, ask.participants)])
        return {int(p): day[of_it & (participant == p)] for p in people}

    def _samples(self, ask: Ask) -> Page:
        return self._rows(ask, "samples", ("participant", "t"))

    def _settle_episodes(self, episodes: pa.Table, stated: Slices | None) -> Written:
        metrics = nights.families(episodes if stated is None else stated.table)
        participants = pc.unique(episodes["participant"]).to_pylist()
        logs = pc.unique(episodes["log"]).to_pylist()
        found = [
            _episodes(
                self.connection.ask(
                    "episodes_of_logs", metrics=metrics, participants=participants, logs=logs
                )
            )
        ]
        if stated is not None and stated.table.num_rows:
            days = stated.table["day"].to_pylist()
            people = pc.unique(stated.table["participant"]).to_pylist()
            found.append(self.episodes(metrics, people, min(days), max(days)))
        kept = pa.concat_tables(found).unify_dictionaries()
        change = nights.settle_logs(episodes, kept, stated)
        loading.put(self.connection, "episodes", change, self.versions.next())
        return Written(change.write.num_rows, change.withdraw.num_rows)


def _episodes(rows: pa.Table) -> pa.Table:
    rows = latest(rows, ("metric", "participant", "day", "log", "t"))
    arrays = []
    for f in EPISODES:
        column = rows[f.name]
        if f.type == NAMES:
            column = column.cast(pa.string()).combine_chunks().dictionary_encode()
        arrays.append(column.cast(f.type))
    return pa.Table.from_arrays(arrays, schema=EPISODES)
