"""A study as a coordinator finds it in the morning, being served: most people are well, some are
not, each in their own way."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mail import Mailbox, mail_server_running
from serving import served

from wearhouse.enrolling.contacts import Contact, write
from wearhouse.enrolling.studies import change
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.devices import Heartbeat
from wearhouse.secrets import open_secrets
from wearhouse.sources.google_health import ASKED
from wearhouse.study import Actor, Participant, Role, State
from wearhouse.team.acting import acting

STUDY, CALM, GROWING = "MORNING", "CALM", "GROWING"
MANY = 16
DAYS = 6
WORN_MIN = 10 * 60 + 30

SILENT_H = {"P-003": 80, "P-008": 130}
LOW_BATTERY = {"P-005": 7.0}
EXPIRED = {"P-009"}
NEVER = {"P-011"}
NOT_WORN = {"P-014"}
LEAVING = ("G-002", "G-003")
TO_CONTACT = {*SILENT_H, *LOW_BATTERY, *EXPIRED, *NEVER, *NOT_WORN}


@dataclass(frozen=True)
class Morning:
    """Where the dashboard is, links that sign in a coordinator and a manager, each once, and what
    was sent."""

    address: str
    coordinator: str
    manager: str
    mailbox: Mailbox


@contextmanager
def open_morning(home: Path) -> Iterator[Morning]:
    """The study, one in which nobody needs anything, and one that grows, being served."""
    home.mkdir(parents=True, exist_ok=True)
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    _enrol(registry, home)
    tokens = {role: registry.access.create_login(role.value, role) for role in _ROLES}
    registry.close()
    _load(home)
    client = {"client_id": "lab", "client_secret": "a secret of the lab"}
    with mail_server_running() as mailbox:
        environment = {
            "WEARHOUSE_SOURCES": json.dumps({"google-health": client}),
            "WEARHOUSE_SCHEDULER": "false",
            "WEARHOUSE_SMTP": mailbox.url,
            "WEARHOUSE_SMTP_FROM": "The team <team@lab.example>",
        }
        with served(home, "serve", environment=environment) as link:
            address = link.partition("/login")[0]
            links = {role: f"{address}/login?token={token}" for role, token in tokens.items()}
            yield Morning(address, links[Role.COORDINATOR], links[Role.MANAGER], mailbox)


_ROLES = (Role.COORDINATOR, Role.MANAGER)


def _enrol(registry: Registry, home: Path) -> None:
    today = datetime.now(UTC).date()
    first = today - timedelta(days=DAYS + 1)
    registry.create_study(STUDY, "Sleep in the morning", first, today + timedelta(days=60))
    registry.create_study(CALM, "All is well here", first)
    registry.create_study(GROWING, "People are still enrolled here", first)
    study = registry.study_named(STUDY)
    for site in ("NORTH", "SOUTH"):
        registry.sites.add(study, site)
    registry.messages.set_rules(study, "1/24h", "00:00-00:00", "en")
    team = acting(Actor("tests", Role.MANAGER), registry, open_secrets(home, None, None))
    change(team, study, {"thresholds": '{"nights_percent": 0}'}, "nobody is asked to sleep with it")
    for number in range(1, MANY + 1):
        who = registry.enrol(STUDY, f"P-{number:03}", "UTC", first)
        registry.enrolments.change(who, study, {"site": ("NORTH", "SOUTH")[number % 2]})
        write(team, who, Contact(who.code, f"{who.code.lower()}@mail.example"))
        _connect(registry, who)
    for code in ("G-001", *LEAVING):
        registry.enrol(GROWING, code, "UTC", today)
    calm = registry.enrol(CALM, "C-001", "UTC", today)
    _grant(registry, calm)
    _beat(registry, calm, 0, 90.0)


def _connect(registry: Registry, who: Participant) -> None:
    if who.code in NEVER:
        return
    _grant(registry, who)
    if who.code in EXPIRED:
        registry.grants.end(who, "google-health", State.EXPIRED, "It has expired.")
    _beat(registry, who, SILENT_H.get(who.code, 0), LOW_BATTERY.get(who.code, 80.0))


def _grant(registry: Registry, who: Participant) -> None:
    scopes = frozenset(ASKED)
    registry.grants.keep_token(
        who, "google-health", "sealed", State.ACTIVE, scopes, f"account of {who.code}", "", True
    )


def _beat(registry: Registry, who: Participant, ago_h: int, battery: float) -> None:
    at = datetime.now(UTC) - timedelta(hours=ago_h)
    beat = Heartbeat(
        who.code, "google-health", f"W-{who.code}", "tracker", "Charge 6", "1.2", battery, None,
        at, at,
    )  # fmt: skip
    registry.devices.report(who, beat)


def _load(home: Path) -> None:
    """Everybody's worn minutes of the last days, as far as their device has told them."""
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    file = home / "worn.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["participant", "metric", "t", "value"])
        for number in range(1, MANY + 1):
            code = f"P-{number:03}"
            if code in NEVER:
                continue
            last = DAYS if code in NOT_WORN else 1
            until = now - timedelta(hours=SILENT_H.get(code, 0))
            for ago in range(last, DAYS + 1):
                for minute in range(WORN_MIN):
                    at = midnight - timedelta(days=ago) + timedelta(hours=8, minutes=minute)
                    if at < until:
                        rows.writerow([code, "heart_rate", f"{at:%Y-%m-%dT%H:%M:%SZ}", 60])
    command = ["import", str(file), "--participant", "auto", "--study", STUDY, "--format", "csv"]
    program = [sys.executable, "-m", "wearhouse", "--home", str(home), *command]
    subprocess.run(program, check=True, capture_output=True, timeout=300)
