"""How many bytes each metric takes at each level.

ClickHouse knows the size of a part, in which many metrics lie one after another. A part's bytes
are shared between them by the compressed size of their granules, and within a granule, or in a
part of one granule, by rows.
"""

from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wearhouse.store.clickhouse.connection import Connection

Sizes = dict[tuple[str, str], float]


def bytes_by_level(connection: Connection) -> Sizes:
    """Bytes on disk by (level, metric)."""
    local = connection.layout.local
    parts = {
        (row["table"], row["shard"], row["name"]): row
        for row in connection.ask("parts").to_pylist()
    }
    sizes: Sizes = defaultdict(float)
    for table in ("samples", "rollups"):
        granules = _by_part(connection.ask(f"granules_of_{table}").to_pylist())
        for place, rows in _by_part(connection.ask(f"rows_of_{table}").to_pylist()).items():
            part = parts.get((table + local, *place))
            if part is None:  # merged away between the questions
                continue
            share = _shares(rows, granules.get(place, []))
            for row, weight in zip(rows, share, strict=True):
                sizes[row["level"], row["metric"]] += part["bytes"] * weight
    return sizes


def _by_part(rows: list[dict[str, Any]]) -> dict[tuple[int, str], list[dict[str, Any]]]:
    return {place: list(found) for place, found in groupby(rows, itemgetter("shard", "part"))}


def _shares(rows: list[dict[str, Any]], granules: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Which share of a part each stretch of rows takes; the shares add up to 1."""
    ends = np.cumsum([row["rows"] for row in rows])
    reached = np.append(0, np.cumsum([granule["rows"] for granule in granules]))
    at = np.array([granule["at"] for granule in granules], np.float64)
    if len(granules) < 2 or reached[-2] < ends[-1]:  # no mark tells where the last one ends
        reached, at = np.array([0, ends[-1]]), np.array([0, ends[-1]])
    else:
        reached = reached[:-1]
    weight = np.interp(np.append(0, ends), reached, at)
    share: NDArray[np.float64] = np.diff(weight) / max(weight[-1] - weight[0], 1)
    return share
