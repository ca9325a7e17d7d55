"""The Arrow schemas of what travels between rooms, and the check every batch passes.

A *parsed* batch is what a source makes of a payload: persons as the file names them, times as
the vendor wrote them. A *located* batch is what the store takes: registry ids and UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.metrics import METRICS

Clock = Literal["civil", "utc"]

NAMES = pa.dictionary(pa.int32(), pa.string())

PARSED_SAMPLES = pa.schema(
    [
        ("person", NAMES),  # as the file names them; "" where it names no one
        ("metric", NAMES),
        ("t", pa.timestamp("ms")),  # vendor clock, see Parsed.clock
        ("offset", pa.int16()),  # minutes east of UTC where the vendor says so, else null
        ("value", pa.float64()),
        ("position", pa.int64()),  # line, or index of the record, in the payload
    ]
)

PARSED_EPISODES = pa.schema(
    [
        ("person", NAMES),
        ("metric", NAMES),
        ("t", pa.timestamp("ms")),
        ("end", pa.timestamp("ms")),
        ("offset", pa.int16()),
        ("dated", pa.timestamp("ms")),  # its date is the slice: a night's end, a workout's start
        ("label", NAMES),  # a sleep stage, a kind of sleep log, an activity
        ("log", pa.string()),  # what binds the stages of one night together
        ("main", pa.bool_()),
        ("position", pa.int64()),
    ]
)

REJECTS = pa.schema(
    [
        ("person", pa.string()),
        ("position", pa.int64()),
        ("reason", pa.string()),
        ("record", pa.string()),  # the offending record, cut to 500 characters
    ]
)

SAMPLES = pa.schema(
    [
        ("participant", pa.uint32()),
        ("metric", NAMES),
        ("t", pa.timestamp("ms", tz="UTC")),
        ("offset", pa.int16()),
        ("value", pa.float64()),
        ("source", NAMES),
        ("as_of", pa.uint32()),  # epoch seconds: how late the payload speaks; later wins
    ]
)

EPISODES = pa.schema(
    [
        ("participant", pa.uint32()),
        ("metric", NAMES),
        ("t", pa.timestamp("ms", tz="UTC")),
        ("end", pa.timestamp("ms", tz="UTC")),
        ("offset", pa.int16()),
        ("day", pa.date32()),
        ("label", NAMES),
        ("log", pa.string()),
        ("main", pa.bool_()),
        ("source", NAMES),
        ("as_of", pa.uint32()),
    ]
)


@dataclass(frozen=True)
class Parsed:
    """One batch that a source made of a payload. Any of the three tables may be empty."""

    samples: pa.Table = field(default_factory=PARSED_SAMPLES.empty_table)
    episodes: pa.Table = field(default_factory=PARSED_EPISODES.empty_table)
    rejects: pa.Table = field(default_factory=REJECTS.empty_table)
    clock: Clock = "civil"


def constant(text: str, rows: int) -> pa.DictionaryArray:
    """A dictionary column of one repeated text."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))


def rejects(rows: list[tuple[str, int, str, str]]) -> pa.Table:
    """Rejected records from (person, position, reason, record)."""
    columns = zip(*rows, strict=True) if rows else ([], [], [], [])
    return pa.Table.from_arrays(
        [pa.array(column, type=kind.type) for column, kind in zip(columns, REJECTS, strict=True)],
        schema=REJECTS,
    )


def implausible(samples: pa.Table) -> Iterator[tuple[pa.Array, str]]:
    """Masks of rows to refuse, each with its reason. Columns used: metric, value."""
    value = samples["value"].combine_chunks()
    finite = pc.fill_null(pc.is_finite(value), False)
    yield pc.invert(finite), "the value is not a number"
    for name in pc.unique(samples["metric"]).to_pylist():
        metric = METRICS[name]
        of_it = pc.equal(samples["metric"], name).combine_chunks()
        outside = pc.or_(pc.less(value, metric.low), pc.greater(value, metric.high))
        mask = pc.and_(pc.and_(of_it, finite), pc.fill_null(outside, False))
        yield mask, f"{name} outside {metric.low:g} to {metric.high:g} {metric.unit}"
