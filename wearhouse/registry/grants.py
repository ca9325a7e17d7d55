"""Grants as the registry keeps them: states, encrypted tokens, open invitations."""

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import people
from wearhouse.registry.rows import insert_once, put, zoned
from wearhouse.study import EVERYBODY, Grant, Participant, Scope, State

TABLE = tables.grants
PERSON = tuple(column.name for column in fields(Participant))


def digest(secret: str) -> str:
    """What is kept of an invitation, or of the vendor's name for a person."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Grants:
    """Who granted what."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def all(self, study: str | None = None, source: str | None = None) -> list[Grant]:
        """Every grant (of a study, of a source) by participant."""
        asked = _asked(self.scope).order_by(
            tables.studies.c.code, tables.participants.c.code, TABLE.c.source
        )
        if study is not None:
            asked = asked.where(tables.studies.c.code == study)
        if source is not None:
            asked = asked.where(TABLE.c.source == source)
        return self._found(asked)

    def of(self, participant: Participant, source: str) -> Grant:
        """The participant's grant for a source; its state is `none` if there never was one."""
        asked = _asked(self.scope).where(
            TABLE.c.participant_id == participant.id, TABLE.c.source == source
        )
        found = self._found(asked)
        return found[0] if found else Grant(participant, source, State.NONE)

    def of_subject(self, source: str, subject: str) -> list[Grant]:
        """The grants of the person whom the vendor calls so."""
        asked = _asked(self.scope).where(
            TABLE.c.source == source, TABLE.c.subject == digest(subject)
        )
        return self._found(asked)

    def accounts(self) -> dict[str, int]:
        """How many accounts of each source ever granted access. Whom the vendor does not name
        counts as one of their own."""
        unnamed = sa.literal("#") + sa.cast(TABLE.c.participant_id, sa.String)
        many = sa.func.count(sa.distinct(sa.func.coalesce(TABLE.c.subject, unnamed)))
        asked = sa.select(TABLE.c.source, many).where(TABLE.c.granted_at.is_not(None))
        with transaction(self.engine) as rows:
            found = rows.execute(asked.group_by(TABLE.c.source)).all()
        return {source: int(number) for source, number in found}

    def invite(self, source: str, invitations: Sequence[tuple[Participant, str]]) -> None:
        """Note invitations, all or none; those given before are no longer good. A grant that
        works keeps working until the new one is there."""
        now = datetime.now(UTC)
        fresh = (State.NONE.value, State.REVOKED.value)
        state = sa.case((TABLE.c.state.in_(fresh), State.INVITED.value), else_=TABLE.c.state)
        with transaction(self.engine) as rows:
            for participant, invitation in invitations:
                place = {"participant_id": participant.id, "source": source}
                values = {
                    "invitation": digest(invitation), "invited_at": now, "opened_at": None,
                    "changed_at": now,
                }  # fmt: skip
                empty = {"state": State.INVITED.value, "scopes": "", "detail": ""}
                if not insert_once(rows, TABLE, {**empty, **place, **values}):
                    there = [TABLE.c[name] == value for name, value in place.items()]
                    rows.execute(sa.update(TABLE).where(*there).values(**values, state=state))

    def opened(self, participant: Participant, source: str) -> None:
        """Note that an invitation was looked at; only the first time counts."""
        mine = (
            TABLE.c.participant_id == participant.id,
            TABLE.c.source == source,
            TABLE.c.opened_at.is_(None),
        )
        with transaction(self.engine) as rows:
            rows.execute(sa.update(TABLE).where(*mine).values(opened_at=datetime.now(UTC)))

    def keep_token(
        self,
        participant: Participant,
        source: str,
        token: str,
        state: State,
        scopes: frozenset[str],
        subject: str,
        detail: str,
        granted: bool,
    ) -> None:
        """Keep an encrypted token; with `granted` it came from a consent, which ends the
        invitation."""
        values: dict[str, Any] = {
            "state": state.value, "token": token, "scopes": " ".join(sorted(scopes)),
            "detail": detail,
        }  # fmt: skip
        if subject:
            values["subject"] = digest(subject)
        if granted:
            values |= {"granted_at": datetime.now(UTC), "invitation": None}
        self._put(participant, source, values)

    def end(self, participant: Participant, source: str, state: State, detail: str) -> None:
        """Note that a grant expired or was revoked; its token is forgotten."""
        values = {"state": state.value, "token": None, "invitation": None, "detail": detail}
        self._put(participant, source, values)

    def note(self, participant: Participant, source: str, state: State, detail: str) -> None:
        """Note a grant's state and why."""
        self._put(participant, source, {"state": state.value, "detail": detail})

    def sever(self, participant: Participant) -> int:
        """Forget what leads from a participant's grants to their accounts; how many did."""
        mine = (TABLE.c.participant_id == participant.id, TABLE.c.subject.is_not(None))
        gone = {"token": None, "subject": None, "invitation": None}
        with transaction(self.engine) as rows:
            return rows.execute(sa.update(TABLE).where(*mine).values(gone)).rowcount

    def note_timezone(self, participant: Participant, source: str, timezone: str) -> None:
        """Note the home clock as the vendor knows it."""
        self._put(participant, source, {"timezone": timezone})

    def replace_token(self, grant: Grant, token: str) -> None:
        """Put another text for the same token, unless it was changed meanwhile."""
        mine = (
            TABLE.c.participant_id == grant.participant.id,
            TABLE.c.source == grant.source,
            TABLE.c.token == grant.token,
        )
        with transaction(self.engine) as rows:
            rows.execute(sa.update(TABLE).where(*mine).values(token=token))

    def _put(self, participant: Participant, source: str, values: dict[str, Any]) -> None:
        place = {"participant_id": participant.id, "source": source}
        empty = {"state": State.NONE.value, "scopes": "", "detail": ""}
        with transaction(self.engine) as rows:
            put(rows, TABLE, place, values | {"changed_at": datetime.now(UTC)}, empty)

    def _found(self, asked: sa.Select[Any]) -> list[Grant]:
        with transaction(self.engine) as rows:
            return [_grant(zoned(row)) for row in rows.execute(asked)]


def _asked(scope: Scope) -> sa.Select[Any]:
    columns = [
        TABLE.c[name].label(f"grant_{name}")
        for name in (
            "source", "state", "scopes", "timezone", "invited_at", "opened_at", "granted_at",
            "changed_at", "detail", "token", "invitation",
        )
    ]  # fmt: skip
    return (
        people(scope)
        .add_columns(*columns)
        .join(TABLE, TABLE.c.participant_id == tables.participants.c.id)
    )


def _grant(row: dict[str, Any]) -> Grant:
    kept = {name[6:]: value for name, value in row.items() if name.startswith("grant_")}
    kept["state"], kept["scopes"] = State(kept["state"]), frozenset(kept["scopes"].split())
    return Grant(Participant(**{name: row[name] for name in PERSON}), **kept)
