"""A server that refuses, goes away or is full: one sentence, nothing half-written."""

import threading
import time
from collections.abc import Iterator
from itertools import count

import pytest
from builders import NOON, beats, read, slices, somebody, values
from clickhouse_server import Server, new_server, remove, shared_server
from commands import Run

from wearhouse.errors import Invalid, StoreUnavailable
from wearhouse.levels import ROLLUPS
from wearhouse.store import Store, open_store

NOWHERE = "clickhouse://somebody:secret@127.0.0.1:1/none"


@pytest.fixture
def server() -> Iterator[Server]:
    server = new_server()
    yield server
    remove(server)


def test_a_wrong_password_is_told_in_one_sentence() -> None:
    url = shared_server().url("default", password="guessed-wrongly")

    with pytest.raises(StoreUnavailable, match="wearhouse: Authentication failed") as refused:
        open_store(url)

    assert "guessed-wrongly" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (NOWHERE, "Connection refused"),
        ("clickhouse://127.0.0.1:port/none", "cannot be read"),
        ("clickhouse:///none", "names no host"),
        ("clickhouse://127.0.0.1/none?session=1", "known are cluster"),
        ("clickhouse://127.0.0.1/none?cluster=", "without a name"),
        ("clickhouses://127.0.0.1:1/none?ca_cert=/nowhere.pem", "not a file"),
    ],
)
def test_a_url_that_leads_nowhere_is_told_in_one_sentence(url: str, words: str) -> None:
    with pytest.raises((StoreUnavailable, Invalid), match=words) as refused:
        open_store(url)

    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_cluster_that_the_server_does_not_know_is_told_by_name() -> None:
    with pytest.raises(Invalid, match="no cluster called 'elsewhere'"):
        open_store(shared_server().url("default", cluster="elsewhere"))


def test_a_command_without_its_server_ends_with_one_sentence(
    program: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEARHOUSE_STORE", NOWHERE)

    ran = program("doctor")

    assert ran.code == 1
    assert ran.out == ""
    [sentence] = ran.err.splitlines()
    assert "Connection refused" in sentence
    assert "secret" not in sentence


def whole(store: Store, who: int) -> bool:
    """Whether every level counts the samples that are there, all of one value."""
    raw = read(store, "heart_rate", "raw", who)
    counts = {sum(r["count"] for r in read(store, "heart_rate", level, who)) for level in ROLLUPS}
    return counts == {len(raw)} and len({row["value"] for row in raw}) == 1


def write_for_ever(store: Store, who: int) -> None:
    told = slices((who, "heart_rate", NOON.date()))
    for turn in count(1):
        store.write(beats(who, *[40.0 + turn] * 20_000, as_of=turn + 1), told)


@pytest.mark.parametrize("after_s", [0.3, 0.7])
def test_a_server_that_goes_away_while_loading_leaves_nothing_half_written(
    server: Server, after_s: float
) -> None:
    store, who = open_store(server.new_database()), somebody()
    told = slices((who, "heart_rate", NOON.date()))
    store.write(beats(who, *[40.0] * 20_000), told)
    killing = threading.Thread(target=lambda: (time.sleep(after_s), server.kill()))
    killing.start()

    with pytest.raises(StoreUnavailable) as refused:
        write_for_ever(store, who)
    killing.join()
    with pytest.raises(StoreUnavailable):
        store.ready()
    server.start()

    assert "\n" not in str(refused.value)
    assert whole(store, who)
    assert store.write(beats(who, *[39.0] * 90, as_of=9_999), told).written
    assert whole(store, who)
    store.close()


def test_a_full_disk_is_told_in_one_sentence_and_what_is_there_can_be_read(
    server: Server,
) -> None:
    url, who = server.new_database(), somebody()
    store = open_store(url)
    store.write(beats(who, 60, 61))
    store.close()
    server.kill()
    server.start_with_a_full_disk()
    store = open_store(url)

    with pytest.raises(StoreUnavailable) as refused:
        store.write(beats(who, 62, 63, as_of=2))

    assert "\n" not in str(refused.value)
    assert "not enough space" in str(refused.value)
    assert values(store, "heart_rate", who) == [60.0, 61.0]
    store.close()
    server.kill()
    server.start()
    store = open_store(url)
    assert store.write(beats(who, 62, 63, as_of=2)).written == 2
    assert [row["sum"] for row in read(store, "heart_rate", "1mo", who)] == [125.0]
    store.close()


@pytest.mark.parametrize("table", ["samples", "rollups", "stale"])
@pytest.mark.parametrize("first", [True, False], ids=["first load", "later load"])
def test_a_disk_that_is_full_amid_a_load_leaves_the_old_slice_or_the_new_one(
    server: Server, table: str, first: bool
) -> None:
    store, who = open_store(server.new_database()), somebody()
    told = slices((who, "heart_rate", NOON.date()))
    if not first:
        store.write(beats(who, *[40.0] * 500), told)

    with server.without_room_for(table), pytest.raises(StoreUnavailable, match="not enough space"):
        store.write(beats(who, *[41.0] * 400, as_of=2), told)
    between = read(store, "heart_rate", "raw", who)
    stands = whole(store, who) if between else True
    store.write(beats(who, *[42.0] * 300, as_of=3), told)

    assert stands
    assert len(between) in ((0, 400) if first else (500, 400))
    assert values(store, "heart_rate", who) == [42.0] * 300
    assert whole(store, who)
    assert store.stats()["stale"].to_pylist() == [0] * store.stats().num_rows
    store.close()
