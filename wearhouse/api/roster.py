"""The roster as a file: the columns and rows that the dashboard shows."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.deps import TheActing, TheWearhouse, needs
from wearhouse.api.enrolment import Code
from wearhouse.api.files import CSV, csv_file
from wearhouse.api.refusals import RESPONSES
from wearhouse.desk.board import board
from wearhouse.desk.gathering import Sources
from wearhouse.desk.roster_table import COLUMNS, roster_table, sorted_by
from wearhouse.desk.views import USUAL_ORDER, Narrowed, View, chosen
from wearhouse.enrolling import cohorts
from wearhouse.study import Right, Study
from wearhouse.team.acting import Acting
from wearhouse.wear.reasons import Reason

router = APIRouter(tags=["desk"], responses=RESPONSES)

Word = Annotated[str, Field(max_length=200)]
Name = Literal[
    "code", "site", "arm", "status", "day", "sync", "battery", "yesterday", "week", "valid",
    "week_share", "month_share", "whole_share", "nights", "permission", "contact", "reason",
    "action",
]  # fmt: skip


class Asked(BaseModel):
    """Which rows, columns and order of a roster; every column that one may see without any."""

    model_config = ConfigDict(extra="forbid")

    column: list[Name] = Field([], max_length=100)
    view: View = View.EVERYBODY
    q: Word = Field("", description="What a code or a time zone holds.")
    site: Word | None = None
    arm: Word | None = None
    cohort: Word | None = None
    band: Word | None = Field(None, description="Of the last 28 days' adherence.")
    reason: Reason | None = Field(None, description="Of the newest day that is over.")
    sort: Word | None = Field(None, description="A column; a minus in front for last to first.")


@router.get(
    "/studies/{code}/roster",
    response_class=Response,
    responses=CSV,
    dependencies=[needs(Right.EXPORT)],
)
def get_roster(
    code: Code,
    asked: Annotated[Asked, Query()],
    wearhouse: TheWearhouse,
    acting: TheActing,
) -> Response:
    """The roster of a study as CSV."""
    study, now = acting.registry.study_named(code), datetime.now(UTC)
    columns = _columns(acting, study, asked)
    members = _members(acting, study, asked.cohort, now)
    wanted = Narrowed(asked.view, asked.q, asked.site, asked.arm, asked.band, asked.reason, members)
    sources = Sources(wearhouse.store, acting.registry, wearhouse.intake.families)
    found = board(sources, study, now, wearhouse.desk)
    order = asked.sort or USUAL_ORDER.get(asked.view, "code")
    rows = sorted_by(chosen(found.rows, wanted, now), order)
    people = [row.fact.who for row in rows]
    table = roster_table(rows, columns)
    told = _told(asked, columns)
    return csv_file(acting, people, table, f"{study.code}-roster", told, quoted=True)


def _columns(acting: Acting, study: Study, asked: Asked) -> list[str]:
    """The columns that are wanted; NotAllowed if one of them must not be known."""
    secret = [] if acting.knows_arm(study) else ["arm"]
    if not acting.actor.may(Right.SEND_MESSAGES):
        secret.append("contact")
    if asked.arm is not None or {"arm", "-arm"} & {*asked.column, asked.sort}:
        acting.needs_arm(study)
    if {"contact", "-contact"} & {*asked.column, asked.sort}:
        acting.needs(Right.SEND_MESSAGES)
    return [name for name in asked.column or COLUMNS if name not in secret]


def _members(acting: Acting, study: Study, cohort: str | None, now: datetime) -> set[str] | None:
    if cohort is None:
        return None
    known = acting.registry.cohorts.named(study, cohort)
    return {one.participant for one in cohorts.history(acting, known, now) if not one.left_at}


def _told(asked: Asked, columns: list[str]) -> str:
    """What the trail says was taken; of an arm nothing, for the trail is read by the blinded."""
    said = asked.model_dump(exclude={"column", "view", "arm"}, exclude_defaults=True)
    narrowed = [f"view {asked.view}", *(f"{name} {value}" for name, value in said.items())]
    return f"roster ({', '.join(narrowed)}): {', '.join(columns)}"
