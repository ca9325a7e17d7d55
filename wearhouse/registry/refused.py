"""Refused records as their table takes and gives them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from wearhouse.registry import tables
from wearhouse.registry.reach import reached
from wearhouse.study import Scope

WHOLE = ("file", "position", "person", "reason", "record")
"""What makes two refused records the same."""

NUL, ITS_PICTURE = "\0", "\N{SYMBOL FOR NULL}"


def kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """A refused record's columns, with the digest by which it is known.

    PostgreSQL takes no NUL, and no database half a surrogate pair: the first is kept as its
    picture, the second as its escape.
    """
    whole = json.dumps([record[name] for name in WHOLE])
    columns = {name: _text(value) for name, value in record.items()}
    return {**columns, "digest": hashlib.sha256(whole.encode()).hexdigest()}


def within(scope: Scope) -> sa.Select[Any]:
    """Refused records with whose they are, where a sync brought them. Who reaches only some
    places sees only those."""
    table, whose = tables.quarantine, tables.participants
    asked = (
        sa.select(
            *(c for c in table.c if c.name not in ("load_id", "attempt_id", "digest")),
            whose.c.code.label("participant"),
            tables.studies.c.code.label("study"),
            tables.attempts.c.source,
        )
        .outerjoin_from(table, tables.attempts)
        .outerjoin(whose, whose.c.id == tables.attempts.c.participant_id)
        .outerjoin(tables.studies, tables.studies.c.id == whose.c.study_id)
    )
    if scope.places is None:
        return asked
    return asked.where(whose.c.id.is_not(None), reached(whose.c.id, scope))


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace(NUL, ITS_PICTURE).encode(errors="backslashreplace").decode()
