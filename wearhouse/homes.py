"""Who has a home open: an embedded store belongs to one process at a time."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from wearhouse.errors import Conflict
from wearhouse.settings import Settings

PATIENCE_S = 10
"""How long a command waits for another that has the store open, or for a server to start."""


@dataclass(frozen=True)
class Address:
    """Where the server that holds an embedded store can be asked, and the word it wants."""

    url: str
    token: str


class Held(Conflict):
    """Another process has the embedded store open; `address` if that is a server."""

    def __init__(self, home: Path, address: Address | None) -> None:
        super().__init__(f"Another wearhouse process has the store in {home} open.")
        self.address = address


@contextmanager
def sole_process(settings: Settings) -> Iterator[None]:
    """Have the home to this process; Held if another has its embedded store open."""
    if not settings.store_url.startswith("chdb:"):
        yield
        return
    with (settings.home / "lock").open("a+", encoding="utf-8") as lock:
        _take(lock, settings.home)
        yield


def _take(lock: TextIO, home: Path) -> None:
    """Take the lock. A server says at once where it is; anything else is waited for a while."""
    patience = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = _address(home)
            if address is not None or time.monotonic() > patience:
                raise Held(home, address) from None
            time.sleep(0.1)
        else:
            return


def _address(home: Path) -> Address | None:
    try:
        return Address(**json.loads((home / "serve.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def announced(home: Path, address: Address) -> Iterator[None]:
    """Tell other processes of this user where the server is, for as long as it runs."""
    place = home / "serve.json"
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"url": address.url, "token": address.token}, file)
    try:
        yield
    finally:
        place.unlink(missing_ok=True)
