"""Wearhouse: opens the store and the registry once. The composition root."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TextIO

from wearhouse import scheduler
from wearhouse.attempts import Intake
from wearhouse.errors import Conflict
from wearhouse.grants import Consents
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry, open_registry
from wearhouse.secrets import open_secrets
from wearhouse.settings import Settings
from wearhouse.sources import live
from wearhouse.sources.http import open_client
from wearhouse.store import Store, open_store
from wearhouse.study import Schedule

PATIENCE_S = 10
"""How long a command waits for another that has the store open, or for a server to start."""


@dataclass(frozen=True)
class Wearhouse:
    """Everything that is open. `sources` stand in for the live sources that are installed."""

    settings: Settings
    store: Store
    registry: Registry
    sources: Mapping[str, live.LiveSource] | None = None

    @cached_property
    def intake(self) -> Intake:
        """What syncs work with, made when it is first asked for."""
        settings = self.settings
        address = settings.address.rstrip("/") or f"http://{settings.host}:{settings.port}"
        secrets = open_secrets(settings.home, settings.secret_key, settings.secret_key_file)
        sources = live_sources(settings) if self.sources is None else self.sources
        consents = Consents(self.registry, secrets, sources, open_client(), address)
        payloads = Payloads(settings.payloads_url)
        return Intake(self.store, payloads, consents, settings.sync_threads)

    @property
    def schedule(self) -> Schedule:
        """When studies are synced that have no schedule of their own."""
        return Schedule("", self.settings.sync_at, self.settings.timezone)

    def close(self) -> None:
        """Close the connections to vendors, if there are any."""
        if "intake" in self.__dict__:
            self.intake.consents.client.close()


def live_sources(settings: Settings) -> dict[str, live.LiveSource]:
    """The live sources that are installed, each with the client that is set for it."""
    return live.installed(
        {
            name: live.Registration(client.client_id, client.client_secret, client.address)
            for name, client in settings.sources.items()
        }
    )


def jobs(wearhouse: Wearhouse) -> AbstractContextManager[None]:
    """Do what is due in the background, unless the settings leave that to a worker."""
    if not wearhouse.settings.scheduler:
        return nullcontext()
    return scheduler.running(wearhouse.intake, wearhouse.schedule)


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
def opened(settings: Settings) -> Iterator[Wearhouse]:
    """Open everything; Held if another process has the embedded store."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _sole_process(settings):
        registry = open_registry(settings.registry_url)
        try:
            store = open_store(settings.store_url)
            wearhouse = Wearhouse(settings, store, registry)
            try:
                yield wearhouse
            finally:
                wearhouse.close()
                store.close()
        finally:
            registry.close()


@contextmanager
def registry_opened(settings: Settings) -> Iterator[Registry]:
    """Open the registry alone, which any number of processes may do."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    registry = open_registry(settings.registry_url)
    try:
        yield registry
    finally:
        registry.close()


@contextmanager
def _sole_process(settings: Settings) -> Iterator[None]:
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
