"""Sifting: good rows apart from bad ones, each of those with its reason."""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.sources.batches import LONGEST_RECORD
from wearhouse.sources.columns import us_times
from wearhouse.sources.lines import Rows

Mask = NDArray[np.bool_]
Reject = tuple[str, int, str, str]


def sift(
    faults: Iterable[tuple[Mask, str]],
    persons: pa.Array,
    positions: NDArray[np.int64],
    text: Callable[[int], str],
) -> tuple[Mask, list[Reject]]:
    """Which rows have none of the faults, and the rejects; of many faults the first counts."""
    good = np.ones(len(positions), bool)
    rejected: list[Reject] = []
    for mask, reason in faults:
        for row in np.flatnonzero(mask & good).tolist():
            position = int(positions[row])
            person = persons[row].as_py() or ""
            rejected.append((person, position, reason, text(position)[:LONGEST_RECORD]))
        good &= ~mask
    return good, rejected


def as_mask(condition: pa.Array) -> Mask:
    """A condition as a mask; null counts as false."""
    mask: Mask = condition.fill_null(False).to_numpy(zero_copy_only=False)
    return mask


def timed(
    block: Rows, person: str, time: str
) -> tuple[pa.Array, NDArray[np.int64], NDArray[np.int64], Mask, list[Reject]]:
    """Persons, US times in ms, positions, and which rows have both a person and a time."""
    persons = block.table[person].combine_chunks()
    times = us_times(block.table[time].combine_chunks())
    position = block.table["position"].to_numpy()
    good, rejected = sift(
        [
            (nameless(persons), "the line names no person"),
            (as_mask(times.is_null()), "the time is impossible"),
        ],
        persons,
        position,
        block.text,
    )
    return persons, times.cast(pa.int64()).fill_null(0).to_numpy(), position, good, rejected


def nameless(persons: pa.DictionaryArray) -> Mask:
    """Which rows have an empty name."""
    return as_mask(pc.equal(persons.dictionary, "").take(persons.indices))
