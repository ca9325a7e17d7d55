"""A server that refuses, goes away or is full: one sentence, nothing half-written."""

import resource
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

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


def test_a_server_that_goes_away_while_loading_leaves_nothing_half_written(
    cluster: Cluster,
) -> None:
    store, who = open_store(cluster.new_database()), somebody()
    told = slices((who, "heart_rate", NOON.date()))
    store.write(beats(who, *[40.0] * 20_000), told)
    stopping = threading.Thread(target=lambda: (time.sleep(0.3), cluster.stop()))
    stopping.start()

    with pytest.raises(StoreUnavailable) as refused:
        for turn in range(1_000):
            store.write(beats(who, *[41.0 + turn] * 20_000, as_of=turn + 2), told)
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
    store, who, other = open_store(cluster.new_database()), somebody(), somebody()
    store.write(beats(who, 60, 61))
    store.close()
    assert cluster.process
    # Files above this size cannot grow, which PostgreSQL meets as it meets a full disk.
    unlimited = resource.prlimit(cluster.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(cluster.process.pid, resource.RLIMIT_FSIZE, (24 << 20, unlimited[1]))
    many = beats(other, *[60.0] * 400_000, start=NOON - timedelta(days=5))

    with pytest.raises(StoreUnavailable) as refused:
        store.write(many)
    store.close()
    resource.prlimit(cluster.process.pid, resource.RLIMIT_FSIZE, unlimited)

    assert "\n" not in str(refused.value)
    assert read(store, "heart_rate", "raw", other) == []
    store.close()
    assert store.write(many).written == 400_000
    assert whole(store, other)
    store.close()
