"""What a participant sees: the invitation, the way to the vendor's consent, and what came of it."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from wearhouse.api.deps import TheWearhouse
from wearhouse.api.grants import TheConsents
from wearhouse.api.participant_pages import (
    button,
    day,
    heading,
    listed,
    page,
    points,
    small,
    text,
)
from wearhouse.api.refusals import RESPONSES
from wearhouse.areas import areas
from wearhouse.consent import grants, invitations
from wearhouse.consent.funnel import missing
from wearhouse.consent.invitations import Consents, Known
from wearhouse.errors import Conflict, Invalid, SourceUnavailable, WearhouseError
from wearhouse.runtime import Wearhouse
from wearhouse.sources.live import title_of
from wearhouse.study import OPEN, Grant, State, Study
from wearhouse.sync.fetching import Request as SyncRequest
from wearhouse.sync.fetching import sync

router = APIRouter(tags=["grants"], responses=RESPONSES, default_response_class=HTMLResponse)

HERE = "/api/v1/grants"
PAGES: dict[int | str, dict[str, Any]] = {
    status: {**said, "content": {**said["content"], "text/html": {"schema": {"type": "string"}}}}
    for status, said in RESPONSES.items()
}
"""Participants are refused in words, on a page."""
ASK = "Please ask the study team for a new one."

Word = Annotated[str, Query(max_length=500)]


@router.get("/grants/join")
def get_join(invitation: Word, consents: TheConsents) -> HTMLResponse:
    """What an invitation is about, before the vendor asks for consent."""
    try:
        known = invitations.shown(consents, invitation)
    except Invalid as refusal:
        return _over(refusal)
    return _invitation(consents, known, invitation) if known.open else _used(consents, known)


@router.get("/grants/consent", response_class=RedirectResponse, status_code=303, responses=PAGES)
def get_consent(invitation: Word, consents: TheConsents) -> Response:
    """From the invitation to the vendor, for consent."""
    try:
        return RedirectResponse(invitations.consent_address(consents, invitation), 303)
    except WearhouseError as refusal:
        return _refusal(consents, invitation, refusal)


@router.get("/grants/callback", response_class=RedirectResponse, status_code=303, responses=PAGES)
def get_callback(
    wearhouse: TheWearhouse,
    consents: TheConsents,
    state: Word,
    code: Annotated[str, Query(max_length=2_000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Where the vendor sends the participant back to; the first data are fetched at once."""
    try:
        if error or not code:
            grants.decline(consents, state, error or "no code came back")
            return _declined(consents, state)
        grant = grants.accept(consents, state, code)
    except WearhouseError as refusal:
        return _refusal(consents, state, refusal)
    wearhouse.fetches.begin(_first_data, wearhouse, grant)
    # The page that follows can be loaded again, and keeps the vendor's code out of the history.
    again = ""
    if grant.state == State.PARTIAL:
        new = invitations.invite(consents, grant.participant, grant.source)
        again = "&again=" + new.link.partition("invitation=")[2]
    return RedirectResponse(f"{HERE}/joined?invitation={quote(state)}{again}", 303)


@router.get("/grants/joined")
def get_joined(invitation: Word, consents: TheConsents, again: Word = "") -> HTMLResponse:
    """What the participant shares now."""
    try:
        known = invitations.known_by(consents, invitation)
        if known.grant.state == State.PARTIAL and again:
            return _in_part(consents, known.grant, again)
    except Invalid as refusal:
        return _over(refusal)
    return _used(consents, known)


def _invitation(consents: Consents, known: Known, word: str) -> HTMLResponse:
    grant = known.grant
    study, vendor = _study(consents, grant), _vendor(consents, grant)
    metrics = [m for one in consents.source(grant.source).families() for m in one.metrics]
    return page(
        f"Share your {vendor} data with this study",
        text(
            f"You are invited to let the study read what your device sends to {vendor}. "
            "Please take a moment to read this page."
        ),
        heading("What the study would read"),
        points([area.capitalize() for area in areas(metrics)]),
        heading("What you should know"),
        points(
            [
                *_when(study, grant),
                "The study can only read. It cannot change anything in your account, and it does "
                "not get your password.",
                "It is your choice. You can stop at any time: tell the study team, or remove the "
                f"study from your {vendor} account. From then on nothing more is read.",
                f"This link is for you alone, participant {grant.participant.code}. Please do not "
                "pass it on.",
            ]
        ),
        heading("What comes next"),
        text(
            f"{vendor} asks you to sign in and to choose what you share. What is not ticked there "
            "is not shared. Then you come back here."
        ),
        button(f"Continue to {vendor}", f"{HERE}/consent?invitation={quote(word)}"),
        small("Nothing is shared until you agree there."),
        study=study.title,
    )


