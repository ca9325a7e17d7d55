"""Who asks is known to the database, whichever it is."""

from pathlib import Path

import psycopg
import pytest
from clickhouse_server import new_clickhouse
from postgres import new_database

from wearhouse.origin import LONGEST, origin, within, words
from wearhouse.registry import open_registry
from wearhouse.registry.connection import transaction
from wearhouse.store import Store
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.store.clickhouse.connection import Connection
from wearhouse.store.postgres import PostgresStore


def test_what_asks_is_noted_inside_what_asked_before() -> None:
    with within(request="a1"), within(sync=12):
        inside = dict(origin())

    assert inside == {"request": "a1", "sync": "12"}
    assert words() == ""


def test_a_name_cannot_leave_a_comment_a_header_or_a_line() -> None:
    with within(request="a */ DROP TABLE x; --\r\nSet-Cookie: b" + "c" * 99):
        said = words()

    assert said.isascii()
    assert not set(said) & set("*/;\r\n'\"%{}")
    assert len(said) <= len("request ") + LONGEST


@pytest.mark.parametrize("store", ["embedded"], indirect=True)
def test_the_embedded_store_is_asked_in_the_name_of_a_request(store: Store) -> None:
    assert isinstance(store, ClickHouseStore)

    with within(request="4f2a", sync=12):
        running = store.connection.query("SELECT query FROM system.processes")

    assert "/* request 4f2a sync 12 */" in running["query"].to_pylist()[0]


def test_the_log_of_a_clickhouse_server_is_told_the_request(tmp_path: Path) -> None:
    connection = Connection(new_clickhouse(tmp_path))

    with within(request="4f2a"):
        told = connection.query("SELECT getSetting('log_comment') AS said")
    after = connection.query("SELECT getSetting('log_comment') AS said")
    connection.close()

    assert told["said"].to_pylist() == ["request 4f2a"]
    assert after["said"].to_pylist() == [""]


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_store_on_postgresql_is_asked_in_the_name_of_a_request(store: Store) -> None:
    assert isinstance(store, PostgresStore)

    with store.connections.session() as session, within(request="4f2a"):
        session.statements["who_asks"] = "SELECT current_query()"
        try:
            [(asked,)] = session.rows("who_asks")
        finally:
            del session.statements["who_asks"]

    assert asked == "/* request 4f2a */ SELECT current_query()"


def test_a_registry_on_postgresql_is_asked_in_the_name_of_a_request(tmp_path: Path) -> None:
    url = new_database(tmp_path)
    registry = open_registry(url)
    seen = "SELECT application_name FROM pg_stat_activity WHERE pid = "
    try:
        with within(request="4f2a"), transaction(registry.engine) as asking:
            own = asking.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with psycopg.connect(url) as beside:
                told = beside.execute(f"{seen}{own}").fetchone()
        with psycopg.connect(url) as beside:
            after = beside.execute(f"{seen}{own}").fetchone()
    finally:
        registry.close()

    assert told == ("wearhouse request 4f2a",)
    assert after == ("wearhouse",)
