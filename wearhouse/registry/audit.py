"""The audit trail as the registry keeps it: entries are added at its end, and stay."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.chain import Link, Verdict, link, verify
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import people
from wearhouse.study import EVERYBODY, Scope

TABLE, HEAD = tables.entries, tables.head
KEPT = ("actor", "act", "study", "participant")
"""What is asked for by a column of its own, as the content says it, too."""


class Audit:
    """What was done and read, by whom."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def append(self, said: Mapping[str, Any]) -> Link:
        """Add an entry. Whoever adds one at the same time waits: the head is taken first."""
        at = datetime.now(UTC)
        with transaction(self.engine) as rows:
            rows.execute(sa.update(HEAD).values(number=HEAD.c.number + 1))
            number, previous = rows.execute(sa.select(HEAD.c.number, HEAD.c.digest)).one()
            made = link(number, previous, {**said, "at": at.isoformat()})
            values = {name: said.get(name) for name in KEPT}
            rows.execute(
                sa.insert(TABLE).values(
                    number=number, at=at, content=made.content, digest=made.digest, **values
                )
            )
            rows.execute(sa.update(HEAD).values(digest=made.digest))
        return made

    def newest(self) -> int:
        """The number of the newest entry; 0 before the first."""
        with transaction(self.engine) as rows:
            return int(rows.execute(sa.select(HEAD.c.number)).scalar_one())

    def links(self) -> Iterator[Link]:
        """Every entry, the first one first, in constant memory."""
        asked = sa.select(TABLE.c.number, TABLE.c.content, TABLE.c.digest)
        after = 0
        while True:
            page = asked.where(TABLE.c.number > after).order_by(TABLE.c.number).limit(1_000)
            with transaction(self.engine) as rows:
                found = [Link(*row) for row in rows.execute(page)]
            yield from found
            if not found:
                return
            after = found[-1].number

    def verdict(self) -> Verdict:
        """Whether the trail is as it was written, up to its head."""
        with transaction(self.engine) as rows:
            number, digest = rows.execute(sa.select(HEAD.c.number, HEAD.c.digest)).one()
        said = verify(self._as_their_columns_say(number))
        if said.sound and said.entries != number:
            missing = f"The trail ends at entry {said.entries} and should at {number}."
            return Verdict(said.entries, said.digest, missing)
        if said.sound and number and said.digest != digest:
            return Verdict(said.entries, said.digest, "The last entry is not what was written.")
        return said

    def found(
        self,
        limit: int,
        before: int | None = None,
        actor: str | None = None,
        act: str | None = None,
        participant: str | None = None,
        study: str | None = None,
    ) -> list[dict[str, Any]]:
        """What entries within reach say, the newest first, from before the entry `before`."""
        asked = sa.select(TABLE.c.content, TABLE.c.digest).order_by(TABLE.c.number.desc())
        if before is not None:
            asked = asked.where(TABLE.c.number < before)
        wanted = {"actor": actor, "participant": participant, "study": study}
        for name, value in wanted.items():
            if value is not None:
                asked = asked.where(TABLE.c[name] == value)
        if act is not None:  # the act itself, or all of its kind: contact, contact.read
            asked = asked.where(sa.or_(TABLE.c.act == act, TABLE.c.act.startswith(f"{act}.")))
        if self.scope.places is not None:
            who = people(self.scope).with_only_columns(
                tables.studies.c.code, tables.participants.c.code
            )
            asked = asked.where(sa.tuple_(TABLE.c.study, TABLE.c.participant).in_(who))
        with transaction(self.engine) as rows:
            return [
                orjson.loads(content) | {"digest": digest}
                for content, digest in rows.execute(asked.limit(limit))
            ]

    def _as_their_columns_say(self, last: int) -> Iterator[Link]:
        """Entries; one whose columns say something else than its content breaks the chain."""
        after = 0
        asked = sa.select(TABLE).where(TABLE.c.number <= last).order_by(TABLE.c.number)
        while True:
            page = asked.where(TABLE.c.number > after)
            with transaction(self.engine) as rows:
                found = rows.execute(page.limit(1_000)).all()
            for row in found:
                said = orjson.loads(row.content)
                same = all(said.get(name) == getattr(row, name) for name in KEPT)
                yield Link(row.number, row.content if same else "{}", row.digest)
            if not found:
                return
            after = found[-1].number
