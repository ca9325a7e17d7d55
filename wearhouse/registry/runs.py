"""Syncs to look back on: runs, and their attempts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import reached
from wearhouse.registry.rows import zoned
from wearhouse.study import EVERYBODY, Participant, Scope, Study

SYNCS, ATTEMPTS = tables.syncs, tables.attempts
FAILED = ("failed", "interrupted")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to bring the slices of one participant, source and family up to date."""

    id: int
    sync: int
    participant: str
    source: str
    family: str
    first_on: date
    last_on: date
    timezone: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    samples: int
    episodes: int
    written: int
    withdrawn: int
    quarantined: int
    detail: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Sync:
    """One run over some grants."""

    id: int
    study: str | None
    cause: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    detail: str
    attempts: int
    failed: int
    samples: int
    episodes: int
    quarantined: int


class Runs:
    """What became of syncs."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def attempts(
        self,
        sync: int | None = None,
        participant: Participant | None = None,
        limit: int | None = None,
    ) -> list[Attempt]:
        """Attempts (of a run, of a participant), the newest first."""
        asked = _attempts(self.scope).order_by(ATTEMPTS.c.id.desc()).limit(limit)
        if sync is not None:
            asked = asked.where(ATTEMPTS.c.sync_id == sync)
        if participant is not None:
            asked = asked.where(ATTEMPTS.c.participant_id == participant.id)
        with transaction(self.engine) as rows:
            return [Attempt(**zoned(row)) for row in rows.execute(asked)]

    def completed(self, participant: Participant, source: str | None) -> list[Attempt]:
        """Attempts whose slices are in the store, in the order in which they got there."""
        asked = _attempts(self.scope).where(
            ATTEMPTS.c.participant_id == participant.id, ATTEMPTS.c.outcome == "done"
        )
        if source is not None:
            asked = asked.where(ATTEMPTS.c.source == source)
        with transaction(self.engine) as rows:
            return [Attempt(**zoned(row)) for row in rows.execute(asked.order_by(ATTEMPTS.c.id))]

    def with_data(self) -> set[tuple[int, str]]:
        """Participants' numbers and the sources of whose samples or episodes some were fetched."""
        brought = (
            sa.select(sa.literal(1))
            .where(
                ATTEMPTS.c.participant_id == tables.grants.c.participant_id,
                ATTEMPTS.c.source == tables.grants.c.source,
                ATTEMPTS.c.outcome == "done",
                ATTEMPTS.c.samples + ATTEMPTS.c.episodes > 0,
            )
            .exists()
        )
        asked = sa.select(tables.grants.c.participant_id, tables.grants.c.source).where(brought)
        with transaction(self.engine) as rows:
            return {(row.participant_id, row.source) for row in rows.execute(asked)}

    def spoken(
        self, participant: int, source: str, family: str, first: date, last: date
    ) -> list[tuple[date, date, datetime]]:
        """The attempts whose slices are in the store and touch the days from first to last: the
        first and the last of their days, and when their newest payload was received."""
        payload = tables.payloads.c
        asked = (
            sa.select(
                ATTEMPTS.c.first_on, ATTEMPTS.c.last_on,
                sa.func.max(payload.fetched_at).label("at"),
            )
            .join_from(ATTEMPTS, tables.payloads)
            .where(
                ATTEMPTS.c.participant_id == participant, ATTEMPTS.c.source == source,
                ATTEMPTS.c.family == family, ATTEMPTS.c.outcome == "done",
                ATTEMPTS.c.first_on <= last, ATTEMPTS.c.last_on >= first,
            )
            .group_by(ATTEMPTS.c.id)
        )  # fmt: skip
        with transaction(self.engine) as rows:
            found = [zoned(row) for row in rows.execute(asked)]
        return [(row["first_on"], row["last_on"], row["at"]) for row in found]

    def all(self, limit: int = 100, study: str | None = None) -> list[Sync]:
        """The newest runs first (of a study, and those over all studies), each with what came
        of it."""
        asked = _runs(self.scope).order_by(SYNCS.c.id.desc()).limit(limit)
        if study is not None:
            asked = asked.where(sa.or_(tables.studies.c.code == study, SYNCS.c.study_id.is_(None)))
        with transaction(self.engine) as rows:
            return [Sync(**zoned(row)) for row in rows.execute(asked)]

    def last(self, cause: str, study: Study) -> datetime | None:
        """When a run of this cause last began."""
        newest = sa.select(SYNCS.c.started_at).where(
            SYNCS.c.cause == cause, SYNCS.c.study_id == study.id
        )
        with transaction(self.engine) as rows:
            found = rows.execute(newest.order_by(SYNCS.c.id.desc()).limit(1)).one_or_none()
            return zoned(found)["started_at"] if found else None

    def finished(self, study: Study) -> datetime | None:
        """When a sync or an import of a study (or of all studies) last ended."""
        found = []
        with transaction(self.engine) as rows:
            for table in (SYNCS, tables.loads):
                ours = sa.or_(table.c.study_id == study.id, table.c.study_id.is_(None))
                newest = sa.select(sa.func.max(table.c.finished_at).label("at")).where(ours)
                found += [zoned(row)["at"] for row in rows.execute(newest)]
        return max((at for at in found if at), default=None)

    def behind(self, study: Study) -> set[int]:
        """Numbers of the participants of whom a family's newest attempt failed."""
        newest = (
            sa.select(sa.func.max(ATTEMPTS.c.id))
            .group_by(ATTEMPTS.c.participant_id, ATTEMPTS.c.source, ATTEMPTS.c.family)
            .scalar_subquery()
        )
        who = tables.participants
        asked = (
            sa.select(ATTEMPTS.c.participant_id)
            .join(who)
            .where(ATTEMPTS.c.id.in_(newest), ATTEMPTS.c.outcome.in_(FAILED))
            .where(who.c.study_id == study.id)
        )
        with transaction(self.engine) as rows:
            return set(rows.execute(asked).scalars())

    def newest(self, failed: bool = False) -> dict[tuple[int, str], Attempt]:
        """Each participant's and source's newest attempt, or newest that failed."""
        wanted = ATTEMPTS.c.outcome.in_(FAILED) if failed else ATTEMPTS.c.outcome == "done"
        ids = (
            sa.select(sa.func.max(ATTEMPTS.c.id))
            .where(wanted)
            .group_by(ATTEMPTS.c.participant_id, ATTEMPTS.c.source)
            .scalar_subquery()
        )
        asked = (
            _attempts(self.scope)
            .add_columns(ATTEMPTS.c.participant_id)
            .where(ATTEMPTS.c.id.in_(ids))
        )
        with transaction(self.engine) as rows:
            found = [zoned(row) for row in rows.execute(asked)]
        return {(row.pop("participant_id"), row["source"]): Attempt(**row) for row in found}


