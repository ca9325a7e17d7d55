"""The delta load through a storm, its process killed again and again; in the end it must hold
exactly what a calm run brings.

    python tests/sync/endurance.py --participants 200 --days 14 --kills 20

Google Health's double serves, on loopback and over HTTP, what everybody's devices record day by
day; a process of its own syncs. Both the number of questions and the data are compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "sync")]

import httpx2 as httpx  # noqa: E402
from builders import read  # noqa: E402
from doubles.google_health import GoogleHealth as Double  # noqa: E402
from doubles.participant import answered  # noqa: E402
from vendor import FIRST, account_of, change_of_mind, live, storm  # noqa: E402
from visit import Allowed, intake_of, settings_in, sources  # noqa: E402

from wearhouse import runtime  # noqa: E402
from wearhouse.consent import grants  # noqa: E402
from wearhouse.levels import LEVELS  # noqa: E402
from wearhouse.runtime import Wearhouse  # noqa: E402
from wearhouse.sources.google_health.catalogue import FAMILIES  # noqa: E402
from wearhouse.sync.fetching import Request, sync  # noqa: E402

METRICS = [name for family in FAMILIES for name in family.metrics]
NIGHTS = ["sleep", "sleep_stage", "exercise"]

EVERYTHING = Allowed(1_000_000, 1_000_000, 1.0)


@dataclass(frozen=True)
class Size:
    """How much there is of everything. `rounds` syncs are begun on days spread evenly."""

    participants: int = 12
    days: int = 4
    kills: int = 4
    rounds: int = 2
    seed: int = 1
    threads: int = 8
    allowed: Allowed = field(default_factory=lambda: Allowed(60, 800, 5.0))


@dataclass
class Report:
    """What happened and whether it was right."""

    size: Size
    seconds: float = 0.0
    kills: int = 0
    runs: int = 0
    questions: int = 0
    most_of_person: int = 0
    most_of_all: int = 0
    refused_for_quota: int = 0
    misunderstood: int = 0
    interrupted: int = 0
    failed: int = 0
    attempts: int = 0
    samples: int = 0
    episodes: int = 0
    quarantined: int = 0
    differences: list[str] = field(default_factory=list)


def endure(size: Size, folder: Path, say: Any = lambda _text: None) -> Report:
    """Go through all of it; the report tells."""
    report, began = Report(size), time.monotonic()
    people = {one.user: one for one in map(account_of, range(size.participants))}
    slack = 1 + 10 / 140  # as between what Google allows and what is asked
    double = Double(
        people,
        allowed=int(size.allowed.of_person * slack) + 1,
        allowed_in_all=int(size.allowed.in_all * slack) + 1,
        per_s=size.allowed.per_s,
    )
    double.faults.hang_s = 1.5
    with double.running():
        homes = folder / "storm", folder / "calm"
        for home in homes:
            join(home, double, size)
        _storms(size, homes[0], double, report, say)
        _calm_down(size, homes[0], double)
        report.questions = double.questions
        report.most_of_person, report.most_of_all = double.most, double.most_of_all
        report.refused_for_quota = double.throttled
        report.misunderstood = len(double.misunderstood)
        # The calm run is another installation, with an allowance of its own.
        double.allowed = double.allowed_in_all = EVERYTHING.of_person
        _calm_down(replace(size, allowed=EVERYTHING), homes[1], double)
        _compare(homes, size, report)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def join(home: Path, double: Double, size: Size) -> None:
    """Everybody consents, as they would in a browser."""
    with _opened(home, double, replace(size, allowed=EVERYTHING)) as (wearhouse, client):
        registry = wearhouse.registry
        consents = intake_of(wearhouse, client, datetime.now(UTC)).consents
        study = registry.create_study("STORM", "", FIRST)
        for account in double.people.values():
            person = registry.enrol(study.code, account.user, account.timezone, FIRST)
            link = grants.invite(consents, person, "google-health").link
            invitation = parse_qs(urlsplit(link).query)["invitation"][0]
            address = grants.consent_address(consents, invitation)
            brought = answered(client, address, account.user)
            grants.accept(consents, brought["state"], brought["code"])


def _storms(size: Size, home: Path, double: Double, report: Report, say: Any) -> None:
    """Day after day something is recorded and something restated, and a process that syncs is
    killed again and again; the last of each round may end."""
    chance = Random(size.seed)
    kills = _spread(size.kills, size.rounds)
    lived = 0
    with storm(double, size.seed):
        for number in range(size.rounds):
            until = (number + 1) * size.days // size.rounds
            now = _evening(until - 1)
            for account in double.people.values():
                for day in range(lived, until):
                    live(account, FIRST + timedelta(days=day), chance)
                change_of_mind(account, now, chance)
            lived = until
            for _ in range(kills[number]):
                asked = chance.randint(20, 12 * size.participants)
                report.kills += _visit(size, home, double, now, asked)
                report.runs += 1
            _visit(size, home, double, now, None)
            report.runs += 1
            say(f"day {until}: {report.kills} kills, {double.questions:,} questions")


def _visit(size: Size, home: Path, double: Double, now: datetime, kill_after: int | None) -> bool:
    """Let a process sync; whether it was killed, after so many questions."""
    orders = {**asdict(size.allowed), "threads": size.threads}
    command = [sys.executable, str(TESTS / "sync" / "visit.py"), str(home), double.address]
    surroundings = {**os.environ, "PYTHONPATH": str(TESTS.parent)}
    with subprocess.Popen(
        [*command, now.isoformat(), json.dumps(orders)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings,
    ) as process:  # fmt: skip
        before = double.questions
        while kill_after is not None and process.poll() is None:
            if double.questions - before >= kill_after:
                process.kill()
                process.communicate()
                return True
            time.sleep(0.02)
        _, said = process.communicate()
    if process.returncode:
        raise AssertionError(f"a sync ended in {process.returncode}: {said[-2000:]}")
    return False


def _calm_down(size: Size, home: Path, double: Double) -> None:
    """Sync in calm weather, once: whatever failed before must be made up for."""
    with _opened(home, double, size) as (wearhouse, client):
        intake = intake_of(wearhouse, client, _evening(size.days - 1))
        done = sync(intake, Request(wearhouse.registry.participants()))
        assert done.problems == [], done.problems[:3]


def _compare(homes: tuple[Path, Path], size: Size, report: Report) -> None:
    stormy, calm = _everything(homes[0], size, report), _everything(homes[1], size)
    # What was refused once stays refused, be it withdrawn later.
    missed = calm.pop("refused") - stormy.pop("refused")
    report.differences = [what for what in stormy if stormy[what] != calm.get(what)]
    report.differences += [f"refused {one}" for one in missed]


def _everything(home: Path, size: Size, report: Report | None = None) -> dict[str, Any]:
    """All that is in a home: every metric at every level, episodes, refused records."""
    with runtime.opened(settings_in(home, size.threads)) as opened:
        registry, store = opened.registry, opened.store
        ids = [person.id for person in registry.participants()]
        found: dict[str, Any] = {
            f"{metric} {level}": read(store, metric, level, *ids)
            for metric in METRICS
            if metric not in NIGHTS
            for level in LEVELS
        }
        span = FIRST - timedelta(days=9), FIRST + timedelta(days=99)
        episodes = store.episodes(NIGHTS, ids, *span).drop(["as_of"]).to_pylist()
        refused = {(one.person, one.reason, one.record) for one in registry.quarantined(100_000)}
        if report is not None:
            attempts = registry.runs.attempts()
            report.attempts = len(attempts)
            report.interrupted = sum(one.outcome == "interrupted" for one in attempts)
            report.failed = sum(one.outcome == "failed" for one in attempts)
            report.samples = sum(len(v) for name, v in found.items() if name.endswith(" raw"))
            report.episodes, report.quarantined = len(episodes), len(refused)
            if any(one.outcome == "running" for one in attempts):
                found["attempts left open"] = True
        return found | {"episodes": sorted(episodes, key=repr), "refused": refused}


@contextmanager
def _opened(home: Path, double: Double, size: Size) -> Iterator[tuple[Wearhouse, httpx.Client]]:
    with (
        runtime.opened(settings_in(home, size.threads)) as opened,
        httpx.Client(timeout=30) as client,
    ):
        yield replace(opened, sources=sources(double.address, size.allowed, home)), client


def _evening(day: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, 23, 30, tzinfo=UTC) + timedelta(days=day)


def _spread(many: int, places: int) -> list[int]:
    return [many * (n + 1) // places - many * n // places for n in range(places)]


def main() -> int:
    """Run it at the size of the arguments; 1 if anything was not as it must be."""
    asked = argparse.ArgumentParser(description=__doc__)
    for name, value in (("participants", 200), ("days", 14), ("kills", 20), ("rounds", 5)):
        asked.add_argument(f"--{name}", type=int, default=value)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--threads", type=int, default=12)
    given = asked.parse_args()
    size = Size(**vars(given), allowed=Allowed(40, 1_000, 10.0))
    with tempfile.TemporaryDirectory() as folder:
        report = endure(size, Path(folder), lambda text: print(text, file=sys.stderr))
    print(json.dumps(asdict(report), indent=1))
    return 0 if right(report) else 1


def right(report: Report) -> bool:
    """Whether nothing was lost, nothing doubled, and no quota exceeded."""
    size = report.size
    return (
        not report.differences
        and report.kills == size.kills
        and (report.refused_for_quota, report.misunderstood) == (0, 0)
    )


if __name__ == "__main__":
    sys.exit(main())
