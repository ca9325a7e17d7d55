"""Where each participant stands now: the reason of their newest day, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wearhouse.desk.facts import Fact, facts
from wearhouse.desk.gathering import Sources
from wearhouse.study import Participant
from wearhouse.wear.action import Next, next_action, thresholds
from wearhouse.wear.reasons import Reason


@dataclass(frozen=True, slots=True)
class Line:
    """A participant as the desk sees them. `adherence` and its counts are of the last 28 days;
    `reason` is of the newest day that is over, `first_due` the first whole day that is expected."""

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
    first_due: date | None
    study_day: int | None
    study_days: int | None


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
        "first_due": line.first_due,
        "study_day": line.study_day,
        "study_days": line.study_days,
    }


def standings(sources: Sources, participants: Sequence[Participant], as_of: datetime) -> list[Line]:
    """Where these participants stand, in their order."""
    studies = {study.code: study for study in sources.registry.studies()}
    found: dict[int, Line] = {}
    for code in dict.fromkeys(who.study for who in participants):
        mine = [who for who in participants if who.study == code]
        limits = thresholds(studies[code].thresholds)
        for fact in facts(sources, studies[code], mine, as_of).people:
            found[fact.who.id] = line(fact, next_action(fact.standing, limits, as_of))
    return [found[who.id] for who in participants]


def line(fact: Fact, action: Next) -> Line:
    """A participant as the desk sees them."""
    standing = fact.standing
    return Line(
        fact.who.code,
        fact.who.study,
        fact.reason,
        action,
        standing.synced_at,
        standing.battery_percent,
        standing.battery_level,
        standing.adherence,
        standing.closed_days,
        fact.spans.get("28d", {}).get("pending", 0),
        fact.first_due,
        fact.study_day,
        fact.study_days,
    )
