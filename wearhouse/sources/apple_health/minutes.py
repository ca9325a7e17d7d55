"""Amounts over stretches of time, such as steps, shared out to minutes and not counted twice.

A record's amount is shared among the minutes it touches, in proportion to the time it spends in
each. Of the sources that cover a minute one is taken: a watch before other devices, those before
a phone, and among equals the one that covers more minutes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.samples import PARSED_SAMPLES, constant

MINUTE_MS, DAY_MIN, HOUR_MIN = 60_000, 1440, 60

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Grid = dict[int, NDArray[np.float32]]


def rank(description: str) -> int:
    """0 for a watch, 2 for a phone, 1 for any other source."""
    lower = description.lower()
    return 0 if "watch" in lower else 2 if "phone" in lower else 1


@dataclass(frozen=True)
class Amounts:
    """Stretches of UTC ms with an amount, the minutes east of UTC, and the number of a source."""

    start: Whole
    end: Whole
    value: Numbers
    offset: Whole
    source: Whole


class Minutes:
    """The minutes of each metric and source, kept until all records have been seen."""

    def __init__(self) -> None:
        self.ranks: list[int] = []
        self._grids: dict[tuple[str, int], Grid] = defaultdict(dict)
        self._offsets: dict[int, NDArray[np.int16]] = {}  # of each hour of a day

    def add(self, metric: str, amounts: Amounts) -> None:
        """Share out amounts of at most a day each."""
        last = np.maximum(amounts.end - 1, amounts.start) // MINUTE_MS
        touched = last - amounts.start // MINUTE_MS + 1
        row = np.repeat(np.arange(len(touched)), touched)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(touched) - touched, touched)
        minute = (amounts.start // MINUTE_MS)[row] + nth
        start, end = amounts.start[row], amounts.end[row]
        overlap = np.minimum(end, (minute + 1) * MINUTE_MS) - np.maximum(start, minute * MINUTE_MS)
        share = np.where(end > start, overlap / np.maximum(end - start, 1), 1.0)
        value, source, offset = amounts.value[row] * share, amounts.source[row], amounts.offset[row]
        # One pass for each day and source that the batch touches.
        key = minute // DAY_MIN * len(self.ranks) + source
        order = np.argsort(key, kind="stable")
        edges = np.flatnonzero(np.diff(key[order], prepend=-1, append=-1))
        for first, until in pairwise(edges):
            part = order[first:until]
            day, of_day = int(minute[part[0]] // DAY_MIN), minute[part] % DAY_MIN
            empty = np.full(DAY_MIN, np.nan, np.float32)
            grid = self._grids[metric, int(source[part[0]])].setdefault(day, empty)
            sums = np.bincount(of_day, value[part], DAY_MIN)
            covered = np.bincount(of_day, minlength=DAY_MIN) > 0
            grid[covered] = np.nan_to_num(grid[covered]) + sums[covered]
            hours = self._offsets.setdefault(day, np.zeros(24, np.int16))
            hours[of_day // HOUR_MIN] = offset[part]

    def samples(self) -> Iterator[pa.Table]:
        """One metric after the other, one table for each."""
        for metric in sorted({metric for metric, _ in self._grids}):
            grids = {source: grid for (of, source), grid in self._grids.items() if of == metric}
            size = {
                source: sum(int((~np.isnan(day)).sum()) for day in grid.values())
                for source, grid in grids.items()
            }
            best_first = sorted(
                grids, key=lambda source: (self.ranks[source], -size[source], source)
            )
            yield self._settled(metric, [grids[source] for source in best_first])

    def _settled(self, metric: str, grids: list[Grid]) -> pa.Table:
        t, value, offset = [np.zeros(0, np.int64)], [np.zeros(0)], [np.zeros(0, np.int16)]
        for day in sorted({day for grid in grids for day in grid}):
            taken = np.full(DAY_MIN, np.nan)
            for grid in grids:
                if day in grid:
                    taken = np.where(np.isnan(taken), grid[day], taken)
            of_day = np.flatnonzero(~np.isnan(taken))
            offset.append(self._offsets[day][of_day // HOUR_MIN])
            t.append((day * DAY_MIN + of_day) * MINUTE_MS)
            value.append(taken[of_day])
        times = np.concatenate(t)
        return pa.Table.from_arrays(
            [
                constant("", len(times)),
                constant(metric, len(times)),
                pa.array(times).cast(pa.timestamp("ms")),
                pa.array(np.concatenate(offset), pa.int16()),
                pa.array(np.concatenate(value), pa.float64()),
                pa.array(np.zeros(len(times), np.int64)),
            ],
            schema=PARSED_SAMPLES,
        )
