"""Whatever revision a registry was set up with: this release opens it and finds its rows.

`held/` has rows as a revision kept them, named by it. A registry is set up at each revision that
there is, from the rows of the newest such file that is not newer; so a new one is tested as it
comes.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgres import new_database
from sqlalchemy import Engine

from wearhouse.registry import Registry, open_registry
from wearhouse.registry.connection import connect, migrate
from wearhouse.registry.syncs import Watermark
from wearhouse.study import Role, State

HELD = Path(__file__).parent / "held"
VERSIONS = Path(__file__).parents[2] / "wearhouse" / "registry" / "migrations" / "versions"
REVISIONS = sorted(file.name.partition("_")[0] for file in VERSIONS.glob("0*.py"))
DATABASES: dict[str, Callable[[Path], str]] = {
    "sqlite": "sqlite:///{}/registry.sqlite".format,
    "postgres": new_database,
}

Kept = dict[str, list[dict[str, Any]]]


def set_up(url: str, revision: str) -> Kept:
    """A registry as an earlier release left it; every row of it by table."""
    engine = connect(url)
    file = max(file for file in HELD.glob("*.sql") if file.stem <= revision)
    migrate(engine, file.stem)
    with engine.begin() as connection:
        for statement in file.read_text(encoding="utf-8").split(";\n"):
            connection.exec_driver_sql(statement)
    migrate(engine, revision)
    rows = kept(engine)
    engine.dispose()
    return rows


def kept(engine: Engine) -> Kept:
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in tables.sorted_tables
            if table.name != "alembic_version"
        }


def in_common(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[str]:
    """Rows of the columns that both have, in an order of their own."""
    columns = {*rows[0]} & {*others[0]} if rows and others else set()
    return sorted(repr(sorted((c, row[c]) for c in columns)) for row in rows)


@dataclass(frozen=True)
class Opened:
    """A registry of an earlier revision, opened; and its rows before."""

    revision: str
    before: Kept
    registry: Registry


@pytest.fixture(scope="module", params=[(d, r) for d in DATABASES for r in REVISIONS], ids="-".join)
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    database, revision = request.param
    url = DATABASES[database](tmp_path_factory.mktemp("registry"))
    before = set_up(url, revision)
    with closing(open_registry(url)) as registry:
        yield Opened(revision, before, registry)


def test_every_row_is_there(opened: Opened) -> None:
    after = kept(opened.registry.engine)

    assert opened.before.keys() <= after.keys()
    for table, rows in opened.before.items():
        assert in_common(rows, after[table]) == in_common(after[table], rows), table


def test_people_loads_and_keys_are_known(opened: Opened) -> None:
    registry = opened.registry

    person = registry.participant_named("P-1")

    assert (person.timezone, person.enrolled_on) == ("Asia/Kathmandu", date(2026, 2, 1))
    assert [load.samples for load in registry.loads()] == [7]
    assert {found.record for found in registry.quarantined(10)} == {"naïve, 心", "x"}
    assert registry.access.holder("wh_held").role == Role.ANALYST


def test_grants_watermarks_and_heartbeats_are_known(opened: Opened) -> None:
    if opened.revision < "0002":
        pytest.skip("there were none")
    registry = opened.registry
    person = registry.participant_named("P-1")

    [grant] = registry.grants.all("S")

    assert (grant.state, grant.token) == (State.ACTIVE, "sealed")
    until = datetime(2026, 3, 1, 0, 15, tzinfo=UTC)
    marks = registry.syncs.watermarks(person, "oura")
    assert marks == {"heart": Watermark(date(2026, 2, 1), until)}
    assert [beat.firmware for beat in registry.devices.heartbeats(person)] == ["2.1"]


def test_more_is_taken_and_what_was_refused_before_is_not_kept_again(opened: Opened) -> None:
    registry = opened.registry
    load = registry.begin_load(registry.study_named("S").id, "folder", "csv")

    again = {"person": "", "position": 3, "reason": "not a number", "record": "naïve, 心"}
    registry.quarantine(load, "a.csv", [again, again | {"position": 9}])

    assert len(registry.quarantined(10)) == 3
