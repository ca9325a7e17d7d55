"""What is TimescaleDB's own: chunks, compression, continuous aggregates. On a server that
WEARHOUSE_TEST_TIMESCALE_URL names."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from builders import NOON, beats, read, samples, slices, somebody
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Told
from postgres import servers
from telling import FAMILY, METRICS, TURNS, loads, replacements

from wearhouse.samples import SAMPLES
from wearhouse.store import Store, open_store

Client = psycopg.Connection[tuple[Any, ...]]

CONTINUOUS = ("1m", "1h")
FIGURES = "participant, t, count, sum, min, max, avg, first, last"


@pytest.fixture(scope="module")
def url() -> str:
    if "timescale" not in servers():
        pytest.skip("WEARHOUSE_TEST_TIMESCALE_URL names no server")
    return servers()["timescale"](Path())


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def client(url: str, store: Store) -> Iterator[Client]:
    """Somebody with psql, who meets no background job."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "SELECT alter_job(job_id, scheduled => false) FROM timescaledb_information.jobs"
        )
        yield connection


def asked(client: Client, statement: str, *given: object) -> list[tuple[Any, ...]]:
    return client.execute(statement.encode(), given or None).fetchall()


def served(client: Client, level: str, who: int, metric: str = "heart_rate") -> list[Any]:
    """The rows of a level as loads keep it."""
    return asked(
        client, f"SELECT {FIGURES} FROM {metric}_{level} WHERE participant = %s ORDER BY t", who
    )


def continuous(client: Client, level: str, who: int, metric: str = "heart_rate") -> list[Any]:
    """The same from the continuous aggregates, where they are in step, and else from samples."""
    return asked(
        client,
        f"SELECT {FIGURES} FROM continuous_{level} "
        "WHERE metric = %s AND participant = %s ORDER BY t",
        metric, who,
    )  # fmt: skip


def aggregated(client: Client, level: str, who: int) -> list[Any]:
    """What the continuous aggregate itself answers, in step or not."""
    return asked(
        client,
        "SELECT participant, t, count, sum, min, max, sum / count, first, last "
        f"FROM cagg_{level} WHERE participant = %s ORDER BY t",
        who,
    )


@pytest.mark.parametrize("level", CONTINUOUS)
@pytest.mark.parametrize("change", ["late", "restated", "withdrawn"])
def test_what_has_changed_is_folded_from_samples_until_it_is_refreshed(
    store: Store, client: Client, level: str, change: str
) -> None:
    who = somebody()
    store.write(beats(who, *range(60, 120), step=97))
    client.execute("CALL refresh_touched()")
    before = aggregated(client, level, who)

    day = slices((who, "heart_rate", NOON.date()))
    match change:
        case "late":
            store.write(beats(who, 200, start=NOON + timedelta(seconds=1)))
        case "restated":
            store.write(beats(who, *range(80, 140), step=97, as_of=2), day)
        case "withdrawn":
            store.write(SAMPLES.empty_table(), day)

    assert before != served(client, level, who)
    assert continuous(client, level, who) == served(client, level, who)
    client.execute("CALL refresh_touched()")
    assert asked(client, "SELECT FROM touched") == []
    assert continuous(client, level, who) == served(client, level, who)
    assert aggregated(client, level, who) == served(client, level, who)


@pytest.mark.parametrize("family", FAMILY)
@given(data=st.data())
@settings(max_examples=8)
def test_continuous_levels_are_those_that_loads_keep(
    store: Store, url: str, family: str, data: st.DataObject
) -> None:
    sources, zones = FAMILY[family]
    homes = data.draw(st.tuples(*[st.sampled_from(sorted(TURNS))] * 2))
    kinds = [kind(sources, zones) for kind in (loads, replacements)]
    steps = data.draw(st.lists(st.one_of(kinds), min_size=1, max_size=4))
    refreshed = data.draw(st.lists(st.booleans(), min_size=len(steps), max_size=len(steps)))
    who, clocks = (somebody(), somebody()), [ZoneInfo(home) for home in homes]

    with psycopg.connect(url, autocommit=True) as client:
        client.execute("SET TimeZone = 'UTC'")
        for step, refresh in zip(steps, refreshed, strict=True):
            step(store, Told(), who, clocks.__getitem__, TURNS[homes[0]])
            if refresh:
                client.execute("CALL refresh_touched()")

        for level in CONTINUOUS:
            for metric in METRICS:
                for one in who:
                    kept = served(client, level, one, metric)
                    assert continuous(client, level, one, metric) == kept


