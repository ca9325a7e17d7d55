"""Participants within reach of somebody: every lookup of people begins here."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, null, or_, select, true

from wearhouse.errors import NotAllowed, NotFound
from wearhouse.registry import tables
from wearhouse.study import EVERYBODY, Scope, place_of

MOST_NAMED = 50
"""How many unknown codes one refusal names."""


def people(scope: Scope = EVERYBODY) -> Select[Any]:
    """Participants within reach, as the record of that name takes them."""
    blind: Any = case((tables.studies.c.blinded, null()), else_=tables.arms.c.code)
    asked = (
        select(
            tables.participants.c.id,
            tables.participants.c.code,
            tables.studies.c.code.label("study"),
            tables.participants.c.timezone,
            tables.participants.c.enrolled_on,
            tables.participants.c.withdrawn_on,
            tables.sites.c.code.label("site"),
            (tables.arms.c.code if scope.arms else blind).label("arm"),
            tables.participants.c.starts_on,
            tables.participants.c.ends_on,
        )
        .join_from(tables.participants, tables.studies)
        .outerjoin(tables.sites, tables.sites.c.id == tables.participants.c.site_id)
        .outerjoin(tables.arms, tables.arms.c.id == tables.participants.c.arm_id)
    )
    return asked if scope.places is None else asked.where(or_(false(), *_at(scope.places)))


def reached(column: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    """That a participant's number is one of those within reach."""
    if scope.places is None:
        return true()
    return column.in_(people(scope).with_only_columns(tables.participants.c.id))


def of_whole_studies(column: ColumnElement[Any], scope: Scope) -> ColumnElement[bool]:
    """That a study's number is one of those within reach; NotAllowed for who reaches only parts
    of studies."""
    if scope.places is None:
        return true()
    whole = [place for place in scope.places if place_of(place)[1] is None]
    if not whole:
        raise NotAllowed("This is not divided by site, and you reach only some sites.")
    return column.in_(select(tables.studies.c.id).where(tables.studies.c.code.in_(whole)))


def nobody(codes: Sequence[str], study: str | None) -> NotFound:
    """That no participant within reach has these codes."""
    where = f" in study {study}" if study else ""
    shown = ", ".join(map(repr, codes[:MOST_NAMED]))
    more = f" and {len(codes) - MOST_NAMED} more" if len(codes) > MOST_NAMED else ""
    return NotFound(f"No participant is called {shown}{more}{where}.", "participant")


def _at(places: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    for study, site in map(place_of, sorted(places)):
        here = tables.studies.c.code == study
        yield and_(here, tables.sites.c.code == site) if site else here
