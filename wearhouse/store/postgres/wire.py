"""Rows as PostgreSQL writes them in binary, from and to Arrow, a column at a time.

Reading: a statement packs its fixed-width columns into one string of bytes, which costs a
fraction of a result of rows. Writing: the stream of a binary COPY.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import sql

Rows = NDArray[np.void]
EPOCH_MS = 946_684_800_000  # PostgreSQL counts from 2000-01-01
EPOCH_DAY = 10_957
SIGNATURE, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
NULL = -1


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of column: the function that sends it, its bytes, and the way from and to Arrow."""

    send: str
    wire: str
    read: Callable[[NDArray[Any]], pa.Array]
    write: Callable[[pa.ChunkedArray], NDArray[Any]]


def _plain(column: pa.ChunkedArray) -> NDArray[Any]:
    return np.asarray(column.to_numpy())


def _number(kind: pa.DataType) -> Callable[[NDArray[Any]], pa.Array]:
    return lambda found: pa.array(found.astype(found.dtype.newbyteorder("=")), kind)


def _time(found: NDArray[Any]) -> pa.Array:
    return pa.array(found // 1_000 + EPOCH_MS, pa.int64()).cast(pa.timestamp("ms", "UTC"))


def _date(found: NDArray[Any]) -> pa.Array:
    return pa.array(found + EPOCH_DAY, pa.int32()).cast(pa.date32())


def _micros(column: pa.ChunkedArray) -> NDArray[Any]:
    return (_plain(column.cast(pa.int64())) - EPOCH_MS) * 1_000


def _days(column: pa.ChunkedArray) -> NDArray[Any]:
    return _plain(column.cast(pa.int32())) - EPOCH_DAY


SHORT = Kind("int2send", ">i2", _number(pa.int16()), _plain)
WHOLE = Kind("int4send", ">u4", _number(pa.uint32()), _plain)
FLOAT = Kind("float8send", ">f8", _number(pa.float64()), _plain)
TIME = Kind("timestamptz_send", ">i8", _time, _micros)
DATE = Kind("date_send", ">i4", _date, _days)

KINDS: dict[str, Kind] = (
    dict.fromkeys(
        ("metric", "source", "offset", "median", "mean", "sd", "low", "high", "code"), SHORT
    )
    | dict.fromkeys(
        ("participant", "as_of", "days", "minutes", "count", "entries", "gap", "run"), WHOLE
    )
    | dict.fromkeys(("value", "sum", "sumsq", "min", "max", "first", "last"), FLOAT)
    | dict.fromkeys(("t", "first_at", "last_at"), TIME)
    | {"day": DATE}
)
LISTS = {"bins": (21, ">i2"), "counts": (23, ">i4")}
"""Columns of lists: the type of what they hold, as PostgreSQL numbers it and as it is written."""

BYTES = {"draws": ">i2", "sums": ">i4"}
"""Columns of lists that are kept as bytes: how one element is written."""


def packed(columns: Sequence[str]) -> sql.Composable:
    """The expression that packs columns, in their order, into one answer."""
    sent = [sql.SQL(KINDS[c].send + "({})").format(sql.Identifier(c)) for c in columns]
    return sql.SQL("string_agg({}, '')").format(sql.SQL(" || ").join(sent))


def unpacked(answer: bytes | None, columns: Sequence[str]) -> pa.Table:
    """The rows of a packed answer."""
    shape = np.dtype([(name, KINDS[name].wire) for name in columns])
    rows = np.frombuffer(answer, shape) if answer else np.empty(0, shape)
    return pa.table({name: KINDS[name].read(rows[name]) for name in columns})


def sketches(entries: pa.ChunkedArray, answer: bytes | None) -> tuple[pa.Array, pa.Array]:
    """Lists of bins and counts, of which each row has `entries`, from pairs one after another."""
    shape = np.dtype([("bin", ">i2"), ("count", ">u4")])
    pairs = np.frombuffer(answer, shape) if answer else np.empty(0, shape)
    ends = np.append(0, np.cumsum(_plain(entries))).astype(np.int32)
    columns = pa.array(pairs["bin"].astype("=i2")), pa.array(pairs["count"].astype("=u4"))
    bins, counts = (pa.ListArray.from_arrays(ends, column) for column in columns)
    return bins, counts


def byte_lists(entries: pa.ChunkedArray, answer: bytes | None, name: str) -> pa.Array:
    """Lists of a column that is kept as bytes, of which each row has `entries`."""
    held = np.frombuffer(answer or b"", BYTES[name])
    ends = np.append(0, np.cumsum(_plain(entries))).astype(np.int32)
    return pa.ListArray.from_arrays(ends, pa.array(held.astype(held.dtype.newbyteorder("="))))


def copied(rows: pa.Table) -> Iterator[bytes]:
    """Rows as the stream of a binary COPY; columns of lists stand last."""
    fixed = [name for name in rows.column_names if name in KINDS]
    lists = [name for name in rows.column_names if name in LISTS or name in BYTES]
    shape = np.dtype(
        [("columns", ">i2")]
        + [part for c in fixed for part in ((f"{c} size", ">i4"), (c, KINDS[c].wire))]
    )
    wire = np.empty(rows.num_rows, shape)
    wire["columns"] = rows.num_columns
    for name in fixed:
        wire[f"{name} size"] = np.dtype(KINDS[name].wire).itemsize
        wire[name] = KINDS[name].write(rows[name])
    yield SIGNATURE
    if lists:
        columns = [
            _bytes(rows[name], BYTES[name]) if name in BYTES else _lists(rows[name], *LISTS[name])
            for name in lists
        ]
        parts = zip(_records(wire), *columns, strict=True)
        yield b"".join(part for row in parts for part in row)
    else:
        yield wire.tobytes()
    yield END


def _records(wire: Rows) -> Iterator[bytes]:
    text, size = wire.tobytes(), wire.dtype.itemsize
    return (text[at : at + size] for at in range(0, len(text), size))


def _lists(column: pa.ChunkedArray, of: int, kind: str) -> Iterator[bytes]:
    """Each list with its size before it; an empty one is NULL."""
    column = column.combine_chunks()
    ends = column.offsets.to_numpy()
    held = column.values.to_numpy()
    elements = np.empty(len(held), [("size", ">i4"), ("of", kind)])
    elements["size"], elements["of"] = np.dtype(kind).itemsize, held
    text, width = elements.tobytes(), elements.dtype.itemsize
    for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        if start == end:
            yield _whole(NULL)
        else:
            head = _whole(20 + (end - start) * width, 1, 0, of, end - start, 1)
            yield head + text[start * width : end * width]


def _bytes(column: pa.ChunkedArray, kind: str) -> Iterator[bytes]:
    """Each list as bytes, with their number before them."""
    column = column.combine_chunks()
    ends = (column.offsets.to_numpy() - column.offsets[0].as_py()) * np.dtype(kind).itemsize
    text = column.flatten().to_numpy().astype(kind).tobytes()
    for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        yield _whole(end - start) + text[start:end]


def _whole(*numbers: int) -> bytes:
    return np.array(numbers, ">i4").tobytes()
