"""What is known of where each participant stands: all that holds until something is written or a
civil day ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.areas import areas
from wearhouse.desk.gathering import Gathered, Sources, Span, gather, judged
from wearhouse.enrolling.judging import in_force
from wearhouse.study import Grant, Participant, State, Status, Study, status_on
from wearhouse.wear.action import Standing
from wearhouse.wear.adherence import adherence
from wearhouse.wear.days import Person
from wearhouse.wear.definition import Definition
from wearhouse.wear.reasons import Reason
from wearhouse.window import zone_named

LOOK_BACK = timedelta(days=28)
WEEK = 7
BY_NAME = {str(reason): reason for reason in Reason}

Counts = Mapping[str, Any]
"""A row of the schema ADHERENCE."""


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day that is over."""

    day: date
    worn_minutes: int
    day_minutes: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Fact:
    """Where a participant stands. `first_due` is the first whole day that is expected of them,
    `last_due` the last; from the first on `study_day` counts from 1 (0 is the day before, often
    that of enrolment), to `study_days` where that is known. `week` are the last days that are
    over, `spans` their counts by span."""

    who: Participant
    status: Status
    first_due: date | None
    last_due: date | None
    study_day: int | None
    study_days: int | None
    standing: Standing
    grants: Sequence[Grant]
    week: Sequence[Day]
    spans: Mapping[str, Counts]

    @property
    def reason(self) -> Reason | None:
        """Of the newest day that is over."""
        return self.week[-1].reason if self.week else None


@dataclass(frozen=True, slots=True)
class Delay:
    """A source whose newest readings failed: of how many participants."""

    source: str
    participants: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Where the participants of a study stand, as a definition judges their days, and which
    sources are delayed."""

    study: Study
    definition: Definition
    people: Sequence[Fact]
    delays: Sequence[Delay]


def facts(
    sources: Sources,
    study: Study,
    participants: Sequence[Participant],
    as_of: datetime,
    whole: bool = False,
) -> Facts:
    """Where these participants of a study stand, in their order; the counts of the whole time in
    the study only with `whole`."""
    definition = in_force(sources.registry, study)
    recent = as_of.date() - LOOK_BACK - timedelta(days=1)
    span = Span(as_of, None if whole else recent, nights_from=recent, stages=False)
    of = gather(sources, study, participants, span, [definition])
    days = judged(sources, of, definition)
    spans, weeks = _spans(definition, days), _weeks(days)
    batteries = sources.registry.signs.batteries()
    found = []
    for who, person in zip(participants, of.people, strict=True):
        mine, battery = spans.get(who.id, {}), batteries.get(who.id)
        recently, grants = mine.get("28d", {}), of.known.grants.get(who.id, ())
        standing = Standing(
            taking_part=_taking_part(of, who, person.last_due, as_of),
            grants=[grant.state for grant in grants],
            missing_scopes=_missing(of, grants),
            synced_at=of.synced_at.get(who.id),
            battery_percent=battery.percent if battery else None,
            battery_level=battery.level if battery else None,
            closed_days=recently.get("closed", 0),
            adherence=recently.get("adherence"),
            nights_due=recently.get("nights_due", 0),
            nights_uploaded=recently.get("nights_uploaded", 0),
        )
        today = as_of.astimezone(zone_named(who.timezone)).date()
        status = status_on(who, of.known.pauses.get(who.id, ()), today)
        week = weeks.get(who.id, ())
        due = person.first_due, person.last_due, *_study_days(person, today)
        found.append(Fact(who, status, *due, standing, grants, week, mine))
    return Facts(study, definition, found, _delays(of))


def _study_days(of: Person, today: date) -> tuple[int | None, int | None]:
    """Which day of their time in the study it is, of how many."""
    first, last = of.first_due, of.last_due
    if first is None or (last and last < first):
        return None, None
    day = (today - first).days + 1
    days = (last - first).days + 1 if last else None
    return min(day, days) if days else day, days


def _spans(definition: Definition, days: pa.Table) -> dict[int, dict[str, Counts]]:
    table = adherence(definition, days)
    found: dict[int, dict[str, Counts]] = {}
    for row in table.to_pylist():
        found.setdefault(row["participant"], {})[row["span"]] = row
    return found


def _weeks(days: pa.Table) -> dict[int, list[Day]]:
    """Each participant's last days; they stand in the order of participant and time."""
    who = days["participant"].to_numpy()
    if not len(who):
        return {}
    ends = np.append(np.flatnonzero(who[1:] != who[:-1]) + 1, len(who))
    starts = np.insert(ends[:-1], 0, 0)
    last = np.concatenate(
        [np.arange(max(s, e - WEEK), e) for s, e in zip(starts, ends, strict=True)]
    )
    some = days.select(["participant", "day", "worn_minutes", "day_minutes", "reason"])
    rows = some.take(pa.array(last))
    reasons = pc.cast(rows["reason"], pa.string()).to_pylist()
    columns = (rows[name].to_pylist() for name in rows.column_names[:-1])
    found: dict[int, list[Day]] = {}
    for number, day, worn, minutes, reason in zip(*columns, reasons, strict=True):
        found.setdefault(number, []).append(Day(day, worn, minutes, BY_NAME[reason]))
    return found


def _taking_part(of: Gathered, who: Participant, last_due: date | None, as_of: datetime) -> bool:
    today = as_of.astimezone(zone_named(who.timezone)).date()
    begins: date | None = who.starts_on or who.enrolled_on
    if (begins and today < begins) or (last_due and today > last_due):
        return False
    pauses = of.known.pauses.get(who.id, ())
    return not any(pause.covers(today) for pause in pauses)


def _missing(of: Gathered, grants: Sequence[Grant]) -> list[str]:
    metrics = [
        metric
        for grant in grants
        if grant.state is State.PARTIAL
        for family in of.known.families.get(grant.source, ())
        if family.scope not in grant.scopes
        for metric in family.metrics
    ]
    return areas(metrics)


def _delays(of: Gathered) -> list[Delay]:
    ours = {who.id for who in of.participants}
    late: dict[str, set[int]] = {}
    for participant, source, _ in of.known.failing:
        if participant in ours:
            late.setdefault(source, set()).add(participant)
    return [Delay(source, len(whom)) for source, whom in sorted(late.items())]
