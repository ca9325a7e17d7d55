"""The write side, the same for every store: what a load changes, and the rollups that follow.

A store lends a `Shelf` to read what stands; what comes out are Changes to put in its tables.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.levels import Level, is_kept
from wearhouse.metrics import METRICS
from wearhouse.samples import SAMPLES
from wearhouse.store import recalling, rollups, slices
from wearhouse.store.archive import Moved, Table
from wearhouse.store.protocol import Slices, Written
from wearhouse.window import DAY_MS, HOUR_MS

Days = NDArray[np.int64]
"""Metric-days as keys (see `slices.keys`)."""

FURTHEST_OFFSET_MS = 15 * HOUR_MS


class Shelf(recalling.Index, Protocol):
    """What a store lends to be read while a load is prepared."""

    def days(
        self, metrics: Sequence[str], participants: Sequence[int], first: int, end: int
    ) -> pa.Table:
        """Civil days from `first` up to `end` that hold samples: metric, participant, day,
        offset."""

    def here(
        self, table: Table, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        """Samples (schema SAMPLES) from `low` up to `high` (UTC ms) that the store itself holds."""

    def whole(
        self, table: Table, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        """The same with those in the archive, each once."""

    def rollups(
        self,
        level: Level,
        metrics: Sequence[str],
        participants: Sequence[int],
        first: int,
        end: int,
    ) -> pa.Table:
        """Rollup rows (schema ROLLUP_ROWS) whose day lies from `first` up to `end`."""


@dataclass(frozen=True)
class Touched:
    """The metric-days a load may change, and those of them that hold samples already."""

    metrics: list[str]
    participants: list[int]
    first_day: int
    end_day: int
    keys: Days
    held: Days


@dataclass(frozen=True)
class Load:
    """A load, prepared: the metric-days it changes and the changes to samples and shadows.
    `recalled` is what the index says afterwards of months of which days come back."""

    days: Days
    samples: slices.Change
    shadowed: slices.Change
    served: pa.Table
    before: pa.Table
    done: Written
    recalled: tuple[Moved, ...] = ()


def prepare(shelf: Shelf, samples: pa.Table, stated: Slices | None) -> Load | None:
    """What becomes of samples (schema SAMPLES) on the metric-days they touch; None if nothing is
    touched. With `stated` slices the samples are all that their source has there."""
    samples = slices.ordered(samples)
    touch = _touched(shelf, samples, stated)
    if touch is None:
        return None
    moved = shelf.moved(touch.metrics, touch.participants, touch.first_day, touch.end_day)
    removed = recalling.removed(moved, np.union1d(touch.keys, touch.held))
    if removed.size:
        samples, stated = recalling.without(samples, stated, removed)
        touch = _touched(shelf, samples, stated)
        if touch is None:
            return None
        touch = replace(touch, held=np.setdiff1d(touch.held, removed))
    if not touch.held.size and len(samples["source"].combine_chunks().dictionary) == 1:
        empty = samples.slice(0, 0)
        fresh = slices.Change(samples, empty)
        days = slices.distinct(slices.day_keys(samples))  # days stated as empty change nothing
        done = Written(samples.num_rows)
        return Load(days, fresh, slices.Change(empty, empty), samples, empty, done)
    whole = shelf.whole if moved else shelf.here
    kept, shadowed = standing(whole, "samples", touch), standing(whole, "shadowed", touch)
    replaced = slices.Replaced(touch.keys, stated.source) if stated is not None else None
    settled = slices.settle(samples, kept, shadowed, replaced)
    changed = (settled.samples.write, settled.samples.withdraw, settled.shadowed.write)
    days, done = _changed(settled, touch), Written(*(rows.num_rows for rows in changed))
    back = recalling.to_recall(moved, np.union1d(days, days_of(settled.shadowed)))
    if back.size:
        settled, days = _recalled(shelf, settled, touch, back), np.union1d(days, back)
    return Load(
        days, settled.samples, settled.shadowed, _on(days, settled.served), _on(days, kept), done,
        recalling.afterwards(moved, back, kept),
    )  # fmt: skip


def _recalled(shelf: Shelf, settled: slices.Settled, touch: Touched, back: Days) -> slices.Settled:
    """The same settlement with the archived metric-days `back` whole in the store again."""
    of_back = replace(touch, held=back)
    return replace(
        settled,
        samples=recalling.recalled(
            settled.samples, standing(shelf.here, "samples", of_back), settled.served, back,
            "samples",
        ),
        shadowed=recalling.recalled(
            settled.shadowed, standing(shelf.here, "shadowed", of_back), settled.outranked, back,
            "shadowed",
        ),
    )  # fmt: skip


def roll_up(shelf: Shelf, load: Load) -> slices.Change:
    """What brings every level into step with the samples that a load serves."""
    now, was = rollups.fold(load.served), rollups.fold(load.before)
    coarse, emptied = _coarser(shelf, load.days, now)
    vanished = pa.concat_tables([absent(was, now), emptied])
    return slices.Change(pa.concat_tables([now, coarse]), vanished)


def fold_again(shelf: Shelf, days: Days, level: Level | None = None) -> slices.Change:
    """What puts the rollups of these metric-days right, at one level or at all of them. Days of
    which only rollups are left keep them."""
    if days.size:
        names, people = named(days)
        _, _, day = slices.unpacked(days)
        moved = shelf.moved(names, people, int(day.min()), int(day.max()) + 1)
        days = np.setdiff1d(days, recalling.removed(moved, days))
    if not days.size:
        empty = rollups.ROLLUP_ROWS.empty_table()
        return slices.Change(empty, empty)
    names, people = named(days)
    _, _, day = slices.unpacked(days)
    touch = Touched(names, people, int(day.min()), int(day.max()) + 1, days, days)
    now = rollups.fold(standing(shelf.whole, "samples", touch))
    coarse, emptied = _coarser(shelf, days, now)
    rows = pa.concat_tables([now, coarse])
    vanished = pa.concat_tables([absent(_rolled_up(shelf, touch), now), emptied])
    if level is not None:
        rows, vanished = _of_level(rows, level), _of_level(vanished, level)
    return slices.Change(rows, vanished)


def standing(whole: Callable[..., pa.Table], table: Table, touch: Touched) -> pa.Table:
    """The samples that stand on the held metric-days (schema SAMPLES)."""
    found = [SAMPLES.empty_table()]
    for name in touch.metrics if touch.held.size else []:
        rows = whole(
            table,
            name,
            touch.participants,
            touch.first_day * DAY_MS - FURTHEST_OFFSET_MS,
            touch.end_day * DAY_MS + FURTHEST_OFFSET_MS,
        )
        found.append(rows.filter(pa.array(np.isin(slices.day_keys(rows), touch.held))))
    return pa.concat_tables(found).unify_dictionaries().combine_chunks()


def named(days: Days) -> tuple[list[str], list[int]]:
    """The metrics and the participants of metric-days."""
    metric, participant, _ = slices.unpacked(days)
    names = [slices.METRIC_ORDER[int(code)].as_py() for code in np.unique(metric)]
    return names, [int(p) for p in np.unique(participant)]


def row_keys(rows: pa.Table) -> Days:
    """The metric-day of each row that has metric, participant and day."""
    day = rows["day"].cast(pa.int32()).to_numpy()
    return slices.keys(slices.metric_codes(rows), rows["participant"].to_numpy(), day)


def _touched(shelf: Shelf, samples: pa.Table, stated: Slices | None) -> Touched | None:
    metric, participant = slices.metric_codes(samples), samples["participant"].to_numpy()
    day, offset = slices.days_of(samples), samples["offset"].to_numpy()
    if stated is not None:
        metric = np.append(metric, slices.metric_codes(stated.table))
        participant = np.append(participant, stated.table["participant"].to_numpy())
        day = np.append(day, stated.table["day"].cast(pa.int32()).to_numpy())
    if not len(day):
        return None
    keys = slices.distinct(slices.keys(metric, participant, day))
    names, people = named(keys)
    first, end = int(day.min()) - 1, int(day.max()) + 2
    days = shelf.days(names, people, first, end)
    there = np.unique(row_keys(days))
    held = np.intersect1d(keys, there)
    # A sample whose offset was corrected moves to the next or the last civil day.
    beside = there[np.isin(there + 1, keys) | np.isin(there - 1, keys)]
    if beside.size and np.ptp(np.append(offset, days["offset"].to_numpy())):
        held = np.union1d(held, beside)
    return Touched(names, people, first, end, keys, held)


def _changed(settled: slices.Settled, touch: Touched) -> Days:
    """The metric-days whose samples are about to change."""
    changed = days_of(settled.samples)
    left = np.setdiff1d(touch.held, touch.keys)  # the day that a moved sample leaves
    return np.union1d(changed, left) if changed.size else changed


def days_of(change: slices.Change) -> Days:
    """The metric-days of which samples are written or withdrawn."""
    keys = [slices.day_keys(rows) for rows in (change.write, change.withdraw) if rows.num_rows]
    return slices.distinct(np.concatenate([np.empty(0, np.int64), *keys]))


def _on(days: Days, samples: pa.Table) -> pa.Table:
    on = slices.day_keys(samples)
    if not np.setdiff1d(slices.distinct(on), days).size:
        return samples
    return samples.filter(pa.array(np.isin(on, days)))


def _coarser(shelf: Shelf, changed: Days, folded: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Weeks and months of the changed days: as they are now, and those that hold nothing more.

    `folded` holds the changed days' new rows at level 1d, among others.
    """
    days = _of_level(folded, "1d")
    metric, participant, day = slices.unpacked(changed)
    names, people = named(changed)
    kept = shelf.rollups("1d", names, people, int(day.min()) - 31, int(day.max()) + 32)
    others = kept.filter(pa.array(~np.isin(row_keys(kept), changed)))
    together = pa.concat_tables([others, days]).unify_dictionaries().combine_chunks()
    now: list[pa.Table] = []
    vanished: list[pa.Table] = []
    for level in ("1w", "1mo"):
        wanted = np.unique(slices.keys(metric, participant, _first(day, level)))
        bucket, bucket_before = _buckets(together, level), _buckets(kept, level)
        empty = np.setdiff1d(wanted, bucket)
        of_now, of_past = np.isin(bucket, wanted), np.isin(bucket_before, empty)
        now.append(rollups.fold_days(together.filter(pa.array(of_now)), level))
        vanished.append(rollups.fold_days(kept.filter(pa.array(of_past)), level))
    return pa.concat_tables(now), pa.concat_tables(vanished)


