"""A lab with a study whose participants have accounts at a double of Google Health."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
from doubles.google_health import GoogleHealth as Double
from doubles.oauth import CLIENT, SECRET
from doubles.participant import answered
from doubles.people import Account, interval, night, sample
from serving import running

from wearhouse.registry import open_registry
from wearhouse.study import Role

STUDY = "SLEEP"
PEOPLE = [f"P-{number:03}" for number in range(1, 10)]
ACCOUNTS = {code: f"account-of-{code}" for code in PEOPLE}


@dataclass(frozen=True)
class Lab:
    """Where the dashboard is, the link that signs in there, a coordinator's program, and the
    program that serves."""

    address: str
    login: str
    google: Double
    program: httpx.Client
    server: subprocess.Popen[str]

    def invite(self, code: str) -> str:
        """The link of an invitation."""
        asked = {"source": "google-health", "study": STUDY, "participants": [code]}
        answer = self.program.post("/api/v1/grants/invite", json=asked)
        assert answer.status_code == 200, answer.text
        link: str = answer.json()[0]["link"]
        return link

    def connect(self, code: str) -> None:
        """Let a participant consent to everything, and the first data come in."""
        before = {run["id"] for run in self.runs()}
        self.consent(code)
        # The run begins after the answer to the consent was given.
        while all(run["id"] in before or run["outcome"] == "running" for run in self.runs()):
            time.sleep(0.1)

    def consent(self, code: str) -> None:
        """Let a participant consent to everything; the first data begin to come in."""
        link = self.invite(code)
        vendor = self.program.get(link.replace("/join?", "/consent?")).headers["location"]
        with httpx.Client(timeout=30.0) as phone:
            brought = answered(phone, vendor, ACCOUNTS[code])
            done = phone.get(f"{self.address}/api/v1/grants/callback", params=brought)
        assert parse_qs(urlsplit(done.headers["location"]).query)["invitation"]

    def runs(self) -> list[dict[str, Any]]:
        """What was run, the newest first."""
        found: list[dict[str, Any]] = self.program.get("/api/v1/syncs").json()
        return found


@contextmanager
def open_lab(home: Path) -> Iterator[Lab]:
    """A lab that serves, with nobody invited yet."""
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    today = datetime.now(UTC).date()
    registry.create_study(STUDY, "Sleep and light", today - timedelta(days=3))
    for code in PEOPLE:
        registry.enrol(STUDY, code, "UTC", today - timedelta(days=2))
    key = registry.access.create_key("tests", Role.COORDINATOR)
    registry.close()
    with Double({name: recorded(name) for name in ACCOUNTS.values()}).running() as google:
        client = {"client_id": CLIENT, "client_secret": SECRET, "address": google.address}
        environment = {
            "WEARHOUSE_SOURCES": json.dumps({"google-health": client}),
            "WEARHOUSE_SCHEDULER": "false",
        }
        with running(home, "serve", environment=environment) as (server, login):
            address = login.partition("/login")[0]
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=address, headers=headers, timeout=30) as program:
                yield Lab(address, login, google, program, server)


def recorded(name: str) -> Account:
    """A day of somebody, up to an hour ago; one beat cannot be true."""
    account = Account(name, timezone="UTC")
    last = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    for minute in range(24 * 60):
        at = last - timedelta(minutes=minute)
        account.add("heart-rate", sample("heartRate", at, beatsPerMinute=str(60 + minute % 30)))
        if minute % 15 == 0:
            account.add("steps", interval("steps", at, count="40"))
    account.add("heart-rate", sample("heartRate", last + timedelta(seconds=7), beatsPerMinute="7"))
    account.add("sleep", night(last - timedelta(hours=9), ("LIGHT", 400)))
    return account
