"""Plain PostgreSQL through psycopg: binary COPY without a key, rollups made with each batch.

It is spared what it is slow at: the COPY stream is made by numpy instead of row by row, metric
and source are numbers instead of text, no index stands in the way while samples are copied
(the one that queries need is made afterwards and its making is not counted), and its rollups
have no first and last, which it cannot tell without sorting every group. Like DuckDB it replaces
and withdraws nothing. Answers are the rows that psycopg gives, read in binary form.
"""

import gzip
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg
import pyarrow as pa
from numpy.typing import NDArray

from bench import machine
from bench.data import Stretch
from bench.questions import Answered, Question, Table
from bench.sides import Loaded, Size, timed

TABLES = """
CREATE TABLE samples (
    t timestamptz, value float8, participant int4, as_of int4, utc_offset int2,
    metric int2, source int2
);
CREATE TABLE rollup_1m (
    t timestamptz, sum float8, sumsq float8, min float8, max float8, participant int4,
    count int4, metric int2
);
CREATE TABLE rollup_1h (LIKE rollup_1m);
CREATE TABLE rollup_1d (LIKE rollup_1m);
CREATE INDEX ON rollup_1m (participant, t);
CREATE INDEX ON rollup_1h (participant, t);
CREATE INDEX ON rollup_1d (participant, t)"""
COLUMNS = (("t", ">i8"), ("value", ">f8"), ("participant", ">i4"), ("as_of", ">i4"),
           ("utc_offset", ">i2"), ("metric", ">i2"), ("source", ">i2"))  # fmt: skip
WIRE = np.dtype([("columns", ">i2")] + [
    field for name, kind in COLUMNS for field in ((f"{name}_bytes", ">i4"), (name, kind))
])  # fmt: skip
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
ITS_EPOCH_S = 946_684_800  # PostgreSQL counts from 2000-01-01
PAGE = 8_192
SPARE_PAGES = 128  # COPY may use pages that it added before


FOLDED = """
SELECT date_bin('{width}', t, 'epoch') AS bucket, sum({sum}), sum({sumsq}), min({min}), max({max}),
       participant, {count} AS count, metric
FROM {table}
WHERE {where}
GROUP BY metric, participant, bucket
ORDER BY metric, participant, bucket"""
OF_SAMPLES = {
    "sum": "value", "sumsq": "value * value", "min": "value", "max": "value", "count": "count(*)",
}  # fmt: skip
OF_ROLLUP = {name: name for name in ("sum", "sumsq", "min", "max")} | {"count": "sum(count)"}
WIDTHS = {"1m": "1 minute", "1h": "1 hour", "1d": "1 day"}
ASKED = "metric = 1 AND participant = ANY(%(people)s) AND t >= %(start)s AND t < %(end)s"
STAGING = "CREATE TEMP TABLE staging (id int8, t timestamp, value float8) ON COMMIT DROP"
FROM_STAGING = """
INSERT INTO samples
SELECT t AT TIME ZONE 'UTC', value, id % 100003, 1463097600, 0, 1, 1
FROM staging
ORDER BY 3, 1"""


