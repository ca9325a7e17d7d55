"""kill -9 at any moment of loading and curating a fleet loses nothing acknowledged, and what is
curated afterwards is what an uninterrupted run makes of the same."""

import multiprocessing
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa

from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_tables
from wearhouse.fleet.statistics import Question, figures
from wearhouse.registry import Registry, open_registry
from wearhouse.store import open_store
from wearhouse.store.fleet_of import fleet_of
from wearhouse.store.fleets import DEVICES, EVENTS, VERSIONS, Among, FleetStore, Span

ROUNDS, HOURS, PEOPLE = 8, 30, 40
START = datetime(2026, 5, 31, 12, tzinfo=UTC)
"""Near the turn of a month, so that a load lies in two partitions."""


def tables(number: int) -> dict[str, pa.Table]:
    """A load whose reports overlap with those of the loads before, and correct some of them; every
    tenth is an event that each load tells of another time."""
    said = [
        {
            "position": place, "project": "1", "id": "" if place % 10 else str(place),
            "device": str(place % PEOPLE),
            "type": "heartbeat", "version": str((place + number) % 3),
            "captured_at": START + timedelta(hours=(place // PEOPLE + number) % 48),
            "created_at": START + timedelta(days=2, minutes=number),
            "info": f'{{"metrics": {{"battery": {(place * 7 + number) % 1000}}}}}',
        }
        for place in range(HOURS * PEOPLE)
    ]  # fmt: skip
    devices = [
        {
            "project": "1",
            "id": str(one),
            "serial": f"S{one}",
            "cohort": "",
            "hardware": f"h{number}",
        }
        for one in range(0, PEOPLE, 5)
    ]
    versions = [
        {"project": "1", "id": str(one), "software": "", "version": f"1.{one}"} for one in range(3)
    ]
    return {
        "devices": pa.Table.from_pylist(devices, schema=DEVICES),
        "versions": pa.Table.from_pylist(versions, schema=VERSIONS),
        "events": pa.Table.from_pylist(said, schema=EVENTS),
    }


def work_until_killed(folder: Path, number: int, told: Connection) -> None:
    """Load and curate by turns, and tell of each load before and after."""
    fleet, registry = opened(folder)
    told.send("open")
    while True:
        number += 1
        told.send(("begun", number))
        # What a load is called says which one it was, should nobody hear that it is done.
        load_tables(fleet, "test", tables(number), digest=str(number))
        told.send(("done", number))
        curate(fleet, registry)


def opened(folder: Path) -> tuple[FleetStore, Registry]:
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    return fleet_of(open_store(f"chdb://{folder}/store")), registry


def heard_until_killed(folder: Path, number: int, after_s: float) -> list[tuple[str, int]]:
    forks = multiprocessing.get_context("forkserver")
    hear, told = forks.Pipe(duplex=False)
    process = forks.Process(target=work_until_killed, args=(folder, number, told))
    process.start()
    told.close()
    assert hear.recv() == "open"
    time.sleep(after_s)
    process.kill()
    process.join()
    heard = []
    try:
        while True:
            heard.append(hear.recv())
    except EOFError:
        return heard


def made(folder: Path, again: Sequence[int] = ()) -> tuple[list[int], object]:
    """The loads that a store knows, and all that is curated of them once nothing waits."""
    store = open_store(f"chdb://{folder}/store")
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    fleet = fleet_of(store)
    for number in again:
        load_tables(fleet, "test", tables(number), digest=str(number))
    curate(fleet, registry)
    among = Among(Span(), None, {"project": "1"})
    beats = [
        fleet.timeline("1", str(device), Span(), 10_000).to_pylist() for device in range(PEOPLE)
    ]
    asked = [
        figures(fleet, registry, Question("battery", among, by, (0, 0.5, 1), exact=exact))
        for by in ((), ("day", "version"), ("hour", "hardware"))
        for exact in (False, True)
    ]
    latest = fleet.search(among, {}, 1_000).to_pylist()
    known = sorted(int(one.digest) for one in fleet.loads(10_000) if one.state == "curated")
    store.close()
    registry.close()
    return known, (beats, asked, latest)


def test_kill_9_while_loading_and_curating_loses_nothing_and_changes_nothing(
    tmp_path: Path,
) -> None:
    chance, done, number = random.Random(5), set[int](), 0
    (tmp_path / "killed").mkdir()
    (tmp_path / "whole").mkdir()

    for _ in range(ROUNDS):
        heard = heard_until_killed(tmp_path / "killed", number, chance.uniform(0.05, 2.0))
        done |= {told for what, told in heard if what == "done"}
        number = max([told for _, told in heard], default=number)
        known, curated = made(tmp_path / "killed")
        assert done <= set(known)

    _, uninterrupted = made(tmp_path / "whole", known)
    assert curated == uninterrupted
    assert done
