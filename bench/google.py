"""python -m bench.google: heart rate of the Google Health API, from its pages to durable rollups.

A whole sync is measured: ask for pages, archive each as received, parse, place, write with every
level, move the watermark. The pages come from memory (an HTTP transport without a network) or over
HTTP from another process on loopback; they are as large as Google's (10,000 points, 3 MB of JSON).
A point counts once, though the days around each stretch are fetched and parsed as well.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pyarrow.compute as pc
from pyrate_limiter import Rate

from bench.machine import own_peak
from wearhouse import runtime
from wearhouse.consent import grants
from wearhouse.metrics import METRICS
from wearhouse.registry.grants import digest
from wearhouse.settings import Settings
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.http import Quota
from wearhouse.sources.live import Registration, Token
from wearhouse.store import Ask
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, sync
from wearhouse.window import millis

FIRST, DAY = date(2026, 1, 5), timedelta(days=1)
APART_S, PAGE = 5, 10_000
PER_DAY = 86_400 // APART_S
HEART = "https://www.googleapis.com/auth/googlehealth.health_metrics_and_measurements.readonly"
Over = Literal["memory", "http"]


@dataclass(frozen=True)
class Measured:
    """What a sync took. `cpu_s` is that of the measured process, all threads."""

    over: Over
    points: int
    pages_mb: int
    wall_s: float
    cpu_s: float
    points_per_s: int
    points_per_cpu_s: int
    before_mb: int
    peak_mb: int


@cache
def page(day: date, number: int) -> bytes:
    """A page of a day, newest first; a point every five seconds, as a device of Fitbit's states."""
    chance = Random(day.toordinal())
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    bpm = chance.randint(55, 80)
    points = []
    for second in range(0, 86_400, APART_S):
        at = start + timedelta(seconds=second)
        bpm = min(max(bpm + chance.choice((-1, 0, 0, 1)), 45), 180)
        points.append(_point(at, bpm))
    points.reverse()
    of_it = points[number * PAGE : (number + 1) * PAGE]
    more = {"nextPageToken": f"{number + 1}"} if (number + 1) * PAGE < len(points) else {}
    return json.dumps({"dataPoints": of_it, **more}).encode()


def _point(at: datetime, bpm: int) -> dict[str, Any]:
    clock = {"hours": at.hour, "minutes": at.minute, "seconds": at.second}
    civil = {
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "time": {name: number for name, number in clock.items() if number},
    }
    return {
        "dataSource": {
            "recordingMethod": "PASSIVELY_MEASURED",
            "device": {"displayName": "Inspire 3"},
            "platform": "FITBIT",
        },
        "heartRate": {
            "sampleTime": {
                "physicalTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "utcOffset": "0s",
                "civilTime": civil,
            },
            "beatsPerMinute": str(bpm),
        },
    }


def answer(target: str, whose: str, days: int) -> bytes:
    """What Google would answer about heart rate: one day at a time is asked for. Nobody's page is
    the same as another's, so each is archived for itself."""
    query = parse_qs(urlsplit(target).query)
    if "filter" not in query:
        return b'{"timeZone": "UTC"}'
    day = date.fromisoformat(query["filter"][0].partition('"')[2][:10])
    if not FIRST <= day < FIRST + days * DAY:
        return b"{}"
    content = page(day, int(query.get("pageToken", ["0"])[0]))
    return b'{"of":"%s",' % whose.encode() + content[1:]


