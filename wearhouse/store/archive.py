"""Samples that were moved out of a store into Parquet files that any tool can read, and are still
the store's: a participant's month of a metric is a file. `docs/archive.md` tells their columns.

A file is never altered: its name ends in its digest, and a store's index says which one counts.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from wearhouse.errors import Invalid, Unavailable
from wearhouse.files import PART, write_whole
from wearhouse.samples import SAMPLES
from wearhouse.store import slices
from wearhouse.window import DAY_MS, HOUR_MS

Table = Literal["samples", "shadowed"]

FURTHEST_OFFSET_MS = 15 * HOUR_MS
ROWS_IN_A_GROUP = 131_072
ORDER = {"samples": ("t",), "shadowed": ("t", "source")}
COLUMNS = pa.schema(
    [
        ("participant", pa.uint32()),
        ("day", pa.date32()),
        ("t", pa.timestamp("ms", "UTC")),
        ("offset", pa.int16()),
        ("value", pa.float64()),
        ("source", pa.string()),
        ("as_of", pa.uint32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A participant's civil month of a metric, some days of which are no longer in the store.

    `month` counts from 1970-01; bit n of `days` is the day n + 1. Without a `root` the days were
    removed, and nothing but their rollups is left. `digest` is that of the file, `shadow` that of
    the file of what a preferred vendor outranks, if there is one. `rows` are the samples served.
    """

    participant: int
    metric: str
    month: int
    days: int
    root: str = field(default="", repr=False)
    file: str = ""
    digest: str = ""
    shadow: str = ""
    rows: int = 0

    @property
    def first_day(self) -> int:
        """The month's first day (days since 1970-01-01)."""
        return int(np.datetime64(self.month, "M").astype("datetime64[D]").astype(np.int64))

    @property
    def first_ms(self) -> int:
        """The earliest instant that may lie on the month's first day anywhere."""
        return self.first_day * DAY_MS - FURTHEST_OFFSET_MS

    @property
    def end_ms(self) -> int:
        """An instant after all of the month's days."""
        return (self.first_day + 31) * DAY_MS + FURTHEST_OFFSET_MS

    def day_numbers(self) -> NDArray[np.int64]:
        """The days (since 1970-01-01) that are not in the store."""
        bits = [n for n in range(31) if self.days >> n & 1]
        return np.array(bits, np.int64) + self.first_day

    def tables(self) -> list[tuple[Table, str]]:
        """The files, by the table whose rows they hold, each with its digest."""
        if not self.root:
            return []
        files: list[tuple[Table, str]] = [("samples", self.digest)]
        return [*files, ("shadowed", self.shadow)] if self.shadow else files

    def place(self, table: Table) -> str:
        """Where a file is."""
        return f"{self.root}/{table}/{self.file}"

    def without(self, days: Iterable[int], rows: int) -> "Moved":
        """The same when some days, which held so many samples, are in the store again."""
        bits = sum(1 << int(day) - self.first_day for day in days)
        return replace(self, days=self.days & ~bits, rows=max(0, self.rows - rows))


def month_of(day: int) -> int:
    """The month (since 1970-01) of a day since 1970-01-01."""
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64))


def keys(moved: Sequence[Moved]) -> NDArray[np.int64]:
    """The metric-days (see `slices.keys`) that are not in the store."""
    found = [np.empty(0, np.int64)]
    for one in moved:
        days = one.day_numbers().astype(np.int32)
        metric = np.full(len(days), slices.METRIC_ORDER.index(one.metric).as_py(), np.int64)
        found.append(slices.keys(metric, np.full(len(days), one.participant, np.uint32), days))
    return np.sort(np.concatenate(found))


def write(root: str, days: Moved, rows: Mapping[Table, pa.Table]) -> Moved:
    """Write the files of a month's days and read them again; Unavailable if they are not what was
    written."""
    contents = {table: _packed(held, table) for table, held in rows.items()
                if held.num_rows or table == "samples"}  # fmt: skip
    digests = {table: hashlib.sha256(packed).hexdigest() for table, packed in contents.items()}
    both = hashlib.sha256("".join(sorted(digests.values())).encode()).hexdigest()
    month = np.datetime64(days.month, "M")
    moved = replace(
        days,
        root=root,
        file=f"metric={days.metric}/month={month}/{days.participant:010d}-{both[:16]}.parquet",
        digest=digests["samples"],
        shadow=digests.get("shadowed", ""),
        rows=rows["samples"].num_rows,
    )
    for table, packed in contents.items():
        put(moved.place(table), packed)
    for table, held in rows.items():
        if not same(read(moved, table), held, table):
            raise Unavailable(f"{moved.place(table)} does not read as it was written.")
    return moved


