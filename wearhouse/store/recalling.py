"""Late data of days that lie in the archive: such a day comes back into the store with the load
that changes it, in the same step, and goes again with the next `archive`."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.store import archive, slices
from wearhouse.store.archive import Moved, Table
from wearhouse.store.protocol import Slices

Days = NDArray[np.int64]


class Index(Protocol):
    """What a store lends to look its archived days up."""

    def moved(
        self, metrics: Sequence[str], participants: Sequence[int], first: int, end: int
    ) -> list[Moved]:
        """The months in the archive that have a day from `first` up to `end`."""


def removed(moved: Sequence[Moved], days: Days) -> Days:
    """Those metric-days of which nothing but rollups is kept; what comes late for them is left
    to the archive of payloads."""
    return np.intersect1d(days, archive.keys([one for one in moved if not one.root]))


def without(samples: pa.Table, stated: Slices | None, days: Days) -> tuple[pa.Table, Slices | None]:
    """A load without some metric-days."""
    samples = samples.filter(pa.array(~np.isin(slices.day_keys(samples), days)))
    if stated is not None:
        table = stated.table
        day = table["day"].cast(pa.int32()).to_numpy()
        there = slices.keys(slices.metric_codes(table), table["participant"].to_numpy(), day)
        stated = Slices(table.filter(pa.array(~np.isin(there, days))), stated.source)
    return samples, stated


def to_recall(moved: Sequence[Moved], changed: Days) -> Days:
    """Those of the changed metric-days that lie in the archive."""
    return np.intersect1d(changed, archive.keys([one for one in moved if one.root]))


def recalled(change: slices.Change, here: pa.Table, wanted: pa.Table, days: Days, table: Table
             ) -> slices.Change:  # fmt: skip
    """A change that brings all wanted rows of these metric-days back, whatever lies in the store
    of them."""
    back = wanted.filter(pa.array(np.isin(slices.day_keys(wanted), days)))
    stray = slices.change(here, back, by_source=table == "shadowed").withdraw
    rest = [rows.filter(pa.array(~np.isin(slices.day_keys(rows), days)))
            for rows in (change.write, change.withdraw)]  # fmt: skip
    return slices.Change(_joined(rest[0], back), _joined(rest[1], stray))


def afterwards(moved: Sequence[Moved], days: Days, kept: pa.Table) -> tuple[Moved, ...]:
    """The index's entries when these metric-days, which held the kept rows, are back."""
    on = slices.day_keys(kept)
    after = []
    for one in moved:
        back = np.intersect1d(archive.keys([one]), days)
        if back.size:
            _, _, day = slices.unpacked(back)
            after.append(one.without(day.tolist(), int(np.isin(on, back).sum())))
    return tuple(after)


def _joined(one: pa.Table, other: pa.Table) -> pa.Table:
    return pa.concat_tables([one, other]).unify_dictionaries().combine_chunks()
