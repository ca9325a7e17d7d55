"""Files of a fleet, tab-separated or with commas, as rows to be staged."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from wearhouse.errors import Invalid
from wearhouse.store.fleets import COHORTS, DEVICES, EVENTS, VERSIONS

Names = Mapping[str, tuple[str, ...]]

FILES: dict[str, tuple[str, pa.Schema, Names]] = {
    "cohorts": ("cohorts", COHORTS, {"project": ("project_id", "project"), "id": ("id",),
                                     "name": ("name",)}),
    "devices": ("devices", DEVICES, {"project": ("project_id", "project"), "id": ("id",),
                                     "serial": ("device_serial", "serial"),
                                     "cohort": ("cohort_id", "cohort"),
                                     "hardware": ("hardware_version", "hardware")}),
    "versions": ("software_versions", VERSIONS, {"project": ("project_id", "project"),
                                                 "id": ("id",),
                                                 "software": ("software_type", "software"),
                                                 "version": ("version",)}),
    "events": ("events", EVENTS, {"project": ("project_id", "project"), "id": ("id",),
                                  "device": ("device_id", "device"), "type": ("type",),
                                  "version": ("software_version_id", "version_id"),
                                  "captured_at": ("captured_date", "captured_at"),
                                  "created_at": ("created_date", "created_at"),
                                  "info": ("event_info", "info")}),
}  # fmt: skip
"""Of each table: what its file is called, its schema, and the columns that fill it."""

OPTIONAL = {"hardware", "software", "cohort"}
SUFFIXES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
BLOCK = 32_000_000
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass
class Refused:
    """Lines that are no rows of their table, each with its place."""

    rows: list[dict[str, Any]] = field(default_factory=list)


def found(folder: Path) -> dict[str, Path]:
    """The files of a folder by table; Invalid if there is none."""
    if not folder.is_dir():
        raise Invalid(f"{folder} is not a folder.", "dir")
    files = {}
    for table, (stem, _, _) in FILES.items():
        there = [folder / (stem + suffix) for suffix in SUFFIXES]
        first = next((file for file in there if file.is_file()), None)
        if first is not None:
            files[table] = first
    if not files:
        names = ", ".join(f"{stem}.csv" for stem, _, _ in FILES.values())
        raise Invalid(f"{folder} has none of {names}.", "dir")
    return files


def digest_of(files: Mapping[str, Path]) -> str:
    """What tells these very files from others."""
    digest = hashlib.sha256()
    for table, file in sorted(files.items()):
        digest.update(table.encode())
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def rows(table: str, file: Path, refused: Refused, now: datetime) -> Iterator[pa.Table]:
    """The rows of a file, in lots; Invalid if it is not what its name says. What was received at
    no time that is told was received `now`."""
    _, schema, names = FILES[table]
    position = 0

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        reason = f"{row.actual_columns} columns, not {row.expected_columns}"
        refused.rows.append({"reason": reason, "record": (row.text or "")[:500]})
        return "skip"

    try:
        with pa.input_stream(str(file), compression="detect") as content:
            reader = pyarrow.csv.open_csv(
                content,
                pyarrow.csv.ReadOptions(block_size=BLOCK),
                pyarrow.csv.ParseOptions(delimiter=_delimiter(file), invalid_row_handler=skip),
                pyarrow.csv.ConvertOptions(
                    column_types=_Texts(), strings_can_be_null=False, check_utf8=True
                ),
            )
            columns = _columns(names, reader.schema.names, file)
            for batch in reader:
                lot = pa.table({n: batch.column(c) for n, c in columns.items() if c})
                yield _typed(lot, schema, position, now)
                position += batch.num_rows
    except (pa.ArrowInvalid, OSError, UnicodeDecodeError) as error:
        said = str(error).splitlines()[0]
        raise Invalid(f"{file.name} cannot be read: {said}.", "dir") from error


class _Texts(Mapping[str, pa.DataType]):
    """Every column as text, whatever it looks like."""

    def __getitem__(self, _name: str) -> pa.DataType:
        return pa.string()

    def __iter__(self) -> Iterator[str]:
        return iter(every for _, _, names in FILES.values() for many in names.values()
                    for every in many)  # fmt: skip

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _delimiter(file: Path) -> str:
    with pa.input_stream(str(file), compression="detect") as content:
        head = content.read(10_000).partition(b"\n")[0]
    return "\t" if b"\t" in head else ","


def _columns(names: Names, there: list[str], file: Path) -> dict[str, str | None]:
    """Which column of the file fills which of the table; Invalid names one that is missing."""
    columns: dict[str, str | None] = {}
    for name, known in names.items():
        columns[name] = next((one for one in known if one in there), None)
        if columns[name] is None and name not in OPTIONAL:
            raise Invalid(f"{file.name} has no column {known[0]}.", "dir")
    return columns


def _typed(lot: pa.Table, schema: pa.Schema, position: int, now: datetime) -> pa.Table:
    columns = []
    for one in schema:
        if one.name == "position":
            column = pa.array(range(position, position + lot.num_rows), pa.uint32())
        elif one.name not in lot.column_names:
            column = pa.repeat("", lot.num_rows)
        elif pa.types.is_timestamp(one.type):
            column = instants(lot[one.name]).cast(one.type, safe=False)
            if one.name == "created_at":
                column = pc.fill_null(column, pa.scalar(now, one.type))
        else:
            column = lot[one.name]
        columns.append(column)
    return pa.table(columns, schema=schema)


def instants(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Written times as instants; one without a zone is UTC, one that cannot be read is null."""
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us")):
        try:
            read = texts.cast(kind).cast(pa.timestamp("us", "UTC"))
        except pa.ArrowInvalid:
            continue
        inside = pc.and_(pc.greater_equal(read, EARLIEST), pc.less(read, LATEST))
        return pc.if_else(inside, read, pa.scalar(None, read.type))
    one_by_one = [_instant(text) for text in texts.to_pylist()]
    return pa.chunked_array([pa.array(one_by_one, pa.timestamp("us", "UTC"))])


def _instant(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at < LATEST else None
