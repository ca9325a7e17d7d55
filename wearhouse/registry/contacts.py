"""Contact details as the registry keeps them: encrypted, apart from everything else."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import reached
from wearhouse.registry.rows import put, zoned
from wearhouse.study import EVERYBODY, Participant, Scope

TABLE = tables.contacts


@dataclass(frozen=True, slots=True)
class Sealed:
    """Contact details of one participant that nobody can read without the key."""

    participant_id: int
    sealed: str
    opted_out_at: datetime | None
    changed_at: datetime


class Contacts:
    """How participants are reached."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def all(self) -> list[Sealed]:
        """Everybody's within reach."""
        asked = sa.select(TABLE).where(reached(TABLE.c.participant_id, self.scope))
        with transaction(self.engine) as rows:
            return [Sealed(**zoned(row)) for row in rows.execute(asked)]

    def of(self, participant: Participant) -> Sealed | None:
        """One participant's, if there are any."""
        asked = sa.select(TABLE).where(
            TABLE.c.participant_id == participant.id, reached(TABLE.c.participant_id, self.scope)
        )
        with transaction(self.engine) as rows:
            found = rows.execute(asked).one_or_none()
            return Sealed(**zoned(found)) if found else None

    def keep(self, participant: Participant, sealed: str) -> None:
        """Keep details in place of those that are there; that they opted out stays."""
        values = {"sealed": sealed, "changed_at": datetime.now(UTC)}
        with transaction(self.engine) as rows:
            put(rows, TABLE, {"participant_id": participant.id}, values)

    def replace(self, known: Sealed, sealed: str) -> None:
        """Put another text for the same details, unless they were changed meanwhile."""
        mine = (
            TABLE.c.participant_id == known.participant_id,
            TABLE.c.sealed == known.sealed,
        )
        with transaction(self.engine) as rows:
            rows.execute(sa.update(TABLE).where(*mine).values(sealed=sealed))

    def opt(self, participant: Participant, out_at: datetime | None) -> None:
        """Note since when they want no messages, or that they want them again."""
        mine = sa.update(TABLE).where(TABLE.c.participant_id == participant.id)
        with transaction(self.engine) as rows:
            rows.execute(mine.values(opted_out_at=out_at))

    def destroy(self, participant: Participant) -> int:
        """Remove them for good; how many there were."""
        mine = sa.delete(TABLE).where(TABLE.c.participant_id == participant.id)
        with transaction(self.engine) as rows:
            return rows.execute(mine).rowcount
