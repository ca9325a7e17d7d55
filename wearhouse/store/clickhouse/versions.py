"""Rows that carry a version: the newest of each place counts, withdrawn ones do not.

Queries return every version. Doing this here instead of with FINAL keeps a page of raw samples
near the cost of reading it, because almost every place has one version.
"""

import time
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Column = NDArray[Any]


class Versions:
    """Numbers that only grow: microseconds of the clock, or one more than the last."""

    def __init__(self) -> None:
        self.newest = 0

    def pass_by(self, seen: int | None) -> None:
        """Let the next one be newer than one that was seen."""
        self.newest = max(self.newest, seen or 0)

    def next(self) -> int:
        self.newest = max(time.time_ns() // 1000, self.newest + 1)
        return self.newest


def latest(rows: pa.Table, place: tuple[str, ...]) -> pa.Table:
    """Rows ordered by `place`, the newest version of each, without version and gone."""
    rows = rows.combine_chunks()
    if rows.num_rows:
        columns = [_numbers(rows[name]) for name in place]
        if not _ascending(columns):
            order = np.lexsort(columns[::-1])
            rows, columns = rows.take(pa.array(order)), [column[order] for column in columns]
        starts = np.flatnonzero(_begins(columns))
        gone = rows["gone"].to_numpy()
        if len(starts) < rows.num_rows or gone.any():
            newest = _newest(rows["version"].to_numpy(), starts)
            rows = rows.take(pa.array(newest[gone[newest] == 0]))
    return rows.drop_columns(["version", "gone"])


def _newest(version: NDArray[np.uint64], starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """In each run that begins at a row of `starts`, the last row of the highest version."""
    lengths = np.diff(starts, append=len(version))
    highest = np.repeat(np.maximum.reduceat(version, starts), lengths)
    row = np.where(version == highest, np.arange(len(version)), -1)
    return np.maximum.reduceat(row, starts)


def _begins(columns: list[Column]) -> NDArray[np.bool_]:
    new = np.zeros(len(columns[0]), bool)
    new[0] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def _ascending(columns: list[Column]) -> bool:
    decided = np.zeros(len(columns[0]) - 1, bool)
    for column in columns:
        if (~decided & (column[1:] < column[:-1])).any():
            return False
        decided |= column[1:] > column[:-1]
    return True


def _numbers(column: pa.ChunkedArray) -> Column:
    if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type):
        encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        order = np.argsort(np.argsort(np.array(encoded.dictionary.to_pylist(), object)))
        return np.asarray(order[encoded.indices.to_numpy()])
    if pa.types.is_timestamp(column.type):
        return np.asarray(column.cast(pa.int64()).to_numpy())
    if pa.types.is_date(column.type):
        return np.asarray(column.cast(pa.int32()).to_numpy())
    return np.asarray(column.to_numpy())
