"""A server that is killed after it answered a notice: what was said is fetched afterwards."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from builders import values
from doubles.google_health import GoogleHealth as Double
from listening import (
    PATH,
    WORD,
    YESTERDAY,
    account,
    beat,
    joined,
    message,
    opened_at,
    settings_for,
    told,
)

from wearhouse import scheduler
from wearhouse.store import open_store

NOON = YESTERDAY + timedelta(hours=12)


@pytest.fixture
def service() -> Iterator[Double]:
    with Double({"A": account("A")}).running() as double:
        yield double


def served_by(service: Double, home: Path) -> "tuple[subprocess.Popen[str], str]":
    """A server as a program that fetches nothing itself, and its address."""
    sources = settings_for(service, home).model_dump(mode="json")["sources"]
    settings = {"WEARHOUSE_SOURCES": json.dumps(sources), "WEARHOUSE_SCHEDULER": "false"}
    server = subprocess.Popen(
        [sys.executable, "-m", "wearhouse", "--home", str(home), "serve", "--port", "0"],
        env={**os.environ, **settings, "WEARHOUSE_NOTICE_QUIET_S": "0"},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stderr
    for line in server.stderr:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return server, found.group()
    pytest.fail("the server did not start")


def test_a_notice_that_was_answered_survives_kill_9(service: Double, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = open_store(f"chdb://{home}/store")
    with opened_at(service, home, store) as wearhouse:
        person = joined(wearhouse, "A")
    store.close()
    beat(service.people["A"], NOON, 66)
    body = message(told("A", NOON))

    server, address = served_by(service, home)
    answer = httpx.post(
        address + PATH, content=body, headers=service.sender.headers(body, WORD), timeout=30
    )
    server.send_signal(signal.SIGKILL)
    server.communicate()

    store = open_store(f"chdb://{home}/store")
    with opened_at(service, home, store) as wearhouse:
        fetched = scheduler.noticed(wearhouse.intake, wearhouse.schedule)
        assert values(store, "heart_rate", person.id) == [66.0]
    store.close()
    assert (answer.status_code, fetched) == (204, 1)
