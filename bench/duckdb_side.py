"""Plain DuckDB in one process: a table without a key, and rollups made with each batch.

Its table has the columns of Wearhouse's batches. It is spared what Wearhouse does beside:
nothing is looked up, replaced or withdrawn, a batch that comes twice counts twice, and there
are no weeks, months or quantile sketches. Rollups are made from the batch itself, which holds
whole days, and each level from the finer one.
"""

from pathlib import Path
from time import perf_counter

import duckdb
import pyarrow as pa

from bench import machine
from bench.data import Stretch
from bench.questions import Answered, Question, Table
from bench.sides import Loaded, Size, timed

SAMPLES = """
CREATE TABLE samples (
    participant UINTEGER, metric VARCHAR, t TIMESTAMP_MS, "offset" SMALLINT, value DOUBLE,
    source VARCHAR, as_of UINTEGER
)"""
ROLLUP = """
CREATE TABLE rollup_{level} (
    metric VARCHAR, participant UINTEGER, t TIMESTAMP, count UINTEGER, sum DOUBLE, sumsq DOUBLE,
    min DOUBLE, max DOUBLE, first DOUBLE, last DOUBLE
)"""
FOLDED = """
SELECT metric, participant, time_bucket(INTERVAL {width}, t::TIMESTAMP) AS t,
       {count} AS count, sum({sum}) AS sum, sum({sumsq}) AS sumsq, min({min}) AS min,
       max({max}) AS max, arg_min({first}, t) AS first, arg_max({last}, t) AS last
FROM {table}
{where}
GROUP BY ALL
ORDER BY metric, participant, t"""
OF_SAMPLES = {
    "count": "count(*)", "sum": "value", "sumsq": "value * value", "min": "value",
    "max": "value", "first": "value", "last": "value",
}  # fmt: skip
OF_ROLLUP = {"count": "sum(count)"} | {
    name: name for name in ("sum", "sumsq", "min", "max", "first", "last")
}
WIDTHS = {"1m": "1 MINUTE", "1h": "1 HOUR", "1d": "1 DAY"}
ASKED = """
WHERE metric = 'heart_rate' AND list_contains($people, participant) AND t >= $start AND t < $end"""
CSV = """
CREATE TEMP TABLE batch AS
SELECT (Id % 100003)::UINTEGER AS participant, 'heart_rate' AS metric, Time::TIMESTAMP_MS AS t,
       0::SMALLINT AS "offset", Value::DOUBLE AS value, 'fitabase' AS source,
       1463097600::UINTEGER AS as_of
FROM read_csv($files, header = true, timestampformat = '%m/%d/%Y %I:%M:%S %p',
              columns = {'Id': 'BIGINT', 'Time': 'TIMESTAMP', 'Value': 'DOUBLE'})
ORDER BY participant, t"""


class DuckdbSide:
    """One DuckDB database file."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True)
        self.home = home
        self.connection = duckdb.connect(home / "bench.duckdb")
        self._run("SET TimeZone = 'UTC'")
        self._run("SET enable_progress_bar = false")
        self._run(SAMPLES)
        for level in WIDTHS:
            self._run(ROLLUP.format(level=level))

    def load(self, stretch: Stretch, batch: int) -> Loaded:
        samples = stretch.batch(batch)
        self.connection.register("batch", samples)
        try:
            return self._load(samples.num_rows, perf_counter())
        finally:
            self.connection.unregister("batch")

    def load_csv(self, files: list[Path]) -> Loaded:
        start = perf_counter()
        self.connection.execute(CSV, {"files": [str(file) for file in files]})
        counted = self.connection.execute("SELECT count(*) FROM batch").fetchone()
        assert counted
        loaded = self._load(counted[0], start)
        self._run("DROP TABLE batch")
        return loaded

    def settle(self) -> None:
        self._run("CHECKPOINT")

    def size(self) -> Size:
        samples = self.connection.execute("SELECT count(*) FROM samples").fetchone()
        assert samples
        rollups = [f"rollup_{level}" for level in WIDTHS]
        return Size(self._bytes(["samples"]) / samples[0], self._bytes(rollups) / samples[0])

    def ask(self, question: Question, table: Table, first_turn: int, turns: int) -> Answered:
        return timed(lambda turn: self._answer(question, table, turn), first_turn, turns)

    def peak(self) -> int:
        return machine.own_peak()

    def close(self) -> None:
        self.connection.close()
        del self.connection  # what is left at exit DuckDB calls a leak, line by line

    def _load(self, samples: int, start: float) -> Loaded:
        self._run("BEGIN")
        self._run("INSERT INTO samples SELECT * FROM batch")
        raw = perf_counter() - start
        finer, columns = "batch", OF_SAMPLES
        for level, width in WIDTHS.items():
            folded = FOLDED.format(width=width, table=finer, where="", **columns)
            self._run(f"CREATE TEMP TABLE folded_{level} AS {folded}")
            self._run(f"INSERT INTO rollup_{level} FROM folded_{level}")
            finer, columns = f"folded_{level}", OF_ROLLUP
        self._run("COMMIT")
        seconds = perf_counter() - start
        for level in WIDTHS:
            self._run(f"DROP TABLE folded_{level}")
        return Loaded(samples, raw, seconds)

    def _bytes(self, tables: list[str]) -> int:
        """What the tables weigh as the only ones of a file."""
        file = self.home / "size.duckdb"
        self._run(f"ATTACH '{file}' AS size")
        for table in tables:
            self._run(f"CREATE TABLE size.{table} AS FROM {table}")
        self._run("CHECKPOINT size")
        self._run("DETACH size")
        weight = file.stat().st_size
        file.unlink()
        return weight

    def _answer(self, question: Question, table: Table, turn: int) -> tuple[int, int]:
        participants, start, end = question.turn(turn)
        asked = {
            "people": participants,
            "start": start.replace(tzinfo=None),
            "end": end.replace(tzinfo=None),
        }
        answer = self.connection.sql(_statement(question, table), params=asked)
        rows: pa.Table = answer.to_arrow_table()
        if question.level == "raw":
            return rows.num_rows, rows.num_rows
        return rows.num_rows, sum(rows["count"].to_pylist())

    def _run(self, statement: str) -> None:
        self.connection.execute(statement)


def _statement(question: Question, table: Table) -> str:
    if question.level == "raw":
        return (
            f'SELECT participant, t, "offset", value FROM samples {ASKED} ORDER BY participant, t'
        )
    if table == "rollup":
        return f"FROM rollup_{question.level} {ASKED} ORDER BY participant, t"
    return FOLDED.format(width=WIDTHS[question.level], table="samples", where=ASKED, **OF_SAMPLES)
