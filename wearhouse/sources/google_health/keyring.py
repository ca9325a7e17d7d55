"""The public keys of Google Health's notices, fetched when they are needed and kept for a day."""

import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx2 as httpx

from wearhouse.errors import SourceUnavailable
from wearhouse.sources.google_health import webhooks

LASTS_S = 86_400
AT_MOST_EVERY_S = 60
"""How often the keys are asked for because of a signature by one that is not known."""


def keys_address(elsewhere: str = "") -> str:
    """Where the keys stand; `elsewhere` stands in for the vendor's own servers."""
    path = urlsplit(webhooks.KEYS_ADDRESS).path
    return elsewhere.rstrip("/") + path if elsewhere else webhooks.KEYS_ADDRESS


class Keyring:
    """Keys from an address."""

    def __init__(self, client: httpx.Client, address: str = webhooks.KEYS_ADDRESS) -> None:
        self._client, self._address = client, address
        self._keys: webhooks.Keys = {}
        self._fetched = -float("inf")
        self._asked = -float("inf")
        self._one = threading.Lock()

    def signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the raw body is signed by Google Health; SourceUnavailable if its keys are not
        to be had, so that nobody can tell."""
        if time.monotonic() - self._fetched > LASTS_S:
            self._fetch()
        told = webhooks.signed(headers, body, self._keys)
        if told is None and self._fetch():
            told = webhooks.signed(headers, body, self._keys)
        return told is True

    def _fetch(self) -> bool:
        """Whether there are keys that were fetched just now. Old keys are better than none."""
        with self._one:
            if self._keys and time.monotonic() - self._asked < AT_MOST_EVERY_S:
                return False
            self._asked = time.monotonic()
            try:
                response = self._client.get(self._address)
            except httpx.RequestError as error:
                return self._none(type(error).__name__)
            if not response.is_success:
                return self._none(f"{response.status_code} {response.reason_phrase}")
            self._keys = webhooks.read_keys(response.content)
            self._fetched = time.monotonic()
            return True

    def _none(self, said: str) -> bool:
        if self._keys:
            return False
        raise SourceUnavailable(f"The keys of Google Health's notices cannot be had: {said}.")
