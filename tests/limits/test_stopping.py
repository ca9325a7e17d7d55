"""SIGTERM in the middle of a sync: the slice at hand is finished, the rest is left to the next."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from doubles.oauth import CLIENT, SECRET
from lab import Lab, open_lab

from wearhouse.registry import Registry, open_registry
from wearhouse.registry.runs import Attempt

BEATS = 24 * 60
"""What a participant's watch has recorded, but for one beat that cannot be true."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def registry_of(home: Path) -> Registry:
    return open_registry(f"sqlite:///{home / 'registry.sqlite'}")


def stopped(lab: Lab, home: Path) -> tuple[int, str]:
    """Tell the server to stop once a slice is in and another under way; its exit code and what it
    said then."""
    lab.google.faults.hang_s, lab.google.faults.kinds = 0.4, ("hang",)
    lab.google.faults.often = 1.0
    lab.consent("P-001")
    until = time.monotonic() + 60
    while not attempts_of(home, "done"):
        assert time.monotonic() < until, "nothing was loaded"
        time.sleep(0.05)
    asked = lab.google.questions
    while lab.google.questions == asked:  # which is answered only after a while
        assert time.monotonic() < until, "nothing more was asked"
        time.sleep(0.01)
    lab.server.send_signal(signal.SIGTERM)
    code = lab.server.wait(60)
    lab.google.faults.often = 0.0
    assert lab.server.stderr
    return code, lab.server.stderr.read()


def attempts_of(home: Path, outcome: str) -> list[Attempt]:
    with closing(registry_of(home)) as registry:
        return [one for one in registry.runs.attempts() if one.outcome == outcome]


def synced(lab: Lab, home: Path) -> list[dict[str, object]]:
    """What a sync by hand says, as a program of its own."""
    client = {"client_id": CLIENT, "client_secret": SECRET, "address": lab.google.address}
    told = os.environ | {"WEARHOUSE_SOURCES": json.dumps({"google-health": client})}
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "sync", "--json"]
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=True)
    rows: list[dict[str, object]] = json.loads(done.stdout)
    return rows


def beats_in(home: Path) -> int:
    asked = (
        "query", "--participant", "P-001", "--metric", "heart_rate", "--resolution", "raw",
        "--start", "2000-01-01", "--end", "2100-01-01",
    )  # fmt: skip
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return len(done.stdout.splitlines()) - 1


def test_a_sync_ends_with_the_slice_at_hand_and_the_next_brings_the_rest(home: Path) -> None:
    with open_lab(home) as lab:
        code, said = stopped(lab, home)
        done = attempts_of(home, "done")
        left_open = attempts_of(home, "running") + attempts_of(home, "failed")
        with closing(registry_of(home)) as registry:
            [run] = registry.runs.all()

        [after] = synced(lab, home)

    assert (code, "Traceback" in said) == (0, False), said
    assert left_open == []
    assert (run.outcome, run.attempts) == ("done", len(done))
    assert after["attempts"] > 0
    assert after["failed"] == 0
    assert {one.family for one in attempts_of(home, "done")} > {one.family for one in done}
    assert beats_in(home) == BEATS


def test_a_server_that_is_told_to_stop_as_soon_as_it_speaks_stops(home: Path) -> None:
    with open_lab(home) as lab:
        lab.server.send_signal(signal.SIGTERM)
        lab.server.send_signal(signal.SIGTERM)
        code = lab.server.wait(60)

    assert code == 0