def measure(people: int, days: int, over: Over) -> Measured:
    """Sync so many days of so many people, in a process of its own."""
    for day in range(days):
        for number in range(PER_DAY // PAGE + 1):
            page(FIRST + day * DAY, number)
    with _serving(days, over) as address:
        hear, told = multiprocessing.Pipe(duplex=False)
        work = (people, days, over, address, told)
        # A forked process finds the pages where they are; they count as there before.
        process = multiprocessing.get_context("fork").Process(target=_measured, args=work)
        process.start()
        told.close()
        measured: Measured = hear.recv()
        process.join()
    return measured


def _measured(people: int, days: int, over: Over, address: str, told: Connection) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-google-") as home, _client(days, over) as client:
        settings = Settings(home=Path(home), scheduler=False)
        unlimited = Quota(Rate(1_000_000, 1000), Rate(1_000_000, 1000))
        source = GoogleHealth(Registration("bench", "bench", address), unlimited)
        with runtime.opened(settings) as opened:
            wearhouse = replace(opened, sources={source.name: source})
            consents = replace(wearhouse.intake.consents, client=client)
            end = datetime.combine(FIRST + days * DAY, datetime.min.time(), UTC)
            intake = replace(wearhouse.intake, consents=consents, now=lambda: end)
            _join(intake, people, days)
            told.send(_timed(intake, people * days * PER_DAY, over, Path(home)))


def _timed(intake: Intake, points: int, over: Over, home: Path) -> Measured:
    everybody = intake.registry.participants()
    families = frozenset({"heart"})
    before, cpu, wall = own_peak(), _cpu_s(), time.perf_counter()
    done = sync(intake, Request(everybody, since=FIRST, families=families))
    took, busy = time.perf_counter() - wall, _cpu_s() - cpu
    if done.problems:
        raise RuntimeError(done.problems[0][1])
    if (stored := _stored(intake)) != points:
        raise RuntimeError(f"{stored:,} points are in the rollups, not {points:,}")
    size = sum(file.stat().st_size for file in Path(home).rglob("*.zst"))
    return Measured(
        over, points, size >> 20, round(took, 2), round(busy, 2), round(points / took),
        round(points / busy), before >> 20, own_peak() >> 20,
    )  # fmt: skip


def _stored(intake: Intake) -> int:
    ids = [person.id for person in intake.registry.participants()]
    span = millis(datetime(2025, 1, 1, tzinfo=UTC)), millis(datetime(2027, 1, 1, tzinfo=UTC))
    rows = intake.store.page(Ask(METRICS["heart_rate"], "1d", ids, *span)).rows
    return int(pc.sum(rows["count"]).as_py() or 0)


def _join(intake: Intake, people: int, days: int) -> None:
    registry = intake.registry
    study = registry.create_study("BENCH", "", FIRST, FIRST + (days - 1) * DAY)
    expiry = datetime.now(UTC) + DAY
    for number in range(people):
        person = registry.enrol(study.code, f"P-{number}", "UTC", FIRST)
        token = Token(
            f"ya29.{number:0200}",
            f"1//{number:0100}",
            expiry,
            frozenset({HEART}),
            f"subject-{number}",
        )
        grants._keep(intake.consents, registry.grants.of(person, "google-health"), token, True)


@contextmanager
def _client(days: int, over: Over) -> Iterator[httpx.Client]:
    def told(request: httpx.Request) -> httpx.Response:
        whose = digest(request.headers["Authorization"])
        return httpx.Response(200, content=answer(str(request.url), whose, days))

    transport = httpx.MockTransport(told) if over == "memory" else None
    with httpx.Client(transport=transport, timeout=60) as client:
        yield client


@contextmanager
def _serving(days: int, over: Over) -> Iterator[str]:
    if over == "memory":
        yield "http://google"
        return
    hear, told = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(days, told))
    process.start()
    try:
        yield f"http://127.0.0.1:{hear.recv()}"
    finally:
        process.terminate()
        process.join()


def _serve(days: int, told: Connection) -> None:
    class Pages(BaseHTTPRequestHandler):
        """Serves pages that are made already."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            content = answer(self.path, digest(self.headers["Authorization"]), days)
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        told.send(server.server_port)
        server.serve_forever()


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(show: Callable[[str], None] = print) -> int:
    """Measure what the arguments say; a line of JSON for each run."""
    parser = argparse.ArgumentParser(prog="python -m bench.google", description=__doc__)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--days", type=int, default=15, help="17,280 points each, of each person")
    parser.add_argument("--over", choices=("memory", "http"), default="http")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for _ in range(given.rounds):
        show(json.dumps(asdict(measure(given.people, given.days, given.over))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
