"""Loads in parts that fit into memory beside their copies."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.store import slices
from wearhouse.store.protocol import Slices

AT_ONCE = 500_000
"""About how many samples a store takes in one go."""


def portions(samples: pa.Table, stated: Slices | None) -> Iterator[tuple[pa.Table, Slices | None]]:
    """A load in parts that fit into memory beside their copies; no participant's day is split."""
    if samples.num_rows <= AT_ONCE:
        yield samples, stated
        return
    day = _person_days(samples["participant"].to_numpy(), slices.days_of(samples))
    days, counts = np.unique(day, return_counts=True)
    stated_day = np.empty(0, np.int64)
    if stated is not None:
        people = stated.table["participant"].to_numpy()
        stated_day = _person_days(people, stated.table["day"].cast(pa.int32()).to_numpy())
    portion = (np.cumsum(counts) - counts) // AT_ONCE
    first_days = days[np.flatnonzero(np.diff(portion, prepend=-1))]
    for low, high in zip(first_days, np.append(first_days[1:], days[-1] + 1), strict=True):
        of_it = samples.filter(pa.array((day >= low) & (day < high)))
        there = (stated_day >= low) & (stated_day < high)
        there_stated = stated and Slices(stated.table.filter(pa.array(there)), stated.source)
        yield of_it, there_stated
    if stated is not None:  # days that their source has emptied may lie outside
        outside = (stated_day < days[0]) | (stated_day > days[-1])
        yield samples.slice(0, 0), Slices(stated.table.filter(pa.array(outside)), stated.source)


def _person_days(participant: NDArray[np.uint32], day: NDArray[np.int32]) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = (participant.astype(np.int64) << 21) | day
    return keys
