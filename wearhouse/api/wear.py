"""Worn days: adherence, its sensitivity to the threshold, one participant's days."""

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from wearhouse.api.answers import Json
from wearhouse.api.definitions import DefinitionAnswer, described
from wearhouse.api.deps import TheRegistry, TheWearhouse, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.desk.adhering import Wanted, adherences, kept_days, sensitivity
from wearhouse.desk.gathering import Sources
from wearhouse.errors import Invalid
from wearhouse.study import Right
from wearhouse.wear.reasons import Reason

router = APIRouter(tags=["wear"], responses=RESPONSES)

READ = needs(Right.READ)
StudyCode = Annotated[str | None, Query(description="A study's code.")]
Names = Annotated[
    list[str],
    Query(max_length=10, description="Definitions by name, also NAME@VERSION; else that in force."),
]
Start = Annotated[date | None, Query(description="The first civil day.")]
End = Annotated[date | None, Query(description="The last civil day.")]


class Counts(BaseModel):
    """Days by reason over a span, adherence (valid ÷ closed) and the strict figure, in which what
    is pending counts as missing; both null where there is nothing to divide by."""

    span: str
    expected: int
    closed: int
    pending: int
    valid: int
    below_threshold: int
    not_worn: int
    lost: int
    not_authorised: int
    outage: int
    paused: int
    not_due: int
    unknown: int
    adherence: float | None
    strict: float | None
    band: str | None
    nights_due: int
    nights_uploaded: int
    nights_valid: int
    weeks: int
    valid_weeks: int


class ParticipantCounts(Counts):
    """The same of one participant."""

    participant: str


class AdherenceAnswer(BaseModel):
    """A study as one definition judges it: all together, and each participant."""

    study: str
    definition: DefinitionAnswer
    together: list[Counts]
    participants: list[ParticipantCounts]


class AdherencesAnswer(BaseModel):
    """Studies by each definition asked for, as of an instant."""

    as_of: datetime
    adherence: list[AdherenceAnswer]


class CurvePoint(BaseModel):
    """What is left where a day must have so many worn hours."""

    hours: float
    days: int
    days_share: float | None
    people: int
    mean_steps: float | None
    mean_worn_hours: float | None


class DayAnswer(BaseModel):
    """A civil day of a participant, with its one reason."""

    day: date
    day_minutes: int
    worn_minutes: int
    count: float | None = Field(description="What the rule counts; null where nothing was kept.")
    steps: float | None
    reason: Reason
    closed: bool
    waiting_h: float | None
    night_uploaded: bool | None
    night_valid: bool | None
    asleep_minutes: float | None
    night_kind: str | None


class DaysAnswer(BaseModel):
    """The days of a participant that are over, in the order of time."""

    participant: str
    timezone: str
    as_of: datetime
    definition: DefinitionAnswer
    days: list[DayAnswer]


def _sources(wearhouse: TheWearhouse, registry: TheRegistry) -> Sources:
    return Sources(wearhouse.store, registry, wearhouse.intake.families)


def _wanted(names: list[str], study: str | None, start: date | None, end: date | None) -> Wanted:
    if start and end and end < start:
        raise Invalid(f"end ({end}) is before start ({start}).", "end")
    return Wanted(datetime.now(UTC), study, names, start, end)


@router.get("/adherence", response_model=AdherencesAnswer, dependencies=[READ])
def get_adherence(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    study: StudyCode = None,
    definition: Names = [],  # noqa: B006
    start: Start = None,
    end: End = None,
    all_nights: Annotated[bool, Query(description="Nights of the whole span, too.")] = False,
) -> Json:
    """Valid days of the closed ones, with every count, over 7 days, 28 days and the whole span."""
    wanted = _wanted(definition, study, start, end)
    wanted = Wanted(wanted.as_of, study, definition, start, end, all_nights)
    found = adherences(_sources(wearhouse, registry), wanted)
    rows = [
        {
            "study": one.study,
            "definition": described(one.definition),
            "together": one.together,
            "participants": one.participants,
        }
        for one in found
    ]
    return Json({"as_of": wanted.as_of, "adherence": rows})


@router.get("/adherence/sensitivity", response_model=list[CurvePoint], dependencies=[READ])
def get_sensitivity(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    study: StudyCode = None,
    definition: Names = [],  # noqa: B006
    start: Start = None,
    end: End = None,
    least_days: Annotated[int, Query(ge=1, le=3_650)] = 1,
) -> Json:
    """Days and people kept, and mean steps, at each threshold from 0 to 24 worn hours."""
    wanted = _wanted(definition[:1], study, start, end)
    return Json(sensitivity(_sources(wearhouse, registry), wanted, least_days).to_pylist())


@router.get("/participants/{code}/days", response_model=DaysAnswer, dependencies=[READ])
def get_days(
    code: Annotated[str, Path(max_length=64)],
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    study: StudyCode = None,
    definition: Annotated[str, Query(max_length=100)] = "",
    start: Start = None,
    end: End = None,
) -> Json:
    """Every day of a participant that is over: worn minutes, night, and one reason."""
    who = registry.participant_named(code, study)
    wanted = _wanted([definition] if definition else [], who.study, start, end)
    wanted = Wanted(wanted.as_of, who.study, wanted.definitions, start, end, all_nights=True)
    found = kept_days(_sources(wearhouse, registry), who, wanted, wearhouse.days)
    return Json(
        {
            "participant": who.code,
            "timezone": who.timezone,
            "as_of": found.as_of,
            "definition": described(found.definition),
            "days": found.days.drop_columns(["participant"]).to_pylist(),
        }
    )
