"""A consumer of NATS that is killed in the middle: nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import read
from jetstream import GROUP, STREAM, SUBJECT, Server, new_server
from listening import patiently
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from pushing import batch, beating, inbox_of, pushed

from wearhouse.ingest import settle
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.arriving import deliveries, staged_heartbeats
from wearhouse.store import open_store

MESSAGES, PER_MESSAGE, KILLS = 400, 5, 3


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = new_server(tmp_path)
    yield server
    server.stop()


def test_a_consumer_that_is_killed_again_and_again_loses_and_doubles_nothing(
    server: Server, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    registry = open_registry(f"sqlite:///{home}/registry.sqlite")
    registry.create_study("S")
    person = registry.enrol("S", "P", "UTC")
    server.send([made(number) for number in range(MESSAGES)])
    server.asked(impatient)

    for part in range(1, KILLS + 1):
        worker = started(home, server)
        patiently(lambda part=part: taken(registry) >= part * MESSAGES // (KILLS + 2))  # type: ignore[misc]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    server.send([made(number) for number in range(MESSAGES, MESSAGES + 20)])
    worker = started(home, server)
    patiently(lambda: taken(registry) >= MESSAGES + 20 and server.unacknowledged() == 0)
    worker.terminate()
    worker.wait()

    store = open_store(f"chdb://{home}/store")
    inbox = inbox_of(store, registry, home)
    settle(inbox)
    raw = read(store, "heart_rate", "raw", person.id)
    staged = reported(registry)
    deliveries_taken = taken(registry)
    store.close()
    registry.close()
    every = MESSAGES + 20
    assert [row["value"] for row in raw] == [60.0 + n % 50 for n in range(every * PER_MESSAGE)]
    assert sorted(staged) == sorted(f"SN-{number}" for number in range(every))
    assert deliveries_taken == every


def made(number: int) -> tuple[bytes, str]:
    first = number * PER_MESSAGE
    samples = [pushed("P", n, 60 + n % 50) for n in range(first, first + PER_MESSAGE)]
    body = batch(*samples, heartbeats=(beating(f"SN-{number}", battery=number),))
    return body, f"m-{number}" if number % 2 else ""


async def impatient(stream: JetStreamContext) -> None:
    """Let the consumer be one whose messages come again after two seconds, a few at a time."""
    asked = ConsumerConfig(
        durable_name=GROUP, filter_subject=SUBJECT, ack_policy=AckPolicy.EXPLICIT, ack_wait=2,
        max_ack_pending=40,
    )  # fmt: skip
    await stream.add_consumer(STREAM, asked)


def started(home: Path, server: Server) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "wearhouse", "--home", home, "worker", "--broker", server.url]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(list(map(str, command)), env=dict(os.environ), **quiet)  # type: ignore[call-overload]


def reported(registry: Registry) -> list[str]:
    """The devices of all reports, whether the fleet has taken them by now or not."""
    with registry.engine.connect() as rows:
        return list(rows.scalars(sa.select(staged_heartbeats.c.device)))


def taken(registry: Registry) -> int:
    """How many deliveries were taken."""
    with registry.engine.connect() as rows:
        return int(rows.scalar(sa.select(sa.func.count()).select_from(deliveries)) or 0)
