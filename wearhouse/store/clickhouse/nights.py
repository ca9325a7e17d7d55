"""Episodes as ClickHouse returns them."""

import pyarrow as pa

from wearhouse.samples import EPISODES, NAMES
from wearhouse.store.clickhouse.versions import latest


def as_episodes(rows: pa.Table) -> pa.Table:
    """The newest version of each row, in the schema EPISODES."""
    rows = latest(rows, ("metric", "participant", "day", "log", "t"))
    arrays = []
    for f in EPISODES:
        column = rows[f.name]
        if f.type == NAMES:
            column = column.cast(pa.string()).combine_chunks().dictionary_encode()
        arrays.append(column.cast(f.type))
    return pa.Table.from_arrays(arrays, schema=EPISODES)
