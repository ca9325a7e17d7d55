"""Reading a store of which a part lies in the archive: every sample once, whatever is moved
meanwhile.

A metric-day is served from one place, the archive if the index names it and the store if not.
The index is read before and after; if it has changed, what was read is read again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.errors import Unavailable
from wearhouse.metrics import METRICS
from wearhouse.store import archive, slices
from wearhouse.store.archive import FURTHEST_OFFSET_MS, Moved, Table
from wearhouse.store.loading import Shelf, row_keys
from wearhouse.store.protocol import Ask, Page
from wearhouse.store.recalling import Index
from wearhouse.window import DAY_MS

Found = TypeVar("Found")
Place = tuple[int, int]
"""A participant and an instant (UTC ms)."""


def steadily(
    index: Callable[[], Sequence[Moved]], read: Callable[[Sequence[Moved]], Found]
) -> Found:
    """What was read while the index stayed as it was."""
    moved = index()
    while True:
        found: Found | None = None
        trouble: Unavailable | None = None
        try:
            found = read(moved)
        except Unavailable as error:  # a file goes once another has taken its place
            trouble = error
        now = index()
        if list(now) == list(moved):
            if trouble is not None:
                raise trouble
            assert found is not None
            return found
        moved = now


def between(
    index: Index, metric: str, participants: Sequence[int], low: int, high: int
) -> list[Moved]:
    """What lies in the archive of a metric from `low` up to `high` (UTC ms)."""
    first, end = (low - FURTHEST_OFFSET_MS) // DAY_MS, -(-(high + FURTHEST_OFFSET_MS) // DAY_MS)
    return index.moved([metric], participants, first, end)


def samples(ask: Ask, index: Index, kept_page: Callable[[Ask], Page]) -> Page:
    """A page of samples, of a store and its archive."""
    return steadily(
        partial(between, index, ask.metric.name, ask.participants, ask.low, ask.high),
        lambda moved: page(ask, kept_page, moved),
    )


def unmoved(shelf: Shelf, participants: Sequence[int], end: int) -> pa.Table:
    """The metric-days before a day that the store itself holds: metric, participant, day."""
    held = shelf.days(sorted(METRICS), participants, 0, end).select(
        ["metric", "participant", "day"]
    )
    moved = archive.keys(shelf.moved(sorted(METRICS), participants, 0, end))
    return held.filter(pa.array(~np.isin(row_keys(held), moved)))


def stands(shelf: Shelf, moved: Moved, copied: Mapping[Table, pa.Table]) -> bool:
    """Whether days are as they were copied."""
    days = archive.keys([moved])
    for table, rows in copied.items():
        there = shelf.whole(table, moved.metric, [moved.participant], moved.first_ms, moved.end_ms)
        there = there.filter(pa.array(np.isin(slices.day_keys(there), days)))
        if not archive.same(there, rows, table):
            return False
    return True


def whole(kept: pa.Table, moved: Sequence[Moved], table: Table, low: int, high: int) -> pa.Table:
    """Samples of one metric (schema SAMPLES): those of the store, and those of the archive."""
    if not moved:
        return kept
    here = kept.filter(pa.array(~_is_moved(kept, moved)))
    found = [archive.read(one, table, low, high) for one in moved]
    rows = pa.concat_tables([here, *found]).unify_dictionaries().combine_chunks()
    order = [(name, "ascending") for name in ("participant", "t", "source")]
    plain = pa.table({"participant": rows["participant"], "t": rows["t"].cast(pa.int64()),
                      "source": rows["source"].cast(pa.string())})  # fmt: skip
    return rows.take(pc.sort_indices(plain, order)).combine_chunks()


def page(ask: Ask, kept_page: Callable[[Ask], Page], moved: Sequence[Moved]) -> Page:
    """A page of samples, from the store and the archive together."""
    if not moved:
        return kept_page(ask)
    after = ask.after
    while True:
        kept = kept_page(replace(ask, after=after))
        upto = _last(kept.rows) if kept.more else None
        found, cut = _from_archive(ask, moved, after, upto)
        here = kept.rows.filter(pa.array(~_is_moved(kept.rows, moved)))
        rows = pa.concat_tables([here, *(_as(one, here.schema) for one in found)])
        rows = rows.sort_by([("participant", "ascending"), ("t", "ascending")]).combine_chunks()
        upto = cut or upto
        if cut is not None:
            rows = rows.filter(pa.array(~_beyond(rows, cut)))
        if rows.num_rows or upto is None:
            more = rows.num_rows > ask.limit or upto is not None
            return Page(rows.slice(0, ask.limit), more)
        after = upto


def _from_archive(
    ask: Ask, moved: Sequence[Moved], after: Place | None, upto: Place | None
) -> tuple[list[pa.Table], Place | None]:
    """Samples after one place and up to another; a place up to which they are whole, if that is
    before the last of them."""
    files = sorted(moved, key=lambda one: (one.participant, one.month))
    found: list[pa.Table] = []
    rows = 0
    for number, one in enumerate(files):
        if upto is not None and (one.participant, one.first_ms) > upto:
            break
        if after is not None and (one.participant, one.end_ms) < after:
            continue
        part = archive.read(one, "samples", ask.low, ask.high)
        if after is not None:
            part = part.filter(pa.array(_beyond(part, after)))
        if upto is not None:
            part = part.filter(pa.array(~_beyond(part, upto)))
        found.append(part)
        rows += part.num_rows
        if rows > ask.limit and number + 1 < len(files):
            # A traveller's next month may begin before this one ends.
            following = files[number + 1]
            cut = (following.participant, following.first_ms - 1)
            if sum(int((~_beyond(each, cut)).sum()) for each in found) > ask.limit:
                return found, cut if upto is None else min(cut, upto)
    return found, None


def _is_moved(rows: pa.Table, moved: Sequence[Moved]) -> NDArray[np.bool_]:
    """Which rows of one metric lie on days that are not the store's to serve."""
    days = slices.days_of(rows)
    metric = np.full(rows.num_rows, slices.METRIC_ORDER.index(moved[0].metric).as_py(), np.int64)
    places = slices.keys(metric, rows["participant"].to_numpy(), days)
    return np.isin(places, archive.keys(moved))


def _last(rows: pa.Table) -> Place:
    last = rows.num_rows - 1
    return rows["participant"][last].as_py(), rows["t"].cast(pa.int64())[last].as_py()


def _beyond(rows: pa.Table, place: Place) -> NDArray[np.bool_]:
    participant, t = rows["participant"].to_numpy(), rows["t"].cast(pa.int64()).to_numpy()
    return np.asarray((participant > place[0]) | ((participant == place[0]) & (t > place[1])))


def _as(samples: pa.Table, schema: pa.Schema) -> pa.Table:
    """Samples as the rows of a page."""
    return samples.select(schema.names).cast(schema)
