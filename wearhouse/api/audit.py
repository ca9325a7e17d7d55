"""The audit trail: who did or read what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from wearhouse.api.deps import TheActing, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.study import Right
from wearhouse.team import audit

router = APIRouter(tags=["audit"], responses=RESPONSES, dependencies=[needs(Right.READ_AUDIT)])

Word = Annotated[str | None, Query(max_length=200)]


class EntryAnswer(BaseModel):
    """One act. `previous` and `digest` chain it to the entry before."""

    number: int
    at: datetime
    actor: str
    role: str
    via: str
    act: str
    study: str | None
    participant: str | None
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    previous: str
    digest: str


class AuditAnswer(BaseModel):
    """Entries, the newest first."""

    entries: list[EntryAnswer]
    next_cursor: str | None


class VerdictAnswer(BaseModel):
    """How many entries hold together, and what is wrong with the one after, if anything is."""

    model_config = ConfigDict(from_attributes=True)

    sound: bool
    entries: int
    digest: str
    problem: str


@router.get("/audit")
def get_audit(
    acting: TheActing,
    actor: Word = None,
    act: Annotated[
        str | None, Query(max_length=64, description="An act, or a kind: contact.")
    ] = None,
    participant: Word = None,
    study: Word = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,9}$")] = None,
) -> AuditAnswer:
    """Who did or read what, before and after, and why."""
    before = int(cursor) if cursor else None
    wanted = {"actor": actor, "act": act, "participant": participant, "study": study}
    found = audit.entries(acting, limit, before=before, **wanted)
    more = str(found[-1]["number"]) if len(found) == limit else None
    return AuditAnswer(entries=[EntryAnswer(**entry) for entry in found], next_cursor=more)


@router.get("/audit/verdict")
def get_verdict(acting: TheActing) -> VerdictAnswer:
    """Whether the trail is as it was written."""
    return VerdictAnswer.model_validate(audit.verdict(acting))
