"""The Oura API, version 2: what rings record, asked of Oura's cloud."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from pyrate_limiter import Duration, Rate

from wearhouse.errors import Invalid, NotAllowed, NotSignedIn, SourceUnavailable
from wearhouse.samples import Parsed
from wearhouse.sources import oauth
from wearhouse.sources.files import in_memory
from wearhouse.sources.http import Patience, Quota, Vendor
from wearhouse.sources.live import DeviceReport, Family, Payload, Registration, Token
from wearhouse.sources.oura import Oura
from wearhouse.window import Window

TITLE = "Oura"
API = "https://api.ouraring.com"
DOOR = oauth.Door(
    "https://cloud.ouraring.com/oauth/authorize",
    "https://api.ouraring.com/oauth/token",
    "https://api.ouraring.com/oauth/revoke",
)
COLLECTIONS = "v2/usercollection"

# A little under the 5,000 questions in five minutes that Oura allows a client.
ALLOWED = Rate(4_800, 5 * Duration.MINUTE)

DAILY = timedelta(days=7)
FAMILIES = (
    Family("heart", ("heart_rate",), timedelta(hours=72), "heartrate"),
    Family(
        "sleep",
        (
            "sleep",
            "sleep_stage",
            "hrv_rmssd",
            "breathing_rate",
            "daily_hrv_rmssd",
            "skin_temperature_variation",
        ),
        DAILY,
        "daily",
    ),
    Family(
        "activity_daily",
        (
            "daily_steps",
            "daily_calories",
            "sedentary_minutes",
            "lightly_active_minutes",
            "fairly_active_minutes",
            "very_active_minutes",
        ),
        DAILY,
        "daily",
    ),
    Family("spo2_daily", ("daily_spo2",), DAILY, "spo2"),
)
ASKED = ["personal", *sorted({family.scope for family in FAMILIES})]
ENDPOINTS = {
    "heart": "heartrate",
    "sleep": "sleep",
    "activity_daily": "daily_activity",
    "spo2_daily": "daily_spo2",
}


class Next(msgspec.Struct, frozen=True):
    """What tells whether a page is the last."""

    next_token: str | None = None


class Person(msgspec.Struct, frozen=True):
    """Who a participant is in notices of new data."""

    id: str = ""


class Ring(msgspec.Struct, frozen=True):
    """How a ring is set up."""

    id: str = ""
    hardware_type: str | None = None
    firmware_version: str | None = None


class Rings(msgspec.Struct, frozen=True):
    """A page of rings."""

    data: list[Ring] = []


class OuraCloud:
    """Fetches what participants let the study read; parses as files of Oura are parsed."""

    name = "oura"
    title = TITLE

    def __init__(
        self,
        registration: Registration,
        quota: Quota | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._registration = registration
        quota = quota or Quota(ALLOWED, ALLOWED, registration.counted_in)
        self._vendor = Vendor(TITLE, quota, patience or Patience())
        elsewhere = registration.address.rstrip("/")
        self._api = elsewhere or API
        paths = ("oauth/authorize", "oauth/token", "oauth/revoke")
        self._door = oauth.Door(*(f"{elsewhere}/{path}" for path in paths)) if elsewhere else DOOR

    def families(self) -> Sequence[Family]:
        return FAMILIES

    def consent_address(self, state: str, challenge: str, return_to: str) -> str:
        return oauth.consent_address(
            self._door, self._registration, ASKED, state, challenge, return_to
        )

    def exchange(self, client: httpx.Client, code: str, verifier: str, return_to: str) -> Token:
        token = oauth.exchange(
            self._vendor, client, self._door, self._registration, ASKED, code, verifier, return_to
        )
        try:
            content = self._asked(client, token, f"{COLLECTIONS}/personal_info", {})
        except NotAllowed:
            return token
        return replace(token, subject=msgspec.json.decode(content, type=Person).id)

    def refresh(self, client: httpx.Client, token: Token) -> Token:
        return oauth.refresh(self._vendor, client, self._door, self._registration, token)

    def revoke(self, client: httpx.Client, token: Token) -> None:
        oauth.revoke(self._vendor, client, self._door, {"access_token": token.access}, token)

    def fetch(
        self, client: httpx.Client, token: Token, family: Family, window: Window
    ) -> Iterator[Payload]:
        endpoint = ENDPOINTS[family.name]
        for content in self._pages(client, token, endpoint, _asked_for(family, window)):
            yield Payload(
                self.name, family.name, window, content, "application/json", datetime.now(UTC),
                endpoint,
            )  # fmt: skip

    def parse(self, payload: Payload) -> Iterator[Parsed]:
        family = next(family for family in FAMILIES if family.name == payload.family)
        for parsed in Oura().read(in_memory(f"{TITLE}'s {payload.part}", payload.content)):
            # A night repeats the heart rate that the collection of heart rates states in full.
            offered = pc.is_in(parsed.samples["metric"].cast(pa.string()), pa.array(family.metrics))
            yield replace(parsed, samples=parsed.samples.filter(offered))

    def timezone(self, client: httpx.Client, token: Token) -> str | None:  # noqa: ARG002
        return None

    def devices(self, client: httpx.Client, token: Token) -> list[DeviceReport]:
        now = datetime.now(UTC)
        pages = self._pages(client, token, "ring_configuration", {})
        return [
            DeviceReport(
                ring.id, "ring", ring.hardware_type or "", ring.firmware_version, None, None, None,
                now,
            )
            for content in pages
            for ring in msgspec.json.decode(content, type=Rings).data
        ]  # fmt: skip

    def _pages(
        self, client: httpx.Client, token: Token, endpoint: str, query: dict[str, str]
    ) -> Iterator[bytes]:
        seen: set[str | None] = {None, ""}
        page: str | None = None
        while True:
            more = {"next_token": page} if page else {}
            content = self._asked(client, token, f"{COLLECTIONS}/{endpoint}", {**query, **more})
            yield content
            page = msgspec.json.decode(content, type=Next).next_token
            if not page:
                return
            if page in seen:
                raise SourceUnavailable(f"{TITLE} leads from page to page in a circle.")
            seen.add(page)

    def _asked(self, client: httpx.Client, token: Token, path: str, query: dict[str, str]) -> bytes:
        request = client.build_request(
            "GET",
            f"{self._api}/{path}",
            params=query,
            headers={"Authorization": f"Bearer {token.access}"},
        )
        response = self._vendor.ask(client, request, token.subject or token.refresh or token.access)
        if response.status_code == 401:
            raise NotSignedIn(f"{TITLE} no longer takes this access token.")
        if response.status_code == 403:
            raise NotAllowed(f"{TITLE} does not allow this: the participant did not grant it.")
        if not response.is_success:
            raise Invalid(f"{TITLE} does not understand a question: {response.status_code}.")
        return response.content


def _asked_for(family: Family, window: Window) -> dict[str, str]:
    if family.name == "heart":
        return {
            "start_datetime": window.start.isoformat(timespec="seconds"),
            "end_datetime": window.end.isoformat(timespec="seconds"),
        }
    # Whether the last day counts in differs between collections; a day too many does no harm.
    return {
        "start_date": window.start.date().isoformat(),
        "end_date": (window.end + timedelta(days=1)).date().isoformat(),
    }
