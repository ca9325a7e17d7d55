"""Live sources: what a vendor's cloud offers, how to be let in, and how to fetch and parse.

A live source joins by the entry points "wearhouse.live_sources". It knows nothing of stores or
registries: sync hands it a token and a window and archives, parses and writes what it yields.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import httpx2 as httpx

from wearhouse.samples import Parsed
from wearhouse.window import Window


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics that are fetched together. `reread` is how far back each run reads again, because
    the vendor restates what it said; `scope` is the permission it takes."""

    name: str
    metrics: tuple[str, ...]
    reread: timedelta
    scope: str


@dataclass(frozen=True, slots=True)
class Token:
    """A participant's permission at the vendor. Never logged: its secrets are not in its repr."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    subject: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes as received, with what is needed to parse them again later."""

    source: str
    family: str
    window: Window
    content: bytes = field(repr=False)
    media: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """What a device says of itself. `device` is the vendor's stable id, never a MAC address."""

    device: str
    kind: str
    model: str
    firmware: str | None
    battery_percent: float | None
    battery_level: str | None
    synced_at: datetime | None
    reported_at: datetime


class LiveSource(Protocol):
    """One vendor's cloud."""

    @property
    def name(self) -> str: ...

    def families(self) -> Sequence[Family]:
        """What it offers."""

    def consent_address(self, state: str, challenge: str, return_to: str) -> str:
        """Where a participant goes to grant access (OAuth 2.0 with PKCE, S256)."""

    def exchange(self, client: httpx.Client, code: str, verifier: str, return_to: str) -> Token:
        """The token for an authorisation code. The granted scopes may be fewer than asked."""

    def refresh(self, client: httpx.Client, token: Token) -> Token:
        """A fresh token; NotSignedIn if the grant was revoked or has expired for good."""

    def revoke(self, client: httpx.Client, token: Token) -> None:
        """Give the permission back."""

    def fetch(
        self, client: httpx.Client, token: Token, family: Family, window: Window
    ) -> Iterator[Payload]:
        """Everything the vendor says now about a family in a window, page by page.

        Raises SourceUnavailable if the same call may work later, NotSignedIn if the token is no
        longer good, NotAllowed if the scope was not granted.
        """

    def parse(self, payload: Payload) -> Iterator[Parsed]:
        """What a payload holds; bad records are rejects, unknown fields are passed over."""

    def timezone(self, client: httpx.Client, token: Token) -> str | None:
        """The participant's home clock as the vendor knows it."""

    def devices(self, client: httpx.Client, token: Token) -> list[DeviceReport]:
        """The participant's devices as they report now."""
