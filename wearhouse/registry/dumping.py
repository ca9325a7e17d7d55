"""The whole registry as rows of JSON, and back, between any two of its databases."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from wearhouse.errors import Conflict, Invalid
from wearhouse.registry.connection import connect, migrate, reachable

PASSING = frozenset({"sessions", "locks", "alembic_version"})
"""Tables that mean nothing elsewhere or later."""

TELLING = ("studies", "keys", "users", "loads")
"""Tables that are empty in a registry that nobody has used."""

ROWS_AT_ONCE = 5_000


def newest_revision() -> str:
    """The version of the schema that this release brings a registry to."""
    folder = Path(__file__).parent / "migrations" / "versions"
    return max(file.name.partition("_")[0] for file in folder.glob("[0-9]*.py"))


def clock(engine: Engine) -> datetime:
    """What time it is for the registry's database."""
    with reachable(), engine.connect() as rows:
        said = rows.scalar(sa.select(sa.func.current_timestamp()))
    at = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def revision(engine: Engine) -> str:
    """The version of the registry's schema."""
    from alembic.migration import MigrationContext  # takes a while to import

    with reachable(), engine.connect() as rows:
        return MigrationContext.configure(rows).get_current_revision() or ""


def dump(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every table as it is at one moment: its name and some of its rows, a line of JSON each,
    parents before their children."""
    with reachable(), engine.connect() as rows:
        if engine.dialect.name == "sqlite":
            rows.exec_driver_sql("BEGIN")  # the driver would begin only before a write
        else:
            rows = rows.execution_options(isolation_level="REPEATABLE READ")
        there = sa.MetaData()
        there.reflect(rows)
        for table in there.sorted_tables:
            if table.name not in PASSING:
                yield from ((table.name, part) for part in _parts(rows, table))


def restore_at(url: str, version: str, parts: Iterable[tuple[str, bytes]]) -> int:
    """`restore` into the registry at a URL."""
    engine = connect(url)
    try:
        return restore(engine, version, parts)
    finally:
        engine.dispose()


def restore(engine: Engine, version: str, parts: Iterable[tuple[str, bytes]]) -> int:
    """Fill an empty registry with what `dump` gave at a version of the schema, then bring it up to
    date; the number of rows. Conflict unless it is empty."""
    if not _is_empty(engine):
        raise Conflict("The registry to restore into is not empty.")
    try:
        if revision(engine):
            migrate(engine, "base")
        migrate(engine, version)
    except Exception as error:
        if "locate revision" in str(error):
            raise Invalid(f"This backup is of a later Wearhouse (schema {version}).") from None
        raise
    then = sa.MetaData()
    with reachable(), engine.begin() as rows:
        then.reflect(rows)
        for table in reversed(then.sorted_tables):  # migrations leave a row here and there
            if table.name not in PASSING and rows.scalar(sa.select(sa.exists().select_from(table))):
                rows.execute(sa.delete(table))
        number = sum(_fill(rows, then.tables[name], lines) for name, lines in parts)
        if engine.dialect.name == "postgresql":
            _go_on_counting(rows, then)
    migrate(engine)
    return number


def _is_empty(engine: Engine) -> bool:
    """Whether there are no tables yet, or nobody and nothing in them."""
    with reachable(), engine.connect() as rows:
        there = sa.MetaData()
        there.reflect(rows)
        told = [there.tables[name] for name in TELLING if name in there.tables]
        return not any(rows.scalar(sa.select(sa.exists().select_from(table))) for table in told)


def _parts(rows: Connection, table: sa.Table) -> Iterator[bytes]:
    found = rows.execute(sa.select(table).order_by(*table.primary_key.columns))
    for some in found.partitions(ROWS_AT_ONCE):
        yield b"".join(_line(row._mapping) for row in some)


def _line(row: Any) -> bytes:
    plain = {name: _plain(value) for name, value in row.items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _fill(rows: Connection, table: sa.Table, lines: bytes) -> int:
    known = {column.name: column.type.python_type for column in table.columns}
    values = [
        {name: _typed(value, known[name]) for name, value in json.loads(line).items()}
        for line in lines.splitlines()
    ]
    if values:
        rows.execute(sa.insert(table), values)
    return len(values)


def _typed(value: Any, kind: type) -> Any:
    if value is None:
        return None
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is bytes:
        return base64.b64decode(value)
    return value


def _go_on_counting(rows: Connection, then: sa.MetaData) -> None:
    """Numbers given from now on follow those that were restored."""
    for table in then.tables.values():
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and keys[0].name == "id" and keys[0].type.python_type is int:
            sequence = rows.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, "id")))
            newest = rows.scalar(sa.select(sa.func.max(keys[0])))
            if sequence and newest:
                rows.execute(sa.select(sa.func.setval(sequence, newest)))
