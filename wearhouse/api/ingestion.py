"""What was loaded, and what was refused."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from wearhouse.api.deps import TheRegistry, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.study import Right

router = APIRouter(
    tags=["ingestion"], responses=RESPONSES, dependencies=[needs(Right.READ_INGESTION)]
)


class LoadAnswer(BaseModel):
    """One import of files."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    path: str
    format: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    samples: int
    episodes: int
    quarantined: int
    detail: str


class QuarantinedAnswer(BaseModel):
    """One refused record; `participant`, `study` and `source` if a sync brought it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    file: str
    position: int
    person: str
    reason: str
    record: str
    at: datetime
    participant: str | None
    study: str | None
    source: str | None


class QuarantineAnswer(BaseModel):
    """Refused records, the newest first."""

    records: list[QuarantinedAnswer]
    next_cursor: str | None


@router.get("/imports")
def get_imports(registry: TheRegistry) -> list[LoadAnswer]:
    """The newest imports first."""
    return [LoadAnswer.model_validate(load) for load in registry.loads()]


@router.get("/quarantine")
def get_quarantine(
    registry: TheRegistry,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,15}$")] = None,
    participant: Annotated[
        str | None, Query(max_length=64, description="Only what syncs brought of them.")
    ] = None,
    study: Annotated[str | None, Query(max_length=64, description="A study's code.")] = None,
) -> QuarantineAnswer:
    """Records that were refused, with file, position and reason."""
    person = registry.participant_named(participant, study) if participant else None
    found = registry.quarantined(limit, int(cursor) if cursor else None, person)
    more = str(found[-1].id) if len(found) == limit else None
    return QuarantineAnswer(
        records=[QuarantinedAnswer.model_validate(record) for record in found], next_cursor=more
    )
