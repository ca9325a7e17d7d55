"""Grants: participants are invited, consent at the vendor, and may take it back."""

import base64
import hashlib
import hmac
import secrets as random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

import httpx2 as httpx
import orjson
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from wearhouse.errors import (
    Conflict,
    Invalid,
    NotFound,
    NotSignedIn,
    SourceUnavailable,
    WearhouseError,
)
from wearhouse.registry import Registry
from wearhouse.registry.grants import digest
from wearhouse.secrets import Secrets
from wearhouse.sources.live import LiveSource, Token
from wearhouse.study import OPEN, Grant, Participant, State

T = TypeVar("T")

INVITATION_LASTS = timedelta(days=30)
SOON = timedelta(minutes=5)
"""A token that ends so soon is refreshed before it is used."""

JOIN, CALLBACK = "/api/v1/grants/join", "/api/v1/grants/callback"


@dataclass(frozen=True)
class Consents:
    """What grants are made with. `address` is where a participant's browser finds this server."""

    registry: Registry
    secrets: Secrets
    sources: Mapping[str, LiveSource]
    client: httpx.Client
    address: str

    def source(self, name: str) -> LiveSource:
        """The live source of that name; NotFound if none is installed."""
        try:
            return self.sources[name]
        except KeyError:
            known = ", ".join(sorted(self.sources)) or "none"
            raise NotFound(
                f"No live source is called {name!r}. Installed: {known}.", "source"
            ) from None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which one participant grants access to one source."""

    participant: str
    source: str
    link: str
    expires_at: datetime


def invite(consents: Consents, participant: Participant, source: str) -> Invitation:
    """A new invitation; one given before is no longer good."""
    consents.source(source)
    if participant.withdrawn_on and participant.withdrawn_on <= datetime.now(UTC).date():
        raise Conflict(f"{participant.code} has withdrawn and cannot be invited.", "participant")
    word = _signer(consents).dumps([participant.id, source, random.token_urlsafe(12)])
    assert isinstance(word, str)
    consents.registry.grants.invite(participant, source, word)
    return Invitation(
        participant.code,
        source,
        f"{consents.address}{JOIN}?invitation={quote(word)}",
        datetime.now(UTC) + INVITATION_LASTS,
    )


def invite_again(
    consents: Consents, states: Sequence[State], study: str | None, source: str | None
) -> list[Invitation]:
    """Invitations for everybody whose grant is in one of these states: a campaign for consent."""
    today = datetime.now(UTC).date()
    return [
        invite(consents, grant.participant, grant.source)
        for grant in consents.registry.grants.all(study, source)
        if grant.state in states
        and not (grant.participant.withdrawn_on and grant.participant.withdrawn_on <= today)
    ]


def consent_address(consents: Consents, invitation: str) -> str:
    """Where the participant with this invitation goes to consent."""
    grant = _invited(consents, invitation)
    hashed = hashlib.sha256(_verifier(consents, invitation).encode()).digest()
    challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    source = consents.source(grant.source)
    return source.consent_address(invitation, challenge, consents.address + CALLBACK)


def accept(consents: Consents, state: str, code: str) -> Grant:
    """The grant that a consent at the vendor made: active, or partial if less was granted than
    the source asks for."""
    grant = _invited(consents, state)
    source = consents.source(grant.source)
    verifier = _verifier(consents, state)
    token = source.exchange(consents.client, code, verifier, consents.address + CALLBACK)
    if token.subject:
        _refuse_another(consents, grant, token.subject)
    _keep(consents, grant, token, granted=True)
    return consents.registry.grants.of(grant.participant, grant.source)


def decline(consents: Consents, state: str, reason: str) -> None:
    """Note that the participant came back without having consented. They may try again."""
    grant = _invited(consents, state)
    words = f"Consent was not given ({reason[:100]})."
    consents.registry.grants.note(grant.participant, grant.source, grant.state, words)


def revoke(consents: Consents, participant: Participant, source: str) -> Grant:
    """Give a permission back. Nothing is fetched from now on, even if the vendor cannot be told
    just now; then the token is kept, and the same call tells the vendor later."""
    grant = consents.registry.grants.of(participant, source)
    if grant.state == State.NONE:
        raise NotFound(f"{participant.code} has granted nothing to {source}.", "participant")
    told, words = True, ""
    try:
        if grant.token:
            consents.source(source).revoke(consents.client, opened(consents, grant))
    except SourceUnavailable as error:
        told, words = False, f"The vendor does not know it yet: {error}"
    except WearhouseError as error:
        words = str(error)
    if told:
        consents.registry.grants.end(participant, source, State.REVOKED, words)
    else:
        consents.registry.grants.note(participant, source, State.REVOKED, words)
    return consents.registry.grants.of(participant, source)


def current(consents: Consents, grant: Grant) -> Token:
    """The grant's token, refreshed if it ends soon; NotSignedIn if there is none that works."""
    token = opened(consents, grant)
    if token.expires_at > datetime.now(UTC) + SOON:
        return token
    return refreshed(consents, grant, token)


