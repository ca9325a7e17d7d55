"""Samples folded into buckets: mergeable rows, never an average.

A rollup row belongs to one bucket of one civil day (levels 1m, 1h, 1d), or to a whole civil
week or month. `t` is the bucket's start: on the UTC clock for 1m and 1h, on the civil clock
for 1d, 1w and 1mo. An hour that two civil days share has one row for each of them; merging
adds them up.

`bins` and `counts` are the quantile sketch of `sketches`, from 1h up.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.levels import ROLLUPS, Level, is_kept
from wearhouse.metrics import METRICS
from wearhouse.samples import NAMES, constant
from wearhouse.store.sketches import Sketch, bin_of, lists, tally
from wearhouse.window import DAY_MS, HOUR_MS, MINUTE_MS, civil_days

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keys = tuple[NDArray[Any], ...]

COUNTS = ("days", "minutes", "count")
FIGURES = ("sum", "sumsq", "min", "max", "first", "last")

ROLLUP_ROWS = pa.schema(
    [
        ("level", NAMES),
        ("metric", NAMES),
        ("participant", pa.uint32()),
        ("t", pa.timestamp("ms")),
        ("day", pa.date32()),
        ("offset", pa.int16()),
        ("days", pa.uint32()),  # how many civil days hold a sample; 0 below level 1d
        ("minutes", pa.uint32()),  # how many minutes hold a sample
        ("count", pa.uint32()),
        ("sum", pa.float64()),
        ("sumsq", pa.float64()),
        ("min", pa.float64()),
        ("max", pa.float64()),
        ("first", pa.float64()),
        ("last", pa.float64()),
        ("first_at", pa.timestamp("ms")),  # when the first and last samples were taken, UTC;
        ("last_at", pa.timestamp("ms")),  # at level 1m the bucket tells enough: both are 1970
        ("bins", pa.list_(pa.int16())),
        ("counts", pa.list_(pa.uint32())),
    ]
)


@dataclass(frozen=True, slots=True)
class Buckets:
    """Rows of one level and one metric, column by column, ordered by participant and time."""

    participant: NDArray[np.uint32]
    t: Ints
    day: NDArray[np.int32]
    offset: NDArray[np.int16]
    days: Ints
    minutes: Ints
    count: Ints
    sum: Floats
    sumsq: Floats
    min: Floats
    max: Floats
    first: Floats
    last: Floats
    first_at: Ints
    last_at: Ints
    sketch: Sketch | None = None


def fold(samples: pa.Table) -> pa.Table:
    """Every kept rollup row that these samples make at levels 1m, 1h and 1d.

    `samples` has the schema SAMPLES without two rows of one metric, participant and time.
    The answer has the schema ROLLUP_ROWS.
    """
    tables = [ROLLUP_ROWS.empty_table()]
    for name, of_it in _by_metric(samples):
        minutes, hours, days = _fold_metric(of_it)
        levels: tuple[tuple[Level, Buckets], ...] = (("1m", minutes), ("1h", hours), ("1d", days))
        tables += [rows_of(b, level, name) for level, b in levels if is_kept(level, METRICS[name])]
    return pa.concat_tables(tables)


def fold_at(samples: pa.Table, level: Level) -> pa.Table:
    """The rollup rows of one level (1m, 1h or 1d), kept or not."""
    tables = [ROLLUP_ROWS.empty_table()]
    for name, of_it in _by_metric(samples):
        tables.append(rows_of(_fold_metric(of_it)[ROLLUPS.index(level)], level, name))
    return pa.concat_tables(tables)


def fold_days(days: pa.Table, level: Level) -> pa.Table:
    """Rows of 1w or 1mo from rows of 1d (schema ROLLUP_ROWS)."""
    tables = [ROLLUP_ROWS.empty_table()]
    for name, of_it in _by_metric(days):
        first = bucket_days(of_it["day"].cast(pa.int32()).to_numpy(), level)
        began, who = of_it["first_at"].cast(pa.int64()).to_numpy(), of_it["participant"].to_numpy()
        order = np.lexsort((began, first, who))  # a traveller's later civil day may come first
        buckets = buckets_of(of_it.take(pa.array(order)))
        tables.append(rows_of(_merge_days(buckets, first[order]), level, name))
    return pa.concat_tables(tables)


def bucket_days(day: NDArray[np.int32], level: Level) -> Ints:
    """The first civil day (days since 1970-01-01) of each day's week or month."""
    if level == "1w":
        return (day - (day + 3) % 7).astype(np.int64)  # 1970-01-01 was a Thursday
    months = day.astype("datetime64[D]").astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def _fold_metric(samples: pa.Table) -> tuple[Buckets, Buckets, Buckets]:
    participant = samples["participant"].to_numpy()
    t = samples["t"].cast(pa.int64()).to_numpy()
    offset = samples["offset"].to_numpy()
    value = samples["value"].to_numpy()
    day = civil_days(t, offset)
    if not _ordered(participant, day, t):
        order = np.lexsort((t, day, participant))
        participant, t, offset = participant[order], t[order], offset[order]
        value, day = value[order], day[order]
    one = np.ones(len(t), np.int64)
    each = Buckets(
        participant, t, day, offset, 0 * one, one, one,
        value, value * value, value, value, value, value, t, t,
    )  # fmt: skip
    minutes = _merge(each, t // MINUTE_MS * MINUTE_MS)
    minutes = replace(minutes, minutes=np.ones(len(minutes.t), np.int64))
    hours = _merge(minutes, minutes.t // HOUR_MS * HOUR_MS)
    per_hour = _bucket_of_rows(participant, day, t // HOUR_MS)
    sketch = tally(per_hour, bin_of(value), one)
    hours = replace(hours, sketch=sketch)
    days = _merge_days(hours, hours.day.astype(np.int64))
    days = replace(days, days=np.ones(len(days.t), np.int64))
    minutes = replace(minutes, first_at=0 * minutes.t, last_at=0 * minutes.t)
    return minutes, hours, days


def _by_metric(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each metric, in their order."""
    column = rows["metric"].unify_dictionaries().combine_chunks()
    codes = column.indices.to_numpy()
    starts = _starts(codes)
    if len(np.unique(codes[starts])) < len(starts):
        order = np.argsort(codes, kind="stable")
        rows, codes = rows.take(pa.array(order)), codes[order]
        starts = _starts(codes)
    ends = np.append(starts, len(codes))[1:]
    for start, end in zip(starts, ends, strict=True):
        yield column.dictionary[int(codes[start])].as_py(), rows.slice(start, end - start)


def _ordered(participant: NDArray[np.uint32], day: NDArray[np.int32], t: Ints) -> bool:
    same = participant[1:] == participant[:-1]
    later = (day[1:] >= day[:-1]) & (t[1:] > t[:-1])
    return bool((np.where(same, later, participant[1:] > participant[:-1])).all())


def _starts(*keys: NDArray[Any]) -> Ints:
    """Where a new run of equal keys begins."""
    if len(keys[0]) == 0:
        return np.empty(0, np.int64)
    new = np.zeros(len(keys[0]), bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def _bucket_of_rows(*keys: NDArray[Any]) -> Ints:
    """For each row, the number of its run of equal keys."""
    starts = _starts(*keys)
    return np.repeat(np.arange(len(starts)), np.diff(starts, append=len(keys[0])))


def _merge(rows: Buckets, t: Ints) -> Buckets:
    """Rows of one participant, civil day and UTC bucket made one; `t` is each row's bucket."""
    keys = (rows.participant, rows.day, t)
    at = _starts(*keys)
    return _reduced(rows, at, keys, t[at], rows.day[at])


def _merge_days(rows: Buckets, first_day: Ints) -> Buckets:
    """Rows of one participant and civil bucket made one; `first_day` is each row's bucket."""
    keys = (rows.participant, first_day)
    at = _starts(*keys)
    return _reduced(rows, at, keys, first_day[at] * DAY_MS, first_day[at].astype(np.int32))


def _reduced(rows: Buckets, at: Ints, keys: Keys, t: Ints, day: NDArray[np.int32]) -> Buckets:
    if not at.size:
        return rows
    ends = _latest(rows.last_at, at)
    return Buckets(
        participant=rows.participant[at],
        t=t,
        day=day,
        offset=rows.offset[at],
        days=np.add.reduceat(rows.days, at),
        minutes=np.add.reduceat(rows.minutes, at),
        count=np.add.reduceat(rows.count, at),
        sum=np.add.reduceat(rows.sum, at),
        sumsq=np.add.reduceat(rows.sumsq, at),
        min=np.minimum.reduceat(rows.min, at),
        max=np.maximum.reduceat(rows.max, at),
        first=rows.first[at],
        last=rows.last[ends],
        first_at=rows.first_at[at],
        last_at=rows.last_at[ends],
        sketch=rows.sketch.merged(_bucket_of_rows(*keys)) if rows.sketch else None,
    )


def _latest(when: Ints, at: Ints) -> Ints:
    """The row of each run whose time is the last: its last row, unless civil days interleave."""
    ends: Ints = np.append(at[1:], len(when)) - 1
    if (when[ends] == np.maximum.reduceat(when, at)).all():
        return ends
    run = np.repeat(np.arange(len(at)), np.diff(at, append=len(when)))
    latest: Ints = np.lexsort((when, run))[ends]
    return latest


def rows_of(buckets: Buckets, level: Level, metric: str) -> pa.Table:
    """Buckets as an Arrow table of the schema ROLLUP_ROWS."""
    rows = len(buckets.t)
    bins, counts = lists(buckets.sketch, rows)
    columns = [
        constant(level, rows), constant(metric, rows), buckets.participant, _stamps(buckets.t),
        pa.array(buckets.day.astype("datetime64[D]"), pa.date32()), buckets.offset,
        buckets.days.astype(np.uint32), buckets.minutes.astype(np.uint32),
        buckets.count.astype(np.uint32), buckets.sum, buckets.sumsq, buckets.min, buckets.max,
        buckets.first, buckets.last, _stamps(buckets.first_at), _stamps(buckets.last_at),
        bins, counts,
    ]  # fmt: skip
    arrays = [c if isinstance(c, pa.Array) else pa.array(c) for c in columns]
    return pa.Table.from_arrays(arrays, schema=ROLLUP_ROWS)


def buckets_of(rows: pa.Table) -> Buckets:
    """An Arrow table of one metric at one level as buckets, in its order."""
    rows = rows.combine_chunks()
    column = {name: rows[name].to_numpy() for name in FIGURES}
    whole = {name: rows[name].to_numpy().astype(np.int64) for name in COUNTS}
    stamps = {name: rows[name].cast(pa.int64()).to_numpy() for name in ("t", "first_at", "last_at")}
    lengths = pc.list_value_length(rows["bins"]).to_numpy()
    flat = pc.list_flatten(rows["bins"]).to_numpy(), pc.list_flatten(rows["counts"]).to_numpy()
    of = np.repeat(np.arange(rows.num_rows), lengths)
    return Buckets(
        participant=rows["participant"].to_numpy(),
        day=rows["day"].cast(pa.int32()).to_numpy(),
        offset=rows["offset"].to_numpy(),
        sketch=Sketch(of, flat[0].astype(np.int64), flat[1].astype(np.int64)),
        **(column | whole | stamps),
    )


def _stamps(at: Ints) -> pa.Array:
    return pa.array(at.astype("datetime64[ms]"))
