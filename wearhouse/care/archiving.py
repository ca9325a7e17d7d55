"""Moving old samples out of the store into an archive of Parquet files, month by month.

A month of a participant's metric is copied, read again and compared with the store while nobody
writes there; only then does the store let it go. Whatever interrupts this, each sample is still
answered once: what was copied and not let go is removed by the next run.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pyarrow as pa

from wearhouse.errors import Conflict, Invalid
from wearhouse.registry import Registry
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store, archive, slices
from wearhouse.store.archive import Moved, Table
from wearhouse.window import LATEST

Step = Callable[[int], None]
TRIES = 3
TABLES: tuple[Table, ...] = ("samples", "shadowed")
LOCK = "archive"


@dataclass
class Done:
    """What was moved; `busy` months are still being written and are left to the next run."""

    root: str
    participants: int = 0
    months: int = 0
    days: int = 0
    samples: int = 0
    busy: int = 0
    metrics: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Month:
    """Days of a participant's month of a metric that are to go (bit n is the day n + 1)."""

    participant: int
    metric: str
    month: int
    days: int


def archive_before(
    store: Store,
    registry: Registry,
    root: str,
    before: date,
    participants: Collection[int] | None = None,
    metrics: Collection[str] | None = None,
    step: Step = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Done:
    """Move the samples of civil days before a date to an archive; without a root remove them, of
    which only rollups are left. `step` hears of each participant; between two of them it may be
    told to `stop`. Conflict while another run is at work."""
    if before > LATEST.date():
        raise Invalid(f"{before} is too late a date.", "before")
    owner = new_owner()
    if not registry.locks.take(LOCK, owner):
        raise Conflict("Samples are being archived already; wait for that to end.")
    done = Done(root)
    try:
        known = {(one.participant, one.metric, one.month): one for one in store.moved()}
        for participant in store.participants():
            if stop():
                return done
            if participants is None or participant in participants:
                _participant(store, done, known, participant, before, metrics)
                if not registry.locks.renew(LOCK, owner):
                    raise Conflict("Another run has taken over; run this again when it is over.")
            step(1)
        store.sweep()
        tidy(store, root)
    finally:
        registry.locks.release(LOCK, owner)
    return done


def tidy(store: Store, root: str) -> int:
    """Remove files that an interrupted run left and those whose place another took; how many."""
    loose = strays(store, root) if root else []
    for file in loose:
        archive.remove_file(file)
    return len(loose)


def strays(store: Store, root: str) -> list[str]:
    """The files of an archive that do not count."""
    found = archive.files_of(root)
    counted = {one.place(table) for one in store.moved() for table, _ in one.tables()}
    return sorted(found - counted)


def _participant(
    store: Store,
    done: Done,
    known: dict[tuple[int, str, int], Moved],
    participant: int,
    before: date,
    metrics: Collection[str] | None,
) -> None:
    moved = 0
    for month in _months(store.unmoved([participant], before), participant):
        if metrics is not None and month.metric not in metrics:
            continue
        entry = known.get((participant, month.metric, month.month))
        if entry is not None and not entry.root and done.root:
            continue  # the month's other days were removed; one file tells of a whole month
        if not _move(store, done, month, entry):
            done.busy += 1
            continue
        moved += 1
    done.months += moved
    done.participants += bool(moved)


def _move(store: Store, done: Done, month: Month, entry: Moved | None) -> bool:
    days = month.days | (entry.days if entry else 0)
    for _ in range(TRIES):
        wanted = Moved(month.participant, month.metric, month.month, days)
        rows = {table: _rows(store, table, wanted) for table in TABLES}
        if done.root:
            after = archive.write(done.root, wanted, rows)
        else:
            gone = rows["samples"].num_rows + (entry.rows if entry and not entry.root else 0)
            after = replace(wanted, rows=gone)
        if store.let_go(after, rows if done.root else {}):
            if entry is not None and entry.file != after.file:
                archive.remove([entry])
            done.days += month.days.bit_count()
            going = int(np.isin(slices.day_keys(rows["samples"]), _keys(month)).sum())
            done.samples += going
            done.metrics[month.metric] = done.metrics.get(month.metric, 0) + going
            return True
    return False


def _rows(store: Store, table: Table, wanted: Moved) -> pa.Table:
    rows = store.whole(table, wanted.metric, [wanted.participant], wanted.first_ms, wanted.end_ms)
    return rows.filter(pa.array(np.isin(slices.day_keys(rows), archive.keys([wanted]))))


def _keys(month: Month) -> Sequence[int]:
    one = Moved(month.participant, month.metric, month.month, month.days)
    keys: Sequence[int] = archive.keys([one]).tolist()
    return keys


def _months(held: pa.Table, participant: int) -> Iterator[Month]:
    """The months of days that the store holds."""
    days: dict[tuple[str, int], int] = {}
    names = held["metric"].cast(pa.string()).to_pylist()
    for name, day in zip(names, held["day"].cast(pa.int32()).to_pylist(), strict=True):
        month = archive.month_of(day)
        first = Moved(participant, name, month, 0).first_day
        days[name, month] = days.get((name, month), 0) | 1 << day - first
    for (name, month), bits in sorted(days.items()):
        yield Month(participant, name, month, bits)
