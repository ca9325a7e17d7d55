"""python -m bench.load: many people at the dashboard while a night's sync runs.

The server holds an example study and a second one whose participants a double of Google Health
serves over HTTP, taking its time as a vendor does. Each user opens pages one after another, as the
dashboard asks for them, and reads for some seconds in between. First one user alone, then all of
them beside the nightly sync, then one again. `--soak` goes on for so many minutes, syncs again and
again, and tells the server's memory every minute.
"""

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "sync")]

import endurance  # noqa: E402
import httpx2 as httpx  # noqa: E402
import numpy as np  # noqa: E402
from doubles.faults import Faults  # noqa: E402
from doubles.google_health import GoogleHealth as Double  # noqa: E402
from vendor import FIRST, account_of, live  # noqa: E402
from visit import CLIENT, SECRET  # noqa: E402

from wearhouse.registry import open_registry  # noqa: E402
from wearhouse.study import Role, Schedule  # noqa: E402

READS_S = 5.0, 10.0
"""How long somebody looks at a page before the next."""
VENDOR_S = 0.15
"""How long the vendor takes for each answer."""
WARM_S = 20.0
"""What is asked this soon after everybody came is not counted: files that nobody has read yet."""
NIGHT_DAYS = 14


@dataclass
class Seen:
    """What users saw since a moment (monotonic): how long each route took, in ms, and what went
    wrong."""

    since: float
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """Requests, errors, and the median and 95th percentile over all and by route, in ms."""
        everything = [one for took in self.took.values() for one in took]
        return {
            "requests": len(everything),
            "errors": len(self.errors),
            "first_errors": self.errors[:3],
            "p50_ms": _ms(everything, 50),
            "p95_ms": _ms(everything, 95),
            "by_route": {
                name: [len(took), _ms(took, 50), _ms(took, 95)]
                for name, took in sorted(self.took.items())
            },
        }


def _ms(took: list[float], percentile: float) -> float:
    return round(float(np.percentile(took, percentile)), 1) if took else 0.0


def pages(codes: list[str], chance: random.Random, now: datetime) -> list[tuple[str, list[str]]]:
    """The pages of the dashboard, each with the questions it puts at once."""
    who = chance.choice(codes)
    end = now.date()
    start = end - timedelta(days=14)
    span = f"start={start}&end={end}"
    series = f"/series?participant={who}&{span}&max_points=1400&metric="
    others = "&".join(f"participant={code}" for code in chance.sample(codes, 4))
    return [
        ("today", ["/studies", "/studies/DEMO/desk"]),
        ("roster", ["/studies/DEMO/desk"]),
        ("participant", [f"/participants/{who}/days?{span}", *(series + m for m in METRICS)]),
        ("map", ["/studies/DEMO/map"]),
        ("trends", ["/studies/DEMO/trends"]),
        ("compare", [f"/series?{others}&{span}&max_points=700&metric=heart_rate"]),
        ("ingestion", ["/syncs", "/syncs/freshness?study=STORM"]),
    ]


METRICS = ("heart_rate", "steps", "resting_heart_rate", "hrv_rmssd", "spo2")


async def user(
    client: httpx.AsyncClient, key: str, codes: list[str], number: int, until: float, seen: Seen
) -> None:
    """One person at the dashboard until a moment (monotonic)."""
    chance = random.Random(number)
    header = {"Authorization": f"Bearer {key}"}
    await asyncio.sleep(chance.uniform(0, READS_S[1]))
    while time.monotonic() < until:
        name, routes = chance.choice(pages(codes, chance, datetime.now(UTC)))
        await asyncio.gather(*(_asked(client, header, name, route, seen) for route in routes))
        await asyncio.sleep(chance.uniform(*READS_S))


async def _asked(
    client: httpx.AsyncClient, header: dict[str, str], name: str, route: str, seen: Seen
) -> None:
    began = time.monotonic()
    try:
        answer = await client.get(f"/api/v1{route}", headers=header)
        if answer.status_code != 200:
            seen.errors.append(f"{answer.status_code} {route} {answer.text[:200]}")
    except httpx.HTTPError as error:
        seen.errors.append(f"{type(error).__name__} {route}")
    if began >= seen.since:
        route = route.partition("?")[0].split("/")[1]
        seen.took[f"{name} {route}"].append((time.monotonic() - began) * 1000)


@contextmanager
def syncing(address: str, key: str) -> Iterator[None]:
    """A sync of everybody from the first day, begun anew whenever it has ended, for as long as this
    lasts."""
    over = Event()

    def again_and_again() -> None:
        with asking(address, key) as client:
            while not over.wait(1):
                runs = client.get("/api/v1/syncs", params={"limit": 1}).json()
                if not runs or runs[0]["outcome"] != "running":
                    asked = {"study": "STORM", "since": FIRST.isoformat()}
                    client.post("/api/v1/syncs", json=asked).raise_for_status()

    beside = Thread(target=again_and_again)
    beside.start()
    try:
        yield
    finally:
        over.set()
        beside.join()


def begin_night(home: Path, address: str, key: str) -> None:
    """Let the night begin, and wait until it has."""
    pause_nights(home, paused=False)
    with asking(address, key) as client:
        while not running_night(client):
            time.sleep(0.5)


