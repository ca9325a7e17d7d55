"""The registry's schema goes up and down with people in it, on every kind of database."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from postgres import new_database, shared_cluster

from wearhouse.errors import Invalid, Unavailable
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.connection import connect, migrate
from wearhouse.study import Role

VERSIONS = Path(__file__).parents[2] / "wearhouse" / "registry" / "migrations" / "versions"
REVISIONS = sorted(file.name.partition("_")[0] for file in VERSIONS.glob("0*.py"))
DATABASES: dict[str, Callable[[Path], str]] = {
    "sqlite": "sqlite:///{}/registry.sqlite".format,
    "postgres": new_database,
}


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return DATABASES[request.param](tmp_path)


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    registry = open_registry(url)
    yield registry
    registry.close()


def fill(registry: Registry) -> str:
    """A study with one participant, a load with a refused record, and a key."""
    registry.create_study("S", "Sleep", date(2026, 1, 1))
    registry.enrol("S", "P-1", "Asia/Kathmandu", date(2026, 2, 1))
    load = registry.begin_load(registry.study_named("S").id, "folder", "csv")
    refused = {"person": "", "position": 3, "reason": "not a number", "record": "naïve, 心"}
    registry.quarantine(load, "a.csv", [refused, refused])
    registry.end_load(load, "done", 7, 0, 1, "")
    return registry.access.create_key("k", Role.ANALYST)


def test_the_newest_schema_is_the_one_that_the_tables_describe(registry: Registry) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from wearhouse.registry.tables import metadata

    with registry.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [d for d in compare_metadata(context, metadata) if d[0] != "add_constraint"]

    assert differences == []


def test_people_survive_every_step_down_and_up_again(registry: Registry) -> None:
    key = fill(registry)

    for revision in reversed(REVISIONS[:-1]):
        migrate(registry.engine, revision)
    migrate(registry.engine)

    assert registry.participant_named("P-1").timezone == "Asia/Kathmandu"
    assert registry.access.holder(key).role == Role.ANALYST
    assert [load.samples for load in registry.loads()] == [7]
    assert [found.record for found in registry.quarantined(10)] == ["naïve, 心"]


def test_nothing_is_left_below_the_first_version(registry: Registry) -> None:
    fill(registry)

    migrate(registry.engine, "base")

    assert set(sa.inspect(registry.engine).get_table_names()) == {"alembic_version"}


def test_a_refused_record_is_kept_once(registry: Registry) -> None:
    fill(registry)
    load = registry.begin_load(None, "folder", "csv")
    refused = {"person": "", "position": 3, "reason": "not a number", "record": "naïve, 心"}

    registry.quarantine(load, "a.csv", [refused])

    assert len(registry.quarantined(10)) == 1


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        ("a\0b", "a␀b"),
        ("心" * 500, "心" * 500),
        (os.fsdecode(b"caf\xe9"), r"caf\udce9"),
    ],
    ids=["a NUL", "many bytes", "no text"],
)
def test_whatever_is_refused_is_kept_once(registry: Registry, record: str, kept: str) -> None:
    refused = {"person": record, "position": 3, "reason": "not a number", "record": record}

    for _ in range(2):
        load = registry.begin_load(None, "folder", "csv")
        registry.quarantine(load, f"{record * 3}.csv", [refused])

    assert [found.record for found in registry.quarantined(10)] == [kept]


def test_records_that_differ_by_what_cannot_be_kept_are_two(registry: Registry) -> None:
    load = registry.begin_load(None, "folder", "csv")
    refused = {"person": "", "position": 3, "reason": "not a number"}

    registry.quarantine(load, "a.csv", [refused | {"record": text} for text in ("\0", "␀")])

    assert len(registry.quarantined(10)) == 2


def test_a_record_refused_before_digests_were_kept_is_not_kept_again(registry: Registry) -> None:
    fill(registry)
    migrate(registry.engine, "0002")
    migrate(registry.engine)

    refused = {"person": "", "position": 3, "reason": "not a number", "record": "naïve, 心"}
    registry.quarantine(registry.begin_load(None, "folder", "csv"), "a.csv", [refused])

    assert len(registry.quarantined(10)) == 1


def test_going_back_leaves_out_what_the_version_before_could_not_keep(registry: Registry) -> None:
    fill(registry)
    refused = {"person": "", "position": 4, "reason": "not a number"}
    load = registry.begin_load(None, "folder", "csv")
    texts = ("\0", "␀", "".join(map(chr, range(0x4E00, 0x5E00))))
    registry.quarantine(load, "a.csv", [refused | {"record": text} for text in texts])

    migrate(registry.engine, "0002")
    migrate(registry.engine)

    assert {"naïve, 心", "␀"} <= {found.record for found in registry.quarantined(10)}


def test_times_are_in_utc_on_every_database(registry: Registry) -> None:
    fill(registry)

    [load] = registry.loads()

    assert load.started_at.utcoffset() is not None
    assert load.started_at.isoformat().endswith("+00:00")


@pytest.mark.parametrize("address", ["mysql://localhost/registry", "registry.sqlite"])
def test_a_url_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(Invalid, match="registry URL"):
        connect(address)


def test_a_wrong_password_is_told_in_one_sentence() -> None:
    url = shared_cluster().url("postgres", password="guessed-wrongly")

    with pytest.raises(Unavailable, match="password authentication failed") as refused:
        open_registry(url)

    assert "guessed-wrongly" not in str(refused.value)
    assert "\n" not in str(refused.value)
