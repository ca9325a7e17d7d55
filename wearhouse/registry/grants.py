"""Grants as the registry keeps them: states, encrypted tokens, open invitations."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import put, zoned
from wearhouse.study import Grant, Participant, State

TABLE = tables.grants
PERSON = ("id", "code", "study", "timezone", "enrolled_on", "withdrawn_on")


def digest(secret: str) -> str:
    """What is kept of an invitation, or of the vendor's name for a person."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Grants:
    """Who granted what."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def all(self, study: str | None = None, source: str | None = None) -> list[Grant]:
        """Every grant (of a study, of a source) by participant."""
        asked = _asked().order_by(tables.studies.c.code, tables.participants.c.code, TABLE.c.source)
        if study is not None:
            asked = asked.where(tables.studies.c.code == study)
        if source is not None:
            asked = asked.where(TABLE.c.source == source)
        return self._found(asked)

    def of(self, participant: Participant, source: str) -> Grant:
        """The participant's grant for a source; its state is `none` if there never was one."""
        asked = _asked().where(TABLE.c.participant_id == participant.id, TABLE.c.source == source)
        found = self._found(asked)
        return found[0] if found else Grant(participant, source, State.NONE)

    def of_subject(self, source: str, subject: str) -> list[Grant]:
        """The grants of the person whom the vendor calls so."""
        asked = _asked().where(TABLE.c.source == source, TABLE.c.subject == digest(subject))
        return self._found(asked)

    def invite(self, participant: Participant, source: str, invitation: str) -> None:
        """Note an invitation; one given before is no longer good. A grant that works keeps
        working until the new one is there."""
        now = datetime.now(UTC)
        standing = self.of(participant, source).state
        state = State.INVITED if standing in (State.NONE, State.REVOKED) else standing
        self._put(
            participant, source,
            {"state": state.value, "invitation": digest(invitation), "invited_at": now},
        )  # fmt: skip

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


def _asked() -> sa.Select[Any]:
    columns = [
        TABLE.c[name].label(f"grant_{name}")
        for name in (
            "source", "state", "scopes", "timezone", "invited_at", "granted_at", "changed_at",
            "detail", "token", "invitation",
        )
    ]  # fmt: skip
    return tables.PEOPLE.add_columns(*columns).join(
        TABLE, TABLE.c.participant_id == tables.participants.c.id
    )


def _grant(row: dict[str, Any]) -> Grant:
    kept = {name[6:]: value for name, value in row.items() if name.startswith("grant_")}
    kept["state"], kept["scopes"] = State(kept["state"]), frozenset(kept["scopes"].split())
    return Grant(Participant(**{name: row[name] for name in PERSON}), **kept)
