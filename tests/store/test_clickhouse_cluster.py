"""A cluster: what one node of it does is executed, what needs several nodes is parsed.

The engine is the embedded one with a cluster in its configuration. It knows Distributed tables and
shards, but has no queue for ON CLUSTER and no Keeper to replicate through (see doubles.clickhouse).
"""

from collections.abc import Iterator
from datetime import timedelta

import clickhouse_connect
import pyarrow as pa
import pytest
from builders import NOON, beats, episode, read, slices, somebody, values
from clickhouse_server import Server, new_cluster, remove

from wearhouse.errors import StoreUnavailable
from wearhouse.levels import LEVELS
from wearhouse.store import open_store, sql
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.store.clickhouse.keeping import SCHEMA_VERSIONS
from wearhouse.store.clickhouse.layout import TABLES, Layout

DAY = NOON.date()
LAYOUT = Layout("study's", "two")
OF_EVERYBODY = {
    "stale", "rows_by_level", "participants_kept", "everybody", "about", "versions", "replicas",
    "inserts_under_way", "parts", "granules_of_samples", "granules_of_rollups", "rows_of_samples",
    "rows_of_rollups", "imputed_rows", "imputed_bytes", "moved_everything", "newest_moved",
    "samples_held_of_moved", "shadowed_held_of_moved", "state_of_parts",
}  # fmt: skip
"""Statements that are not about some participants."""


@pytest.fixture(scope="module")
def twin() -> Iterator[Server]:
    """Two shards, both of them this node: what goes to both is there twice."""
    server = new_cluster("127.0.0.1", "127.0.0.1")
    yield server
    remove(server)


@pytest.fixture(scope="module")
def lone() -> Iterator[Server]:
    """Two shards of which the second is not there."""
    server = new_cluster("127.0.0.1", "127.0.0.2")
    yield server
    remove(server)


def opened(server: Server) -> ClickHouseStore:
    store = open_store(server.new_database(cluster="two"))
    assert isinstance(store, ClickHouseStore)
    return store


def on_shards(store: ClickHouseStore, number: int) -> tuple[list[int], list[int]]:
    """As many participants of the first shard, and as many of the second."""
    shards: tuple[list[int], list[int]] = ([], [])
    while min(map(len, shards)) < number:
        who = somebody()
        asked = "SELECT cityHash64(toUInt32({who:UInt32})) % 2 AS shard"
        shards[store.connection.query(asked, {"who": who})["shard"][0].as_py()].append(who)
    return shards[0][:number], shards[1][:number]


def use_everything(store: ClickHouseStore, *people: int) -> None:
    """Write, replace and read of these people."""
    told = slices(*((who, "heart_rate", DAY) for who in people))
    end = NOON + timedelta(hours=1)
    for value in (60.0, 70.0):
        of_all = [beats(who, *[value] * 50) for who in people]
        store.write(pa.concat_tables(of_all).unify_dictionaries(), told)
        store.write(beats(people[0], 90, 91, 92, source="oura"))
        store.write_episodes(episode(people[0], "deep", NOON, end, DAY, "1"), None)
    for level in LEVELS:
        assert {row["participant"] for row in read(store, "heart_rate", level, *people)} == {
            *people
        }
    assert store.episodes(["sleep_stage"], people, DAY, DAY).num_rows == 1
    assert store.extent(people).num_rows == len(people)


def test_everything_of_a_participant_lies_on_one_shard(twin: Server) -> None:
    store = opened(twin)
    first, second = on_shards(store, 6)

    use_everything(store, *first, *second)

    asked = "SELECT participant, shardNum() AS shard FROM samples GROUP BY participant, shard"
    local = store.connection.query("SELECT uniqExact(participant) AS people FROM samples_local")
    assert local["people"][0].as_py() == len(first) + len(second) == 12
    for person, shard in [(first[0], 1), (second[0], 2)]:
        where = f"SELECT shard FROM ({asked} HAVING participant = {person})"
        told = store.connection.query(f"{where} SETTINGS optimize_skip_unused_shards = 0")
        assert shard in told["shard"].to_pylist()
    store.close()


def test_questions_about_participants_are_asked_of_their_shards_only(twin: Server) -> None:
    store = opened(twin)
    first, second = on_shards(store, 3)
    for client in list(store.connection.idle.queue):
        client.set_client_setting("force_optimize_skip_unused_shards", 2)

    with pytest.raises(StoreUnavailable, match="is not used"):
        store.participants()
    use_everything(store, *first, *second)

    # Both shards are one table here: what is asked of both comes twice.
    assert rows_read(store, first) == rows_kept(store, first)
    assert rows_read(store, second) == rows_kept(store, second)
    assert rows_read(store, first + second) == 2 * rows_kept(store, first + second)
    store.close()