def read(moved: Moved, table: Table, low: int | None = None, high: int | None = None) -> pa.Table:
    """The samples (schema SAMPLES) of the days that are not in the store, ordered by time, from
    `low` up to `high` (UTC ms); Unavailable if a file is not there, or is not as it was written."""
    for name, digest in moved.tables():
        if name == table:
            whole_file = content(moved.place(table), digest)
            break
    else:
        return SAMPLES.empty_table()
    wanted = [("day", "in", moved.day_numbers().astype("datetime64[D]").tolist())]
    at = pa.array([low, high]).cast(pa.timestamp("ms", "UTC"))
    wanted += [("t", ">=", at[0])] if low is not None else []
    wanted += [("t", "<", at[1])] if high is not None else []
    if not moved.days:
        return SAMPLES.empty_table()
    found = pq.read_table(io.BytesIO(whole_file), filters=wanted)
    return slices.located(found, moved.metric)


def same(one: pa.Table, other: pa.Table, table: Table) -> bool:
    """Whether two tables of samples hold the same, in whatever order."""
    if one.num_rows != other.num_rows:
        return False
    return bool(_plain(one, table).equals(_plain(other, table)))


def whole(moved: Moved) -> None:
    """Unavailable unless every file is there as it was written."""
    for table, digest in moved.tables():
        content(moved.place(table), digest)


def forget(moved: Sequence[Moved], participant: int) -> int:
    """Remove every file of a participant, those that no longer count too; how many samples."""
    for root in {one.root for one in moved if one.root}:
        for file in files_of(root, participant):
            remove_file(file)
    return sum(one.rows for one in moved if one.participant == participant and one.root)


def remove(moved: Iterable[Moved]) -> None:
    """Remove files; one that is gone already is no trouble."""
    for one in moved:
        for table, _ in one.tables():
            remove_file(one.place(table))


def remove_file(url: str) -> None:
    """Remove a file, if it is there."""
    files, place = located(url)
    try:
        files.rm_file(place)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unavailable(f"The archive could not be changed: {error}.") from error


def files_of(root: str, participant: int | None = None) -> set[str]:
    """All files below a root, or those of a participant, finished or not."""
    files, place = located(root)
    name = "*" if participant is None else f"{participant:010d}-*"
    found: set[str] = set()
    try:
        files.invalidate_cache()
        for table in ("samples", "shadowed"):
            below = f"{place}/{table}/"
            for one in files.glob(f"{below}metric=*/month=*/{name}"):
                found.add(f"{root}/{table}/{str(one)[str(one).index('metric=') :]}")
    except OSError as error:
        raise Unavailable(f"The archive could not be looked at: {error}.") from error
    return found


def is_unfinished(url: str) -> bool:
    """Whether a file is one that was still being written."""
    return PART in url


def located(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path on it; Invalid if there is none."""
    try:
        files, place = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise Invalid(f"Samples cannot be archived at {url}: {error}.", "out") from None
    return files, str(place)


def put(url: str, packed: bytes) -> None:
    """Write a file that appears whole or not at all; Unavailable if it cannot be written."""
    files, place = located(url)
    try:
        write_whole(files, place, packed, lasting=True)
    except OSError as error:
        raise Unavailable(f"The archive could not be written: {error}.") from error


def content(url: str, digest: str) -> bytes:
    """A file's bytes; Unavailable if it is not there, or is not as it was written."""
    files, place = located(url)
    try:
        found: bytes = files.cat_file(place)
    except FileNotFoundError:
        raise Unavailable(f"The archive lacks {url}.") from None
    except OSError as error:
        raise Unavailable(f"The archive could not be read: {error}.") from error
    if hashlib.sha256(found).hexdigest() != digest:
        raise Unavailable(f"{url} in the archive is not as it was written.")
    return found


def _packed(rows: pa.Table, table: Table) -> bytes:
    plain = _plain(rows, table)
    day = pa.array(slices.days_of(rows.take(_order(rows, table))), pa.int32()).cast(pa.date32())
    columns = [day if f.name == "day" else plain[f.name].cast(f.type) for f in COLUMNS]
    sink = io.BytesIO()
    pq.write_table(
        pa.table(columns, schema=COLUMNS), sink, compression="zstd", store_schema=False,
        row_group_size=ROWS_IN_A_GROUP, use_dictionary=["value", "source", "offset", "as_of"],
        column_encoding={"t": "DELTA_BINARY_PACKED"},
    )  # fmt: skip
    return sink.getvalue()


def _plain(rows: pa.Table, table: Table) -> pa.Table:
    """Rows in order, without metric, of types that two stores agree in."""
    rows = rows.take(_order(rows, table))
    names = [name for name in SAMPLES.names if name != "metric"]
    columns = {name: rows[name] for name in names}
    columns["source"] = columns["source"].cast(pa.string())
    columns["t"] = columns["t"].cast(pa.int64()).cast(pa.timestamp("ms", "UTC"))
    return pa.table(columns).combine_chunks()


def _order(rows: pa.Table, table: Table) -> pa.Array:
    plain = pa.table({"t": rows["t"].cast(pa.int64()), "source": rows["source"].cast(pa.string())})
    return pc.sort_indices(plain, [(name, "ascending") for name in ORDER[table]])
