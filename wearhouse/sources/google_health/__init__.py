"""The Google Health API, version 4: what Fitbit trackers and Pixel Watches record."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx2 as httpx
import msgspec
from pyrate_limiter import Duration, Rate

from wearhouse.errors import NotAllowed, SourceUnavailable
from wearhouse.samples import Parsed
from wearhouse.sources import oauth
from wearhouse.sources.google_health import questions
from wearhouse.sources.google_health.catalogue import (
    FAMILIES,
    SETTINGS,
    Part,
    part_named,
    parts_of,
)
from wearhouse.sources.google_health.days import read_days
from wearhouse.sources.google_health.devices import Devices, Identity, Settings, report
from wearhouse.sources.google_health.page import Next, opened
from wearhouse.sources.google_health.points import read_points, wanted
from wearhouse.sources.google_health.questions import Question
from wearhouse.sources.google_health.refusals import TITLE, refuse
from wearhouse.sources.google_health.sessions import read_sessions
from wearhouse.sources.http import Patience, Quota, Vendor
from wearhouse.sources.live import DeviceReport, Family, Payload, Registration, Token
from wearhouse.window import Window

T = TypeVar("T")

API = "https://health.googleapis.com"
DOOR = oauth.Door(
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token",
    "https://oauth2.googleapis.com/revoke",
)

ASKED = sorted({family.scope for family in FAMILIES} | {SETTINGS})
"""Every permission that is asked for."""

SEATS = 100
"""How many people may grant access to a client that Google has not verified."""

# A little under what Google allows a client that it has not verified (150 a person, 15,000 in all).
PER_PERSON = Rate(140, Duration.MINUTE)
IN_ALL = Rate(14_000, Duration.MINUTE)

READERS = {
    "daily": read_days,
    "night": read_sessions,
    "workout": read_sessions,
}


Opener = Callable[[bytes], Any]
_next: Opener = msgspec.json.Decoder(Next).decode


def _opener(part: Part) -> Opener:
    """Reads a page while it is checked to be whole: its points, where they are read as columns."""
    return _next if part.kind in READERS else lambda content: opened(content, wanted(part))


class GoogleHealth:
    """Fetches and parses what participants let the study read."""

    name = "google-health"
    title = TITLE

    def __init__(
        self,
        registration: Registration,
        quota: Quota | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._registration = registration
        quota = quota or Quota(PER_PERSON, IN_ALL, registration.counted_in)
        self._vendor = Vendor(TITLE, quota, patience or Patience())
        elsewhere = registration.address.rstrip("/")
        self._api = elsewhere or API
        self._door = (
            oauth.Door(*(f"{elsewhere}/{path}" for path in ("o/oauth2/v2/auth", "token", "revoke")))
            if elsewhere
            else DOOR
        )

    @property
    def seats(self) -> int | None:
        return None if self._registration.verified else SEATS

    def families(self) -> Sequence[Family]:
        return FAMILIES

    def consent_address(self, state: str, challenge: str, return_to: str) -> str:
        # The prompt makes Google give a lasting permission even to whoever consented before.
        return oauth.consent_address(
            self._door, self._registration, ASKED, state, challenge, return_to,
            access_type="offline", prompt="consent",
        )  # fmt: skip

    def exchange(self, client: httpx.Client, code: str, verifier: str, return_to: str) -> Token:
        token = oauth.exchange(
            self._vendor, client, self._door, self._registration, ASKED, code, verifier, return_to
        )
        try:
            subject = self._one(client, token, questions.identity(), Identity).health_user_id
        except NotAllowed:
            subject = ""
        return replace(token, subject=subject)

    def refresh(self, client: httpx.Client, token: Token) -> Token:
        return oauth.refresh(self._vendor, client, self._door, self._registration, token)

    def revoke(self, client: httpx.Client, token: Token) -> None:
        oauth.revoke(self._vendor, client, self._door, {}, token)

    def fetch(
        self, client: httpx.Client, token: Token, family: Family, window: Window
    ) -> Iterator[Payload]:
        for part in parts_of(family.name):
            for stretch in questions.stretches(part, window):
                question = questions.points(part, stretch)
                for content, page in self._pages(client, token, question, _opener(part)):
                    yield self._payload(part, stretch, content, page)

    def parse(self, payload: Payload) -> Iterator[Parsed]:
        part = part_named(payload.part)
        if part.kind in READERS:
            yield READERS[part.kind](part, payload.content)
        else:
            yield read_points(part, payload.content, payload.opened)

    def timezone(self, client: httpx.Client, token: Token) -> str | None:
        if SETTINGS not in token.scopes:
            return None
        return self._one(client, token, questions.settings(), Settings).time_zone or None

    def devices(self, client: httpx.Client, token: Token) -> list[DeviceReport]:
        if SETTINGS not in token.scopes:
            return []
        now = datetime.now(UTC)
        pages = self._pages(client, token, questions.devices())
        return [
            report(device, now)
            for content, _page in pages
            for device in msgspec.json.decode(content, type=Devices).paired_devices
        ]

    def _payload(self, part: Part, window: Window, content: bytes, page: Any) -> Payload:
        now = datetime.now(UTC)
        media = "application/json"
        return Payload(self.name, part.family, window, content, media, now, part.name, page)

    def _pages(
        self, client: httpx.Client, token: Token, question: Question, open_page: Opener = _next
    ) -> Iterator[tuple[bytes, Any]]:
        """All pages, as received and opened; an empty one is not the last unless it says so."""
        seen = {""}
        token_of_page = ""
        while True:
            page: Any = None

            def read(content: bytes) -> None:
                nonlocal page
                page = open_page(content)

            asked = question.at(token_of_page) if token_of_page else question
            yield self._asked(client, token, asked, read), page
            token_of_page = page.nextPageToken if page else ""
            if not token_of_page:
                return
            if token_of_page in seen:
                raise SourceUnavailable(f"{TITLE} leads from page to page in a circle.")
            seen.add(token_of_page)

    def _one(self, client: httpx.Client, token: Token, question: Question, kind: type[T]) -> T:
        return msgspec.json.decode(self._asked(client, token, question), type=kind)

    def _asked(
        self,
        client: httpx.Client,
        token: Token,
        question: Question,
        read: Callable[[bytes], object] | None = None,
    ) -> bytes:
        request = client.build_request(
            question.method,
            f"{self._api}/{question.target}",
            headers={"Authorization": f"Bearer {token.access}"},
            json=question.body,
        )
        whose = token.subject or token.refresh or token.access
        response = self._vendor.ask(client, request, whose, read)
        if not response.is_success:
            refuse(response)
        return response.content