def _buckets(days: pa.Table, level: Level) -> Days:
    """The metric and civil week or month of each row of level 1d, as a key."""
    first = _first(days["day"].cast(pa.int32()).to_numpy(), level)
    return slices.keys(slices.metric_codes(days), days["participant"].to_numpy(), first)


def _first(day: NDArray[np.int32], level: Level) -> NDArray[np.int32]:
    return rollups.bucket_days(day, level).astype(np.int32)


def _rolled_up(shelf: Shelf, touch: Touched) -> pa.Table:
    """The rows that stand at levels 1m, 1h and 1d on the held metric-days."""
    found = [rollups.ROLLUP_ROWS.empty_table()]
    levels: tuple[Level, ...] = ("1m", "1h", "1d")
    for level in levels:
        if any(is_kept(level, METRICS[name]) for name in touch.metrics):
            rows = shelf.rollups(
                level, touch.metrics, touch.participants, touch.first_day, touch.end_day
            )
            found.append(rows.filter(pa.array(np.isin(row_keys(rows), touch.held))))
    return pa.concat_tables(found)


def _of_level(rows: pa.Table, level: Level) -> pa.Table:
    return rows.filter(pc.equal(rows["level"].cast(pa.string()), level))


def absent(was: pa.Table, now: pa.Table) -> pa.Table:
    """Rollup rows of buckets that no longer hold anything: places that `was` has and `now` not."""
    if was.num_rows == 0:
        return was
    columns = ["level", "metric", "participant", "t", "day"]
    plain = [pa.table({c: _plain(t[c]) for c in columns}) for t in (was, now)]
    numbered = plain[0].append_column("row", pa.array(np.arange(was.num_rows)))
    rows = numbered.join(plain[1], keys=columns, join_type="left anti")["row"]
    return was.take(rows.combine_chunks().sort())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
