"""Grants: invite participants, see where they stand, revoke."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.deps import TheActing, TheRegistry, TheWearhouse, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.consent import grants
from wearhouse.consent.funnel import Standing, Step, funnel, has_data, ready, standing, standings
from wearhouse.consent.invitations import Consents, invite_again, invite_all
from wearhouse.sources.live import title_of
from wearhouse.study import Right, State

router = APIRouter(tags=["grants"], responses=RESPONSES)

MANAGE = needs(Right.MANAGE_GRANTS)
Code = Annotated[str, Field(min_length=1, max_length=64)]


class GrantAnswer(BaseModel):
    """What a participant granted to a source. `step` is where they stand on the way to first data,
    `since_at` when they came there, `missing` what a partial grant lacks, in words."""

    participant: str
    study: str
    source: str
    state: State
    step: Step
    since_at: datetime | None
    scopes: list[str]
    missing: list[str]
    has_data: bool
    invited_at: datetime | None
    opened_at: datetime | None
    link_expires_at: datetime | None
    granted_at: datetime | None
    changed_at: datetime | None
    detail: str


class SeatsAnswer(BaseModel):
    """How many accounts ever granted a source access, in all studies together, of how many that
    may: `limit` and `left` are null where the vendor sets no limit. Revoking gives no seat back."""

    model_config = ConfigDict(from_attributes=True)

    source: str
    used: int
    limit: int | None
    left: int | None


class GrantsAnswer(BaseModel):
    """Where everybody stands with each live source, how many on each step, and its seats.
    Participants can be invited to the sources in `ready`, whose clients are set."""

    sources: list[str]
    ready: list[str]
    titles: dict[str, str]
    funnel: dict[str, dict[Step, int]]
    seats: list[SeatsAnswer]
    grants: list[GrantAnswer]


class Invite(BaseModel):
    """Whom to invite to a source. Codes may be given many at once."""

    source: str = Field(max_length=64)
    participants: list[Code] = Field(min_length=1, max_length=1_000)
    study: str | None = Field(None, max_length=64)


class Campaign(BaseModel):
    """Whose consent to ask for again: those whose grants are in these states."""

    source: str | None = Field(None, max_length=64)
    study: str | None = Field(None, max_length=64)
    states: list[State] = [State.EXPIRED, State.PARTIAL]


class Revoke(BaseModel):
    """Whose permission for a source to give back."""

    source: str = Field(max_length=64)
    participant: Code
    study: str | None = Field(None, max_length=64)


class InvitationAnswer(BaseModel):
    """A link for one participant. Whoever has it can connect an account to that code."""

    model_config = ConfigDict(from_attributes=True)

    participant: str
    source: str
    link: str
    expires_at: datetime


def the_consents(wearhouse: TheWearhouse, request: Request) -> Consents:
    """What grants are made with, at the address that the browser sees."""
    consents = wearhouse.intake.consents
    if wearhouse.settings.address:
        return consents
    return replace(consents, address=str(request.base_url).rstrip("/"))


TheConsents = Annotated[Consents, Depends(the_consents)]


def their_consents(consents: TheConsents, acting: TheActing) -> Consents:
    """The same, for the participants whom whoever is asking reaches."""
    return replace(consents, registry=acting.registry, acting=acting)


TheirConsents = Annotated[Consents, Depends(their_consents)]


@router.get("/grants", dependencies=[needs(Right.READ_INGESTION)])
def get_grants(
    registry: TheRegistry,
    consents: TheirConsents,
    study: Annotated[str | None, Query(max_length=64, description="A study's code.")] = None,
) -> GrantsAnswer:
    """Where everybody (of a study) stands, those not invited yet included."""
    if study is not None:
        registry.study_named(study)
    found = standings(consents, study)
    sources = sorted({*consents.sources, *(one.grant.source for one in found)})
    return GrantsAnswer(
        sources=sorted(consents.sources),
        ready=ready(consents),
        titles={name: title_of(source) for name, source in consents.sources.items()},
        funnel={source: funnel(found, source) for source in sources},
        seats=[SeatsAnswer.model_validate(one) for one in grants.seats(consents)],
        grants=[_answer(one) for one in found],
    )


@router.post("/grants/invite", dependencies=[MANAGE])
def post_invite(
    asked: Invite, registry: TheRegistry, consents: TheirConsents
) -> list[InvitationAnswer]:
    """Links by which participants grant access, for all of them or for none; links given before
    are no longer good."""
    people = registry.participants_named(asked.participants, asked.study)
    made = invite_all(consents, people, asked.source)
    return [InvitationAnswer.model_validate(invitation) for invitation in made]


@router.post("/grants/campaign", dependencies=[MANAGE])
def post_campaign(asked: Campaign, consents: TheirConsents) -> list[InvitationAnswer]:
    """New links for everybody whose consent has to be asked for again."""
    made = invite_again(consents, asked.states, asked.study, asked.source)
    return [InvitationAnswer.model_validate(invitation) for invitation in made]


@router.post("/grants/revoke", dependencies=[MANAGE])
def post_revoke(asked: Revoke, registry: TheRegistry, consents: TheirConsents) -> GrantAnswer:
    """Give a permission back; nothing is fetched from now on."""
    participant = registry.participant_named(asked.participant, asked.study)
    grant = grants.revoke(consents, participant, asked.source)
    return _answer(standing(consents, grant, has_data(registry, grant)))


def _answer(standing: Standing) -> GrantAnswer:
    grant = standing.grant
    return GrantAnswer(
        participant=grant.participant.code,
        study=grant.participant.study,
        source=grant.source,
        state=grant.state,
        step=standing.step,
        since_at=standing.since_at,
        scopes=sorted(grant.scopes),
        missing=list(standing.missing),
        has_data=standing.has_data,
        invited_at=grant.invited_at,
        opened_at=grant.opened_at,
        link_expires_at=standing.link_expires_at,
        granted_at=grant.granted_at,
        changed_at=grant.changed_at,
        detail=grant.detail,
    )
