"""Pushed deliveries as they wait for the store, each taken once however often it comes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from wearhouse.errors import Conflict
from wearhouse.registry import refused, tables
from wearhouse.registry.arriving import deliveries, pushed_payloads, staged_heartbeats
from wearhouse.registry.connection import reachable, transaction
from wearhouse.registry.letters import Delivery, Letter, Queue, Receipt, Waiting
from wearhouse.registry.reach import people
from wearhouse.registry.rows import insert_once, zoned
from wearhouse.study import EVERYBODY, Participant, Scope

WAITING, DONE, FAILED = "waiting", "done", "failed"
PEOPLE = tables.participants.c
NAMED_AT_ONCE = 5_000


class Deliveries:
    """What was pushed."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def receipt(self, letter: Letter) -> Receipt | None:
        """What was given for a letter before; Conflict if its key came with another body."""
        with transaction(self.engine) as rows:
            return _receipt(rows, letter)

    def take(self, many: Sequence[Delivery]) -> list[Receipt]:
        """Take deliveries, all or nothing, so that they survive whatever comes: the samples wait,
        the heartbeats are staged, the refused are quarantined. Conflict as above."""
        with _durable(self.engine) as rows:
            return [_take(rows, delivery, datetime.now(UTC)) for delivery in many]

    def refuse(self, letter: Letter, reason: str) -> None:
        """Keep aside a letter of which nothing can be read."""
        shown = letter.body[:500].decode(errors="backslashreplace")
        row = {"position": 0, "person": "", "reason": reason, "record": shown}
        with _durable(self.engine) as rows:
            _quarantine(rows, f"ingest/{letter.door}/{letter.digest}", [row], datetime.now(UTC))

    def waiting(self, most_bytes: int, most: int = 1_000) -> list[Waiting]:
        """Deliveries that wait, the oldest first: about as many as hold so many bytes, and at
        least one."""
        sizes = sa.select(deliveries.c.id, deliveries.c.bytes)
        sizes = sizes.where(deliveries.c.outcome == WAITING).order_by(deliveries.c.id).limit(most)
        with transaction(self.engine) as rows:
            wanted: list[int] = []
            held = 0
            for number, size in rows.execute(sizes):
                if wanted and held + size > most_bytes:
                    break
                wanted.append(number)
                held += size
            columns = [deliveries.c[name] for name in ("id", "door", "as_of", "received_at")]
            asked = sa.select(*columns, deliveries.c.body.label("packed"))
            asked = asked.where(deliveries.c.id.in_(wanted)).order_by(deliveries.c.id)
            return [Waiting(**zoned(row)) for row in rows.execute(asked)]

    def settled(
        self,
        done: Sequence[int],
        archived: Mapping[int, tuple[str, int]],
        refused_records: Mapping[int, Sequence[Mapping[str, Any]]],
    ) -> None:
        """Note that deliveries are in the store; under which digest, and with how many bytes, each
        participant's part of them was archived; and what was refused only now."""
        now = datetime.now(UTC)
        values = {"outcome": DONE, "settled_at": now, "body": None}
        with transaction(self.engine) as rows:
            for number, found in refused_records.items():
                _quarantine(rows, f"ingest/{number}/samples", found, now)
            for participant, (digest, size) in archived.items():
                place = {"participant_id": participant, "digest": digest}
                insert_once(rows, pushed_payloads, {**place, "bytes": size, "archived_at": now})
            rows.execute(sa.update(deliveries).where(deliveries.c.id.in_(done)).values(values))

    def failed(self, number: int, detail: str) -> None:
        """Set a delivery aside that cannot be settled; its body is kept."""
        values = {"outcome": FAILED, "settled_at": datetime.now(UTC), "detail": detail}
        row = {"position": 0, "person": "", "reason": detail, "record": ""}
        with transaction(self.engine) as rows:
            _quarantine(rows, f"ingest/{number}", [row], datetime.now(UTC))
            rows.execute(sa.update(deliveries).where(deliveries.c.id == number).values(values))

    def queues(self) -> dict[str, Queue]:
        """What waits for the store, by door."""
        asked = (
            sa.select(
                deliveries.c.door,
                sa.func.count(),
                sa.func.sum(deliveries.c.bytes),
                sa.func.min(deliveries.c.received_at).label("oldest_at"),
            )
            .where(deliveries.c.outcome == WAITING)
            .group_by(deliveries.c.door)
        )
        with transaction(self.engine) as rows:
            found = [tuple(zoned(row).values()) for row in rows.execute(asked)]
        return {door: Queue(int(many), int(size), oldest) for door, many, size, oldest in found}

    def waiting_bytes(self) -> int:
        """How many bytes wait for the store."""
        asked = sa.select(sa.func.coalesce(sa.func.sum(deliveries.c.bytes), 0))
        with transaction(self.engine) as rows:
            return int(rows.scalar(asked.where(deliveries.c.outcome == WAITING)) or 0)

    def forget(self, before: datetime) -> int:
        """Forget deliveries that were in the store by then, and with them their keys."""
        over = (deliveries.c.outcome == DONE, deliveries.c.settled_at < before)
        with transaction(self.engine) as rows:
            return rows.execute(sa.delete(deliveries).where(*over)).rowcount

    def payloads(self, participant: Participant) -> list[str]:
        """The digests of the archived payloads that hold what was pushed for a participant."""
        asked = sa.select(pushed_payloads.c.digest).order_by(pushed_payloads.c.id)
        with transaction(self.engine) as rows:
            of_them = asked.where(pushed_payloads.c.participant_id == participant.id)
            return list(rows.execute(of_them).scalars())

    def known(self, codes: Sequence[str], study: str | None) -> dict[str, list[Participant]]:
        """The participants of each code, in that study or in any."""
        within = sa.true() if study is None else tables.studies.c.code == study
        found: dict[str, list[Participant]] = {}
        for who in self._people(people(self.scope).where(within), PEOPLE.code, codes):
            found.setdefault(who.code, []).append(who)
        return found

    def numbered(self, numbers: Sequence[int]) -> dict[int, Participant]:
        """Participants by their number."""
        return {who.id: who for who in self._people(people(), PEOPLE.id, numbers)}

    def _people(
        self, asked: sa.Select[Any], column: sa.Column[Any], wanted: Sequence[Any]
    ) -> Iterator[Participant]:
        with transaction(self.engine) as rows:
            for first in range(0, len(wanted), NAMED_AT_ONCE):
                some = asked.where(column.in_(wanted[first : first + NAMED_AT_ONCE]))
                for row in rows.execute(some):
                    yield Participant(**row._mapping)


