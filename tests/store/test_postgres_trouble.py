"""A server that refuses, goes away or is full: one sentence, nothing half-written."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from builders import NOON, beats, read, slices, somebody
from postgres import Cluster, new_cluster, remove, shared_cluster

from wearhouse.errors import Invalid, StoreUnavailable
from wearhouse.levels import ROLLUPS
from wearhouse.store import Store, open_store


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    cluster = new_cluster()
    yield cluster
    remove(cluster)


def test_a_wrong_password_is_told_in_one_sentence() -> None:
    url = shared_cluster().url("postgres", password="guessed-wrongly")

    with pytest.raises(StoreUnavailable, match="password authentication failed") as refused:
        open_store(url)

    assert "guessed-wrongly" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["postgresql://127.0.0.1:1/none", "postgresql://127.0.0.1:port/none"]
)
def test_a_server_that_is_not_there_is_told_in_one_sentence(url: str) -> None:
    with pytest.raises((StoreUnavailable, Invalid)) as refused:
        open_store(url)

    assert "\n" not in str(refused.value)


def whole(store: Store, who: int) -> bool:
    """Whether every level counts the samples that are there, all of one value."""
    raw = read(store, "heart_rate", "raw", who)
    counts = {sum(r["count"] for r in read(store, "heart_rate", level, who)) for level in ROLLUPS}
    return counts == {len(raw)} and len({row["value"] for row in raw}) == 1


def write_for_ever(store: Store, who: int) -> None:
    told = slices((who, "heart_rate", NOON.date()))
    for turn in count(1):
        store.write(beats(who, *[40.0 + turn] * 20_000, as_of=turn + 1), told)


def test_a_server_that_goes_away_while_loading_leaves_nothing_half_written(
    cluster: Cluster,
) -> None:
    store, who = open_store(cluster.new_database()), somebody()
    told = slices((who, "heart_rate", NOON.date()))
    store.write(beats(who, *[40.0] * 20_000), told)
    stopping = threading.Thread(target=lambda: (time.sleep(0.3), cluster.stop()))
    stopping.start()

    with pytest.raises(StoreUnavailable) as refused:
        write_for_ever(store, who)
    stopping.join()
    with pytest.raises(StoreUnavailable):
        store.ready()
    cluster.start()

    assert "\n" not in str(refused.value)
    assert whole(store, who)
    assert store.write(beats(who, *[39.0] * 90, as_of=9_999), told).written
    assert whole(store, who)
    store.close()


def test_a_full_disk_leaves_nothing_half_written(cluster: Cluster) -> None:
    url, who = cluster.new_database(), somebody()
    open_store(url).close()
    many = beats(who, *[60.0] * 400_000, start=NOON - timedelta(days=5))
    cluster.stop()
    cluster.start(largest_file_mb=20)
    store = open_store(url)

    with pytest.raises(StoreUnavailable) as refused:
        store.write(many)

    assert "\n" not in str(refused.value)
    assert "could not extend file" in str(refused.value)
    assert read(store, "heart_rate", "raw", who) == []
    store.close()
    cluster.stop()
    cluster.start()
    store = open_store(url)
    assert store.write(many).written == 400_000
    assert whole(store, who)
    store.close()
