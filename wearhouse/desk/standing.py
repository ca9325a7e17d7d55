"""Where each participant stands now: the reason of their newest day, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.areas import areas
from wearhouse.desk.gathering import Gathered, Sources, Span, gather, judged
from wearhouse.judging import in_force
from wearhouse.study import Grant, Participant, State, Study
from wearhouse.wear.action import Next, Standing, next_action, thresholds
from wearhouse.wear.adherence import adherence
from wearhouse.wear.definition import Definition
from wearhouse.wear.reasons import Reason
from wearhouse.window import zone_named

LOOK_BACK = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Line:
    """A participant as the desk sees them. `adherence` and its counts are of the last 28 days;
    `reason` is of the newest day that is over."""

    participant: str
    study: str
    reason: str | None
    action: Next
    synced_at: datetime | None
    battery_percent: float | None
    battery_level: str | None
    adherence: float | None
    closed_days: int
    pending_days: int


def told(line: Line) -> dict[str, Any]:
    """A line as answers about participants carry it."""
    return {
        "reason": line.reason and Reason(line.reason),
        "next_action": line.action.action,
        "next_action_sentence": line.action.sentence,
        "synced_at": line.synced_at,
        "battery_percent": line.battery_percent,
        "battery_level": line.battery_level,
        "adherence": line.adherence,
        "closed_days": line.closed_days,
        "pending_days": line.pending_days,
    }


def standings(sources: Sources, participants: Sequence[Participant], as_of: datetime) -> list[Line]:
    """Where these participants stand, in their order."""
    studies = {study.code: study for study in sources.registry.studies()}
    found: dict[int, Line] = {}
    for code in dict.fromkeys(who.study for who in participants):
        mine = [who for who in participants if who.study == code]
        found |= _of_study(sources, studies[code], mine, as_of)
    return [found[who.id] for who in participants]


def _of_study(
    sources: Sources, study: Study, participants: Sequence[Participant], as_of: datetime
) -> dict[int, Line]:
    definition = in_force(sources.registry, study)
    first = as_of.date() - LOOK_BACK - timedelta(days=1)
    span = Span(as_of, first, stages=False)
    of = gather(sources, study, participants, span, [definition])
    days = judged(sources, of, definition)
    counts = _recent(definition, days)
    newest = _newest_reasons(days)
    batteries = sources.registry.signs.batteries()
    limits = thresholds(study.thresholds)
    lines = {}
    for who, person in zip(participants, of.people, strict=True):
        mine, battery = counts.get(who.id, {}), batteries.get(who.id)
        grants = of.known.grants.get(who.id, ())
        standing = Standing(
            taking_part=_taking_part(of, who, person.last_due, as_of),
            grants=[grant.state for grant in grants],
            missing_scopes=_missing(of, grants),
            synced_at=of.synced_at.get(who.id),
            battery_percent=battery.percent if battery else None,
            battery_level=battery.level if battery else None,
            closed_days=mine.get("closed", 0),
            adherence=mine.get("adherence"),
            nights_due=mine.get("nights_due", 0),
            nights_uploaded=mine.get("nights_uploaded", 0),
        )
        lines[who.id] = Line(
            who.code,
            who.study,
            newest.get(who.id),
            next_action(standing, limits, as_of),
            standing.synced_at,
            standing.battery_percent,
            standing.battery_level,
            standing.adherence,
            standing.closed_days,
            mine.get("pending", 0),
        )
    return lines


def _recent(definition: Definition, days: pa.Table) -> dict[int, dict[str, int]]:
    table = adherence(definition, days)
    rows = table.filter(pc.equal(table["span"], "28d")).to_pylist()
    return {row["participant"]: row for row in rows}


def _newest_reasons(days: pa.Table) -> dict[int, str]:
    """The reason of each participant's newest day; days stand in the order of time."""
    who, reason = days["participant"].to_pylist(), days["reason"].cast(pa.string()).to_pylist()
    return dict(zip(who, reason, strict=True))


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
