"""OAuth 2.0 as a confidential client with PKCE: consent, exchange, refresh, revoke (RFC 6749,
7636, 7009)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx2 as httpx
import msgspec

from wearhouse.errors import Invalid, NotSignedIn, SourceUnavailable
from wearhouse.sources.http import Vendor
from wearhouse.sources.live import Registration, Token

EARLY = timedelta(seconds=60)
"""A token counts as expired a little early, so that it lasts for the question it is used for."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a vendor lets clients in."""

    consent: str
    token: str
    revoke: str


class Granted(msgspec.Struct, frozen=True):
    """What a token endpoint answers, a refusal included."""

    access_token: str = ""
    refresh_token: str | None = None
    expires_in: float = 0.0
    scope: str | None = None
    error: str = ""


def consent_address(
    door: Door,
    registration: Registration,
    scopes: list[str],
    state: str,
    challenge: str,
    return_to: str,
    **more: str,
) -> str:
    """Where a participant goes to grant access."""
    _check(registration)
    asked = {
        "response_type": "code",
        "client_id": registration.client_id,
        "redirect_uri": return_to,
        "scope": " ".join(scopes),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **more,
    }
    return f"{door.consent}?{urlencode(asked)}"


def exchange(
    vendor: Vendor,
    client: httpx.Client,
    door: Door,
    registration: Registration,
    scopes: list[str],
    code: str,
    verifier: str,
    return_to: str,
) -> Token:
    """The token for an authorisation code; its scopes are those that were ticked, which are all
    that were asked for (`scopes`) where the answer does not list them."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": return_to,
    }
    granted = _asked(vendor, client, door, registration, form, person=code)
    return Token(
        granted.access_token,
        granted.refresh_token,
        _expiry(granted),
        frozenset(scopes if granted.scope is None else granted.scope.split()),
    )


def refresh(
    vendor: Vendor, client: httpx.Client, door: Door, registration: Registration, token: Token
) -> Token:
    """A fresh token; the refresh token stays as it was unless a new one is given."""
    if not token.refresh:
        raise NotSignedIn(f"{vendor.title} gave no lasting permission; consent is needed again.")
    form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
    person = token.subject or token.refresh
    granted = _asked(vendor, client, door, registration, form, person)
    scopes = token.scopes if granted.scope is None else frozenset(granted.scope.split())
    return Token(
        granted.access_token,
        granted.refresh_token or token.refresh,
        _expiry(granted),
        scopes,
        token.subject,
    )


def revoke(
    vendor: Vendor, client: httpx.Client, door: Door, form: Mapping[str, str], token: Token
) -> None:
    """Give the permission back; no error if it was gone already."""
    secret = token.refresh or token.access
    request = client.build_request("POST", door.revoke, data={"token": secret, **form})
    response = vendor.ask(client, request, token.subject or secret)
    if response.status_code not in (200, 204, 400, 401):
        raise SourceUnavailable(f"{vendor.title} answers {response.status_code} to a revocation.")


def client_fields(registration: Registration) -> dict[str, str]:
    """The fields of a form by which a client names itself."""
    return {"client_id": registration.client_id, "client_secret": registration.client_secret}


def _asked(
    vendor: Vendor,
    client: httpx.Client,
    door: Door,
    registration: Registration,
    form: Mapping[str, str],
    person: str,
) -> Granted:
    _check(registration)
    fields = {**client_fields(registration), **form}
    response = vendor.ask(client, client.build_request("POST", door.token, data=fields), person)
    try:
        granted = msgspec.json.decode(response.content, type=Granted)
    except msgspec.DecodeError:
        granted = Granted()
    if granted.error == "invalid_grant":
        raise NotSignedIn(
            f"The permission at {vendor.title} was revoked or has expired; consent is needed again."
        )
    if not response.is_success or not granted.access_token:
        kind = granted.error or f"{response.status_code} {response.reason_phrase}"
        raise Invalid(f"{vendor.title} gives no token to this client: {kind}.")
    return granted


def _expiry(granted: Granted) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=granted.expires_in) - EARLY


def _check(registration: Registration) -> None:
    if not registration.client_id:
        raise Invalid("This source needs an OAuth client of the study's own: set its client_id.")
