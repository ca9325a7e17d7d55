"""Tables of anyone's making: a row is one sample, with its participant, metric, time and value."""

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from wearhouse.errors import Invalid
from wearhouse.metrics import METRICS
from wearhouse.samples import NAMES, PARSED_SAMPLES, Parsed, rejects
from wearhouse.sources.columns import MS, epochs, iso_times, numbers
from wearhouse.sources.files import File, Head
from wearhouse.sources.lines import Rows, header_of, rows
from wearhouse.sources.sift import Reject, as_mask, nameless, sift

ALIASES = {
    "participant": ("participant", "person", "id", "subject"),
    "metric": ("metric", "measure"),
    "time": ("time", "t", "timestamp", "datetime"),
    "value": ("value",),
}
REQUIRED = ("metric", "time", "value")
BATCH = 1 << 18


class Csv:
    """Reads comma, semicolon or tab separated rows of participant, metric, time, value."""

    name = "csv"
    refines = ""

    def recognises(self, head: Head) -> bool:
        return (
            not head.content.startswith(b"PAR1")
            and set(REQUIRED) <= _columns(header_of(head.content)).keys()
        )

    def read(self, file: File) -> Iterator[Parsed]:
        columns = _checked(_columns(header_of(file.head().content)), file)
        kinds = {
            columns[role]: {"value": pa.float64(), "time": pa.string()}.get(role, NAMES)
            for role in columns
        }
        for block in rows(file, kinds):
            yield from _parsed(_roles(block, columns), block.text, block.bad)


class Parquet:
    """Reads Parquet files with the same columns."""

    name = "parquet"
    refines = ""

    def recognises(self, head: Head) -> bool:
        return head.content.startswith(b"PAR1")

    def read(self, file: File) -> Iterator[Parsed]:
        with file.open() as stream, _seekable(stream) as whole:
            try:
                parquet = pyarrow.parquet.ParquetFile(whole)
                columns = _checked(_columns(tuple(parquet.schema_arrow.names)), file)
                first = 0
                for batch in parquet.iter_batches(BATCH, columns=list(columns.values())):
                    yield from _of_batch(batch, columns, first)
                    first += batch.num_rows
            except (pa.ArrowException, OSError) as error:
                raise Invalid(f"{file.name} is truncated or damaged: {error}.") from error


def _columns(header: tuple[str, ...]) -> dict[str, str]:
    """The column that plays each role."""
    lower = {name.lower(): name for name in reversed(header)}
    found = {
        role: next((lower[alias] for alias in aliases if alias in lower), None)
        for role, aliases in ALIASES.items()
    }
    return {role: name for role, name in found.items() if name is not None}


def _checked(columns: dict[str, str], file: File) -> dict[str, str]:
    for role in REQUIRED:
        if role not in columns:
            names = ", ".join(ALIASES[role])
            raise Invalid(f"{file.name} has no column for the {role} (one of: {names}).")
    return columns


def _roles(block: Rows, columns: dict[str, str]) -> pa.Table:
    table = block.table.select([*columns.values(), "position"])
    return table.rename_columns([*columns, "position"])


def _seekable(stream: BinaryIO) -> BinaryIO:
    if stream.seekable():
        return stream
    spooled: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115, the caller closes it
    shutil.copyfileobj(stream, spooled)
    spooled.seek(io.SEEK_SET)
    return spooled


def _of_batch(batch: pa.RecordBatch, columns: dict[str, str], first: int) -> Iterator[Parsed]:
    arrays: dict[str, pa.Array] = {role: batch[name] for role, name in columns.items()}
    for role in ("participant", "metric"):
        if role in arrays:
            arrays[role] = arrays[role].cast(pa.string()).fill_null("").dictionary_encode()
    if not pa.types.is_floating(arrays["value"].type):
        arrays["value"] = numbers(arrays["value"].cast(pa.string()).fill_null(""))
    arrays["value"] = arrays["value"].cast(pa.float64())
    position = pa.array(np.arange(first, first + batch.num_rows))
    table = pa.table(arrays | {"position": position})

    def text(row: int) -> str:
        return str(batch.slice(row - first, 1).to_pylist()[0])

    yield from _parsed(table, text, [])


def _parsed(
    table: pa.Table, text: Callable[[int], str], bad: list[tuple[int, str, str]]
) -> Iterator[Parsed]:
    """Up to two batches: times on the participant's clock, and times in UTC."""
    table = table.combine_chunks()
    position = table["position"].to_numpy()
    if "participant" in table.column_names:
        persons = table["participant"].combine_chunks()
        unnamed = nameless(persons)
    else:
        persons = pa.array([""] * len(position), pa.string()).dictionary_encode()
        unnamed = np.zeros(len(position), bool)
    metrics, values = table["metric"].combine_chunks(), table["value"].combine_chunks()
    wall, offset = _times(table["time"].combine_chunks())
    unknown = [(as_mask(pc.equal(metrics, name)), _why_not(name)) for name in _unknown(metrics)]
    good, rejected = sift(
        [
            (unnamed, "the row names no participant"),
            *unknown,
            (as_mask(wall.is_null()), "the time is not an ISO 8601 time or epoch number"),
            (as_mask(values.is_null()), "the value is empty"),
            (~as_mask(pc.is_finite(values)), "the value is not a number"),
        ],
        persons,
        position,
        text,
    )
    # Zero is how UTC is written by whatever exports it, not a participant's own offset.
    utc = as_mask(pc.equal(offset, 0))
    samples = pa.Table.from_arrays(
        [persons, metrics, wall, pc.if_else(pc.equal(offset, 0), None, offset), values, position],
        schema=PARSED_SAMPLES,
    )
    refused: list[Reject] = [*(("", *row) for row in bad), *rejected]
    yield Parsed(samples.filter(pa.array(good & ~utc)), rejects=rejects(refused))
    if (good & utc).any():
        yield Parsed(samples.filter(pa.array(good & utc)), clock="utc")


def _times(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    kind, rows = column.type, len(column)
    if pa.types.is_timestamp(kind):
        zero = pa.scalar(0 if kind.tz else None, pa.int16())
        offset = pc.if_else(column.is_valid(), zero, None)
        return column.cast(pa.timestamp(kind.unit)).cast(MS, safe=False), offset
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("s")).cast(MS), pa.nulls(rows, pa.int16())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        times = epochs(column.cast(pa.float64()))
        zero = pc.if_else(times.is_valid(), pa.scalar(0, pa.int16()), None)
        return times, zero
    return iso_times(column.cast(pa.string()))


def _unknown(metrics: pa.DictionaryArray) -> list[str]:
    names: list[str] = pc.unique(metrics).to_pylist()
    return [name for name in names if name not in METRICS or METRICS[name].kind == "episode"]


def _why_not(name: str) -> str:
    if name in METRICS:
        return f"{name} has a start and an end; a row holds one value at one time"
    return f"no metric is called {name!r}"
