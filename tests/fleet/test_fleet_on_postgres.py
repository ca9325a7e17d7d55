"""What any SQL client can ask of a fleet on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pytest
from fleets import reports
from postgres import new_database

from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_folder
from wearhouse.registry import open_registry
from wearhouse.store import open_store
from wearhouse.store.fleet_of import fleet_of

ASKED = "SELECT calculate_battery_percentile({}, {}, '{}', '{}')"


@pytest.fixture(scope="module")
def client(
    made: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A session of a SQL client beside a store with a fleet in it."""
    folder = tmp_path_factory.mktemp("sql")
    url = new_database(folder)
    store, registry = open_store(url), open_registry(f"sqlite:///{folder}/registry.sqlite")
    load_folder(fleet_of(store), registry, made)
    curate(fleet_of(store), registry)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
    store.close()
    registry.close()


@pytest.mark.parametrize("p", [0, 0.01, 0.1, 0.5, 0.9, 0.999, 1])
@pytest.mark.parametrize("project", ["1", "'1'"])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-05-28", "2026-06-15"),
        ("2026-06-01 07:13:20+00", "2026-06-03 19:47+00"),
        ("2026-06-01 07:13+02", "2026-06-01 07:40+02"),
    ],
)
def test_the_battery_percentile_lies_in_the_bin_of_the_exact_value(
    client: "psycopg.Connection[tuple[object, ...]]",
    made: Path,
    p: float,
    project: str,
    first: str,
    last: str,
) -> None:
    client.execute("SET TimeZone = 'UTC'")
    row = client.execute(ASKED.format(p, project, first, last).encode()).fetchone()

    start, end = (zoned(text) for text in (first, last))
    values = sorted(t.metrics["battery"] for t in reports(made) if start <= t.captured < end)
    exact = values[int(np.floor(p * (len(values) - 1)))]
    assert row is not None
    assert row[0] == pytest.approx(exact, rel=0.01)


def zoned(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def test_days_do_not_depend_on_the_clock_of_the_session(
    client: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    asked = ASKED.format(0.5, 1, "2026-06-01 00:00+00", "2026-06-02 00:00+00").encode()
    found = []
    for zone in ("UTC", "Asia/Kathmandu", "America/St_Johns"):
        client.execute(f"SET TimeZone = '{zone}'".encode())
        found.append(client.execute(asked).fetchone())

    assert len(set(found)) == 1


def test_a_span_without_reports_has_no_percentile(
    client: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    later = f"{datetime(2026, 5, 28, tzinfo=UTC) + timedelta(days=400):%Y-%m-%d}"

    row = client.execute(ASKED.format(0.5, 1, later, "2028-01-01").encode()).fetchone()

    assert row == (None,)


@pytest.mark.parametrize(
    ("p", "last"), [(-0.1, "2027-01-01"), (50, "2027-01-01"), (0.5, "2020-01-01")]
)
def test_a_question_that_makes_no_sense_is_refused(
    client: "psycopg.Connection[tuple[object, ...]]", p: float, last: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException):
        client.execute(ASKED.format(p, 1, "2026-06-01", last).encode())


def test_staging_and_what_is_curated_are_schemas_of_their_own(
    client: "psycopg.Connection[tuple[object, ...]]",
) -> None:
    states = client.execute("SELECT state, curated, skipped FROM staging.load_log").fetchall()
    [(beats,)] = client.execute("SELECT count(*) FROM curated.heartbeats").fetchall()
    [(parts,)] = client.execute(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'curated.heartbeats'::regclass"
    ).fetchall()

    assert states[0][:2] == ("curated", beats)
    assert parts == 2
