"""kill -9 and a full disk: what was acknowledged is there afterwards, once."""

import multiprocessing
import random
import resource
import signal
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

from builders import read, values
from pushing import batch, beating, inbox_at, letter, pushed

from wearhouse.errors import Unavailable
from wearhouse.ingest import settle, take
from wearhouse.levels import ROLLUPS
from wearhouse.registry import open_registry
from wearhouse.store import open_store

ROUNDS, SIZE = 5, 5


def made(number: int) -> bytes:
    """A batch of samples and a heartbeat; the same number makes the same."""
    samples = [pushed("P", number * SIZE + n, 60 + number % 30) for n in range(SIZE)]
    return batch(*samples, heartbeats=(beating(f"SN-{number}", battery=number),))


def expected(most: int) -> list[float]:
    return [60.0 + number % 30 for number in range(most) for _ in range(SIZE)]


def push_until_killed(folder: Path, first: int, told: Connection) -> None:
    """Take and settle, one batch after the other, for as long as this process lives. The last
    that an earlier process began is sent again, as a sender does that got no answer."""
    store = open_store(f"chdb://{folder}/store")
    with inbox_at(store, folder) as inbox:
        told.send("open")
        number = max(first - 1, 0)
        while True:
            take(inbox, letter(made(number), f"{number}"))
            told.send(number)
            if number % 3 == 0:
                settle(inbox)
            number += 1


def forkserver() -> ForkServerContext:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["wearhouse.store.clickhouse", "builders", "pushing", "alembic"])
    return forks


def killed_while_pushing(folder: Path, first: int, chance: random.Random) -> int:
    """The number of the batch after the last that was acknowledged."""
    forks = forkserver()
    hear, told = forks.Pipe(duplex=False)
    process = forks.Process(target=push_until_killed, args=(folder, first, told))
    process.start()
    told.close()
    assert hear.recv() == "open"
    time.sleep(chance.uniform(0.1, 1.0))
    process.kill()
    process.join()
    try:
        while True:
            first = max(first, hear.recv() + 1)
    except EOFError:
        return first


def test_what_was_acknowledged_survives_kill_9_and_is_there_once(tmp_path: Path) -> None:
    chance, acknowledged = random.Random(4), 0
    prepared(tmp_path)

    for _ in range(ROUNDS):
        acknowledged = killed_while_pushing(tmp_path, acknowledged, chance)

    store = open_store(f"chdb://{tmp_path}/store")
    with inbox_at(store, tmp_path) as inbox:
        take(inbox, letter(made(acknowledged), f"{acknowledged}"))
        settle(inbox)
        person = inbox.registry.participant_named("P")
        raw = values(store, "heart_rate", person.id)
        counts = {
            level: sum(r["count"] for r in read(store, "heart_rate", level, person.id))
            for level in ROLLUPS
        }
        staged = inbox.registry.staged.waiting()["device"].to_pylist()
    store.close()
    assert acknowledged > ROUNDS
    assert raw == expected(acknowledged + 1)
    assert set(counts.values()) == {len(raw)}
    assert sorted(staged) == sorted(f"SN-{number}" for number in range(acknowledged + 1))


def push_until_the_disk_is_full(folder: Path, bytes_left: int, told: Connection) -> None:
    """Take batches until nothing more can be written, and try to settle them then."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = open_store(f"chdb://{folder}/store")
    with inbox_at(store, folder) as inbox:
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))
        number = 0
        try:
            while True:
                take(inbox, letter(made(number), f"{number}"))
                number += 1
        except Unavailable as error:
            told.send((number, str(error)))
        with suppress(Unavailable):
            settle(inbox)


def test_a_full_disk_refuses_what_it_cannot_keep_and_keeps_what_it_took(tmp_path: Path) -> None:
    prepared(tmp_path)
    size = (tmp_path / "registry.sqlite").stat().st_size
    forks = forkserver()
    hear, told = forks.Pipe(duplex=False)

    process = forks.Process(
        target=push_until_the_disk_is_full, args=(tmp_path, size + 60_000, told)
    )
    process.start()
    told.close()
    taken, said = hear.recv()
    process.join()

    store = open_store(f"chdb://{tmp_path}/store")
    with inbox_at(store, tmp_path) as inbox:
        settle(inbox)
        person = inbox.registry.participant_named("P")
        assert taken > 0
        assert "The registry could not answer" in said
        assert values(store, "heart_rate", person.id) == expected(taken)
        take(inbox, letter(made(taken), f"{taken}"))
        settle(inbox)
        assert values(store, "heart_rate", person.id) == expected(taken + 1)
    store.close()


def prepared(folder: Path) -> None:
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    registry.create_study("S")
    registry.enrol("S", "P", "UTC")
    registry.close()
