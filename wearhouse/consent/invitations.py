"""Invitations: links by which participants come to the vendor's consent."""

import base64
import hashlib
import hmac
import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import httpx2 as httpx
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from wearhouse.errors import Conflict, Invalid, NotFound
from wearhouse.registry import Registry
from wearhouse.registry.grants import digest
from wearhouse.secrets import Secrets
from wearhouse.sources.live import LiveSource
from wearhouse.study import Grant, Participant, State
from wearhouse.team import audit
from wearhouse.team.acting import Acting

INVITATION_LASTS = timedelta(days=30)

JOIN, CALLBACK = "/api/v1/grants/join", "/api/v1/grants/callback"


@dataclass(frozen=True)
class Consents:
    """What grants are made with. `address` is where a participant's browser finds this server,
    `acting` whoever of the study team is at it."""

    registry: Registry
    secrets: Secrets
    sources: Mapping[str, LiveSource]
    client: httpx.Client
    address: str
    acting: Acting | None = None

    def source(self, name: str) -> LiveSource:
        """The live source of that name; NotFound if none is installed."""
        try:
            return self.sources[name]
        except KeyError:
            known = ", ".join(sorted(self.sources)) or "none"
            raise NotFound(
                f"No live source is called {name!r}. Installed: {known}.", "source"
            ) from None

    def can_ask(self, name: str) -> bool:
        """Whether that source has a client with which consent can be asked for."""
        try:
            self.source(name).consent_address("", "", self.address + CALLBACK)
        except Invalid:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which one participant grants access to one source."""

    participant: str
    source: str
    link: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """The grant that an invitation was made for; `open` if the link still leads to consent."""

    grant: Grant
    open: bool


def invite(consents: Consents, participant: Participant, source: str) -> Invitation:
    """A new invitation; one given before is no longer good."""
    return invite_all(consents, [participant], source)[0]


def invite_anywhere(consents: Consents, participant: Participant) -> Invitation:
    """An invitation to the source that they were invited to last, or else to the first that is set
    up; Invalid if none is."""
    known = [one for one in consents.registry.grants.all() if one.participant.id == participant.id]
    known.sort(key=lambda grant: grant.invited_at.timestamp() if grant.invited_at else 0.0)
    names = [grant.source for grant in reversed(known)] or list(consents.sources)
    for name in names:
        try:
            return invite(consents, participant, name)
        except Invalid:
            continue
    raise Invalid("No live source is set up, so nobody can be invited.", "source")


def invite_all(
    consents: Consents, participants: Sequence[Participant], source: str
) -> list[Invitation]:
    """An invitation for each, or none at all: Conflict names those who have withdrawn, Invalid
    says that the source has no client that could ask for consent."""
    consents.source(source).consent_address("", "", consents.address + CALLBACK)
    today = datetime.now(UTC).date()
    gone = [one.code for one in participants if _withdrawn(one, today)]
    if gone:
        has = "has" if len(gone) == 1 else "have"
        raise Conflict(f"{', '.join(gone)} {has} withdrawn and cannot be invited.", "participant")
    signer = _signer(consents)
    words = [str(signer.dumps([one.id, source, random.token_urlsafe(12)])) for one in participants]
    with consents.registry.together():
        consents.registry.grants.invite(source, list(zip(participants, words, strict=True)))
        for one in participants:
            audit.witness(consents.acting, "grant.invite", one, source)
    expires_at = datetime.now(UTC) + INVITATION_LASTS
    return [
        Invitation(one.code, source, join_address(consents, word), expires_at)
        for one, word in zip(participants, words, strict=True)
    ]


def invite_again(
    consents: Consents, states: Sequence[State], study: str | None, source: str | None
) -> list[Invitation]:
    """Invitations for everybody whose grant is in one of these states: a campaign for consent."""
    today = datetime.now(UTC).date()
    asked: dict[str, list[Participant]] = {}
    for grant in consents.registry.grants.all(study, source):
        if grant.state in states and not _withdrawn(grant.participant, today):
            asked.setdefault(grant.source, []).append(grant.participant)
    return [one for name, people in asked.items() for one in invite_all(consents, people, name)]


def join_address(consents: Consents, word: str) -> str:
    """The link of an invitation, as it is given to the participant."""
    return f"{consents.address}{JOIN}?invitation={quote(word)}"


def consent_address(consents: Consents, invitation: str) -> str:
    """Where the participant with this invitation goes to consent."""
    grant = invited(consents, invitation)
    hashed = hashlib.sha256(verifier(consents, invitation).encode()).digest()
    challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    source = consents.source(grant.source)
    return source.consent_address(invitation, challenge, consents.address + CALLBACK)


def shown(consents: Consents, invitation: str) -> Known:
    """Whose invitation this is; that it was looked at is noted if it is open. Invalid if it is
    over or none."""
    known = known_by(consents, invitation)
    if known.open:
        consents.registry.grants.opened(known.grant.participant, known.grant.source)
    return known


def known_by(consents: Consents, invitation: str) -> Known:
    """Whose invitation this is, even if it was used or a newer one was made; Invalid if it is
    over or none."""
    try:
        number, source, _ = _signer(consents).loads(
            invitation, max_age=int(INVITATION_LASTS.total_seconds())
        )
    except SignatureExpired:
        raise Invalid("This invitation is over; ask for a new one.", "invitation") from None
    except (BadData, ValueError, TypeError):
        raise Invalid("This is not an invitation.", "invitation") from None
    for grant in consents.registry.grants.all(source=source):
        if grant.participant.id == number:
            gone = _withdrawn(grant.participant, datetime.now(UTC).date())
            return Known(grant, not gone and grant.invitation == digest(invitation))
    raise Invalid("This invitation was taken back; ask for a new one.", "invitation")


def invited(consents: Consents, invitation: str) -> Grant:
    """The grant that an invitation is for; Invalid if it is not one that is open."""
    known = known_by(consents, invitation)
    if not known.open:
        raise Invalid("This invitation was used already; ask for a new one.", "invitation")
    return known.grant


def verifier(consents: Consents, invitation: str) -> str:
    """The PKCE verifier of an invitation: nobody without the key can know it, and opening the
    link twice does not change it."""
    key = consents.secrets.derived("verifier")[-1]
    made = hmac.new(key, invitation.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _withdrawn(participant: Participant, today: date) -> bool:
    return participant.withdrawn_on is not None and participant.withdrawn_on <= today


def _signer(consents: Consents) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        consents.secrets.derived("invitation"),
        salt="wearhouse.grants",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
