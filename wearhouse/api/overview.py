"""A study at a glance: the participant × day map, and how the study goes."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from wearhouse.api.answers import Json
from wearhouse.api.definitions import DefinitionAnswer, described
from wearhouse.api.deps import TheActing, TheRegistry, TheWearhouse, needs
from wearhouse.api.files import CSV, csv_file
from wearhouse.api.refusals import RESPONSES
from wearhouse.desk.gathering import Sources
from wearhouse.desk.map_table import map_table
from wearhouse.desk.mapping import MapAsked, MapRow, day_map
from wearhouse.desk.trends import trends
from wearhouse.errors import Invalid
from wearhouse.study import Right
from wearhouse.wear.reasons import REASONS, Reason

router = APIRouter(tags=["wear"], responses=RESPONSES, dependencies=[needs(Right.READ)])

Code = Annotated[str, Path(max_length=64)]
Format = Literal["json", "csv"]
Name = Annotated[
    str, Query(max_length=100, description="A definition by name or NAME@VERSION; else in force.")
]


class MapParticipant(BaseModel):
    """A participant's days from `first` of the map on, up to their newest that is over."""

    code: str
    timezone: str
    site: str | None
    first_due: date | None = Field(description="The first whole day that is expected.")
    synced_at: datetime | None
    reason: list[int] = Field(description="Places in `reasons`.")
    worn: list[float | None] = Field(description="Minutes; null where none are known yet.")
    asleep: list[float | None] | None = Field(description="Minutes; null where none are known.")


class MapAnswer(BaseModel):
    """Every day of everybody within reach, by participant."""

    study: str
    as_of: datetime
    definition: DefinitionAnswer
    reasons: list[Reason]
    first: date | None
    days: int
    participants: list[MapParticipant]


class EnrolledAnswer(BaseModel):
    """How many had been enrolled at the end of a day."""

    day: date
    participants: int


class EnrolmentAnswer(BaseModel):
    """Enrolment against the target: `planned` are to come, or without a date; `recent` came in the
    last 28 days; `reached_on` is when the target is reached if it goes on like that."""

    target: int | None
    enrolled: int
    planned: int
    recent: int
    reached_on: date | None
    days: list[EnrolledAnswer]


class RetainedAnswer(BaseModel):
    """At the start of a week since everybody's start: who is still followed, how many have left in
    all, and the share that stays (Kaplan and Meier) with its pointwise 95 % interval, where there
    is one."""

    week: int
    at_risk: int
    left: int
    share: float
    low: float | None
    high: float | None


class WeekAnswer(BaseModel):
    """All days of a week since everybody's own start, of an arm or (without one) of all."""

    arm: str | None
    week: int
    participants: int
    expected: int
    closed: int
    pending: int
    valid: int
    adherence: float | None


class TrendsAnswer(BaseModel):
    """How a study goes; weeks by arm only once its blinding has ended."""

    study: str
    as_of: datetime
    definition: DefinitionAnswer
    enrolment: EnrolmentAnswer
    retention: list[RetainedAnswer]
    weeks: list[WeekAnswer]
    by_arm: bool


@router.get("/studies/{code}/map", response_model=MapAnswer, responses=CSV)
def get_map(
    code: Code,
    wearhouse: TheWearhouse,
    acting: TheActing,
    definition: Name = "",
    start: Annotated[date | None, Query(description="The first civil day.")] = None,
    end: Annotated[date | None, Query(description="The last civil day.")] = None,
    sleep: Annotated[bool, Query(description="With minutes asleep.")] = False,
    q: Annotated[str, Query(max_length=64, description="What a code holds.")] = "",
    format: Annotated[Format, Query(description="A file needs the right to export.")] = "json",
) -> Response:
    """Worn minutes and the one reason of every participant-day, as columns."""
    if start and end and end < start:
        raise Invalid(f"end ({end}) is before start ({start}).", "end")
    if format != "json":
        acting.needs(Right.EXPORT)
    registry = acting.registry
    study = registry.study_named(code)
    asked = MapAsked(datetime.now(UTC), definition, start, end, sleep)
    sources = Sources(wearhouse.store, registry, wearhouse.intake.families)
    found = day_map(sources, study, asked, wearhouse.maps)
    sought = q.strip().lower()
    rows = [row for row in found.rows if sought in row.participant.code.lower()]
    if format == "csv":
        people = [row.participant for row in rows]
        told = f"map from {start or found.first} to {end or 'yesterday'} by {found.definition.name}"
        return csv_file(acting, people, map_table(found.first, rows), f"{study.code}-map", told)
    return Json(
        {
            "study": study.code,
            "as_of": asked.as_of,
            "definition": described(found.definition),
            "reasons": REASONS,
            "first": found.first,
            "days": found.days,
            "participants": [_row(row) for row in rows],
        }
    )


@router.get("/studies/{code}/trends", response_model=TrendsAnswer)
def get_trends(
    code: Code, wearhouse: TheWearhouse, registry: TheRegistry, definition: Name = ""
) -> Json:
    """Enrolment against the target, who stays, and adherence by week since start."""
    study, as_of = registry.study_named(code), datetime.now(UTC)
    sources = Sources(wearhouse.store, registry, wearhouse.intake.families)
    found = trends(sources, study, as_of, definition, wearhouse.courses)
    return Json(
        {
            "study": study.code,
            "as_of": as_of,
            "definition": described(found.definition),
            "enrolment": asdict(found.enrolment),
            "retention": [asdict(one) for one in found.retention],
            "weeks": [asdict(one) for one in found.weeks],
            "by_arm": found.by_arm,
        }
    )


def _row(row: MapRow) -> dict[str, Any]:
    return {
        "code": row.participant.code,
        "timezone": row.participant.timezone,
        "site": row.participant.site,
        "first_due": row.first_due,
        "synced_at": row.synced_at,
        "reason": row.cells.reason,
        "worn": row.cells.worn,
        "asleep": row.cells.asleep,
    }
