"""python -m bench.desk: how long a study team's pages wait for a large study, over HTTP.

Rollup rows are written as a store keeps them, up to yesterday; no sample is made. One client asks
one thing after another, JSON. `kept` is asked again and again with nothing written in between;
`after a write` has a heartbeat come in before every question, so that nothing that was kept holds.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import numpy as np

from bench import machine, wear
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.tables import heartbeats
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.study import Role

ROUTES = (
    "/studies/LARGE/desk",
    "/studies",
    "/participants?study=LARGE",
    "/studies/LARGE/map?start={start}",
    "/studies/LARGE/map",
    "/studies/LARGE/trends",
)


def fill(home: Path, people: int, days: int) -> str:
    """A large study in a home as a server opens it; a manager's key."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    wear.LAST, wear.AS_OF = (now - timedelta(days=1)).date(), now
    store = ClickHouseStore(f"chdb://{home / 'store'}")
    store.migrate()
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    wear.fill(store, registry, people, days)
    key = registry.access.create_key("bench", Role.MANAGER)
    registry.close()
    store.close()
    return key


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server over that home."""
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "serve", "--port", "0"]
    quiet = os.environ | {"WEARHOUSE_SCHEDULER": "false", "PYTHONUNBUFFERED": "1"}
    program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=quiet)
    assert program.stderr
    try:
        found = (re.search(r"http://\S+(?=/login)", line) for line in program.stderr)
        yield next(match.group() for match in found if match)
    finally:
        program.terminate()
        program.wait(timeout=60)
        program.stderr.close()


def timed(client: httpx.Client, route: str, rounds: int, before: Callable[[], None]) -> str:
    """Median, 95th percentile and longest, in ms; and the size of the answer."""
    took, size = [], 0
    for _ in range(rounds):
        before()
        began = time.perf_counter()
        answer = client.get(f"/api/v1{route}")
        took.append((time.perf_counter() - began) * 1000)
        answer.raise_for_status()
        size = len(answer.content)
    middle, most = np.percentile(took, [50, 95])
    return f"{middle:7.0f} {most:7.0f} {max(took):7.0f}   {size / 1000:,.0f} kB"


def heartbeat(registry: Registry) -> Callable[[], None]:
    """Lets a device report, each time a minute later."""
    at = iter(datetime.now(UTC) + timedelta(minutes=n) for n in range(100_000))

    def beat() -> None:
        moment = next(at)
        values = {"device_id": 1, "reported_at": moment, "synced_at": moment}
        with registry.engine.begin() as rows:
            rows.execute(heartbeats.insert(), [values])

    return beat


def main() -> None:
    """Make the study, serve it, ask what the pages ask."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--participants", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--rounds", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder)
        key = fill(home, asked.participants, asked.days)
        registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
        headers = {"Authorization": f"Bearer {key}"}
        with (
            served(home) as address,
            httpx.Client(base_url=address, headers=headers, timeout=120) as client,
        ):
            print(f"{machine.facts()}\n{asked.participants:,} participants, {asked.days} days")
            print(f"{'':<44} {'p50':>7} {'p95':>7} {'longest':>7}  ms")
            start = (datetime.now(UTC) - timedelta(days=90)).date()
            for route in (each.format(start=start) for each in ROUTES):
                client.get(f"/api/v1{route}").raise_for_status()
                said = timed(client, route, asked.rounds, lambda: None)
                print(f"{route + ', kept':<44} {said}")
                said = timed(client, route, asked.rounds // 2, heartbeat(registry))
                print(f"{route + ', after a write':<44} {said}")
        registry.close()


if __name__ == "__main__":
    main()
