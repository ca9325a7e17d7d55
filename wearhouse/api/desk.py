"""The desk of a study: who needs what, and why; and noting that somebody was seen to."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from wearhouse.api.answers import Json
from wearhouse.api.definitions import DefinitionAnswer, described
from wearhouse.api.deps import TheActing, TheWearhouse, needs
from wearhouse.api.enrolment import Code, StudyCode
from wearhouse.api.refusals import RESPONSES
from wearhouse.desk.board import Board, Row, board
from wearhouse.desk.gathering import Sources
from wearhouse.desk.handling import Handled, handle, undo
from wearhouse.runtime import Wearhouse
from wearhouse.scheduler import next_night, schedule_of
from wearhouse.study import OPEN, Right, State, Status
from wearhouse.team.acting import Acting
from wearhouse.wear.action import Action
from wearhouse.wear.adherence import SPANS
from wearhouse.wear.reasons import Reason

router = APIRouter(tags=["desk"], responses=RESPONSES)

READ, EDIT = needs(Right.READ), needs(Right.EDIT_PEOPLE)
COUNTS = ("valid", "closed", "pending", "expected", "adherence", "band")


class DeskDay(BaseModel):
    """A civil day that is over."""

    day: date
    worn_minutes: int
    day_minutes: int
    reason: Reason


class SpanCounts(BaseModel):
    """Adherence over a span (valid ÷ closed, null where nothing is closed) with its counts."""

    valid: int
    closed: int
    pending: int
    expected: int
    adherence: float | None
    band: str | None


class GrantState(BaseModel):
    """What a participant granted to a source."""

    source: str
    state: State


class HandledAnswer(BaseModel):
    """An action that was seen to; it need not be shown before `until_on`."""

    action: Action
    until_on: date
    note: str
    by: str
    at: datetime


class DeskLine(BaseModel):
    """Where a participant stands."""

    code: str
    timezone: str
    site: str | None
    arm: str | None = Field(None, description="Left out for those who must not know it.")
    status: Status
    enrolled_on: date | None
    starts_on: date | None
    ends_on: date | None
    last_day: date | None = Field(description="The last that is expected: of theirs or the study.")
    withdrawn_on: date | None
    study_day: int | None = Field(description="1 on the first whole day that is due.")
    study_days: int | None
    synced_at: datetime | None
    sync_band: str | None = Field(description="good, watch, act, urgent, lost; null if unknown.")
    loss_in_h: float | None = Field(description="Hours until the device may lose data.")
    battery_percent: float | None
    battery_level: str | None
    week: list[DeskDay] = Field(description="The last seven days that are over.")
    adherence: dict[str, SpanCounts] = Field(description="By span: 7d, 28d, whole.")
    nights_due: int = Field(description="Of the last 28 days.")
    nights_uploaded: int
    grants: list[GrantState]
    reason: Reason | None = Field(description="Of the newest day that is over.")
    next_action: Action
    next_action_sentence: str
    contacted_at: datetime | None = Field(
        None, description="Left out for those who may not write to participants."
    )
    handled: HandledAnswer | None = Field(description="Null unless the action was seen to.")


class DelayAnswer(BaseModel):
    """A source whose newest readings failed, of so many participants."""

    source: str
    participants: int


class DeskAnswer(BaseModel):
    """A study's participants by code, and how fresh this is."""

    study: str
    as_of: datetime
    updated_at: datetime | None = Field(description="When a sync or an import last ended.")
    next_sync_at: datetime | None = Field(description="Null where nothing will be synced.")
    delayed: list[DelayAnswer]
    definition: DefinitionAnswer
    participants: list[DeskLine]


class HandledAsked(BaseModel):
    """Which next action was seen to, until which civil day of the participant's. No health details
    belong into the note."""

    action: Action
    until_on: Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]
    note: Annotated[str, Field(max_length=500)] = ""


@router.get("/studies/{code}/desk", response_model=DeskAnswer, dependencies=[READ])
def get_desk(code: Code, wearhouse: TheWearhouse, acting: TheActing) -> Json:
    """Everybody in a study with a reason, a next action, and the figures behind it."""
    study = acting.registry.study_named(code)
    sources = Sources(wearhouse.store, acting.registry, wearhouse.intake.families)
    found = board(sources, study, datetime.now(UTC), wearhouse.desk)
    arms = acting.knows_arm(found.study)
    contacts = acting.actor.may(Right.SEND_MESSAGES)
    return Json(
        {
            "study": study.code,
            "as_of": found.as_of,
            "updated_at": found.updated_at,
            "next_sync_at": _next_sync(wearhouse, acting, found),
            "delayed": found.delays,
            "definition": described(found.definition),
            "participants": [_line(row, arms, contacts) for row in found.rows],
        }
    )


@router.put("/participants/{code}/handled", dependencies=[EDIT])
def put_handled(
    code: Code, asked: HandledAsked, acting: TheActing, study: StudyCode = None
) -> HandledAnswer:
    """Note that the next action of a participant was seen to."""
    who = acting.registry.participant_named(code, study)
    done = handle(acting, who, asked.action, asked.until_on, asked.note, datetime.now(UTC))
    return HandledAnswer(**_handled(done))


@router.delete("/participants/{code}/handled", status_code=204, dependencies=[EDIT])
def delete_handled(code: Code, acting: TheActing, study: StudyCode = None) -> None:
    """Take back that somebody was seen to."""
    undo(acting, acting.registry.participant_named(code, study))


def _next_sync(wearhouse: Wearhouse, acting: Acting, found: Board) -> datetime | None:
    if not any(grant.state in OPEN for row in found.rows for grant in row.fact.grants):
        return None
    schedule = schedule_of(acting.registry, found.study, wearhouse.schedule)
    return next_night(schedule, found.as_of)


def _line(row: Row, arms: bool, contacts: bool) -> dict[str, Any]:
    fact, who, standing = row.fact, row.fact.who, row.fact.standing
    recent = fact.spans.get("28d", {})
    line = {
        "code": who.code,
        "timezone": who.timezone,
        "site": who.site,
        "status": fact.status,
        "enrolled_on": who.enrolled_on,
        "starts_on": who.starts_on,
        "ends_on": who.ends_on,
        "last_day": fact.last_due,
        "withdrawn_on": who.withdrawn_on,
        "study_day": fact.study_day,
        "study_days": fact.study_days,
        "synced_at": standing.synced_at,
        "sync_band": row.sync_band,
        "loss_in_h": row.loss_in_h,
        "battery_percent": standing.battery_percent,
        "battery_level": standing.battery_level,
        "week": fact.week,
        "adherence": {
            span: {name: counts[name] for name in COUNTS}
            for span in SPANS
            if (counts := fact.spans.get(span))
        },
        "nights_due": recent.get("nights_due", 0),
        "nights_uploaded": recent.get("nights_uploaded", 0),
        "grants": [{"source": grant.source, "state": grant.state} for grant in fact.grants],
        "reason": fact.reason,
        "next_action": row.action.action,
        "next_action_sentence": row.action.sentence,
        "handled": _handled(row.handled) if row.handled else None,
    }
    if arms:
        line["arm"] = who.arm
    if contacts:
        line["contacted_at"] = row.contacted_at
    return line


def _handled(done: Handled) -> dict[str, Any]:
    return {
        "action": done.action,
        "until_on": done.until_on,
        "note": done.note,
        "by": done.by,
        "at": done.at,
    }
