"""What stands once a run is withdrawn: at each minute the values of the newest run that was asked
for it and is not withdrawn.

A run takes the place of what stood in its whole span, even where it refused to fill; what it took
was set aside by the store and returns here, but for minutes that were measured meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pyarrow as pa

from wearhouse.registry import Registry
from wearhouse.registry.imputations import REPLACED, WITHDRAWN, Imputation, Imputations
from wearhouse.store import Store
from wearhouse.study import Participant
from wearhouse.window import EARLIEST, LATEST, MINUTE_MS, edge, millis, zone_named

Span = tuple[int, int]
"""From when up to when (UTC ms)."""

EVERY_RUN = 1_000_000


@dataclass(slots=True)
class Restored:
    """What withdrawing did: minutes removed, and minutes that stand again by run."""

    removed: int = 0
    back: dict[int, int] = field(default_factory=dict)


def put_back(
    store: Store, registry: Registry, run: Imputation, step: Callable[[], None] = lambda: None
) -> Restored:
    """Take a run's values out of the store, and put back what they had taken the place of. Done
    again it changes nothing. `step` hears of each person."""
    known = Imputations(registry.engine)  # whoever withdraws may reach less than everybody
    others = [
        one
        for one in known.all(run.study, EVERY_RUN)
        if one.metric == run.metric and one.id != run.id and one.state != WITHDRAWN
    ]
    done = {one.id: known.done(one.id) for one in (run, *others)}
    people = registry.participants(run.study)
    held = _held(store, run.metric, people)
    told = Restored()
    for who in people:
        if who.id in done[run.id] or (who.id, run.id) in held:
            theirs = [one for one in others if who.id in done[one.id] or (who.id, one.id) in held]
            _one(store, run, who, theirs, told)
            step()
    _settle(store, known, run, others, people, told)
    return told


def _one(
    store: Store, run: Imputation, who: Participant, others: Sequence[Imputation], told: Restored
) -> None:
    free = _less([_span(run, who)], [_span(one, who) for one in others if one.id > run.id])
    there = store.whole_imputed(run.metric, [who.id], millis(EARLIEST), millis(LATEST))
    standing = there.filter(pa.array(there["run"].to_numpy() != run.id))
    rows, brought = [standing], []
    for older in sorted((one for one in others if one.id < run.id), key=lambda one: -one.id):
        if not free:
            break
        kept = store.aside(run.metric, who.id, older.id)
        span = _span(older, who)
        places = _shared(free, span)
        back = kept.filter(pa.array(_within(kept, places)))
        free = _less(free, [span])
        if back.num_rows:
            rows.append(back)
            brought.append((older.id, places, back.num_rows))
    now = pa.concat_tables(rows).unify_dictionaries()
    told.removed += there.num_rows - standing.num_rows
    if there.num_rows or now.num_rows:
        t = np.concatenate([table["t"].cast(pa.int64()).to_numpy() for table in (there, now)])
        span = int(t.min()), int(t.max()) + MINUTE_MS
        store.write_imputed(now.sort_by("t"), run.metric, who.id, *span)
    for number, places, minutes in brought:
        told.back[number] = told.back.get(number, 0) + minutes
        for low, high in places:
            store.drop_aside(run.metric, who.id, number, low, high)
    store.drop_aside(run.metric, who.id, run.id, millis(EARLIEST), millis(LATEST))


def _settle(
    store: Store,
    known: Imputations,
    run: Imputation,
    others: Sequence[Imputation],
    people: Sequence[Participant],
    told: Restored,
) -> None:
    """Say of earlier runs that they stand again; stale where samples came meanwhile."""
    held = _held(store, run.metric, people)
    for one in others:
        if one.id not in told.back:
            continue
        aside = sum(store.aside(one.metric, who.id, one.id).num_rows for who in people)
        standing = sum(count for (_, number), count in held.items() if number == one.id)
        if one.state == REPLACED and standing:
            known.stand_again([one.id])
        if standing + aside < one.minutes:
            known.overtaken([one.id])


def _held(store: Store, metric: str, people: Sequence[Participant]) -> dict[tuple[int, int], int]:
    """Minutes in the layer by participant and run."""
    rows = store.imputed_extent([who.id for who in people]).to_pylist()
    return {
        (row["participant"], row["run"]): row["minutes"] for row in rows if row["metric"] == metric
    }


def _span(run: Imputation, who: Participant) -> Span:
    """The stretch that a run was asked for, on the participant's clock."""
    asked, zone = msgspec.json.decode(run.asked), zone_named(who.timezone)
    start, end = asked["start"], asked["end"]
    return (
        millis(edge(start, "start").at(zone)) if start else millis(EARLIEST),
        millis(edge(end, "end").at(zone)) if end else millis(LATEST),
    )


def _less(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What is left of spans without those that are taken."""
    left = list(spans)
    for low, high in taken:
        left = [
            (a, b)
            for start, end in left
            for a, b in ((start, min(end, low)), (max(start, high), end))
            if a < b
        ]
    return left


def _shared(spans: Sequence[Span], other: Span) -> list[Span]:
    """What spans have in common with another."""
    both = ((max(low, other[0]), min(high, other[1])) for low, high in spans)
    return [(low, high) for low, high in both if low < high]


def _within(rows: pa.Table, spans: Sequence[Span]) -> np.ndarray:
    t = rows["t"].cast(pa.int64()).to_numpy()
    inside = np.zeros(len(t), bool)
    for low, high in spans:
        inside |= (t >= low) & (t < high)
    return inside
