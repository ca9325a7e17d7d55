"""Live sources: what a vendor's cloud offers, how to be let in, and how to fetch and parse.

A live source joins by the entry points "wearhouse.live_sources"; an entry is called with the
`Registration` of this installation. A source knows nothing of stores or registries: sync hands
it a token and a window, and archives, parses and writes what it yields. The client comes from
`wearhouse.sources.http.open_client`; retries and rate limits are the source's own business, so
whoever calls it must not retry on top, only come back later.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

import httpx2 as httpx

from wearhouse.errors import Conflict
from wearhouse.samples import Parsed
from wearhouse.window import Window


@dataclass(frozen=True, slots=True)
class Registration:
    """How a vendor knows this installation: the OAuth client that the study registered there.
    `address` is asked in place of the vendor's own servers where it is given. Without a client
    a source can parse what was archived, but cannot be granted anything. `verified` says that the
    vendor has reviewed the client, which lifts the limits for clients it has not. `counted_in` is
    the folder in which questions are counted, see `wearhouse.sources.quota`."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    address: str = ""
    verified: bool = False
    counted_in: Path | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics that are fetched together. `reread` is how far back each run reads again, because
    the vendor restates what it said; `scope` is the permission it takes. `around` is what is asked
    for on either side of the civil days wanted: whoever travels has days that begin and end at
    other times than at home. None is needed where the source is asked by each sample's own clock.
    """

    name: str
    metrics: tuple[str, ...]
    reread: timedelta
    scope: str
    around: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Token:
    """A participant's permission at the vendor. Never logged: its secrets are not in its repr.
    `scopes` are those granted, written as in `Family.scope`; `subject` is the vendor's name for
    the person, as notices of new data give it."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    subject: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes as received, with what is needed to parse them again later. `part` says which of a
    family's answers it is: keep it beside the content, `parse` asks for it. `opened` is for a
    source that reads the content as it fetches it: what `parse` then need not read again.
    """

    source: str
    family: str
    window: Window
    content: bytes = field(repr=False)
    media: str
    fetched_at: datetime
    part: str = ""
    opened: object = field(default=None, repr=False, compare=False)


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
        """A fresh token, in place of the old one; NotSignedIn if the grant was revoked or has
        expired for good, which no later call mends: the participant must consent again."""

    def revoke(self, client: httpx.Client, token: Token) -> None:
        """Give the permission back."""

    def fetch(
        self, client: httpx.Client, token: Token, family: Family, window: Window
    ) -> Iterator[Payload]:
        """Everything the vendor says now about a family in a window, page by page.

        The edges of the window carry the participant's own time zone (not UTC) and stand at
        midnights of that clock wherever whole days are wanted: a source whose vendor is asked by
        civil time reads it off them. Where two payloads state the same instant, the one yielded
        later is right. The days of the window are stated in full only if the iterator ends
        without an error.

        Raises SourceUnavailable if the same call may work later, NotSignedIn if the token is no
        longer good (refresh it once and fetch again), NotAllowed if the scope was not granted or
        the participant has to do something at the vendor, Invalid if the vendor does not
        understand the question, which is a fault of the source.
        """

    def parse(self, payload: Payload) -> Iterator[Parsed]:
        """What a payload holds; bad records are rejects, unknown fields are passed over.
        Needs no client and no token. Persons are empty: whose it is, the caller knows."""

    def timezone(self, client: httpx.Client, token: Token) -> str | None:
        """The participant's home clock as the vendor knows it; None if it does not say, or was
        not granted."""

    def devices(self, client: httpx.Client, token: Token) -> list[DeviceReport]:
        """The participant's devices as they report now; none if that was not granted."""


def title_of(source: LiveSource) -> str:
    """How people know the vendor: what a source says of itself as `title`, which it may leave
    out; else its name."""
    title: str = getattr(source, "title", source.name)
    return title


def limit_of(source: LiveSource) -> int | None:
    """How many accounts may grant a source access: what it says of itself as `seats`, which it
    may leave out; None if the vendor sets no limit."""
    seats: int | None = getattr(source, "seats", None)
    return seats


def installed(registrations: Mapping[str, Registration]) -> dict[str, LiveSource]:
    """Every live source by name, those of installed plugins included."""
    sources: dict[str, LiveSource] = {}
    for entry in entry_points(group="wearhouse.live_sources"):
        if entry.name in sources:
            raise Conflict(f"Two installed packages offer a live source called {entry.name!r}.")
        registration = registrations.get(entry.name, Registration())
        sources[entry.name] = entry.load()(registration)
    return sources
