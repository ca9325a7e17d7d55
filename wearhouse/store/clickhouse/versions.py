"""Rows that carry a version: the newest of each place counts, withdrawn ones do not.

Queries return every version. Doing this here instead of with FINAL keeps a page of raw samples
near the cost of reading it, because almost every place has one version.
"""

import numpy as np
import pyarrow as pa


def latest(rows: pa.Table, place: tuple[str, ...]) -> pa.Table:
    """Rows ordered by `place`, the newest version of each, without version and gone."""
    rows = rows.combine_chunks()
    if rows.num_rows:
        columns = [_numbers(rows[name]) for name in place]
        new = np.ones(rows.num_rows, bool)
        new[1:] = False
        for column in columns:
            new[1:] |= column[1:] != column[:-1]
        gone = rows["gone"].to_numpy()
        if not new.all() or gone.any() or not _ascending(columns):
            rows = _newest(rows, columns, gone)
    return rows.drop_columns(["version", "gone"])


def _newest(rows: pa.Table, columns: list[np.ndarray], gone: np.ndarray) -> pa.Table:
    order = np.lexsort((rows["version"].to_numpy(), *reversed(columns)))
    last = np.zeros(len(order), bool)
    last[-1] = True
    for column in columns:
        last[:-1] |= column[order][1:] != column[order][:-1]
    chosen = order[last]
    return rows.take(pa.array(chosen[gone[chosen] == 0]))


def _ascending(columns: list[np.ndarray]) -> bool:
    decided = np.zeros(len(columns[0]) - 1, bool)
    for column in columns:
        if (~decided & (column[1:] < column[:-1])).any():
            return False
        decided |= column[1:] > column[:-1]
    return True


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type):
        encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        order = np.argsort(np.argsort(np.array(encoded.dictionary.to_pylist(), object)))
        return np.asarray(order[encoded.indices.to_numpy()])
    if pa.types.is_timestamp(column.type):
        return np.asarray(column.cast(pa.int64()).to_numpy())
    if pa.types.is_date(column.type):
        return np.asarray(column.cast(pa.int32()).to_numpy())
    return np.asarray(column.to_numpy())