def rows_read(store: ClickHouseStore, people: list[int]) -> int:
    of = {"metric": "heart_rate", "participants": people, "low": 0, "high": 2**41}
    return int(store.connection.ask("samples_whole", **of).num_rows)


def rows_kept(store: ClickHouseStore, people: list[int]) -> int:
    told = store.connection.query(
        "SELECT count() AS n FROM samples_local WHERE participant IN {people:Array(UInt32)}",
        {"people": people},
    )
    return int(told["n"][0].as_py())


def test_a_participant_can_be_written_and_read_while_another_shard_is_down(lone: Server) -> None:
    store = opened(lone)
    here, there = on_shards(store, 1)

    use_everything(store, here[0])
    with pytest.raises(StoreUnavailable) as refused:
        store.write(beats(there[0], 60))

    assert values(store, "heart_rate", here[0]) == [90.0, 91.0, 92.0]
    assert "Connection refused (127.0.0.2:9000)" in str(refused.value)
    assert "\n" not in str(refused.value)
    store.close()


def test_an_answer_about_everybody_is_refused_while_a_shard_is_down(lone: Server) -> None:
    store = opened(lone)
    here, there = on_shards(store, 1)
    store.write(beats(here[0], 60))

    with pytest.raises(StoreUnavailable):
        store.participants()
    with pytest.raises(StoreUnavailable):
        read(store, "heart_rate", "raw", here[0], there[0])
    store.close()


def test_every_shard_is_weighed(twin: Server) -> None:
    store = opened(twin)
    first, second = on_shards(store, 6)

    use_everything(store, *first, *second)

    # Both shards are this node's tables, so everything is counted once for each of them.
    local = store.connection.query(
        "SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND "
        f"database = '{store.connection.address.database}' "
        "AND table IN ('samples_local', 'rollups_local')"
    )["bytes"][0].as_py()
    assert sum(store.stats()["bytes"].to_pylist()) == pytest.approx(2 * local, rel=0.02)
    store.close()


def test_each_statement_names_what_it_needs_or_is_about_everybody() -> None:
    about_some = {name for name, text in sql.load("clickhouse").items() if "{participants:" in text}

    assert sql.load("clickhouse").keys() - about_some == OF_EVERYBODY


def statements() -> list[str]:
    made = [LAYOUT.fill(SCHEMA_VERSIONS), *LAYOUT.fronts()]
    for _, steps in sql.migrations("clickhouse"):
        made += [LAYOUT.fill(step) for step in steps]
    erased = f"ALTER TABLE samples{LAYOUT.local}{LAYOUT.on_cluster} DELETE WHERE participant = 1"
    return [*made, erased, f"CREATE DATABASE IF NOT EXISTS `x`{LAYOUT.on_cluster}"]


@pytest.mark.parametrize("statement", statements(), ids=lambda text: text.strip()[-40:])
def test_what_is_for_every_node_is_read_by_the_engine_as_such(twin: Server, statement: str) -> None:
    client = clickhouse_connect.get_client(
        host="127.0.0.1", port=twin.port, username=twin.user, password=twin.password,
        dedicated_pool=True,
    )  # fmt: skip

    read_as = client.query("SELECT formatQuery({s:String})", {"s": statement}).first_row[0]
    client.close()

    assert "ON CLUSTER two" in read_as


def test_tables_are_replicated_within_their_shard_and_fronted_by_all_of_them() -> None:
    made = [LAYOUT.fill(step) for _, steps in sql.migrations("clickhouse") for step in steps]

    engine = (
        "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', "
        "'{replica}', version, gone)"
    )
    assert all(engine in statement for statement in made)
    assert len(made) == len(TABLES) == len(LAYOUT.fronts())
    assert all("cityHash64(participant))" in front for front in LAYOUT.fronts())


def test_without_a_cluster_statements_are_those_of_one_engine() -> None:
    for _, steps in sql.migrations("clickhouse"):
        for step in steps:
            filled = Layout().fill(step)
            assert "_local" not in filled
            assert "CLUSTER" not in filled
            assert "ENGINE = ReplacingMergeTree(version, gone)" in filled
