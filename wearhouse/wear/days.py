"""One row per participant-day, each with exactly one reason.

The first of these that applies is the reason:

    not_due          outside the participant's time in the study, or the day of enrolment
    paused           within a pause
    valid            the rule is met, and the day is closed or can no longer change
    not_authorised   no grant allowed the heart rate to be read
    outage           our own reading failed
    below_threshold  closed, some evidence of wear, too little of it
    lost             closed by a sync that came too late, or too long without a sync
    not_worn         closed, no evidence of wear
    pending_sync     not closed yet
    unknown          nothing ever told of a sync: the cause cannot be known
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.samples import NAMES
from wearhouse.wear import minutes
from wearhouse.wear.clocks import EPOCH, Clocks, clocks
from wearhouse.wear.definition import Definition
from wearhouse.wear.nights import NIGHTS
from wearhouse.wear.reasons import CLOSED, REASONS, Reason
from wearhouse.window import DAY_MS, HOUR_MS, millis, offset_minutes, zone_named

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Stretch = tuple[date, date | None]
"""Civil days from the first to the last, both included; None if it is open."""

DAYS = pa.schema(
    [
        ("participant", pa.uint32()),
        ("day", pa.date32()),
        ("day_minutes", pa.int32()),  # how long it lasted
        ("worn_minutes", pa.int32()),
        ("count", pa.float64()),  # what the rule counts; null where nothing was recorded
        ("steps", pa.float64()),  # null where none were recorded
        ("reason", NAMES),
        ("closed", pa.bool_()),
        ("waiting_h", pa.float64()),  # since the day's end, while no sync has closed it
        ("night_uploaded", pa.bool_()),  # null where nights were not asked for
        ("night_valid", pa.bool_()),  # null where it is not known how long it was
        ("asleep_minutes", pa.float64()),
        ("night_kind", pa.string()),
    ]
)

SYNCS = pa.schema(
    [
        ("participant", pa.uint32()),
        ("synced_at", pa.timestamp("ms", tz="UTC")),  # the device gave all it had until then
        ("reported_at", pa.timestamp("ms", tz="UTC")),  # when that was still its newest sync
    ]
)


@dataclass(frozen=True, slots=True)
class Person:
    """A participant as days are judged. `first_due` is the first whole day in the study, None if
    nothing is expected; `connected_on` the day on which data began to be read."""

    participant: int
    timezone: str
    first_due: date | None
    last_due: date | None = None
    connected_on: date | None = None
    paused: Sequence[Stretch] = ()
    barred: Sequence[Stretch] = ()
    outages: Sequence[Stretch] = ()


@dataclass(frozen=True)
class Facts:
    """What the store and the registry know: counts by civil day (schema COUNTS) of what the rule
    counts, of worn minutes and of steps; the offset of each day (as COUNTS); nights (NIGHTS) and
    syncs (SYNCS)."""

    counted: pa.Table
    worn: pa.Table
    steps: pa.Table
    offsets: pa.Table
    syncs: pa.Table
    nights: pa.Table = field(default_factory=NIGHTS.empty_table)
    nights_from: date | None = None


@dataclass(frozen=True)
class _Grid:
    """Everything by participants and days."""

    people: Sequence[Person]
    ids: minutes.Ints
    first: date
    days: int
    clocks: Clocks

    def of(self, counts: pa.Table) -> Floats:
        first_day = (self.first - EPOCH).days
        return minutes.on_grid(counts, self.ids, first_day, self.days)

    def covered(self, stretches: Iterable[Sequence[Stretch]]) -> Mask:
        """Which days lie in each participant's stretches."""
        mask = np.zeros((len(self.people), self.days), bool)
        for row, mine in enumerate(stretches):
            for first, last in mine:
                start = max((first - self.first).days, 0)
                end = self.days if last is None else (last - self.first).days + 1
                mask[row, start : max(end, start)] = True
        return mask


def days(
    definition: Definition,
    people: Sequence[Person],
    facts: Facts,
    first: date,
    last: date,
    as_of: datetime,
) -> pa.Table:
    """Every civil day from first to last that is over (schema DAYS), by participant and day."""
    people = sorted(people, key=lambda person: person.participant)
    span = max((last - first).days + 1, 0)
    ids = np.array([person.participant for person in people], np.int64)
    seen = minutes.on_grid(facts.offsets, ids, (first - EPOCH).days, span)
    grid = _Grid(people, ids, first, span, clocks([p.timezone for p in people], first, span, seen))
    counted, worn = grid.of(facts.counted), grid.of(facts.worn)
    now = millis(as_of)
    reason, waiting = _reasons(definition, grid, facts.syncs, counted, worn, now)
    over = grid.clocks.ends <= now
    row, column = np.nonzero(over)
    calendar = np.datetime64(first, "D") + column
    kind = pa.DictionaryArray.from_arrays(
        pa.array(reason[over], pa.int32()), pa.array([str(one) for one in REASONS])
    )
    return pa.Table.from_arrays(
        [
            pa.array(ids[row], pa.uint32()), pa.array(calendar, pa.date32()),
            pa.array(grid.clocks.minutes[over], pa.int32()),
            pa.array(np.nan_to_num(worn[over]).astype(np.int32)),
            _nullable(counted[over]), _nullable(grid.of(facts.steps)[over]), kind,
            pa.array(np.isin(reason[over], [REASONS.index(one) for one in CLOSED])),
            _nullable(waiting[over]), *_nights(grid, facts, over),
        ],
        schema=DAYS,
    )  # fmt: skip