def asking(address: str, key: str) -> httpx.Client:
    """Somebody's program."""
    header = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=address, headers=header, timeout=60)


def running_night(client: httpx.Client) -> dict[str, object] | None:
    """The nightly sync, if it is under way."""
    runs = client.get("/api/v1/syncs", params={"study": "STORM", "limit": 5}).json()
    found = [one for one in runs if (one["cause"], one["outcome"]) == ("night", "running")]
    return found[0] if found else None


def pause_nights(home: Path, paused: bool) -> None:
    """Whether the second study waits with its nightly sync."""
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    schedule = Schedule("STORM", "00:00", "UTC", paused)
    registry.schedules.set(registry.study_named("STORM"), schedule)
    registry.close()


async def visited(address: str, keys: list[str], users: int, seconds: float) -> Seen:
    """What so many users see for so long."""
    seen, until = Seen(since=time.monotonic() + WARM_S), time.monotonic() + WARM_S + seconds
    limits = httpx.Limits(max_connections=users * 4)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        found = await client.get(
            "/api/v1/participants?study=DEMO", headers={"Authorization": f"Bearer {keys[0]}"}
        )
        codes = [one["code"] for one in found.json()]
        at_work = [
            user(client, keys[number % len(keys)], codes, number, until, seen)
            for number in range(users)
        ]
        await asyncio.gather(*at_work)
    return seen


def prepared(home: Path, double: Double, people: int, days: int) -> list[str]:
    """An example study and one with grants, in a home; keys of the team."""
    if not (home / "demo" / "loaded.json").exists():
        command = [sys.executable, "-m", "wearhouse", "--home", str(home), "demo", "--no-serve"]
        subprocess.run([*command, f"--participants={people}", f"--days={days}"], check=True)
    endurance.join(home, double, endurance.Size(threads=4))
    pause_nights(home, paused=True)
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    keys = [registry.access.create_key(f"load {n}", Role.MANAGER) for n in range(20)]
    registry.close()
    return keys


@contextmanager
def served(home: Path, double: Double) -> Iterator[tuple[str, int]]:
    """A server over that home: its address and its process."""
    client = {"client_id": CLIENT, "client_secret": SECRET, "address": double.address}
    told = {
        "WEARHOUSE_SOURCES": json.dumps({"google-health": client}),
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "serve", "--port", "0"]
    with (home / "serve.log").open("w+") as log:
        program = subprocess.Popen(command, stderr=log, text=True, env=os.environ | told)
        try:
            while not (
                found := re.search(r"http://\S+(?=/login)", (home / "serve.log").read_text())
            ):
                if program.poll() is not None:
                    raise RuntimeError((home / "serve.log").read_text())
                time.sleep(0.2)
            yield found.group(), program.pid
        finally:
            program.terminate()
            program.wait(timeout=120)


def resident_mb(pid: int) -> int:
    """What a process has in memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) >> 10  # type: ignore[index]


def main() -> int:
    """Measure what the arguments say; JSON, a line for each part."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--people", type=int, default=25)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--granted", type=int, default=40)
    parser.add_argument("--soak", type=float, default=0, help="minutes, instead of load")
    parser.add_argument("--no-sync", action="store_true", help="users alone")
    parser.add_argument("--example", type=Path, help="a home with the demo, which is copied")
    given = parser.parse_args()
    with ExitStack() as open_now:
        folder = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="bench-load-")))
        accounts = {one.user: one for one in map(account_of, range(given.granted))}
        chance = random.Random(1)
        for account in accounts.values():
            for ago in range(NIGHT_DAYS, 0, -1):
                live(account, datetime.now(UTC).date() - timedelta(days=ago), chance)
        if given.example:
            shutil.copytree(given.example, folder, symlinks=True, dirs_exist_ok=True)
        unlimited = {"allowed": 10**6, "allowed_in_all": 10**6, "per_s": 1.0}
        double = Double(accounts, **unlimited)
        open_now.enter_context(double.running())
        double.faults = Faults(often=1.0, kinds=("slow",), latency_s=VENDOR_S)
        keys = prepared(folder, double, given.people, given.days)
        address, pid = open_now.enter_context(served(folder, double))

        def told(part: str, users: int, seconds: float) -> None:
            seen = asyncio.run(visited(address, keys, users, seconds))
            said = {"part": part, "users": users, **seen.summary(), "resident_mb": resident_mb(pid)}
            print(json.dumps(said), flush=True)

        told("idle", 1, min(given.seconds, 60))
        if given.soak:
            with syncing(address, keys[0]):
                for minute in range(round(given.soak)):
                    told(f"minute {minute + 1}", given.users, 60 - WARM_S)
        else:
            if not given.no_sync:
                begin_night(folder, address, keys[0])
            told("load", given.users, given.seconds)
            with asking(address, keys[0]) as client:
                print(json.dumps({"night": running_night(client) or "over"}), flush=True)
                while running_night(client):  # asked seldom, for it gives way to who asks
                    time.sleep(5)
            told("idle again", 1, min(given.seconds, 60))
    return 0


if __name__ == "__main__":
    sys.exit(main())
