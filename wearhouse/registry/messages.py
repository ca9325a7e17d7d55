"""Messages as the registry keeps them: rules, texts, and what became of each. No text of a message
that went out is kept, only which one it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.message_tables import messages, rules, templates
from wearhouse.registry.reach import reached
from wearhouse.registry.rows import put, zoned
from wearhouse.study import EVERYBODY, Scope, Study

WHO, STUDY = tables.participants, tables.studies


@dataclass(frozen=True, slots=True)
class Kept:
    """A text of a study: `version` counts up from 1."""

    name: str
    language: str
    version: int
    subject: str
    body: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a participant. States: `queued`, `sending`, `sent`, `bounced` (the address is
    refused), `failed` (given up), `unknown` (it may have gone out), `dropped` (not wanted any
    more)."""

    id: int
    participant: str
    study: str
    template: str
    language: str
    version: int
    cause: str
    state: str
    queued_by: str
    queued_at: datetime
    due_at: datetime
    tries: int
    finished_at: datetime | None
    detail: str


@dataclass(frozen=True, slots=True)
class Order:
    """A message that is to go out."""

    participant: int
    template: str
    language: str
    version: int
    cause: str
    queued_by: str
    due_at: datetime


class Messages:
    """What participants were and will be written."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def rules(self, study: Study) -> tuple[str, str, str] | None:
        """A study's own caps, quiet hours and language, as people write them."""
        asked = sa.select(rules.c.caps, rules.c.quiet, rules.c.language)
        with transaction(self.engine) as rows:
            found = rows.execute(asked.where(rules.c.study_id == study.id)).one_or_none()
            return (found.caps, found.quiet, found.language) if found else None

    def set_rules(self, study: Study, caps: str, quiet: str, language: str) -> None:
        """Keep a study's own rules."""
        values = {"caps": caps, "quiet": quiet, "language": language}
        with transaction(self.engine) as rows:
            put(rows, rules, {"study_id": study.id}, values)

    def templates(self, study: Study) -> list[Kept]:
        """The newest version of each of a study's own texts."""
        newest = (
            sa.select(
                templates.c.name, templates.c.language, sa.func.max(templates.c.version).label("v")
            )
            .where(templates.c.study_id == study.id)
            .group_by(templates.c.name, templates.c.language)
            .subquery()
        )
        same = sa.and_(
            templates.c.name == newest.c.name,
            templates.c.language == newest.c.language,
            templates.c.version == newest.c.v,
            templates.c.study_id == study.id,
        )
        names = (c for c in templates.c if c.name not in ("id", "study_id"))
        asked = sa.select(*names).join_from(templates, newest, same)
        with transaction(self.engine) as rows:
            return [Kept(**zoned(row)) for row in rows.execute(asked)]

    def keep_template(self, study: Study, name: str, language: str, subject: str, body: str) -> int:
        """Keep a text as the next version; its number."""
        mine = sa.select(sa.func.max(templates.c.version)).where(
            templates.c.study_id == study.id,
            templates.c.name == name,
            templates.c.language == language,
        )
        with transaction(self.engine) as rows:
            version = (rows.scalar(mine) or 0) + 1
            values = {
                "study_id": study.id, "name": name, "language": language, "version": version,
                "subject": subject, "body": body, "changed_at": datetime.now(UTC),
            }  # fmt: skip
            rows.execute(sa.insert(templates), values)
        return int(version)

    def queue(self, orders: Sequence[Order], at: datetime) -> None:
        """Note messages that are to go out."""
        values = [
            {
                "participant_id": one.participant, "template": one.template,
                "language": one.language, "version": one.version, "cause": one.cause,
                "state": "queued", "queued_by": one.queued_by, "queued_at": at,
                "due_at": one.due_at, "tries": 0, "detail": "",
            }
            for one in orders
        ]  # fmt: skip
        if values:
            with transaction(self.engine) as rows:
                rows.execute(sa.insert(messages), values)

    def all(
        self, study: str | None = None, participant: str | None = None, limit: int = 1_000
    ) -> list[Message]:
        """Messages to those within reach, the newest first."""
        asked = _asked().where(reached(WHO.c.id, self.scope))
        if study is not None:
            asked = asked.where(STUDY.c.code == study)
        if participant is not None:
            asked = asked.where(WHO.c.code == participant)
        with transaction(self.engine) as rows:
            found = rows.execute(asked.order_by(messages.c.id.desc()).limit(limit))
            return [Message(**zoned(row)) for row in found]

    def counted(self, participants: Sequence[int], since: datetime) -> dict[int, list[datetime]]:
        """When each of some participants was written to since a moment, or will be: what counts
        against caps."""
        asked = sa.select(
            messages.c.participant_id,
            sa.func.coalesce(messages.c.finished_at, messages.c.due_at).label("at"),
        ).where(
            messages.c.participant_id.in_(participants),
            messages.c.state.in_(("queued", "sending", "sent", "unknown")),
            sa.func.coalesce(messages.c.finished_at, messages.c.due_at) >= since,
        )
        found: dict[int, list[datetime]] = {}
        with transaction(self.engine) as rows:
            for row in rows.execute(asked):
                at = zoned(row)["at"]
                found.setdefault(row.participant_id, []).append(at)
        return found

    def contacted(self, study: Study) -> dict[int, datetime]:
        """When each participant of a study was written to last, or will be, by their number."""
        at = sa.func.max(sa.func.coalesce(messages.c.finished_at, messages.c.queued_at))
        asked = (
            sa.select(messages.c.participant_id, at.label("at"))
            .join_from(messages, WHO)
            .where(
                WHO.c.study_id == study.id,
                messages.c.state.in_(("queued", "sending", "sent", "unknown")),
                reached(WHO.c.id, self.scope),
            )
            .group_by(messages.c.participant_id)
        )
        with transaction(self.engine) as rows:
            return {row.participant_id: zoned(row)["at"] for row in rows.execute(asked)}

    def take(self, now: datetime) -> Message | None:
        """The next message that is due, which is `sending` from now on; nobody else gets it."""
        asked = sa.select(messages.c.id).where(
            messages.c.state == "queued", messages.c.due_at <= now
        )
        with transaction(self.engine) as rows:
            for (number,) in rows.execute(asked.order_by(messages.c.due_at).limit(20)).all():
                mine = sa.update(messages).where(
                    messages.c.id == number, messages.c.state == "queued"
                )
                taken = mine.values(state="sending", tries=messages.c.tries + 1, finished_at=now)
                if rows.execute(taken).rowcount:
                    [found] = rows.execute(_asked().where(messages.c.id == number)).all()
                    return Message(**zoned(found))
        return None

    def settle(self, number: int, state: str, detail: str, at: datetime) -> None:
        """Note what became of a message."""
        self._set(number, {"state": state, "detail": detail, "finished_at": at})

    def put_off(self, number: int, due_at: datetime, detail: str, tried: bool) -> None:
        """Let a message wait until later, whether or not it was tried now."""
        values = {"state": "queued", "due_at": due_at, "detail": detail, "finished_at": None}
        count = {} if tried else {"tries": messages.c.tries - 1}
        self._set(number, {**values, **count})

    def abandoned(self, before: datetime) -> int:
        """Of messages that somebody was sending and never settled nobody knows whether they went
        out; how many there were."""
        left = sa.update(messages).where(
            messages.c.state == "sending", messages.c.finished_at < before
        )
        words = "the process stopped while it was handed over"
        with transaction(self.engine) as rows:
            return rows.execute(left.values(state="unknown", detail=words)).rowcount

    def syncs(self) -> dict[tuple[str, str], list[datetime]]:
        """When the devices of each participant (study, code) synced, as far as they told."""
        device, beat = tables.devices, tables.heartbeats
        asked = (
            sa.select(STUDY.c.code.label("study"), WHO.c.code, beat.c.synced_at)
            .join_from(beat, device)
            .join(WHO, WHO.c.id == device.c.participant_id)
            .join(STUDY)
            .where(beat.c.synced_at.is_not(None), reached(WHO.c.id, self.scope))
            .distinct()
        )
        found: dict[tuple[str, str], list[datetime]] = {}
        with transaction(self.engine) as rows:
            for row in rows.execute(asked):
                found.setdefault((row.study, row.code), []).append(zoned(row)["synced_at"])
        return found

    def counts(self) -> dict[str, int]:
        """How many messages are in each state."""
        asked = sa.select(messages.c.state, sa.func.count().label("n")).group_by(messages.c.state)
        with transaction(self.engine) as rows:
            return {row.state: row.n for row in rows.execute(asked)}

    def _set(self, number: int, values: dict[str, object]) -> None:
        with transaction(self.engine) as rows:
            rows.execute(sa.update(messages).where(messages.c.id == number).values(**values))


def _asked() -> sa.Select[tuple[object, ...]]:
    names = (c for c in messages.c if c.name != "participant_id")
    return (
        sa.select(*names, WHO.c.code.label("participant"), STUDY.c.code.label("study"))
        .join_from(messages, WHO)
        .join(STUDY)
    )
