"""Studies and participants."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.deps import TheActing, TheRegistry, TheStore, TheWearhouse, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.desk import standing as desk
from wearhouse.desk.board import board
from wearhouse.desk.gathering import Sources
from wearhouse.enrolling import enrolment, roster
from wearhouse.runtime import Wearhouse
from wearhouse.sleep import nights
from wearhouse.study import Participant, Right, Status
from wearhouse.team.acting import Acting
from wearhouse.wear.action import Action
from wearhouse.wear.reasons import Reason
from wearhouse.window import edge, window_between, zone_named

router = APIRouter(tags=["people"], responses=RESPONSES, dependencies=[needs(Right.READ)])


class StudyAnswer(BaseModel):
    """A study and how many take part."""

    code: str
    title: str
    starts_on: date | None
    ends_on: date | None
    participants: int


class WornMinutes(BaseModel):
    """How many minutes of a civil day hold a heart rate."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    minutes: int


class ParticipantAnswer(BaseModel):
    """A participant and the data that there are."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    study: str
    timezone: str
    enrolled_on: date | None
    withdrawn_on: date | None
    first_sample_at: datetime | None
    last_sample_at: datetime | None
    days_with_data: int
    worn_minutes: list[WornMinutes]
    site: str | None = None
    status: Status = Status.ACTIVE
    starts_on: date | None = None
    ends_on: date | None = None
    arm: str | None = Field(None, description="Left out for those who must not know it.")
    reason: Reason | None = Field(None, description="Of the newest day that is over.")
    next_action: Action = Action.NOTHING
    next_action_sentence: str = ""
    synced_at: datetime | None = None
    battery_percent: float | None = None
    battery_level: str | None = None
    adherence: float | None = Field(None, description="Of the last 28 days.")
    closed_days: int = 0
    pending_days: int = 0
    first_due: date | None = Field(None, description="The first whole day that is due: day 1.")
    study_day: int | None = Field(None, description="1 on the first whole day that is due.")
    study_days: int | None = None


class Extent(BaseModel):
    """What there is of one metric."""

    model_config = ConfigDict(from_attributes=True)

    metric: str
    first: date
    last: date
    days: int
    samples: int


class ParticipantDetail(ParticipantAnswer):
    """A participant with every metric there is of them."""

    metrics: list[Extent]


class StageAnswer(BaseModel):
    """One stretch of one sleep stage."""

    model_config = ConfigDict(from_attributes=True)

    stage: str
    start: datetime
    end: datetime


class NightAnswer(BaseModel):
    """One sleep log."""

    model_config = ConfigDict(from_attributes=True)

    participant: str
    day: date
    start: datetime
    end: datetime
    offset_minutes: int
    main: bool
    kind: str
    minutes_asleep: float
    stages: list[StageAnswer]


class NightsAnswer(BaseModel):
    """Nights by participant and start."""

    nights: list[NightAnswer]


Study = Annotated[str | None, Query(description="A study's code.")]


@router.get("/studies")
def get_studies(registry: TheRegistry) -> list[StudyAnswer]:
    """Every study."""
    people = registry.participants()
    return [
        StudyAnswer(
            code=study.code,
            title=study.title,
            starts_on=study.starts_on,
            ends_on=study.ends_on,
            participants=sum(person.study == study.code for person in people),
        )
        for study in registry.studies()
    ]


@router.get("/participants", response_model_exclude_unset=True)
def get_participants(
    wearhouse: TheWearhouse, acting: TheActing, study: Study = None
) -> list[ParticipantAnswer]:
    """Every participant (of a study) with the data that there are, and what to do next."""
    people = acting.registry.participants(study)
    answers = map(ParticipantAnswer.model_validate, roster.rows(wearhouse.store, people))
    standing = _standings(wearhouse, acting, people, study)
    return [answer.model_copy(update=standing[answer.study, answer.code]) for answer in answers]


@router.get("/participants/{code}", response_model_exclude_unset=True)
def get_participant(
    code: Annotated[str, Path(max_length=64)],
    wearhouse: TheWearhouse,
    acting: TheActing,
    study: Study = None,
) -> ParticipantDetail:
    """One participant."""
    person = acting.registry.participant_named(code, study)
    [row] = roster.rows(wearhouse.store, [person])
    [standing] = _standings(wearhouse, acting, [person]).values()
    return ParticipantDetail.model_validate(row).model_copy(update=standing)


@router.get("/sleep")
def get_sleep(
    registry: TheRegistry,
    store: TheStore,
    participant: Annotated[list[str], Query(min_length=1, max_length=1_000)],
    start: Annotated[str, Query(description="A date or an instant.")],
    end: Annotated[str, Query(description="As start; a date includes that whole day.")],
    study: Study = None,
) -> NightsAnswer:
    """The nights that lie in a window, at least in part."""
    people = registry.participants_named(participant, study)
    edges = edge(start, "start"), edge(end, "end")
    windows = {p.code: window_between(*edges, zone_named(p.timezone)) for p in people}
    first = min(w.start for w in windows.values()).astimezone(UTC).date() - timedelta(days=1)
    last = max(w.end for w in windows.values()).astimezone(UTC).date() + timedelta(days=2)
    return NightsAnswer(
        nights=[
            NightAnswer.model_validate(night)
            for night in nights(store, people, first, last)
            if night.start < windows[night.participant].end
            and night.end > windows[night.participant].start
        ]
    )


def _standings(
    wearhouse: Wearhouse, acting: Acting, people: list[Participant], study: str | None = None
) -> dict[tuple[str, str], dict[str, Any]]:
    """Where participants stand in the study and at the desk, by study and code; with `study` they
    are all of that study within reach."""
    sources = Sources(wearhouse.store, acting.registry, wearhouse.intake.families)
    now = datetime.now(UTC)
    if study is None:
        lines = desk.standings(sources, people, now)
    else:
        found = board(sources, acting.registry.study_named(study), now, wearhouse.desk)
        lines = [desk.line(row.fact, row.action) for row in found.rows]
    told = {(line.study, line.participant): desk.told(line) for line in lines}
    fields = enrolment.standings(acting, people)
    return {place: mine | told.get(place, {}) for place, mine in fields.items()}
