"""Notices of new data that wait to be fetched: one row for a person and a family, however often
the vendor says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from wearhouse.registry import tables
from wearhouse.registry.arriving import notices
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import people
from wearhouse.registry.rows import insert_once, zoned
from wearhouse.study import Participant

PATIENCE = timedelta(minutes=5)
"""How long notices that keep coming can put off the fetching of what they are about."""
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class About:
    """What a notice is about: some civil days of a family of a participant, or with neither day
    what is fresh."""

    participant: Participant
    source: str
    family: str
    first_on: date | None = None
    last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be fetched of one person and family; `times` says how many notices said so."""

    id: int
    participant: Participant
    source: str
    family: str
    first_on: date | None
    last_on: date | None
    fresh: bool
    times: int
    tries: int
    noticed_at: datetime


class Notices:
    """The queue of what vendors said is new."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def put(self, about: Sequence[About], now: datetime, quiet: timedelta) -> None:
        """Queue what notices are about, all or nothing. It is due once nothing more came for as
        long as `quiet`, and PATIENCE after the first at the latest."""
        with transaction(self.engine) as rows:
            for one in about:
                _put(rows, one, now, quiet)

    def due(self, now: datetime) -> list[Waiting]:
        """What is to be fetched now, the oldest first."""
        columns = [c for c in notices.c if c.name not in ("participant_id", "due_at")]
        asked = (
            people()
            .add_columns(*(c.label(f"notice_{c.name}") for c in columns))
            .join(notices, notices.c.participant_id == tables.participants.c.id)
            .where(notices.c.due_at <= now)
            .order_by(notices.c.noticed_at, notices.c.id)
        )
        with transaction(self.engine) as rows:
            return [_waiting(zoned(row)) for row in rows.execute(asked)]

    def fetched(self, one: Waiting) -> None:
        """It is in the store, or there is nothing to be fetched. What was said since then stays."""
        same = (notices.c.id == one.id, notices.c.times == one.times)
        with transaction(self.engine) as rows:
            rows.execute(sa.delete(notices).where(*same))

    def later(self, one: Waiting, now: datetime) -> None:
        """Fetching failed; it is due again after a while, each time a longer one."""
        wait = min(timedelta(minutes=2**one.tries), LONGEST_WAIT)
        changed = {"tries": one.tries + 1, "due_at": now + wait}
        with transaction(self.engine) as rows:
            rows.execute(sa.update(notices).where(notices.c.id == one.id).values(changed))

    def waiting(self) -> dict[str, int]:
        """How many persons' families wait, by source."""
        asked = sa.select(notices.c.source, sa.func.count().label("number"))
        asked = asked.group_by(notices.c.source)
        with transaction(self.engine) as rows:
            return {row.source: int(row.number) for row in rows.execute(asked)}


def _put(rows: Connection, one: About, now: datetime, quiet: timedelta) -> None:
    place = {
        "participant_id": one.participant.id, "source": one.source, "family": one.family,
    }  # fmt: skip
    first = {
        "first_on": one.first_on, "last_on": one.last_on, "fresh": one.first_on is None,
        "times": 1, "tries": 0, "noticed_at": now, "due_at": now + quiet,
    }  # fmt: skip
    if insert_once(rows, notices, {**place, **first}):
        return
    there = [notices.c[name] == value for name, value in place.items()]
    held = rows.execute(sa.select(notices).where(*there).with_for_update()).one_or_none()
    if held is None:  # it was fetched between the two statements
        insert_once(rows, notices, {**place, **first})
        return
    rows.execute(sa.update(notices).where(*there).values(_united(zoned(held), one, now, quiet)))


def _united(held: Mapping[str, Any], one: About, now: datetime, quiet: timedelta) -> dict[str, Any]:
    days = [held["first_on"], one.first_on], [held["last_on"], one.last_on]
    first, last = ([day for day in pair if day] for pair in days)
    due = min(now + quiet, held["noticed_at"] + PATIENCE)
    return {
        "first_on": min(first, default=None),
        "last_on": max(last, default=None),
        "fresh": held["fresh"] or one.first_on is None,
        "times": held["times"] + 1,
        # Whoever waits after a failure is not hurried by what comes meanwhile.
        "due_at": held["due_at"] if held["tries"] else due,
    }


def _waiting(row: dict[str, Any]) -> Waiting:
    said = {name[7:]: value for name, value in row.items() if name.startswith("notice_")}
    person = {name: value for name, value in row.items() if not name.startswith("notice_")}
    return Waiting(participant=Participant(**person), **said)
