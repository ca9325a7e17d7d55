"""How a study goes: enrolment against its target, who stays, and adherence by week since start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.desk.asking import EPOCH
from wearhouse.desk.gathering import Sources, Span, gather, judged
from wearhouse.desk.keeping import Kept
from wearhouse.enrolling import judging
from wearhouse.study import Participant, Study
from wearhouse.wear.adherence import reason_places
from wearhouse.wear.definition import Definition
from wearhouse.wear.reasons import CLOSED, REASONS, UNEXPECTED, Reason
from wearhouse.wear.retention import WEEK, Retained, Stay, retention
from wearhouse.window import zone_named

PACE = timedelta(days=28)
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many had been enrolled at the end of a civil day."""

    day: date
    participants: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Everybody enrolled until today, by day; how many are to come or have no date; and when the
    target is reached at the pace of the last four weeks, None if it is not, or is already."""

    target: int | None
    enrolled: int
    planned: int
    recent: int
    reached_on: date | None
    days: Sequence[Enrolled]


@dataclass(frozen=True, slots=True)
class Week:
    """All days of a week since everybody's own start (0 is the first), of one arm or of all.
    `participants` are those with a closed day in it; adherence is None where none is closed."""

    arm: str | None
    week: int
    participants: int
    expected: int
    closed: int
    pending: int
    valid: int
    adherence: float | None


@dataclass(frozen=True, slots=True)
class Trends:
    """How a study goes. Weeks stand by arm only where the arms are no secret."""

    definition: Definition
    enrolment: Enrolment
    retention: Sequence[Retained]
    weeks: Sequence[Week]
    by_arm: bool


def trends(
    sources: Sources, study: Study, as_of: datetime, definition: str, kept: Kept[Trends]
) -> Trends:
    """The trends of a study, of the participants within reach, judged by a definition (without a
    name by that in force). What holds until something is written is taken from what is kept."""
    about = ("trends", study.code, definition)
    return kept.of(sources, about, as_of, lambda: _found(sources, study, as_of, definition))


def _found(sources: Sources, study: Study, as_of: datetime, definition: str) -> Trends:
    judge = judging.named(sources.registry, study, definition)
    people = sources.registry.participants(study.code)
    span = Span(as_of, nights_from=date.max)
    of = gather(sources, study, people, span, [judge])
    days = judged(sources, of, judge)
    start = {one.participant: one.first_due for one in of.people if one.first_due}
    arms = {who.id: who.arm for who in people} if not study.blinded else {}
    return Trends(
        judge,
        enrolment(study, people, as_of.date()),
        retention([stay for who in people if (stay := _stay(study, who, as_of))]),
        weekly(days, start, arms),
        not study.blinded and any(arms.values()),
    )


def enrolment(study: Study, people: Sequence[Participant], today: date) -> Enrolment:
    """Everybody enrolled until today, against the study's target."""
    begun = [who.enrolled_on or who.starts_on for who in people]
    days = sorted(day for day in begun if day and day <= today)
    recent = sum(day > today - PACE for day in days)
    curve = [Enrolled(day, place + 1) for place, day in enumerate(days)]
    last_of_day = {one.day: one for one in curve}
    missing = (study.target or 0) - len(days)
    reached_on = None
    if missing > 0 and recent:
        reached_on = today + timedelta(days=-(-missing * PACE.days // recent))
    return Enrolment(
        study.target,
        len(days),
        len(people) - len(days),
        recent,
        reached_on,
        list(last_of_day.values()),
    )


def weekly(days: pa.Table, start: Mapping[int, date], arms: Mapping[int, str | None]) -> list[Week]:
    """Days (schema DAYS) by week since each participant's start: of all, then of each arm."""
    who = days["participant"].to_numpy().astype(np.int64)
    ids, person = np.unique(who, return_inverse=True)
    began = np.array([_number(start.get(int(id_))) for id_ in ids], np.int64)
    since = days["day"].cast(pa.int32()).to_numpy().astype(np.int64) - began[person]
    reason = reason_places(days)
    due = (began[person] >= 0) & (since >= 0) & ~_among(reason, UNEXPECTED)
    week, reason, person = since[due] // WEEK, reason[due], person[due]
    names = sorted({arm for arm in arms.values() if arm})
    groups: list[tuple[str | None, NDArray[np.bool_]]] = [(None, np.ones(len(ids), bool))]
    groups += [(name, np.array([arms.get(int(id_)) == name for id_ in ids])) for name in names]
    found: list[Week] = []
    for arm, members in groups:
        chosen = members[person]
        found += _weeks_of(arm, week[chosen], reason[chosen], person[chosen])
    return found


def _weeks_of(arm: str | None, week: Ints, reason: Ints, person: Ints) -> list[Week]:
    length = int(week.max()) + 1 if len(week) else 0
    is_closed = _among(reason, CLOSED)
    seen = np.unique(np.stack([week[is_closed], person[is_closed]]), axis=1)[0]

    def count(mask: NDArray[np.bool_]) -> list[int]:
        return [int(n) for n in np.bincount(week[mask], minlength=length)]

    people = np.bincount(seen, minlength=length)
    expected, closed = count(np.ones(len(week), bool)), count(is_closed)
    pending = count(reason == REASONS.index(Reason.PENDING_SYNC))
    valid = count(reason == REASONS.index(Reason.VALID))
    return [
        Week(
            arm, at, int(people[at]), expected[at], closed[at], pending[at], valid[at],
            valid[at] / closed[at] if closed[at] else None,
        )
        for at in range(length)
    ]  # fmt: skip


def _stay(study: Study, who: Participant, as_of: datetime) -> Stay | None:
    """How long somebody was followed until now; None if they have not begun."""
    today = as_of.astimezone(zone_named(who.timezone)).date()
    begun = who.starts_on or who.enrolled_on
    if begun is None or begun > today:
        return None
    over = min(day for day in (who.ends_on, study.ends_on, today) if day)
    left = who.withdrawn_on is not None and who.withdrawn_on <= over
    last = who.withdrawn_on if left and who.withdrawn_on else over
    return Stay(max((last - begun).days, 0), left)


def _number(day: date | None) -> int:
    return (day - EPOCH).days if day else -1


def _among(reason: Ints, some: frozenset[Reason]) -> NDArray[np.bool_]:
    return np.isin(reason, [REASONS.index(one) for one in some])
