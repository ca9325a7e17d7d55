"""A whole small study is served, with every kind of trouble; its log names no secret, nobody's
contact details and no value that was measured."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from doubles.google_health import GoogleHealth as Double
from doubles.oauth import CLIENT, SECRET
from doubles.participant import answered
from doubles.people import Account, sample
from mail import Mailbox, mail_server_running

from wearhouse.registry import open_registry
from wearhouse.study import Role

NAME, EMAIL = "Rosalind Geheim", "geheim.person@example.org"
REFUSED = "nobody.takes.this@example.org"
PASSWORD, HOOK = "a password nobody types twice", "Bearer hook-word-4711-x"
SECRET_KEY_FILE = "secret.key"
PUSHED, SYNCED, IMPOSSIBLE = "63.918273", "173", "731958"
CSRF = {"X-Wearhouse-CSRF": "1"}


@dataclass
class Served:
    """A server as a service runs it, and its whole stderr."""

    address: str
    token: str
    written: Path

    def lines(self) -> list[dict]:
        said = self.written.read_text().splitlines()
        return [json.loads(line) for line in said if line.startswith("{")]


@contextmanager
def service(home: Path, **settings: str) -> Iterator[Served]:
    """`wearhouse serve` with all the lines that it can write."""
    written = home.parent / "stderr"
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "serve", "--port", "0"]
    chosen = {"LOG_LEVEL": "debug", "LOG_FORMAT": "json", **settings}
    env = os.environ | {f"WEARHOUSE_{name}": value for name, value in chosen.items()}
    with written.open("wb") as stderr:
        program = subprocess.Popen(command, stderr=stderr, env=env)
        try:
            while not (link := re.search(r"(http://\S+)/login\?token=(\S+)", written.read_text())):
                assert program.poll() is None, written.read_text()
                time.sleep(0.05)
            yield Served(link[1], link[2], written)
        finally:
            program.terminate()
            program.wait(60)


def recorded() -> Account:
    account = Account("the-account", timezone="UTC")
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    for minute in range(30):
        then = at + timedelta(minutes=minute)
        account.add("heart-rate", sample("heartRate", then, beatsPerMinute=SYNCED))
    late = at + timedelta(minutes=40)
    account.add("heart-rate", sample("heartRate", late, beatsPerMinute=IMPOSSIBLE))
    return account


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, set[str]]]:
    """The served study after everything happened, and what must be in no line."""
    home = tmp_path_factory.mktemp("study") / "home"
    home.mkdir()
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    study = registry.create_study("S", "Sleep", datetime.now(UTC).date() - timedelta(days=3))
    registry.messages.set_rules(study, "1/24h", "00:00-00:00", "en")  # at any hour of the day
    for code in ("P-1", "P-2"):
        registry.enrol("S", code, "UTC", datetime.now(UTC).date() - timedelta(days=2))
    key = registry.access.create_key("tests", Role.MANAGER)
    registry.close()
    planted = {NAME, EMAIL, REFUSED, PASSWORD, HOOK, SECRET, PUSHED, IMPOSSIBLE, key}
    with mail_server_running() as mailbox, Double({"the-account": recorded()}).running() as google:
        client = {"client_id": CLIENT, "client_secret": SECRET, "address": google.address,
                  "webhook_secret": HOOK}  # fmt: skip
        settings = {
            "SOURCES": json.dumps({"google-health": client}), "SMTP": mailbox.url,
            "SMTP_FROM": "Team <team@lab.example>", "NOTICE_QUIET_S": "0",
        }  # fmt: skip
        with service(home, **settings) as served:
            planted |= lived(served, google, mailbox, key)
            yield served, planted | {(home / SECRET_KEY_FILE).read_text().strip()}


def lived(served: Served, google: Double, mailbox: Mailbox, key: str) -> set[str]:
    """Let everything happen; the secrets that came of it."""
    planted = {served.token}
    with httpx.Client(base_url=f"{served.address}/api/v1", timeout=60) as http:
        # People sign in, rightly and wrongly.
        for body in (
            {"token": served.token},
            {"name": EMAIL, "password": PASSWORD},
            {"x": PASSWORD},
        ):
            http.post("/session", json=body)
        planted |= set(http.cookies.values())
        http.headers["Authorization"] = f"Bearer {key}"
        # Contact details, and messages that arrive, bounce, or make no sense.
        mailbox.refused.add(REFUSED)
        for code, email in (("P-1", EMAIL), ("P-2", REFUSED)):
            details = {"name": NAME, "email": email}
            told = http.put(f"/participants/{code}/contact", json=details)
            assert told.status_code in (200, 204), told.text
            sent = {"study": "S", "participants": [code], "template": "sync"}
            told = http.post("/messages/send", json=sent)
            assert told.status_code in (200, 202), told.text
        http.put("/participants/P-1/contact", json={"name": NAME, "email": f"{EMAIL} {PUSHED}"})
        # Samples are pushed, good and bad.
        now = datetime.now(UTC).isoformat()
        good = {"participant": "P-1", "metric": "heart_rate", "t": now, "value": float(PUSHED)}
        told = http.post("/ingest", json={"samples": [good, good | {"value": float(IMPOSSIBLE)}]})
        assert told.status_code in (200, 202), told.text
        http.post("/ingest", content=f'{{"samples": [{PUSHED}')
        # An account is connected and read; a record is refused; the vendor fails.
        asked = {"source": "google-health", "study": "S", "participants": ["P-1"]}
        [invited] = http.post("/grants/invite", json=asked).json()
        planted.add(parse_qs(urlsplit(invited["link"]).query)["invitation"][0])
        consent = http.get(invited["link"].replace("/join?", "/consent?"))
        with httpx.Client(timeout=30.0) as phone:
            brought = answered(phone, consent.headers["location"], "the-account")
        planted |= {brought["code"], brought["state"]}
        http.get("/grants/callback", params=brought)
        http.get("/grants/callback", params=brought | {"code": "again"})
        until(lambda: "done" in outcomes(http, "consent"))
        planted |= {*google.gate.access, *google.gate.lasting}
        google.gate.revoke("the-account")
        http.post("/syncs", json={"study": "S", "participants": ["P-1"]})
        until(lambda: "failed" in outcomes(http, "request"))
        http.post("/webhooks/google-health", content=b"[]", headers={"Authorization": HOOK})
        # Questions, right and wrong.
        day = {"start": "2026-01-01", "end": "2099-01-01"}
        for metric in ("heart_rate", PUSHED):
            series = {"participant": "P-1", "metric": metric, **day}
            http.get("/series", params=series)
        http.get("/nothing", params={"token": key})
        http.get("/participants/P-1/days", params={"start": EMAIL, "end": PUSHED})
        until(lambda: mailbox.taken)
    return planted


def outcomes(http: httpx.Client, cause: str) -> set[str]:
    return {run["outcome"] for run in http.get("/syncs").json() if run["cause"] == cause}


def until(holds: object) -> None:
    for _ in range(2_400):
        if holds():  # type: ignore[operator]
            return
        time.sleep(0.05)
    pytest.fail("it did not come to pass in two minutes")


def test_everything_happened(study: tuple[Served, set[str]]) -> None:
    served, planted = study

    routes = {(line["method"], line["route"], line["status"]) for line in served.lines()
              if "route" in line}  # fmt: skip

    assert ("GET", "/api/v1/series", 200) in routes
    assert ("POST", "/api/v1/session", 401) in routes
    assert ("POST", "/api/v1/ingest", 422) in routes
    assert [line for line in served.lines() if line["said"] == "sync ended" and line["samples"]]
    assert len(planted) > 12


def test_no_line_holds_a_secret_a_detail_of_contact_or_a_value(
    study: tuple[Served, set[str]],
) -> None:
    served, planted = study
    said = served.written.read_text()
    # What `serve` tells the person who started it is no line of the log.
    said = re.sub(r"^Open http://\S+/login\?token=\S+$", "", said, flags=re.MULTILINE)

    assert [secret for secret in sorted(planted) if secret and secret in said] == []
    assert SYNCED not in re.findall(r"\d+", re.sub(r'"(at|ms)": [^,}]+', "", said))


def test_every_line_names_the_request_the_job_or_the_sync(study: tuple[Served, set[str]]) -> None:
    served, _ = study

    unnamed = [line for line in served.lines() if not {"request", "job", "sync"} & line.keys()]

    assert unnamed == []
    assert {line["at"][-1] for line in served.lines()} == {"Z"}
