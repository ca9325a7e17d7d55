"""Exact quantiles of however many heartbeats, within the memory that a question may take.

A few million values are sorted in memory. Of more, groups of devices are answered some devices at a
time; where groups go across devices, the bins of the sketch are counted first, and then only values
in the bins that a quantile lies in are read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from wearhouse.errors import StoreUnavailable
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.clickhouse.fleet import asking
from wearhouse.store.clickhouse.fleet.asking import filled
from wearhouse.store.clickhouse.layout import text
from wearhouse.store.fleets import Among, By, Folded

AT_ONCE = 8_000_000
"""How many values are sorted in memory."""
TURNS = 3


@dataclass(frozen=True, slots=True)
class Exact:
    """A question for exact quantiles of a metric, by group."""

    connection: Connection
    statements: Mapping[str, str]
    among: Among
    metric: Folded
    by: Sequence[By]
    quantiles: Sequence[float]

    def answer(self) -> pa.Table:
        """Per group: count, outside, sum, sumsq, min, max, quantiles. StoreUnavailable if
        heartbeats come in faster than they are read."""
        condition, given = asking.where(self.among)
        many = self._asked("fleet_how_many", condition, given)["n"][0].as_py()
        if many <= AT_ONCE:
            return self._sorted(condition, given)
        if "device" in self.by:
            return pa.concat_tables(
                self._sorted(f"{condition} AND {some}", given)
                for some in self._some_devices(-(-many // AT_ONCE))
            )
        return self._counted(condition, given)

    def _sorted(self, condition: str, given: Mapping[str, Any]) -> pa.Table:
        quantiles = ", ".join(repr(float(q)) for q in self.quantiles) or "0.5"
        return self._asked("fleet_exact", condition, given, quantiles=quantiles)

    def _some_devices(self, parts: int) -> Iterator[str]:
        """Conditions that hold for about as many devices each, every device in one of them."""
        anywhen = replace(self.among, equal={
            name: value for name, value in self.among.equal.items() if name in ("project", "device")
        })  # fmt: skip
        condition, given = asking.where(anywhen, timed=None)
        rows = self._asked("fleet_device_ids", condition, given)
        every = list(zip(rows["project"].to_pylist(), rows["device"].to_pylist(), strict=True))
        step = max(1, -(-len(every) // parts))
        by_project: dict[str, list[str]] = {}
        for project, device in every:
            by_project.setdefault(project, []).append(device)
        for project, devices in by_project.items():
            edges = [*devices[::step][1:], None]
            low: str | None = None
            for high in edges:
                bounds = [f"project = {text(project)}"]
                bounds += [f"device >= {text(low)}"] if low is not None else []
                bounds += [f"device < {text(high)}"] if high is not None else []
                yield " AND ".join(bounds)
                low = high

    def _counted(self, condition: str, given: Mapping[str, Any]) -> pa.Table:
        for _ in range(TURNS):
            groups = self._asked("fleet_bins", condition, given)
            ranks = [self._ranks(row) for row in groups.select(["bins", "counts"]).to_pylist()]
            wanted = sorted({bin_ for one in ranks for bin_, _, _ in one})
            values = self._asked("fleet_values", condition, {**given, "wanted": wanted or [0]})
            found = self._quantiles(groups, ranks, values)
            if found is not None:
                return groups.drop_columns(["bins", "counts"]).append_column(
                    "quantiles", pa.array(found, pa.list_(pa.float64()))
                )
        raise StoreUnavailable("Heartbeats come in faster than they are read; ask again later.")

    def _ranks(self, row: Mapping[str, Any]) -> list[tuple[int, int, int]]:
        """Where the two values lie that each quantile is between: the bin, the place in it, and how
        many the bin holds."""
        bins, counts = np.array(row["bins"], np.int64), np.array(row["counts"], np.int64)
        upto = np.cumsum(counts)
        if not len(upto):
            return []
        told = []
        for q in self.quantiles:
            exact = q * (int(upto[-1]) - 1)
            for rank in (int(np.floor(exact)), int(np.ceil(exact))):
                at = int(np.searchsorted(upto, rank, "right"))
                told.append((int(bins[at]), rank - int(upto[at] - counts[at]), int(counts[at])))
        return told

    def _quantiles(
        self, groups: pa.Table, ranks: Sequence[Sequence[tuple[int, int, int]]], values: pa.Table
    ) -> list[list[float]] | None:
        """The quantiles of each group; None if its bins hold something else by now."""
        names = [f"by_{name}" for name in self.by]
        held = _by_bin(values, names)
        found = []
        for number, places in enumerate(ranks):
            group = tuple(groups[name][number].as_py() for name in names)
            told = []
            for bin_, place, count in places:
                value, upto = held.get((group, bin_), (np.empty(0), np.zeros(1, np.int64)))
                if upto[-1] != count:
                    return None
                told.append(float(value[np.searchsorted(upto, place, "right")]))
            exact = [q * (groups["count"][number].as_py() - 1) for q in self.quantiles]
            found.append(
                [
                    low + (high - low) * (at - np.floor(at))
                    for at, low, high in zip(exact, told[::2], told[1::2], strict=False)
                ]
            )
        return found

    def _asked(
        self, name: str, condition: str, given: Mapping[str, Any], **pieces: str
    ) -> pa.Table:
        statement = filled(
            self.statements, name, where=condition, column=asking.column(self.metric),
            **asking.groups(self.by), **pieces,
        )  # fmt: skip
        return self.connection.query(
            statement, {**given, "low": self.metric.low, "high": self.metric.high}
        )


def _by_bin(
    values: pa.Table, names: Sequence[str]
) -> dict[tuple[tuple[str, ...], int], tuple[np.ndarray, np.ndarray]]:
    """The values of each group and bin in their order, and how many there are up to each."""
    keys = [values[name].combine_chunks().dictionary_encode() for name in (*names, "bin")]
    place = np.zeros(values.num_rows, np.int64)
    for key in keys:
        place = place * len(key.dictionary) + key.indices.to_numpy(zero_copy_only=False)
    order = np.argsort(place, kind="stable")  # they came in the order of their values
    edges = np.flatnonzero(np.diff(place[order], prepend=-1))
    found, count = values["found"].to_numpy()[order], values["n"].to_numpy()[order]
    held = {}
    for start, end in zip(edges, [*edges[1:], len(order)], strict=True):
        row = int(order[start])
        group = tuple(values[name][row].as_py() for name in names)
        part = slice(int(start), int(end))
        held[group, values["bin"][row].as_py()] = (found[part], np.cumsum(count[part]))
    return held
