"""The imputed layer: filled minutes and their buckets, beside what was measured and never in it.

A row belongs to one level: `raw` for a filled minute (or night), `1h` and `1d` for the sums of its
draws over a bucket. Everything is kept in whole steps of the metric's range (see `step`), so sums
of draws are exact and do not depend on their order. Weeks and months are added up from days.

What a newer run takes the place of can be set aside, run by run: it is in no answer, and comes
back when the newer one is withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.metrics import METRICS
from wearhouse.samples import NAMES, constant
from wearhouse.store.loading import absent
from wearhouse.store.slices import METRIC_ORDER, Change, metric_codes
from wearhouse.window import DAY_MS, HOUR_MS, MINUTE_MS, civil_days

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STEPS = 30_000
"""How many steps a metric's range has, from zero to its highest plausible value."""

FIGURES = ("median", "mean", "sd", "low", "high")
KEY = ("level", "metric", "participant", "t", "day")
CODES = {"dropout": 1, "non_wear": 2}
FURTHEST_MS = DAY_MS + 15 * HOUR_MS

IMPUTED = pa.schema(
    [
        ("level", NAMES),  # raw, 1h or 1d
        ("metric", NAMES),
        ("participant", pa.uint32()),
        ("t", pa.timestamp("ms", tz="UTC")),  # a bucket's start on the clock of its level
        ("day", pa.date32()),
        ("offset", pa.int16()),
        ("median", pa.int16()),  # of the predictive distribution, in steps, as what follows
        ("mean", pa.int16()),
        ("sd", pa.int16()),
        ("low", pa.int16()),  # the 90 % interval
        ("high", pa.int16()),
        ("code", pa.int16()),  # see CODES
        ("gap", pa.uint32()),  # numbered within a run, participant and metric
        ("run", pa.uint32()),
        ("draws", pa.list_(pa.int16())),  # of a minute, joint over a participant's minutes
        ("count", pa.uint32()),  # filled minutes of a bucket
        ("sums", pa.list_(pa.int32())),  # of each draw over a bucket
    ]
)

EXTENT = pa.schema(
    [
        ("participant", pa.uint32()),
        ("metric", pa.string()),
        ("run", pa.uint32()),
        ("minutes", pa.uint64()),
        ("first_at", pa.timestamp("ms", "UTC")),
        ("last_at", pa.timestamp("ms", "UTC")),
    ]
)


class Layer(Protocol):
    """What a store lends of its imputed layer while a change is prepared."""

    def places(self, metric: str, participants: Sequence[int], low: int, high: int) -> pa.Table:
        """Filled minutes from `low` up to `high` (UTC ms): participant, t, offset, day, run."""

    def days(self, metric: str, participants: Sequence[int], first: int, end: int) -> pa.Table:
        """Filled minutes (schema IMPUTED) of civil days `first` up to `end`."""


@dataclass(frozen=True)
class Overtaken:
    """What measured samples take from the layer, and from which runs."""

    change: Change
    runs: tuple[int, ...]


def aside(run: int) -> str:
    """The level at which what was set aside of a run is kept."""
    return f"aside {run}"


def step(metric: str) -> float:
    """What one step is in the metric's unit."""
    return METRICS[metric].high / STEPS


def overtaken(layer: Layer, served: pa.Table) -> Overtaken | None:
    """What has to go where samples (schema SAMPLES) are about to be served; None if nothing."""
    changes: list[Change] = []
    runs: set[int] = set()
    codes = metric_codes(served)
    for code in np.unique(codes):
        metric = METRIC_ORDER[int(code)].as_py()
        of_it = served if (codes == code).all() else served.filter(pa.array(codes == code))
        span = pc.min_max(of_it["t"].cast(pa.int64())).as_py()
        people = pc.unique(of_it["participant"]).to_pylist()
        there = layer.places(metric, people, span["min"] - FURTHEST_MS, span["max"] + FURTHEST_MS)
        if not there.num_rows:
            continue
        under = there.filter(pa.array(np.isin(places(there, metric), places(of_it, metric))))
        if not under.num_rows:
            continue
        day = _day(under)
        whose = pc.unique(under["participant"]).to_pylist()
        before = layer.days(metric, whose, int(day.min()), int(day.max()) + 1)
        before = before.filter(pa.array(np.isin(_days(before), _days(under))))
        kept = before.filter(pa.array(~np.isin(places(before, metric), places(of_it, metric))))
        changes.append(revised(before, kept))
        runs.update(pc.unique(under["run"]).to_pylist())
    if not changes:
        return None
    write, withdraw = (
        pa.concat_tables([getattr(change, side) for change in changes]).unify_dictionaries()
        for side in ("write", "withdraw")
    )
    return Overtaken(Change(write, withdraw), tuple(sorted(runs)))


def stated(
    layer: Layer,
    rows: pa.Table,
    metric: str,
    participant: int,
    span: tuple[int, int],
    keep: bool = False,
) -> Change:
    """What makes filled minutes (schema IMPUTED) all that the layer has of a participant's metric
    within a span (UTC ms, half-open); with `keep` what that takes of other runs is set aside."""
    low, high = span
    there = layer.places(metric, [participant], low, high)
    day = np.concatenate([_day(there), _day(rows)])
    if not len(day):
        return Change(IMPUTED.empty_table(), IMPUTED.empty_table())
    before = layer.days(metric, [participant], int(day.min()), int(day.max()) + 1)
    before = before.filter(pa.array(np.isin(_day(before), day)))
    t = before["t"].cast(pa.int64()).to_numpy()
    within = (t >= low) & (t < high)
    outside = before.filter(pa.array(~within))
    change = revised(before, pa.concat_tables([outside, rows]).unify_dictionaries())
    if not keep:
        return change
    others = ~np.isin(before["run"].to_numpy(), rows["run"].to_numpy())
    kept = put_aside(before.filter(pa.array(within & others)))
    write = pa.concat_tables([change.write, kept]).unify_dictionaries()
    return Change(write, change.withdraw)