class PostgresSide:
    """One database of a PostgreSQL server."""

    def __init__(self, address: str, name: str) -> None:
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}".encode())
        self.connection = psycopg.connect(address.replace("dbname=postgres", f"dbname={name}"))
        self.connection.autocommit = True
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute("SET DateStyle = 'ISO, MDY'")
        self.connection.execute(TABLES.encode())

    def load(self, stretch: Stretch, batch: int) -> Loaded:
        samples = stretch.batch(batch)
        start = perf_counter()
        with self.connection.transaction(), self.connection.cursor() as cursor:
            pages = self._number("SELECT pg_relation_size('samples')") // PAGE
            with cursor.copy("COPY samples FROM STDIN (FORMAT binary)") as copy:
                copy.write(HEADER)
                copy.write(wire(samples).tobytes())
                copy.write(TRAILER)
            raw = perf_counter() - start
            self._roll_up(samples["participant"], samples["t"], pages)
        return Loaded(samples.num_rows, raw, perf_counter() - start)

    def load_csv(self, files: list[Path]) -> Loaded:
        start = perf_counter()
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(STAGING)
            for file in files:
                with cursor.copy("COPY staging FROM STDIN (FORMAT csv, HEADER)") as copy:
                    copy.write(gzip.decompress(file.read_bytes()))
            cursor.execute(FROM_STAGING)
            samples = cursor.rowcount
            raw = perf_counter() - start
            self._fold("true", "true")
        return Loaded(samples, raw, perf_counter() - start)

    def settle(self) -> None:
        self.connection.execute("CREATE INDEX IF NOT EXISTS of_samples ON samples (participant, t)")
        self.connection.execute("VACUUM ANALYZE")

    def size(self) -> Size:
        samples = self._number("SELECT count(*) FROM samples")
        weigh = "SELECT pg_total_relation_size('{}')"
        raw = self._number(weigh.format("samples"))
        rollups = sum(self._number(weigh.format(f"rollup_{level}")) for level in WIDTHS)
        return Size(raw / samples, rollups / samples)

    def ask(self, question: Question, table: Table, first_turn: int, turns: int) -> Answered:
        return timed(lambda turn: self._answer(question, table, turn), first_turn, turns)

    def peak(self) -> int:
        """Of the server process that answers; what it shares with the others is counted."""
        return machine.peak_of(self.connection.info.backend_pid) or 0

    def close(self) -> None:
        self.connection.close()

    def _roll_up(self, participant: pa.ChunkedArray, t: pa.ChunkedArray, pages: int) -> None:
        people = ", ".join(str(one) for one in participant.unique().to_pylist())
        seconds = t.cast(pa.int64()).to_numpy() // 1_000
        of_batch = (
            f"participant IN ({people}) AND t >= to_timestamp({seconds.min()}) "
            f"AND t <= to_timestamp({seconds.max()})"
        )
        new = f"ctid >= '({max(0, pages - SPARE_PAGES)},0)' AND {of_batch}"
        self._fold(new, of_batch)

    def _fold(self, of_samples: str, of_rollups: str) -> None:
        finer, where, columns = "samples", of_samples, OF_SAMPLES
        for level, width in WIDTHS.items():
            folded = FOLDED.format(width=width, table=finer, where=where, **columns)
            self.connection.execute(f"INSERT INTO rollup_{level} {folded}".encode())
            finer, where, columns = f"rollup_{level}", of_rollups, OF_ROLLUP

    def _answer(self, question: Question, table: Table, turn: int) -> tuple[int, int]:
        participants, start, end = question.turn(turn)
        asked = {"people": participants, "start": start, "end": end}
        with self.connection.cursor(binary=True) as cursor:
            rows = cursor.execute(_statement(question, table).encode(), asked).fetchall()
        if question.level == "raw":
            return len(rows), len(rows)
        return len(rows), sum(row[6] for row in rows)

    def _number(self, statement: str) -> int:
        row = self.connection.execute(statement.encode()).fetchone()
        assert row
        return int(row[0])


def wire(samples: pa.Table) -> NDArray[np.void]:
    """A batch as the rows of a binary COPY."""
    rows = np.empty(samples.num_rows, WIRE)
    rows["columns"] = len(COLUMNS)
    for name, kind in COLUMNS:
        rows[f"{name}_bytes"] = np.dtype(kind).itemsize
    rows["t"] = (samples["t"].cast(pa.int64()).to_numpy() - ITS_EPOCH_S * 1_000) * 1_000
    for name in ("value", "participant", "as_of"):
        rows[name] = samples[name].to_numpy()
    rows["utc_offset"] = samples["offset"].to_numpy()
    rows["metric"] = rows["source"] = 1
    return rows


def _statement(question: Question, table: Table) -> str:
    if question.level == "raw":
        return (
            f"SELECT t, value, participant, utc_offset FROM samples WHERE {ASKED} "
            "ORDER BY participant, t"
        )
    if table == "rollup":
        return f"SELECT * FROM rollup_{question.level} WHERE {ASKED} ORDER BY participant, t"
    width = WIDTHS[question.level]
    return FOLDED.format(width=width, table="samples", where=ASKED, **OF_SAMPLES)