def _take(rows: Connection, delivery: Delivery, now: datetime) -> Receipt:
    letter = delivery.letter
    values = {
        "door": letter.door, "sender": letter.sender, "key": letter.known_as,
        "digest": letter.digest, "bytes": len(letter.body), "body": delivery.packed,
        "as_of": delivery.as_of, "received_at": now, "samples": delivery.samples,
        "heartbeats": len(delivery.heartbeats), "quarantined": len(delivery.refused),
        "outcome": WAITING if delivery.packed else DONE, "detail": "",
        "settled_at": None if delivery.packed else now,
    }  # fmt: skip
    new = insert_once(rows, deliveries, values)
    receipt = _receipt(rows, letter)
    assert receipt is not None
    if new:
        number = receipt.delivery
        for of in ("samples", "heartbeats"):
            found = [
                {name: value for name, value in row.items() if name != "of"}
                for row in delivery.refused
                if row["of"] == of
            ]
            _quarantine(rows, f"ingest/{number}/{of}", found, now)
        if delivery.heartbeats:
            staged = {"delivery": number, "received_at": now}
            rows.execute(
                sa.insert(staged_heartbeats), [{**beat, **staged} for beat in delivery.heartbeats]
            )
    return receipt


def _receipt(rows: Connection, letter: Letter) -> Receipt | None:
    names = ("samples", "heartbeats", "quarantined", "digest")
    asked = sa.select(
        deliveries.c.id.label("delivery"), *(deliveries.c[name] for name in names)
    ).where(
        deliveries.c.door == letter.door,
        deliveries.c.sender == letter.sender,
        deliveries.c.key == letter.known_as,
    )
    found = rows.execute(asked).one_or_none()
    if found is None:
        return None
    said = dict(found._mapping)
    if said.pop("digest") != letter.digest:
        raise Conflict("This idempotency key came before with another body.", "Idempotency-Key")
    return Receipt(**said)


def _quarantine(
    rows: Connection, file: str, found: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    for row in found:
        insert_once(rows, tables.quarantine, refused.kept({**row, "file": file, "at": now}))


@contextmanager
def _durable(engine: Engine) -> Iterator[Connection]:
    """A transaction that survives a loss of power too; others of SQLite only survive kill -9."""
    if engine.dialect.name != "sqlite":
        with transaction(engine) as rows:
            yield rows
        return
    with reachable(), engine.connect() as rows:
        rows.exec_driver_sql("PRAGMA synchronous=FULL")
        rows.rollback()
        try:
            with rows.begin():
                yield rows
        finally:
            rows.exec_driver_sql("PRAGMA synchronous=NORMAL")
            rows.rollback()
