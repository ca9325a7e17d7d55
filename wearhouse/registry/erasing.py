"""Erasing a participant from the registry: every row that leads to them, in any table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import arriving, people_tables, tables
from wearhouse.registry.connection import reachable, transaction
from wearhouse.study import Participant

PARTICIPANTS = people_tables.participants


@dataclass(frozen=True, slots=True)
class Digests:
    """The payloads that hold something of a participant: those that hold nobody else's, and
    those that do."""

    own: tuple[str, ...]
    shared: tuple[str, ...]


class Erasing:
    """What leads to a participant, and its end."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def digests(self, participant: Participant) -> Digests:
        """The digests of a participant's payloads."""
        kinds = (tables.payloads.c, arriving.pushed_payloads.c)
        theirs = sa.union(*(
            sa.select(kind.digest).where(kind.participant_id == participant.id) for kind in kinds
        ))  # fmt: skip
        digests = sa.select(theirs.subquery().c.digest)
        others = [
            sa.select(kind.digest).where(
                kind.participant_id != participant.id, kind.digest.in_(digests)
            )
            for kind in kinds
        ]
        with transaction(self.engine) as rows:
            mine = set(rows.execute(theirs).scalars())
            shared = {digest for asked in others for digest in rows.execute(asked).scalars()}
        return Digests(tuple(sorted(mine - shared)), tuple(sorted(shared)))

    def is_held(self, digest: str, besides: Participant) -> bool:
        """Whether somebody else's data are in the payload of that digest."""
        return any(
            self._any(
                sa.select(sa.literal(1)).where(
                    kind.digest == digest, kind.participant_id != besides.id
                )
            )
            for kind in (tables.payloads.c, arriving.pushed_payloads.c)
        )

    def erase(self, participant: Participant) -> dict[str, int]:
        """Remove every row that leads to a participant, their own last; how many of each table."""
        removed: dict[str, int] = {}
        with transaction(self.engine) as rows:
            if self.engine.dialect.name == "sqlite":  # what is deleted is overwritten
                rows.execute(sa.text("PRAGMA secure_delete = ON"))
            for table, theirs in self._named(participant):
                _remove(rows, table, theirs, removed)
            for table in reversed(tables.metadata.sorted_tables):
                led = leading_to(table, participant)
                if led is not None:
                    _remove(rows, table, led, removed)
        return removed

    def settle(self, names: Iterable[str]) -> None:
        """See to it that what was removed from these tables stands in no file any more. Not
        within a transaction."""
        with reachable(), self.engine.connect() as free:
            alone = free.execution_options(isolation_level="AUTOCOMMIT")
            if self.engine.dialect.name == "sqlite":
                alone.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
                return
            for name in sorted(names):
                quoted = self.engine.dialect.identifier_preparer.quote(name)
                alone.execute(sa.text(f"VACUUM (FULL) {quoted}"))

    def _named(self, participant: Participant) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
        """Rows that name a participant without a key: what was refused of files and pushes, the
        reports of their devices that wait for the fleet, locks."""
        table, staged, lock = tables.quarantine, arriving.staged_heartbeats, tables.locks
        of_study = sa.select(tables.loads.c.id).join(tables.studies).where(
            tables.studies.c.code == participant.study
        )  # fmt: skip
        worn = sa.select(tables.devices.c.device).where(
            tables.devices.c.participant_id == participant.id
        )
        return [
            (
                table,
                sa.and_(
                    table.c.load_id.in_(of_study),
                    sa.or_(table.c.person == participant.code, _in_path(table.c.file, participant)),
                ),
            ),
            (table, sa.and_(table.c.file.like("ingest/%"), table.c.person == participant.code)),
            (staged, staged.c.device.in_(worn)),
            (lock, lock.c.name.like(f"sync/{participant.id}/%")),
        ]

    def _any(self, asked: sa.Select[Any]) -> bool:
        with transaction(self.engine) as rows:
            return rows.execute(asked.limit(1)).first() is not None


def leading_to(table: sa.Table, participant: Participant) -> sa.ColumnElement[bool] | None:
    """Which rows of a table lead to a participant by foreign keys, over however many tables; None
    if none can."""
    if table is PARTICIPANTS:
        return PARTICIPANTS.c.id == participant.id
    ways = [_way(key, participant) for key in table.foreign_keys if key.column.table is not table]
    known = [way for way in ways if way is not None]
    return sa.or_(*known) if known else None


def _way(key: sa.ForeignKey, participant: Participant) -> sa.ColumnElement[bool] | None:
    theirs = leading_to(key.column.table, participant)
    if theirs is None:
        return None
    found: sa.ColumnElement[bool] = key.parent.in_(sa.select(key.column).where(theirs))
    return found


def _in_path(column: sa.ColumnElement[str], participant: Participant) -> sa.ColumnElement[bool]:
    """Whether a path has the participant's code as one of its parts."""
    code = participant.code.replace("\\", "\\\\").replace("_", "\\_")
    ways: Sequence[str] = (
        code,
        f"{code}/%",
        f"%/{code}",
        f"%/{code}/%",
        f"%/{code}.%",
        f"{code}.%",
    )
    return sa.or_(*(column.like(way, escape="\\") for way in ways))


def _remove(
    rows: sa.Connection,
    table: sa.Table,
    theirs: sa.ColumnElement[bool],
    removed: dict[str, int],
) -> None:
    many = rows.execute(sa.delete(table).where(theirs)).rowcount
    if many:
        name = str(table.name)
        removed[name] = removed.get(name, 0) + many
