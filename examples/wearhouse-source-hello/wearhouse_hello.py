"""The Hello Band, a wearable that does not exist: copy this file to write a source."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import orjson
from pyrate_limiter import Duration, Rate

from wearhouse.errors import Invalid, NotAllowed, NotSignedIn
from wearhouse.samples import Parsed
from wearhouse.sources import oauth
from wearhouse.sources.batches import Batches
from wearhouse.sources.http import Quota, Vendor
from wearhouse.sources.live import DeviceReport, Family, Payload, Registration, Token
from wearhouse.sources.values import moment, number
from wearhouse.window import Window

HEART = Family("heart", ("heart_rate",), reread=timedelta(days=3), scope="heart")


class Hello:
    """Fetches and parses what Hello Bands record."""

    name = "hello"

    def __init__(self, registration: Registration) -> None:
        quota = Quota(per_person=Rate(60, Duration.MINUTE), in_all=Rate(1000, Duration.MINUTE))
        self._vendor = Vendor("Hello", quota)
        self._registration = registration
        self._address = registration.address or "https://api.hello.example"
        doors = ("authorize", "token", "revoke")
        self._door = oauth.Door(*(f"{self._address}/oauth/{door}" for door in doors))

    def families(self) -> Sequence[Family]:
        return (HEART,)

    def consent_address(self, state: str, challenge: str, return_to: str) -> str:
        return oauth.consent_address(
            self._door, self._registration, [HEART.scope], state, challenge, return_to
        )

    def exchange(self, client: httpx.Client, code: str, verifier: str, return_to: str) -> Token:
        asked = [HEART.scope]
        return oauth.exchange(
            self._vendor, client, self._door, self._registration, asked, code, verifier, return_to
        )

    def refresh(self, client: httpx.Client, token: Token) -> Token:
        return oauth.refresh(self._vendor, client, self._door, self._registration, token)

    def revoke(self, client: httpx.Client, token: Token) -> None:
        oauth.revoke(self._vendor, client, self._door, {}, token)

    def fetch(
        self, client: httpx.Client, token: Token, family: Family, window: Window
    ) -> Iterator[Payload]:
        query = {"from": window.start.isoformat(), "to": window.end.isoformat(), "page": "1"}
        while query["page"]:
            request = client.build_request(
                "GET",
                f"{self._address}/beats",
                params=query,
                headers={"Authorization": f"Bearer {token.access}"},
            )
            response = self._vendor.ask(client, request, person=token.subject)
            if response.status_code == 401:
                raise NotSignedIn("Hello no longer takes this access token.")
            if response.status_code == 403:
                raise NotAllowed("The participant did not grant Hello's heart rate.")
            if not response.is_success:
                raise Invalid(f"Hello does not understand a question: {response.status_code}.")
            now = datetime.now(UTC)
            yield Payload(
                self.name, family.name, window, response.content, "application/json", now, "beats"
            )
            query["page"] = orjson.loads(response.content).get("next") or ""

    def parse(self, payload: Payload) -> Iterator[Parsed]:
        batches = Batches(person="")
        for beat in orjson.loads(payload.content)["beats"]:
            position = batches.place()
            at, value = moment(beat.get("at")), number(beat.get("bpm"))
            if at is None or value is None:
                batches.reject(position, "the beat has no time or is not a number", beat)
            else:
                batches.sample("heart_rate", at.civil, value, position)
        yield batches.take()

    def timezone(self, client: httpx.Client, token: Token) -> str | None:
        return None

    def devices(self, client: httpx.Client, token: Token) -> list[DeviceReport]:
        return []