def _used(consents: Consents, known: Known) -> HTMLResponse:
    """What somebody sees who opens a link that has done its work, or the page after consent."""
    grant = known.grant
    study, vendor = _study(consents, grant), _vendor(consents, grant)
    if grant.state not in OPEN:
        return page(
            "This invitation is no longer good",
            text(f"It was used, taken back, or a newer one was made. {ASK}"),
            study=study.title,
            status=422,
        )
    if grant.state == State.PARTIAL:
        return _in_part(consents, grant, "")
    return page(
        "You are connected",
        text(f"Thank you. The study can now read what your device sends to {vendor}."),
        heading("What to do now"),
        points(
            [
                "Wear your device as you agreed with the study team.",
                "Open its app every few days, so that it can send its data. What stays on the "
                "device for too long is lost.",
            ]
        ),
        small("You can stop at any time: tell the study team. You may close this page."),
        study=study.title,
    )


def _in_part(consents: Consents, grant: Grant, again: str) -> HTMLResponse:
    study, vendor = _study(consents, grant), _vendor(consents, grant)
    lacking = missing(consents, grant)
    said = f"Not shared: {listed(lacking)}." if lacking else "Some of the data are not shared."
    offer = (
        [
            text("If that was not on purpose, go back and leave everything ticked."),
            button("Share the rest too", f"{HERE}/consent?invitation={quote(again)}"),
            small("If it was, there is nothing to do. You may close this page."),
        ]
        if again and invitations.known_by(consents, again).open
        else [text("To share these too, ask the study team for a new link.")]
    )
    return page(
        "You are connected in part",
        text(f"Thank you. The study can now read some of what your device sends to {vendor}."),
        text(said),
        *offer,
        study=study.title,
    )


def _declined(consents: Consents, word: str) -> HTMLResponse:
    grant = invitations.invited(consents, word)
    return page(
        "Nothing was shared",
        text("You did not agree, so the study reads nothing. That is fine."),
        text("If you change your mind, open the invitation again."),
        button("Open the invitation again", f"{HERE}/join?invitation={quote(word)}"),
        study=_study(consents, grant).title,
    )


def _refusal(consents: Consents, word: str, refusal: WearhouseError) -> HTMLResponse:
    """What went wrong, and the way on where there is one."""
    if refusal.parameter == "invitation":
        try:
            return _used(consents, invitations.known_by(consents, word))
        except Invalid as over:
            return _over(over)
    again = button("Open the invitation again", f"{HERE}/join?invitation={quote(word)}")
    if isinstance(refusal, SourceUnavailable):
        words = f"{refusal} Nothing was shared. Please try again in a few minutes."
        return page("That did not work just now", text(words), again, status=503)
    if isinstance(refusal, Conflict):
        words = f"{refusal} Nothing was shared. Please sign in with your own account."
        return page("This account is taken", text(words), again, status=409)
    words = f"Nothing was shared. Please tell the study team what stands here: {refusal}"
    return page("That did not work", text(words), again, status=refusal.status)


def _over(refusal: Invalid) -> HTMLResponse:
    return page("This invitation is no longer good", text(str(refusal)), text(ASK), status=422)


def _when(study: Study, grant: Grant) -> list[str]:
    first = grant.participant.enrolled_on or study.starts_on
    since = f" from {day(first)} on" if first else ""
    until = f" until {day(study.ends_on)}" if study.ends_on else ""
    return [f"It reads your data{since}{until}."] if since or until else []


def _study(consents: Consents, grant: Grant) -> Study:
    return consents.registry.study_named(grant.participant.study)


def _vendor(consents: Consents, grant: Grant) -> str:
    return title_of(consents.source(grant.source))


def _first_data(wearhouse: Wearhouse, grant: Grant) -> None:
    study = wearhouse.registry.study_named(grant.participant.study)
    sync(
        wearhouse.intake,
        SyncRequest([grant.participant], grant.source, cause="consent", study=study),
    )
