"""One process that syncs everybody, to be killed: `visit.py HOME ADDRESS NOW ORDERS`."""

import json
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import httpx2 as httpx
from pyrate_limiter import Rate

from wearhouse import runtime
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.http import Patience, Quota
from wearhouse.sources.live import Registration
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, sync

HASTY = Patience(attempts=4, first_s=0.02, longest_s=0.2)
CLIENT, SECRET = "study-client", "study-secret"  # as the double knows it


@dataclass(frozen=True)
class Allowed:
    """What may be asked in a window: of a person, and in all."""

    of_person: int
    in_all: int
    per_s: float

    def quota(self, counted_in: Path) -> Quota:
        window = round(self.per_s * 1000)
        return Quota(Rate(self.of_person, window), Rate(self.in_all, window), counted_in)


def settings_in(home: Path, threads: int) -> Settings:
    return Settings(home=home, sync_threads=threads, scheduler=False)


def intake_of(wearhouse: Wearhouse, client: httpx.Client, now: datetime) -> Intake:
    """What syncs work with, at a time of ours and with little patience."""
    consents = replace(wearhouse.intake.consents, client=client)
    return replace(wearhouse.intake, consents=consents, now=lambda: now)


def sources(address: str, allowed: Allowed, home: Path) -> dict[str, GoogleHealth]:
    quota = allowed.quota(home / "quota")
    source = GoogleHealth(Registration(CLIENT, SECRET, address), quota, HASTY)
    return {source.name: source}


def main(home: Path, address: str, now: datetime, orders: dict[str, float]) -> None:
    """Sync everybody; what came of it goes to stdout."""
    allowed = Allowed(int(orders["of_person"]), int(orders["in_all"]), orders["per_s"])
    with runtime.opened(settings_in(home, int(orders["threads"]))) as opened:
        wearhouse = replace(opened, sources=sources(address, allowed, home))
        with httpx.Client(timeout=1.0) as client:
            intake = intake_of(wearhouse, client, now)
            done = sync(intake, Request(wearhouse.registry.participants()))
    print(json.dumps([done.attempts, done.failed, done.samples, done.written, done.problems[:3]]))


if __name__ == "__main__":
    place, where, when, told = sys.argv[1:]
    main(Path(place), where, datetime.fromisoformat(when), json.loads(told))