def put_aside(minutes: pa.Table) -> pa.Table:
    """Filled minutes at the levels at which their runs' are set aside."""
    words = pa.array([aside(run) for run in minutes["run"].to_pylist()], pa.string())
    return minutes.set_column(0, "level", words.dictionary_encode().cast(NAMES))


def brought_back(minutes: pa.Table) -> pa.Table:
    """Filled minutes that were set aside as they are served."""
    return minutes.set_column(0, "level", constant("raw", minutes.num_rows).cast(NAMES))


def revised(before: pa.Table, now: pa.Table) -> Change:
    """What turns all filled minutes of some days into others, with the buckets that follow. What
    stays as it is is left out."""
    was = pa.concat_tables([before, fold(before)]).unify_dictionaries()
    shall = pa.concat_tables([now, fold(now)]).unify_dictionaries()
    return Change(shall, bare(absent(was, shall)))


def fold(minutes: pa.Table) -> pa.Table:
    """The buckets of filled minutes at levels 1h and 1d (schema IMPUTED)."""
    made = [IMPUTED.empty_table()]
    for metric in pc.unique(minutes["metric"].cast(pa.string())).to_pylist():
        of_it = minutes.filter(pc.equal(minutes["metric"].cast(pa.string()), metric))
        order = [("participant", "ascending"), ("day", "ascending"), ("t", "ascending")]
        of_it = of_it.sort_by(order).combine_chunks()
        t, day = of_it["t"].cast(pa.int64()).to_numpy(), _day(of_it)
        paths = matrix(of_it["draws"])
        for level, start in (("1h", t // HOUR_MS * HOUR_MS), ("1d", day * DAY_MS)):
            made.append(_buckets(of_it, metric, level, start, paths))
    return pa.concat_tables(made).unify_dictionaries()


def matrix(lists: pa.ChunkedArray) -> Floats:
    """Lists as rows of a matrix, NaN behind the end of a shorter one."""
    lengths = pc.list_value_length(lists).to_numpy().astype(np.int64)
    rows = np.full((len(lengths), int(lengths.max(initial=0))), np.nan)
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = pc.list_flatten(lists).to_numpy()
    return rows


def lists_of(rows: Floats, kind: pa.DataType) -> pa.ListArray:
    """The rows of a matrix as lists, each up to its first NaN."""
    there = ~np.isnan(rows)
    ends = np.append(0, np.cumsum(there.sum(axis=1))).astype(np.int32)
    return pa.ListArray.from_arrays(ends, pa.array(rows[there]).cast(kind))


def places(rows: pa.Table, metric: str) -> Ints:
    """What a sample or a filled minute takes: its participant's minute, or civil day of a metric
    that comes once a day."""
    t = rows["t"].cast(pa.int64()).to_numpy()
    at = t // MINUTE_MS
    if METRICS[metric].kind == "daily":
        at = civil_days(t, rows["offset"].to_numpy()).astype(np.int64)
    taken: Ints = (rows["participant"].to_numpy().astype(np.int64) << 31) | at
    return taken


def typed(columns: dict[str, pa.Array | pa.ChunkedArray], rows: int) -> pa.Table:
    """A table of schema IMPUTED; what is not given is zero, or an empty list."""
    arrays = []
    for f in IMPUTED:
        if f.name in columns:
            arrays.append(columns[f.name].cast(f.type))
        elif pa.types.is_list(f.type):
            arrays.append(lists_of(np.empty((rows, 0)), f.type.value_type))
        else:
            arrays.append(pa.array(np.zeros(rows, np.int64)).cast(f.type))
    return pa.Table.from_arrays(arrays, schema=IMPUTED)


def bare(rows: pa.Table) -> pa.Table:
    """Rows without what they weigh: only their places."""
    return typed({name: rows[name] for name in KEY}, rows.num_rows)


def _buckets(rows: pa.Table, metric: str, level: str, start: Ints, paths: Floats) -> pa.Table:
    who, day = rows["participant"].to_numpy(), _day(rows)
    new = np.ones(len(start), bool)
    new[1:] = (who[1:] != who[:-1]) | (day[1:] != day[:-1]) | (start[1:] != start[:-1])
    at = np.flatnonzero(new)
    if not len(at):
        return IMPUTED.empty_table()
    return typed(
        {
            "level": constant(level, len(at)),
            "metric": constant(metric, len(at)),
            "participant": pa.array(who[at]),
            "t": pa.array(start[at]).cast(pa.timestamp("ms", "UTC")),
            "day": rows["day"].take(pa.array(at)),
            "offset": rows["offset"].take(pa.array(at)),
            "count": pa.array(np.diff(at, append=len(start))),
            "sums": lists_of(np.add.reduceat(paths, at, axis=0), pa.int32()),
        },
        len(at),
    )


def _day(rows: pa.Table) -> Ints:
    day: Ints = rows["day"].cast(pa.int32()).to_numpy().astype(np.int64)
    return day


def _days(rows: pa.Table) -> Ints:
    days: Ints = (rows["participant"].to_numpy().astype(np.int64) << 21) | _day(rows)
    return days
