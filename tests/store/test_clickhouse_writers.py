"""Several processes write to one ClickHouse server: nobody's slice is lost or mixed."""

import multiprocessing
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa
import pytest
from builders import NOON, beats, episode, read, samples, slices, somebody, values
from clickhouse_server import shared_server

from wearhouse.errors import Conflict
from wearhouse.levels import ROLLUPS
from wearhouse.registry import open_registry
from wearhouse.registry.turns import turn
from wearhouse.store import Store, Turns, open_store
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.store.slices import keys

DAY = NOON.date()
HOUR_US = 3_600_000_000
ROUNDS = 5


def turns_of(registry: str) -> Turns:
    return partial(turn, open_registry(registry).locks)


@pytest.fixture
def registry(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/registry.sqlite"


@pytest.fixture
def url() -> str:
    return shared_server().new_database()


@pytest.fixture
def store(url: str, registry: str) -> Iterator[Store]:
    store = open_store(url, turns_of(registry))
    yield store
    store.close()


@pytest.fixture
def other(url: str, registry: str) -> Iterator[Store]:
    """The store as another process has it open, whose clock is an hour ahead."""
    store = open_store(url, turns_of(registry))
    assert isinstance(store, ClickHouseStore)
    store.versions.newest = time.time_ns() // 1000 + HOUR_US
    yield store
    store.close()


def stands(store: Store, who: int) -> tuple[int, float] | None:
    """How many samples of which value stand; None if they are mixed, or a level is behind."""
    raw = values(store, "heart_rate", who)
    levels = [read(store, "heart_rate", level, who) for level in ROLLUPS]
    counts = {sum(row["count"] for row in rows) for rows in levels}
    extremes = {row[name] for rows in levels for row in rows for name in ("min", "max")}
    whole = len(set(raw)) == 1 and counts == {len(raw)} and extremes == set(raw)
    return (len(raw), raw[0]) if whole else None


def test_the_later_load_stands_whatever_the_clocks_say(store: Store, other: Store) -> None:
    who = somebody()
    told = slices((who, "heart_rate", DAY))
    other.write(beats(who, *[60.0] * 90), told)

    store.write(beats(who, *[70.0] * 40, as_of=2), told)

    assert stands(store, who) == stands(other, who) == (40, 70.0)


def test_the_later_load_stands_in_the_shadow_too(store: Store, other: Store) -> None:
    who = somebody()
    for one, source in ((other, "oura"), (other, "parquet"), (store, "parquet")):
        one.write(beats(who, *[60.0] * (3 if source == "oura" else 2), source=source))

    store.write(pa.Table.from_pylist([], schema=beats(who, 1).schema), told_by(who, "parquet"))

    window = int(NOON.timestamp() * 1000) - 1, int(NOON.timestamp() * 1000) + 60_000
    assert other.whole("shadowed", "heart_rate", [who], *window).num_rows == 0


def told_by(who: int, source: str) -> object:
    return slices((who, "heart_rate", DAY), source=source)


def test_the_later_night_stands_whatever_the_clocks_say(store: Store, other: Store) -> None:
    who, end = somebody(), NOON + timedelta(hours=1)
    other.write_episodes(episode(who, "deep", NOON, end, DAY, "1"))

    store.write_episodes(episode(who, "light", NOON, end, DAY, "1", as_of=2))

    nights = other.episodes(["sleep_stage"], [who], DAY, DAY)
    assert nights["label"].to_pylist() == ["light"]


def test_a_refresh_does_not_outlive_the_load_after_it(store: Store, other: Store) -> None:
    who = somebody()
    store.write(samples(who, "steps", [1, 2, 3]))
    other.refresh("1mo", None, None)

    store.write(samples(who, "steps", [4, 5, 6], as_of=2))

    assert [row["sum"] for row in read(store, "steps", "1mo", who)] == [15.0]


def test_what_another_process_left_half_done_is_mended_before_it_is_replaced(
    store: Store, url: str
) -> None:
    who = somebody()
    half = ClickHouseStore(url)
    marked = keys(*(pa.array([n]).to_numpy() for n in (code_of("heart_rate"), who, day_number())))
    half.marks.put(marked, half.versions.next())
    left = beats(who, *[60.0] * 50)
    left = left.append_column("version", pa.array([half.versions.next()] * 50, pa.uint64()))
    half.connection.insert("samples", left.append_column("gone", pa.array([0] * 50, pa.uint8())))
    half.close()

    store.write(beats(who, *[70.0] * 20, as_of=2), slices((who, "heart_rate", DAY)))

    assert stands(store, who) == (20, 70.0)


def code_of(metric: str) -> int:
    from wearhouse.store.slices import METRIC_ORDER

    return int(METRIC_ORDER.index(metric).as_py())


def day_number() -> int:
    return (DAY - type(DAY)(1970, 1, 1)).days


def test_a_turn_is_refused_to_others_until_it_is_over(registry: str) -> None:
    mine, theirs = turns_of(registry), turns_of(registry)

    with mine([1, 2], 0), pytest.raises(Conflict), theirs([2, 3], 0.1):
        pytest.fail("two had a turn")
    with theirs([2, 3], 0):
        pass


def replace_for_ever(url: str, registry: str, people: list[int], seed: int, c: Connection) -> None:
    """Replace slices of all people, each by one value of this process, until killed."""
    store, chance = open_store(url, turns_of(registry)), random.Random(seed)
    c.send("open")
    while True:
        who, count = chance.choice(people), chance.randint(100, 900)
        told = beats(who, *[40.0 + chance.randint(0, 99)] * count, as_of=1)
        store.write(told, slices((who, "heart_rate", DAY)))


def test_processes_that_write_and_die_leave_whole_slices_in_step(
    store: Store, url: str, registry: str
) -> None:
    people, chance = [somebody() for _ in range(2)], random.Random(3)
    for who in people:
        store.write(beats(who, *[38.0] * 5))
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["wearhouse.store.clickhouse", "wearhouse.registry", "builders"])
    overwritten: list[object] = []
    left: list[object] = []
    for number in range(ROUNDS):
        writers = []
        for seed in (2 * number, 2 * number + 1):
            hear, told = forks.Pipe(duplex=False)
            what = (url, registry, people, seed, told)
            writer = forks.Process(target=replace_for_ever, args=what)
            writer.start()
            told.close()
            assert hear.recv() == "open"
            writers.append(writer)
        time.sleep(chance.uniform(0.5, 1.5))
        for writer in writers:
            writer.kill()
            writer.join()
        store.write(beats(people[0], *[39.0] * 7), slices((people[0], "heart_rate", DAY)))
        overwritten.append(stands(store, people[0]))
        time.sleep(0.5)  # what was under way on the server when they died ends there
        left.append(stands(store, people[1]))

    assert set(overwritten) == {(7, 39.0)}
    assert None not in left
    assert len(set(left)) > ROUNDS // 2