def test_the_refresh_policies_look_back_as_far_as_something_has_changed(client: Client) -> None:
    found = asked(
        client,
        "SELECT view_name, config ->> 'start_offset' FROM timescaledb_information.jobs AS jobs "
        "JOIN timescaledb_information.continuous_aggregates AS aggregates "
        "ON format('_materialized_hypertable_%s', config ->> 'mat_hypertable_id') "
        "= materialization_hypertable_name "
        "WHERE proc_name = 'policy_refresh_continuous_aggregate' ORDER BY 1",
    )

    assert found == [("cagg_1h", None), ("cagg_1m", None)]


def test_a_policy_brings_late_samples_of_long_ago_into_step(store: Store, client: Client) -> None:
    who, long_ago = somebody(), datetime(2015, 5, 5, tzinfo=UTC)
    store.write(beats(who, 60, start=long_ago))
    client.execute("CALL refresh_touched()")
    store.write(beats(who, 80, start=long_ago + timedelta(seconds=5)))

    for (job,) in asked(
        client,
        "SELECT job_id FROM timescaledb_information.jobs "
        "WHERE proc_name = 'policy_refresh_continuous_aggregate' ORDER BY job_id",
    ):
        client.execute("CALL run_job(%s)", [job])

    assert aggregated(client, "1h", who) == served(client, "1h", who)


def test_a_load_marks_whole_hours_and_no_more(store: Store, client: Client) -> None:
    client.execute("CALL refresh_touched()")
    who = somebody()

    store.write(beats(who, 60, 61, start=NOON + timedelta(minutes=59, seconds=59)))

    [mark] = asked(client, "SELECT participant, low, high FROM touched")
    assert mark == (who, NOON, NOON + timedelta(hours=2))


@pytest.mark.parametrize("table", ["samples", "rollups_1m"])
def test_what_is_compressed_is_segmented_by_metric_and_participant(
    client: Client, table: str
) -> None:
    [(segments, order)] = asked(
        client,
        "SELECT segmentby, orderby FROM timescaledb_information.hypertable_compression_settings "
        "WHERE hypertable = %s::regclass",
        table,
    )

    assert segments == "metric,participant"
    assert order.split(",")[0].split()[0] == "t"


def test_late_samples_change_what_is_compressed(store: Store, client: Client) -> None:
    who = somebody()
    store.write(beats(who, *range(60, 100)))
    client.execute("SELECT compress_chunk(c, true) FROM show_chunks('samples') c")

    store.write(beats(who, 200, start=NOON - timedelta(seconds=1)))
    store.write(beats(who, 70, as_of=2), slices((who, "heart_rate", NOON.date())))

    assert [row["value"] for row in read(store, "heart_rate", "raw", who)] == [70.0]
    assert continuous(client, "1h", who) == served(client, "1h", who)


@pytest.mark.parametrize(
    ("a_day", "days"), [(4_000_000, 7), (6_000_000, 3), (30_000_000, 1)], ids=str
)
def test_chunks_are_shorter_where_days_are_fuller(
    store: Store, client: Client, a_day: int, days: int
) -> None:
    who = somebody()
    store.write(samples(who, "steps", [1], start=datetime(2040, 1, 1, tzinfo=UTC)))
    client.execute("UPDATE rollups_1mo SET count = %s WHERE participant = %s", [a_day * 28, who])

    store.migrate()

    [(interval,)] = asked(
        client,
        "SELECT time_interval FROM timescaledb_information.dimensions "
        "WHERE hypertable_name = 'samples'",
    )
    assert interval == timedelta(days=days)
    store.forget(who)


def test_what_is_forgotten_is_not_in_the_aggregates(store: Store, client: Client) -> None:
    who = somebody()
    store.write(beats(who, 60, 61))
    client.execute("CALL refresh_touched()")
    store.write(beats(who, 62, start=NOON + timedelta(hours=3)))

    store.forget(who)

    for level in CONTINUOUS:
        assert continuous(client, level, who) == aggregated(client, level, who) == []
    assert asked(client, "SELECT FROM touched WHERE participant = %s", who) == []


def test_a_store_whose_aggregates_were_dropped_goes_on_without_them(
    url: str, tmp_path: Path
) -> None:
    url, who = servers()["timescale"](tmp_path), somebody()
    open_store(url).close()
    with psycopg.connect(url, autocommit=True) as client:
        client.execute("DROP MATERIALIZED VIEW cagg_1m CASCADE")
        client.execute("DELETE FROM definitions")

    store = open_store(url)
    store.write(beats(who, 60))

    assert [row["count"] for row in read(store, "heart_rate", "1h", who)] == [1]
    assert store.forget(who) > 0
    store.close()
