"""Everything that the days of a study's participants are judged by, gathered once; and the days
as a definition judges them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa

from wearhouse.desk import asking
from wearhouse.desk.asking import Asked, Seen
from wearhouse.desk.people import Families, Known, known, person
from wearhouse.errors import Invalid
from wearhouse.registry import Registry
from wearhouse.registry.signs import SyncSign
from wearhouse.store import Store
from wearhouse.study import Participant, Study
from wearhouse.wear import minutes
from wearhouse.wear.days import DAYS, SYNCS, Facts, Person, days
from wearhouse.wear.definition import Definition
from wearhouse.wear.nights import NIGHTS
from wearhouse.window import DAY_MS

DAY = timedelta(days=1)
LONGEST_DAYS = 3_660


@dataclass(frozen=True)
class Sources:
    """Where the desk asks: the store, the registry as far as somebody reaches, and what each live
    source offers."""

    store: Store
    registry: Registry
    families: Families


@dataclass(frozen=True)
class Span:
    """Which civil days to judge, as of when. Without `first` from the beginning of the study's
    data; without `last` to yesterday. Nights are read from `nights_from` on (all of them without
    one); without `stages` only that they were uploaded."""

    as_of: datetime
    first: date | None = None
    last: date | None = None
    nights_from: date | None = None
    stages: bool = True


@dataclass(frozen=True)
class Gathered:
    """What is known of participants over some civil days. `by_day` holds rows of level 1d for
    each metric."""

    study: Study
    participants: Sequence[Participant]
    span: Span
    asked: Asked | None
    known: Known
    people: Sequence[Person]
    seen: Mapping[int, Seen]
    by_day: Mapping[str, pa.Table]
    signs: Sequence[SyncSign]

    @cached_property
    def synced_at(self) -> dict[int, datetime]:
        """When each participant's device is known to have synced last: as it told, or as the
        newest sample shows."""
        found = {id_: min(one.last_at, self.span.as_of) for id_, one in self.seen.items()}
        for sign in self.signs:
            found[sign.participant] = max(
                found.get(sign.participant, sign.synced_at), sign.synced_at
            )
        return found


def gather(
    sources: Sources,
    study: Study,
    participants: Sequence[Participant],
    span: Span,
    definitions: Sequence[Definition],
) -> Gathered:
    """What the days of these participants of a study are judged by, for these definitions."""
    store, registry = sources.store, sources.registry
    of = known(registry, study, sources.families)
    seen = asking.seen(store, [who.id for who in participants])
    first_on = {id_: one.first_on for id_, one in seen.items()}
    people = [person(of, study, who, first_on.get(who.id)) for who in participants]
    asked = _asked(people, participants, span)
    names = ("heart_rate", "worn_by_steps", "steps")
    by_day = {name: asking.rows(store, name, "1d", asked) for name in names} if asked else {}
    patience = min(definition.pending_days for definition in definitions)
    signs = registry.signs.syncs(timedelta(days=patience))
    return Gathered(study, participants, span, asked, of, people, seen, by_day, signs)


def judged(sources: Sources, of: Gathered, definition: Definition) -> pa.Table:
    """Every day of everybody that is over (schema DAYS), as a definition judges it."""
    if of.asked is None:
        return DAYS.empty_table()
    metrics = asking.evidence(definition)
    worn = pa.concat_tables([of.by_day[name] for name in metrics])
    rule = of.by_day["steps"] if definition.of_steps else worn
    everything = pa.concat_tables([of.by_day["heart_rate"], of.by_day["steps"]])
    facts = Facts(
        counted=asking.counted(sources.store, definition, of.asked, rule),
        worn=minutes.worn_minutes(worn),
        steps=minutes.sums(of.by_day["steps"]),
        offsets=_offsets(everything),
        syncs=_syncs(of),
        nights=_nights(sources.store, of, definition),
        nights_from=of.span.nights_from,
    )
    return days(definition, of.people, facts, of.asked.first, of.asked.last, of.span.as_of)


def _asked(
    people: Sequence[Person], participants: Sequence[Participant], span: Span
) -> Asked | None:
    begun = [one.connected_on or one.first_due for one in people]
    enrolled = [who.enrolled_on for who in participants]
    first = span.first or min((day for day in (*begun, *enrolled) if day), default=None)
    last = span.last or span.as_of.date() + DAY  # it may be tomorrow there already
    if first is None or not people or first > last:
        return None
    asked = Asked([one.participant for one in people], first, last)
    if asked.days > LONGEST_DAYS:
        raise Invalid(f"At most {LONGEST_DAYS:,} days are judged at once.", "start")
    return asked


def _offsets(by_day: pa.Table) -> pa.Table:
    """The offset at which each day was recorded (schema COUNTS): that of its first metric."""
    t = by_day["t"].cast(pa.int64()).to_numpy() // DAY_MS
    key = by_day["participant"].to_numpy().astype(np.int64) << 20 | t
    _, first = np.unique(key, return_index=True)
    return pa.Table.from_arrays(
        [
            by_day["participant"].take(pa.array(first)),
            pa.array(t[first].astype("datetime64[D]"), pa.date32()),
            by_day["offset"].take(pa.array(first)).cast(pa.float64()),
        ],
        schema=minutes.COUNTS,
    )


def _syncs(of: Gathered) -> pa.Table:
    """What devices told, and the newest sample of each participant, which came with a sync."""
    told = [(sign.participant, sign.synced_at, sign.reported_at) for sign in of.signs]
    for participant, one in of.seen.items():
        at = min(one.last_at, of.span.as_of)
        told.append((participant, at, at))
    columns = zip(*told, strict=True) if told else ((), (), ())
    arrays = [pa.array(column, f.type) for column, f in zip(columns, SYNCS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SYNCS)


def _nights(store: Store, of: Gathered, definition: Definition) -> pa.Table:
    assert of.asked is not None
    first = max(of.asked.first, of.span.nights_from or of.asked.first)
    if first > of.asked.last:
        return NIGHTS.empty_table()
    wanted = Asked(of.asked.participants, first, of.asked.last)
    return asking.slept(store, definition, wanted, of.span.stages)
