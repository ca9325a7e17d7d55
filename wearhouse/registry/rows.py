"""Rows as both kinds of database take and give them."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(rows: Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Add a row unless one is there already; whether it was added."""
    added = once(rows, table).values(values)
    # Not every driver counts the rows of an insert; a row that was added is there to be told of.
    return rows.execute(added.returning(sa.literal(1))).first() is not None


def once(rows: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves alone what is there already."""
    if rows.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def put(
    rows: Connection,
    table: sa.Table,
    place: Mapping[str, Any],
    values: Mapping[str, Any],
    otherwise: Mapping[str, Any] | None = None,
) -> None:
    """Set columns of the row at a place. If there is none it is added, with `values` and with
    what `otherwise` says of the other columns."""
    there = [table.c[name] == value for name, value in place.items()]
    if not insert_once(rows, table, {**(otherwise or {}), **place, **values}):
        rows.execute(sa.update(table).where(*there).values(values))


def zoned(row: Any) -> dict[str, Any]:
    """A row by column; SQLite forgets that its times are UTC."""
    return {
        name: value.replace(tzinfo=UTC)
        if isinstance(value, datetime) and value.tzinfo is None
        else value
        for name, value in row._mapping.items()
    }


def digest(secret: str) -> str:
    """What is kept of a secret. Secrets are random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def packed(places: frozenset[str] | None) -> str | None:
    """Places as a column keeps them."""
    return None if places is None else " ".join(sorted(places))


def unpacked(text: str | None) -> frozenset[str] | None:
    """Places of a column."""
    return None if text is None else frozenset(text.split())
