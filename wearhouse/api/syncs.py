"""Syncs: what was fetched, how fresh everybody's data are, and asking for more."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.deps import TheRegistry, TheWearhouse, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.registry import Registry
from wearhouse.study import Participant, Right, State
from wearhouse.sync.fetching import Request, sync
from wearhouse.sync.fetching import begin as begin_sync
from wearhouse.sync.freshness import freshness
from wearhouse.sync.replay import begin as begin_replay
from wearhouse.sync.replay import replay

router = APIRouter(tags=["syncs"], responses=RESPONSES)

READ, LOAD = needs(Right.READ_INGESTION), needs(Right.LOAD)
Code = Annotated[str, Field(min_length=1, max_length=64)]


class SyncAnswer(BaseModel):
    """One run and what came of it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    study: str | None
    cause: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    detail: str
    attempts: int
    failed: int
    samples: int
    episodes: int
    quarantined: int


class AttemptAnswer(BaseModel):
    """One try to bring some civil days of one family up to date."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    participant: str
    source: str
    family: str
    first_on: date
    last_on: date
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    samples: int
    episodes: int
    written: int
    withdrawn: int
    quarantined: int
    detail: str
    code: str


class FreshnessAnswer(BaseModel):
    """How fresh the data of one participant and source are."""

    model_config = ConfigDict(from_attributes=True)

    participant: str
    study: str
    source: str
    state: State
    until_at: datetime | None
    history_from: date | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    problem: str
    code: str
    device_synced_at: datetime | None


class Asked(BaseModel):
    """Whom to bring up to date, everybody without a code."""

    participants: list[Code] = Field([], max_length=1_000)
    study: str | None = Field(None, max_length=64)
    source: str | None = Field(None, max_length=64)
    since: date | None = Field(None, ge=date(1990, 1, 1), le=date(2100, 1, 1))


class Again(BaseModel):
    """Whose archived payloads to parse again, everybody's without a code."""

    participants: list[Code] = Field([], max_length=1_000)
    study: str | None = Field(None, max_length=64)
    source: str | None = Field(None, max_length=64)


class BegunAnswer(BaseModel):
    """The run that has begun, and how many participants it is about."""

    sync: int
    participants: int


StudyCode = Annotated[str | None, Query(max_length=64, description="A study's code.")]


@router.get("/syncs", dependencies=[READ])
def get_syncs(
    registry: TheRegistry,
    study: StudyCode = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> list[SyncAnswer]:
    """The newest runs first (of a study, and those over all studies)."""
    return [SyncAnswer.model_validate(run) for run in registry.runs.all(limit, study)]


@router.get("/syncs/freshness", dependencies=[READ])
def get_freshness(registry: TheRegistry, study: StudyCode = None) -> list[FreshnessAnswer]:
    """How fresh everybody's data are, and what is wrong where they are not."""
    return [FreshnessAnswer.model_validate(line) for line in freshness(registry, study)]


@router.get("/syncs/attempts", dependencies=[READ])
def get_attempts_of(
    registry: TheRegistry,
    participant: Annotated[str, Query(max_length=64, description="A participant's code.")],
    study: StudyCode = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> list[AttemptAnswer]:
    """The attempts at one participant's data, the newest first."""
    person = registry.participant_named(participant, study)
    found = registry.runs.attempts(participant=person, limit=limit)
    return [AttemptAnswer.model_validate(attempt) for attempt in found]


@router.get("/syncs/{number}", dependencies=[READ])
def get_attempts(
    registry: TheRegistry, number: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> list[AttemptAnswer]:
    """The attempts of a run, the newest first."""
    found = registry.runs.attempts(sync=number, limit=10_000)
    return [AttemptAnswer.model_validate(attempt) for attempt in found]


@router.post("/syncs", status_code=202, dependencies=[LOAD])
def post_sync(asked: Asked, wearhouse: TheWearhouse, registry: TheRegistry) -> BegunAnswer:
    """Begin to fetch what is new and what was restated."""
    people = _people(registry, asked.participants, asked.study)
    if asked.source is not None:
        wearhouse.intake.consents.source(asked.source)
    study = registry.study_named(asked.study) if asked.study else None
    request = Request(people, asked.source, asked.since, cause="request", study=study)
    number = begin_sync(wearhouse.intake, request)
    wearhouse.fetches.begin(sync, wearhouse.intake, request, number)
    return BegunAnswer(sync=number, participants=len(people))


@router.post("/syncs/replay", status_code=202, dependencies=[LOAD])
def post_replay(asked: Again, wearhouse: TheWearhouse, registry: TheRegistry) -> BegunAnswer:
    """Begin to parse archived payloads again."""
    people = _people(registry, asked.participants, asked.study)
    if asked.source is not None:
        wearhouse.intake.consents.source(asked.source)
    study = registry.study_named(asked.study) if asked.study else None
    number = begin_replay(wearhouse.intake, study)
    wearhouse.fetches.begin(replay, wearhouse.intake, people, asked.source, number)
    return BegunAnswer(sync=number, participants=len(people))


def _people(registry: Registry, codes: list[str], study: str | None) -> list[Participant]:
    if codes:
        return registry.participants_named(codes, study)
    return registry.participants(study)
