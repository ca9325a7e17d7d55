"""Bulky arrays of JSON, such as {"time": "00:00:05", "value": 62}, read as columns.

Devices write every record of an array alike, so what stands between the values is constant.
Replacing it by commas and line breaks leaves a table, read without an object per sample.
An array that is not so regular, or holds a bad record, is read exactly, record by record.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from wearhouse.errors import Invalid
from wearhouse.sources.columns import MS, lenient
from wearhouse.sources.documents import Json, keyed
from wearhouse.sources.values import number

RECORD = re.compile(rb"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
BETWEEN = re.compile(rb"\s*,\s*")
FIELD = re.compile(rb'"(\w+)"\s*:\s*(?:"([^"\\]*)"|([-+.\w]+))')

TIMES = ("time", "minute")
CLOCK = pa.time32("s")
LONGEST_CLOCK = len("00:00:00")
CLOCK_LENGTHS = (len("00:00"), LONGEST_CLOCK)
EPOCH = pa.scalar("1970-01-01")


@dataclass(frozen=True)
class Records:
    """The good records of an array, as columns, and the bad ones with their reasons."""

    t: NDArray[Any]  # civil ms, int64
    values: dict[str, pa.Array]
    index: NDArray[Any]
    bad: list[tuple[int, str, Json]]
    total: int


def read_records(content: bytes, fields: tuple[str, ...], day: int | None, name: str) -> Records:
    """The records of an array, their named numbers as columns.

    `day` (civil ms) dates the times that come without a date. A field may be absent from a
    record, but not all of them.
    """
    quick = _quick(content, fields, day)
    return quick if quick else _exact(content, fields, day, name)


def _quick(content: bytes, fields: tuple[str, ...], day: int | None) -> Records | None:
    first = RECORD.match(content)
    found = list(FIELD.finditer(first[0])) if first else []
    names = [match[1].decode() for match in found if match.lastindex]
    time = next((name for name in TIMES if name in names), None)
    wanted = [name for name in fields if name in names]
    if first is None or time is None or not wanted or len(set(names)) < len(names):
        return None
    clock = len(found[names.index(time)][2] or b"") <= LONGEST_CLOCK
    if clock and day is None:
        return None
    text = _table(content, first, found)
    if text is None:
        return None
    types = {time: CLOCK if clock else MS} | dict.fromkeys(wanted, pa.float64())
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(text),
            pyarrow.csv.ReadOptions(
                column_names=names, use_threads=False, block_size=len(text) + 1
            ),
            pyarrow.csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(
                column_types=types, include_columns=[time, *wanted], null_values=[]
            ),
        ).combine_chunks()
    except pa.ArrowInvalid:
        return None
    values = {name: table[name].combine_chunks() for name in wanted}
    if table.num_rows != text.count(b"\n") + 1 or any(
        not pc.all(pc.is_finite(column)).as_py() for column in values.values()
    ):
        return None
    if clock:
        t = table[time].cast(pa.int32()).to_numpy() * np.int64(1000) + np.int64(day or 0)
    else:
        t = table[time].cast(pa.int64()).to_numpy()
    return Records(t, values, np.arange(len(t)), [], len(t))


def _table(content: bytes, first: re.Match[bytes], found: list[re.Match[bytes]]) -> bytes | None:
    """The values alone, as lines of commas; None if the records are not all alike."""
    spans = [match.span(2) if match[2] is not None else match.span(3) for match in found]
    record = first[0]
    head, tail = record[: spans[0][0]], record[spans[-1][1] :]
    inner = [record[a:b] for (_, a), (b, _) in pairwise(spans)]
    comma = BETWEEN.match(content, first.end())
    between = tail + (comma[0] if comma else b",") + head
    if not content.endswith(tail):
        return None
    body = content[len(head) : len(content) - len(tail)]
    text = body.replace(between, b"\n")
    for part in inner:
        text = text.replace(part, b",")
    lines = text.count(b"\n")
    shrunk = lines * (len(between) - 1) + (lines + 1) * sum(len(part) - 1 for part in inner)
    # What was taken away must be exactly one record's worth for each line.
    alike = len(body) - len(text) == shrunk
    return text if alike and not any(mark in text for mark in b'"{}\\\r') else None


def _exact(content: bytes, fields: tuple[str, ...], day: int | None, name: str) -> Records:
    try:
        rows: list[Json] = orjson.loads(b"[" + content + b"]")
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{name} is not valid JSON: {error}.") from error
    times = _times(rows, day)
    values = [_values(keyed(row), fields) for row in rows]
    bad: list[tuple[int, str, Json]] = []
    good = np.ones(len(rows), bool)
    for index, (row, at, numbers) in enumerate(zip(rows, times.to_pylist(), values, strict=True)):
        reason = _fault(row, at, numbers, day)
        if reason:
            bad.append((index, reason, row))
            good[index] = False
    kept = np.flatnonzero(good)
    columns = {
        field: pa.array([values[i].get(field) for i in kept], pa.float64()) for field in fields
    }
    return Records(times.take(kept).to_numpy(), columns, kept, bad, len(rows))


def _times(rows: list[Json], day: int | None) -> pa.Array:
    texts = [next((keyed(row)[key] for key in TIMES if key in keyed(row)), None) for row in rows]
    clock = _texts(texts, lambda text: len(text) in CLOCK_LENGTHS and day is not None)
    dated = _texts(texts, lambda text: len(text) > LONGEST_CLOCK)
    of_day = lenient(pc.binary_join_element_wise(EPOCH, clock, "T"), MS).cast(pa.int64())
    of_day = pc.add(of_day, day or 0)
    return pc.coalesce(of_day, lenient(dated, MS).cast(pa.int64()))


def _texts(texts: list[Json], wanted: Callable[[str], bool]) -> pa.Array:
    return pa.array(
        [text if isinstance(text, str) and wanted(text) else None for text in texts], pa.string()
    )


def _values(row: dict[str, Json], fields: tuple[str, ...]) -> dict[str, float | None]:
    inner = row | keyed(row.get("value"))
    return {field: number(inner[field]) for field in fields if inner.get(field) is not None}


def _fault(
    row: Json, at: int | None, numbers: dict[str, float | None], day: int | None
) -> str | None:
    if not numbers:
        return "the record holds no value"
    wrong = next((field for field, value in numbers.items() if value is None), None)
    if wrong:
        return "the value is not a number" if wrong == "value" else f"{wrong} is not a number"
    if at is None:
        undated = day is None and any(
            isinstance(keyed(row).get(key), str) and len(str(keyed(row)[key])) <= LONGEST_CLOCK
            for key in TIMES
        )
        return "the document does not say of which day" if undated else "the time is impossible"
    return None