def _reasons(
    definition: Definition, grid: _Grid, syncs: pa.Table, counted: Floats, worn: Floats, now: int
) -> tuple[NDArray[np.int8], Floats]:
    """The place of each day's reason in REASONS, and the hours it has waited for a sync."""
    newest, late = _synced(definition, grid, syncs)
    closed = grid.clocks.ends <= newest[:, None]
    waited = _today(grid, now)[:, None] - np.arange(grid.days) - 1 >= definition.pending_days
    barred = grid.covered(person.barred for person in grid.people)
    failed = grid.covered(person.outages for person in grid.people)
    any_evidence = (np.nan_to_num(counted) > 0) | (np.nan_to_num(worn) > 0)
    enough = np.nan_to_num(counted) >= definition.least
    never = np.broadcast_to((newest < 0)[:, None], closed.shape)
    ranked: list[tuple[Reason, Mask]] = [
        (Reason.NOT_DUE, ~_due(grid)),
        (Reason.PAUSED, grid.covered(person.paused for person in grid.people)),
        (Reason.VALID, enough & (closed | waited | barred | failed)),
        (Reason.NOT_AUTHORISED, barred),
        (Reason.OUTAGE, failed),
        (Reason.BELOW_THRESHOLD, closed & any_evidence),
        (Reason.LOST, closed & late),
        (Reason.NOT_WORN, closed),
        (Reason.PENDING_SYNC, ~waited),
        (Reason.UNKNOWN, never & ~any_evidence),
    ]
    places = [np.int8(REASONS.index(reason)) for reason, _ in ranked]
    lost = np.int8(REASONS.index(Reason.LOST))
    chosen = np.select([mask for _, mask in ranked], places, lost)
    open_ = np.isin(
        chosen, [REASONS.index(r) for r in (Reason.PENDING_SYNC, Reason.LOST, Reason.UNKNOWN)]
    )
    hours = np.where(open_ & ~closed, (now - grid.clocks.ends) / HOUR_MS, np.nan)
    return chosen.astype(np.int8), hours


def _due(grid: _Grid) -> Mask:
    stretches: list[list[Stretch]] = []
    for person in grid.people:
        first, last = person.first_due, person.last_due
        due = first is not None and (last is None or first <= last)
        stretches.append([(first, last)] if due and first else [])
    due_days = grid.covered(stretches)
    connected = ([(p.connected_on, p.connected_on)] if p.connected_on else [] for p in grid.people)
    return np.asarray(due_days & ~grid.covered(connected))


def _synced(definition: Definition, grid: _Grid, syncs: pa.Table) -> tuple[minutes.Ints, Mask]:
    """When each participant's device synced last (UTC ms, -1 if never), and the days that a sync
    reached only after their data were gone: for so long the device said it had not synced."""
    newest = np.full(len(grid.people), -1, np.int64)
    late = np.zeros((len(grid.people), grid.days), bool)
    if not syncs.num_rows or not len(grid.ids):
        return newest, late
    who = syncs["participant"].to_numpy().astype(np.int64)
    synced = syncs["synced_at"].cast(pa.int64()).to_numpy()
    reported = syncs["reported_at"].cast(pa.int64()).to_numpy()
    row = np.searchsorted(grid.ids, who).clip(max=len(grid.ids) - 1)
    known = grid.ids[row] == who
    np.maximum.at(newest, row[known], synced[known])
    patience = definition.pending_days * DAY_MS
    for at in np.flatnonzero(known & (reported - synced > patience)).tolist():
        ends = grid.clocks.ends[row[at]]
        late[row[at]] |= (ends > synced[at]) & (ends <= reported[at] - patience)
    return newest, late


def _today(grid: _Grid, now: int) -> minutes.Ints:
    """Each participant's civil day now, as days since the grid's first."""
    moment = datetime.fromtimestamp(now / 1000, UTC)
    zones = {p.timezone: offset_minutes(moment, zone_named(p.timezone)) for p in grid.people}
    today = [
        ((moment + timedelta(minutes=zones[person.timezone])).date() - grid.first).days
        for person in grid.people
    ]
    return np.array(today, np.int64)


def _nights(grid: _Grid, facts: Facts, over: Mask) -> list[pa.Array]:
    nights = facts.nights.select(["participant", "day"])
    place = nights.append_column("count", pa.array(np.arange(nights.num_rows, dtype=np.float64)))
    at = _nullable(grid.of(place)[over]).cast(pa.int64())
    valid, asleep, kind = (
        facts.nights[name].combine_chunks().take(at) for name in ("valid", "asleep_minutes", "kind")
    )
    uploaded = at.is_valid()
    valid = pc.if_else(uploaded, valid, False)
    if facts.nights_from is not None:
        known = (grid.first + timedelta(days=n) >= facts.nights_from for n in range(grid.days))
        asked = pa.array(np.broadcast_to(np.fromiter(known, bool, grid.days), over.shape)[over])
        uploaded, valid = (pc.if_else(asked, column, None) for column in (uploaded, valid))
    return [uploaded, valid, asleep, kind]


def _nullable(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)
