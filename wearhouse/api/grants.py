"""Grants: invite participants, take their consent, revoke it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from wearhouse import grants
from wearhouse.api.deps import TheRegistry, TheWearhouse, needs
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import WearhouseError
from wearhouse.grants import Consents
from wearhouse.runtime import Wearhouse
from wearhouse.study import Grant, Right, State
from wearhouse.sync import Request as SyncRequest
from wearhouse.sync import sync

router = APIRouter(tags=["grants"], responses=RESPONSES)

MANAGE = needs(Right.MANAGE_GRANTS)
Code = Annotated[str, Field(min_length=1, max_length=64)]


class GrantAnswer(BaseModel):
    """What a participant granted to a source."""

    participant: str
    study: str
    source: str
    state: State
    scopes: list[str]
    invited_at: datetime | None
    granted_at: datetime | None
    changed_at: datetime | None
    detail: str


class GrantsAnswer(BaseModel):
    """Grants, and how many participants are in each state."""

    sources: list[str]
    funnel: dict[str, dict[State, int]]
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


@router.get("/grants", dependencies=[needs(Right.READ_INGESTION)])
def get_grants(
    registry: TheRegistry,
    consents: TheConsents,
    study: Annotated[str | None, Query(max_length=64, description="A study's code.")] = None,
) -> GrantsAnswer:
    """Every grant (of a study), and the funnel of each live source."""
    people = registry.participants(study)
    found = registry.grants.all(study)
    sources = sorted({*consents.sources, *(grant.source for grant in found)})
    return GrantsAnswer(
        sources=sorted(consents.sources),
        funnel={source: _funnel(source, found, len(people)) for source in sources},
        grants=[_answer(grant) for grant in found],
    )


@router.post("/grants/invite", dependencies=[MANAGE])
def post_invite(
    asked: Invite, registry: TheRegistry, consents: TheConsents
) -> list[InvitationAnswer]:
    """Links by which participants grant access; links given before are no longer good."""
    people = registry.participants_named(asked.participants, asked.study)
    made = [grants.invite(consents, participant, asked.source) for participant in people]
    return [InvitationAnswer.model_validate(invitation) for invitation in made]


@router.post("/grants/campaign", dependencies=[MANAGE])
def post_campaign(asked: Campaign, consents: TheConsents) -> list[InvitationAnswer]:
    """New links for everybody whose consent has to be asked for again."""
    made = grants.invite_again(consents, asked.states, asked.study, asked.source)
    return [InvitationAnswer.model_validate(invitation) for invitation in made]


@router.post("/grants/revoke", dependencies=[MANAGE])
def post_revoke(asked: Revoke, registry: TheRegistry, consents: TheConsents) -> GrantAnswer:
    """Give a permission back; nothing is fetched from now on."""
    participant = registry.participant_named(asked.participant, asked.study)
    return _answer(grants.revoke(consents, participant, asked.source))


@router.get("/grants/join", response_class=RedirectResponse, status_code=303)
def get_join(
    invitation: Annotated[str, Query(max_length=500)], consents: TheConsents
) -> RedirectResponse:
    """Where an invitation leads: to the vendor, for consent."""
    return RedirectResponse(grants.consent_address(consents, invitation), 303)


@router.get("/grants/callback", response_class=HTMLResponse)
def get_callback(
    wearhouse: TheWearhouse,
    consents: TheConsents,
    later: BackgroundTasks,
    state: Annotated[str, Query(max_length=500)],
    code: Annotated[str, Query(max_length=2_000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Where the vendor sends the participant back to; the first data are fetched at once."""
    try:
        if error or not code:
            grants.decline(consents, state, error or "no code came back")
            return _page("Nothing was shared", "You can open the invitation again at any time.")
        grant = grants.accept(consents, state, code)
    except WearhouseError as refusal:
        return _page("That did not work", str(refusal), refusal.status)
    later.add_task(_first_data, wearhouse, grant)
    if grant.state == State.PARTIAL:
        return _page(
            "Connected in part",
            f"{grant.detail} To share these too, ask the study team for a new link.",
        )
    return _page("Connected", "Thank you. You can close this page.")


def _first_data(wearhouse: Wearhouse, grant: Grant) -> None:
    sync(wearhouse.intake, SyncRequest([grant.participant], grant.source, cause="consent"))


def _answer(grant: Grant) -> GrantAnswer:
    return GrantAnswer(
        participant=grant.participant.code,
        study=grant.participant.study,
        source=grant.source,
        state=grant.state,
        scopes=sorted(grant.scopes),
        invited_at=grant.invited_at,
        granted_at=grant.granted_at,
        changed_at=grant.changed_at,
        detail=grant.detail,
    )


def _funnel(source: str, found: list[Grant], participants: int) -> dict[State, int]:
    states = Counter(grant.state for grant in found if grant.source == source)
    states[State.NONE] += participants - states.total()
    return {state: states[state] for state in State}


def _page(title: str, text: str, status: int = 200) -> HTMLResponse:
    """A page for a participant, who knows nothing of this software."""
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<body style="font: 1.1rem/1.5 system-ui; max-width: 32rem; margin: 4rem auto; '
        f'padding: 0 1rem"><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>'
    )
    return HTMLResponse(body, status)
