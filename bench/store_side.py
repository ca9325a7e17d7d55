"""One of Wearhouse's own stores, whichever its URL names, asked as the API asks it."""

from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import psycopg
import pyarrow.compute as pc

from bench import machine
from bench.data import Stretch
from bench.questions import MAX_POINTS, Answered, Question, Table
from bench.sides import Loaded, Size, timed
from wearhouse import series
from wearhouse.metrics import METRICS
from wearhouse.store import open_store
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.study import Participant
from wearhouse.window import Edge

COMPRESSED = """
SELECT compress_chunk(chunk, true)
FROM unnest(ARRAY['samples', 'rollups_1m']) AS hypertable
CROSS JOIN LATERAL show_chunks(hypertable::regclass) AS chunk"""


class StoreSide:
    """A store in which there is nothing."""

    def __init__(self, url: str) -> None:
        self.store = open_store(url)
        self.url = url

    def load(self, stretch: Stretch, batch: int) -> Loaded:
        samples = stretch.batch(batch)
        start = perf_counter()
        self.store.write(samples)
        return Loaded(samples.num_rows, None, perf_counter() - start)

    def load_csv(self, files: list[Path]) -> Loaded:
        raise NotImplementedError("Stores are compared by what they make of Arrow.")

    def settle(self) -> None:
        if isinstance(self.store, ClickHouseStore):
            layout = self.store.connection.layout
            for table in ("samples", "rollups"):
                name = f"{table}{layout.local}{layout.on_cluster}"
                self.store.connection.command(f"OPTIMIZE TABLE {name} FINAL")
            return
        with psycopg.connect(self.url, autocommit=True) as client:
            if self.store.about().kind == "timescale":
                client.execute(COMPRESSED)
                client.execute("CALL refresh_touched()")
            client.execute("VACUUM (ANALYZE)")

    def size(self) -> Size:
        levels = self.store.stats().to_pylist()
        samples = sum(row["rows"] for row in levels if row["level"] == "raw")
        raw = sum(row["bytes"] for row in levels if row["level"] == "raw")
        rollups = sum(row["bytes"] for row in levels if row["level"] != "raw")
        return Size(raw / samples, rollups / samples)

    def ask(self, question: Question, table: Table, first_turn: int, turns: int) -> Answered:
        assert table == "rollup", "A store chooses by itself what it answers from."
        return timed(lambda turn: self._answer(question, turn), first_turn, turns)

    def software(self) -> str:
        """What the store runs on."""
        return self.store.about().software

    def peak(self) -> int:
        return machine.own_peak()

    def close(self) -> None:
        self.store.close()

    def _answer(self, question: Question, turn: int) -> tuple[int, int]:
        numbers, start, end = question.turn(turn)
        query = series.Query(
            participants=[Participant(n, f"P-{n:04}", "BENCH", "UTC") for n in numbers],
            metrics=[METRICS["heart_rate"]],
            start=Edge(start),
            end=Edge(end),
            resolution=question.resolution,
            max_points=MAX_POINTS,
        )
        parts = list(series.parts(self.store, query, None, None))
        assert {part.level for part in parts} == {question.level}
        rows = sum(part.rows.num_rows for part in parts)
        if question.level == "raw":
            return rows, rows
        return rows, sum(pc.sum(part.rows["count"]).as_py() or 0 for part in parts)


def new_name() -> str:
    """A name for a database that nobody has."""
    return f"bench_{datetime.now(UTC):%Y%m%d_%H%M%S_%f}"
