"""What is PostgreSQL's own: partitions, and views and functions for any SQL client."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from builders import NOON, beats, read, samples, slices, somebody, values
from postgres import new_database

from wearhouse.levels import ROLLUPS
from wearhouse.registry.tables import metadata
from wearhouse.store import Store, open_store

Client = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return new_database(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def client(url: str, store: Store) -> Iterator[Client]:
    """Somebody with psql, far away."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'Australia/Adelaide'")
        yield connection


def one(client: Client, statement: str, *given: object) -> object:
    row = client.execute(statement.encode(), given).fetchone()
    assert row
    return row[0]


@pytest.mark.parametrize(
    ("end", "table"),
    [
        ("2024-01-01 01:00", "heart_rate"),
        ("2024-01-02", "heart_rate"),
        ("2024-01-05", "heart_rate_1h"),
        ("2024-01-20", "heart_rate_1d"),
        ("2024-03-01", "heart_rate_1w"),
        ("2025-01-01", "heart_rate_1mo"),
    ],
)
def test_the_rule_by_span_is_a_function(client: Client, end: str, table: str) -> None:
    asked = f"SELECT get_optimal_heart_rate_table('2024-01-01', '{end}')"

    assert one(client, asked) == table
    assert one(client, f"SELECT get_optimal_table('steps', '2024-01-01', '{end}')") == (
        table.replace("heart_rate", "steps")
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("get_optimal_table('mood', '2024-01-01', '2024-01-02')", "No metric is called mood"),
        ("get_optimal_heart_rate_table('2024-01-02', '2024-01-01')", "ends"),
        ("refresh_heart_rate_aggregation('5m')", "No level is called 5m"),
    ],
)
def test_a_function_refuses_what_it_cannot_answer(client: Client, call: str, sentence: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match=sentence):
        client.execute(f"SELECT {call}".encode())


def test_the_mean_of_a_view_is_weighted_by_counts(store: Store, client: Client) -> None:
    who = somebody()
    store.write(beats(who, 60, 60, 60))
    store.write(beats(who, 100, start=NOON + timedelta(hours=1)))

    found = client.execute("SELECT count, avg FROM heart_rate_1d WHERE participant = %s", [who])

    assert found.fetchall() == [(4, 70.0)]


@pytest.mark.parametrize("metric", ["heart_rate", "steps", "daily_steps"])
def test_every_level_of_a_metric_is_a_view(store: Store, client: Client, metric: str) -> None:
    who = somebody()
    store.write(samples(who, metric, [3, 9, 6, 1], step=4_321, zone="Asia/Kolkata"))

    for level in ROLLUPS:
        found = client.execute(
            f"SELECT count, sum, min, max, first, last FROM {metric}_{level} "
            "WHERE participant = %s ORDER BY t".encode(),
            [who],
        ).fetchall()
        expected = [
            (row["count"], row["sum"], row["min"], row["max"], row["first"], row["last"])
            for row in read(store, metric, level, who)
        ]
        assert found == expected


def test_samples_are_a_view_too(store: Store, client: Client) -> None:
    who = somebody()
    store.write(beats(who, 60, 61))

    found = client.execute("SELECT t, value FROM heart_rate WHERE participant = %s", [who])

    assert found.fetchall() == [(NOON, 60.0), (NOON + timedelta(seconds=1), 61.0)]


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/New_York"])
def test_levels_folded_in_sql_are_those_folded_by_a_load(
    store: Store, client: Client, zone: str
) -> None:
    who = somebody()
    start = datetime(2026, 3, 6, 3, tzinfo=UTC)
    beating = [60 + number % 50 for number in range(900)]
    store.write(beats(who, *beating, step=307, start=start, zone=zone))
    before = whole(client, who)

    for level in ROLLUPS:
        client.execute(f"UPDATE rollups_{level} SET sum = -1, bins = NULL".encode())
        client.execute("SELECT refresh_heart_rate_aggregation(%s)", [level])

    assert whole(client, who) == before


def whole(client: Client, who: int) -> list[tuple[Any, ...]]:
    rows = []
    for level in ROLLUPS:
        asked = f"SELECT *, '{level}' FROM rollups_{level} WHERE participant = %s ORDER BY t, day"
        rows += client.execute(asked.encode(), [who]).fetchall()
    return rows


def test_a_refresh_reaches_as_far_as_its_window(store: Store, client: Client) -> None:
    who = somebody()
    store.write(beats(who, 60, 61, step=86_400))
    client.execute("UPDATE rollups_1d SET sum = 0 WHERE participant = %s", [who])

    client.execute("SELECT refresh_heart_rate_aggregation('1d', '2026-03-02', '2026-03-03')")

    assert [row["sum"] for row in read(store, "heart_rate", "1d", who)] == [0.0, 61.0]


def test_stats_tell_what_each_level_holds(store: Store, client: Client) -> None:
    store.write(beats(somebody(), 60, 61))

    found = client.execute("SELECT * FROM get_heart_rate_aggregation_stats()").fetchall()

    assert [row[0] for row in found] == list(ROLLUPS)
    assert len({row[2] for row in found}) == 1  # every level counts the same samples
    assert all(row[1] > 0 and row[5] for row in found)


def test_partitions_are_made_for_months_as_they_come(store: Store, client: Client) -> None:
    who = somebody()

    store.write(beats(who, 60, 61, start=datetime(2009, 1, 31, 23, 59, 59, tzinfo=UTC)))

    made = "SELECT count(*) FROM pg_inherits WHERE inhrelid = to_regclass(%s)"
    for name in ("samples_2009_01", "samples_2009_02", "rollups_1m_2009_02", "rollups_1h_2009"):
        assert one(client, made, name) == 1
    assert values(store, "heart_rate", who) == [60.0, 61.0]


def test_several_processes_may_set_up_one_store_at_once(tmp_path: Path) -> None:
    url = new_database(tmp_path)

    with ThreadPoolExecutor(3) as beside:
        stores = list(beside.map(open_store, [url] * 3))

    assert [store.write(beats(1, 60 + number)).written for number, store in enumerate(stores)]
    for store in stores:
        store.close()


def test_writers_of_one_participant_wait_for_each_other(store: Store) -> None:
    who, day = somebody(), NOON.date()

    def write(turn: int) -> None:
        told = beats(who, *[40 + turn] * (50 + turn), as_of=turn + 1)
        store.write(told, slices((who, "heart_rate", day)))

    with ThreadPoolExecutor(4) as beside:
        list(beside.map(write, range(24)))

    found = values(store, "heart_rate", who)
    assert len(set(found)) == 1
    assert [row["count"] for row in read(store, "heart_rate", "1mo", who)] == [len(found)]


def test_a_registry_in_the_same_database_takes_no_name_of_the_store(client: Client) -> None:
    names = {table for (table,) in client.execute("SELECT relname FROM pg_class").fetchall()}

    assert names & metadata.tables.keys() == set()


def test_what_is_forgotten_is_not_in_the_files(store: Store, client: Client) -> None:
    who = somebody()
    store.write(samples(who, "weight", [71.25, 72.5], start=datetime(2031, 5, 5, tzinfo=UTC)))
    before = one(client, "SELECT pg_relation_filepath('samples_2031_05')")

    store.forget(who)

    assert one(client, "SELECT pg_relation_filepath('samples_2031_05')") != before
    assert one(client, "SELECT pg_relation_size('samples_2031_05')") == 0
