"""Grants: what participants consented to at the vendor, and may take back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import orjson

from wearhouse.consent.invitations import CALLBACK, invited, verifier
from wearhouse.consent.invitations import Consents as Consents
from wearhouse.consent.invitations import Invitation as Invitation
from wearhouse.consent.invitations import consent_address as consent_address
from wearhouse.consent.invitations import invite as invite
from wearhouse.consent.invitations import invite_again as invite_again
from wearhouse.errors import Conflict, NotFound, NotSignedIn, SourceUnavailable, WearhouseError
from wearhouse.registry import Registry
from wearhouse.secrets import Secrets
from wearhouse.sources.live import Token, limit_of
from wearhouse.study import OPEN, Grant, Participant, State
from wearhouse.team import audit

T = TypeVar("T")

SOON = timedelta(minutes=5)
"""A token that ends so soon is refreshed before it is used."""


@dataclass(frozen=True, slots=True)
class Seats:
    """How many accounts ever granted a source access, of how many that may; None is no limit.
    A seat is not given back by revoking."""

    source: str
    used: int
    limit: int | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(self.limit - self.used, 0)


def seats(consents: Consents) -> list[Seats]:
    """The seats of every live source, over all studies: the client at the vendor is one."""
    used = consents.registry.grants.accounts()
    return [
        Seats(name, used.get(name, 0), limit_of(source))
        for name, source in sorted(consents.sources.items())
    ]


def accept(consents: Consents, state: str, code: str) -> Grant:
    """The grant that a consent at the vendor made: active, or partial if less was granted than
    the source asks for."""
    grant = invited(consents, state)
    source = consents.source(grant.source)
    token = source.exchange(
        consents.client, code, verifier(consents, state), consents.address + CALLBACK
    )
    if token.subject:
        _refuse_another(consents, grant, token.subject)
    with consents.registry.together():
        _keep(consents, grant, token, granted=True)
        person = grant.participant
        audit.note(
            consents.registry, "grant.accept", actor=person.code, role="participant",
            via="invitation", study=person.study, participant=person.code, subject=grant.source,
        )  # fmt: skip
    return consents.registry.grants.of(grant.participant, grant.source)


def decline(consents: Consents, state: str, reason: str) -> None:
    """Note that the participant came back without having consented. They may try again."""
    grant = invited(consents, state)
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
    audit.witness(consents.acting, "grant.revoke", participant, source)
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