def asked(consents: Consents, grant: Grant, question: Callable[[Token], T]) -> tuple[Token, T]:
    """What a source answers, asked again with a fresh token if the first is no longer good;
    the token that was."""
    token = current(consents, grant)
    try:
        return token, question(token)
    except NotSignedIn:
        token = refreshed(consents, grant, token)
        return token, question(token)


def refreshed(consents: Consents, grant: Grant, token: Token) -> Token:
    """A fresh token in place of one; if the vendor refuses for good the grant has expired."""
    try:
        fresh = consents.source(grant.source).refresh(consents.client, token)
    except NotSignedIn as error:
        registry = consents.registry
        registry.grants.end(grant.participant, grant.source, State.EXPIRED, str(error))
        raise
    _keep(consents, grant, fresh)
    return fresh


def opened(consents: Consents, grant: Grant) -> Token:
    """The grant's token as it is kept; NotSignedIn if there is none."""
    if grant.token is None:
        raise NotSignedIn(f"{grant.participant.code} grants {grant.source} nothing just now.")
    kept = orjson.loads(consents.secrets.decrypt(grant.token))
    return Token(
        kept["access"],
        kept["refresh"],
        datetime.fromisoformat(kept["expires_at"]),
        frozenset(kept["scopes"]),
        kept["subject"],
    )


def encrypt_again(registry: Registry, secrets: Secrets) -> int:
    """Encrypt every token with the newest key; how many there were."""
    held = [grant for grant in registry.grants.all() if grant.token]
    for grant in held:
        registry.grants.replace_token(grant, secrets.renewed(grant.token or ""))
    return len(held)


def _keep(consents: Consents, grant: Grant, token: Token, granted: bool = False) -> None:
    families = consents.source(grant.source).families()
    refused = sorted({family.name for family in families if family.scope not in token.scopes})
    sealed = consents.secrets.encrypt(
        orjson.dumps(
            {
                "access": token.access,
                "refresh": token.refresh,
                "expires_at": token.expires_at.isoformat(),
                "scopes": sorted(token.scopes),
                "subject": token.subject,
            }
        ).decode()
    )
    consents.registry.grants.keep_token(
        grant.participant,
        grant.source,
        sealed,
        State.PARTIAL if refused else State.ACTIVE,
        token.scopes,
        token.subject,
        f"Not granted: {', '.join(refused)}." if refused else "",
        granted,
    )


def _refuse_another(consents: Consents, grant: Grant, subject: str) -> None:
    """One account stands for one participant of a study, so that nobody's data are doubled."""
    for other in consents.registry.grants.of_subject(grant.source, subject):
        same = other.participant.study == grant.participant.study
        if same and other.participant != grant.participant and other.state in OPEN:
            raise Conflict("This account was connected for another participant of the study.")


def _invited(consents: Consents, invitation: str) -> Grant:
    """The grant that an invitation is for; Invalid if it is not one that is open."""
    try:
        number, source, _ = _signer(consents).loads(
            invitation, max_age=int(INVITATION_LASTS.total_seconds())
        )
    except SignatureExpired:
        raise Invalid("This invitation is over; ask for a new one.", "invitation") from None
    except (BadData, ValueError, TypeError):
        raise Invalid("This is not an invitation.", "invitation") from None
    for grant in consents.registry.grants.all(source=source):
        if grant.participant.id == number and grant.invitation == digest(invitation):
            return grant
    raise Invalid("This invitation was used already; ask for a new one.", "invitation")


def _signer(consents: Consents) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        consents.secrets.derived("invitation"),
        salt="wearhouse.grants",
        signer_kwargs={"digest_method": hashlib.sha256},
    )


def _verifier(consents: Consents, invitation: str) -> str:
    """The PKCE verifier of an invitation: nobody without the key can know it, and opening the
    link twice does not change it."""
    key = consents.secrets.derived("verifier")[-1]
    made = hmac.new(key, invitation.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