def _attempts(scope: Scope) -> sa.Select[Any]:
    columns = [c for c in ATTEMPTS.c if c.name not in ("sync_id", "participant_id")]
    who = tables.participants
    return (
        sa.select(*columns, ATTEMPTS.c.sync_id.label("sync"), who.c.code.label("participant"))
        .join_from(ATTEMPTS, who)
        .where(reached(who.c.id, scope))
    )


def _runs(scope: Scope) -> sa.Select[Any]:
    failed = sa.case((ATTEMPTS.c.outcome.in_(FAILED), 1), else_=0)
    totals: list[sa.ColumnElement[Any]] = [
        sa.func.count(ATTEMPTS.c.id).label("attempts"),
        sa.func.coalesce(sa.func.sum(failed), 0).label("failed"),
        *(
            sa.func.coalesce(sa.func.sum(ATTEMPTS.c[name]), 0).label(name)
            for name in ("samples", "episodes", "quarantined")
        ),
    ]
    of_run = [c for c in SYNCS.c if c.name not in ("study_id", "owner")]
    study = tables.studies.c.code
    return (
        sa.select(*of_run, study.label("study"), *totals)
        .outerjoin_from(SYNCS, tables.studies)
        .join(
            ATTEMPTS,
            sa.and_(ATTEMPTS.c.sync_id == SYNCS.c.id, reached(ATTEMPTS.c.participant_id, scope)),
            isouter=scope.places is None,
        )
        .group_by(*of_run, study)
    )
