"""Quantile sketches: how many values fell into each logarithmic bin, mergeable by adding.

The bounds of the bins grow by GAMMA, so a quantile is off by at most 1 % of its value.
After Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch with
relative-error guarantees", VLDB 2019; zero has a bin of its own.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

GAMMA = 1.02
SHIFT = 5_000
"""Keeps the bins of small magnitudes positive, so that a bin's sign can be its values' sign."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Sparse histograms of many buckets: entry i says bucket `of[i]` has `count[i]` in `bin[i]`."""

    of: Ints
    bin: Ints
    count: Ints

    def merged(self, into: Ints) -> "Sketch":
        """The same values with bucket b counted under bucket `into[b]`."""
        return tally(into[self.of], self.bin, self.count)


def bin_of(value: Floats) -> Ints:
    """The sketch bin of each value: 0 for zero, signed like the value otherwise."""
    size = np.abs(value)
    with np.errstate(divide="ignore"):
        bins = np.ceil(np.log(size) / np.log(GAMMA)) + SHIFT
    return np.where(size > 0, np.sign(value) * np.clip(bins, 1, 2 * SHIFT), 0).astype(np.int64)


def quantile(bins: Ints, counts: Ints, q: float) -> float:
    """The q-quantile (0 to 1) of a sketch, within 1 % of the value; NaN if it is empty."""
    if counts.sum() == 0:
        return float("nan")
    order = np.argsort(bins)
    reached = np.cumsum(counts[order])
    at = int(bins[order][np.searchsorted(reached, q * (reached[-1] - 1), side="right")])
    return float(np.sign(at) * 2 * GAMMA ** (abs(at) - SHIFT) / (1 + GAMMA)) if at else 0.0


def tally(of: Ints, bins: Ints, count: Ints) -> Sketch:
    """Entries of the same bucket and bin added up, ordered by bucket and bin."""
    if not len(of):
        return Sketch(of, bins, count)
    low, width = int(bins.min()), int(bins.max() - bins.min()) + 1
    cells = (int(of.max()) + 1) * width
    key = of * width + (bins - low)
    if cells <= 8 * len(of) + 1_000_000:
        dense = np.bincount(key, weights=count, minlength=cells)
        filled = np.flatnonzero(dense)
        total = dense[filled].astype(np.int64)
    else:
        filled, inverse = np.unique(key, return_inverse=True)
        total = np.bincount(inverse, weights=count).astype(np.int64)
    return Sketch(filled // width, filled % width + low, total)


def lists(sketch: Sketch | None, rows: int) -> tuple[pa.Array, pa.Array]:
    """The bins and counts of each of so many buckets, as Arrow lists."""
    if sketch is None:
        sketch = Sketch(*(np.empty(0, np.int64),) * 3)
    offsets = np.searchsorted(sketch.of, np.arange(rows + 1)).astype(np.int32)
    return (
        pa.ListArray.from_arrays(offsets, pa.array(sketch.bin.astype(np.int16))),
        pa.ListArray.from_arrays(offsets, pa.array(sketch.count.astype(np.uint32))),
    )
