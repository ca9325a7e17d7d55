"""A study that is told by a double of Google Health what is new."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from clocks import today
from doubles.google_health import GoogleHealth as Double
from doubles.oauth import CLIENT, SECRET
from doubles.participant import answered
from doubles.people import Account, instant, sample
from doubles.webhooks import notice

from wearhouse.consent import grants
from wearhouse.registry import open_registry
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings
from wearhouse.store import Store
from wearhouse.study import Participant

YESTERDAY = today() - timedelta(days=1)
WORD = "Bearer a-secret-of-the-subscription"
PATH = "/api/v1/webhooks/google-health"


def settings_for(service: Double, home: Path, **more: Any) -> Settings:
    """Settings with a client at the double, subscribed to notices."""
    client = {
        "client_id": CLIENT, "client_secret": SECRET, "address": service.address,
        "webhook_secret": WORD,
    }  # fmt: skip
    given: dict[str, Any] = {"home": home, "sources": {"google-health": client}}
    return Settings(**{**given, "notice_quiet_s": 0, **more})


@contextmanager
def opened_at(service: Double, home: Path, store: Store, **more: Any) -> Iterator[Wearhouse]:
    """Everything open over a store, with a registry of its own."""
    settings = settings_for(service, home, **more)
    home.mkdir(exist_ok=True)
    registry = open_registry(settings.registry_url)
    wearhouse = Wearhouse(settings, store, registry)
    yield wearhouse
    wearhouse.close()
    registry.close()


def account(user: str) -> Account:
    """An account at home in UTC."""
    return Account(user, timezone="UTC")


def beat(account: Account, at: datetime, rate: int) -> None:
    """Let an account have one heart rate."""
    account.add("heart-rate", sample("heartRate", at, beatsPerMinute=str(rate)))


def joined(wearhouse: Wearhouse, user: str, study: str = "S1", days: int = 30) -> Participant:
    """A participant who consented at the double and was enrolled some days ago."""
    registry, consents = wearhouse.registry, wearhouse.intake.consents
    if study not in {one.code for one in registry.studies()}:
        registry.create_study(study)
    enrolled = (today() - timedelta(days=days)).date()
    person = registry.enrol(study, f"P-{user}", "UTC", enrolled)
    link = grants.invite(consents, person, "google-health").link
    [invitation] = parse_qs(urlsplit(link).query)["invitation"]
    with httpx.Client(timeout=30.0) as browser:
        brought = answered(browser, grants.consent_address(consents, invitation), user)
    grants.accept(consents, brought["state"], brought["code"])
    return person


def told(user: str, at: datetime, kind: str = "heart-rate", operation: str = "UPSERT") -> Any:
    """A notice of five minutes."""
    span = (instant(at), instant(at + timedelta(minutes=5)))
    return notice(user, kind, span, operation=operation)


def message(*notices: Any) -> bytes:
    """A batch of notices."""
    return json.dumps(list(notices)).encode()


def patiently(holds: Callable[[], bool]) -> None:
    """Wait until something holds that happens in the background."""
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not come to pass in a minute")
