"""Cohorts: named groups of a study's people for analysis, and who was in them when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import Conflict, NotFound
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import reached
from wearhouse.registry.rows import zoned
from wearhouse.study import EVERYBODY, Scope, Study, checked_code

TABLE, MEMBERS, WHO = tables.cohorts, tables.memberships, tables.participants


@dataclass(frozen=True, slots=True)
class Cohort:
    """A group for analysis; `rule` is JSON, and none where people are put in by hand."""

    id: int
    study: str
    code: str
    title: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """When somebody was in a cohort; still, without `left_at`."""

    participant: str
    entered_at: datetime
    left_at: datetime | None


class Cohorts:
    """Cohorts and their members."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def all(self, study: Study) -> list[Cohort]:
        """The cohorts of a study by code."""
        asked = sa.select(TABLE.c.id, TABLE.c.code, TABLE.c.title, TABLE.c.rule)
        with transaction(self.engine) as rows:
            found = rows.execute(asked.where(TABLE.c.study_id == study.id).order_by(TABLE.c.code))
            return [Cohort(row.id, study.code, row.code, row.title, row.rule) for row in found]

    def named(self, study: Study, code: str) -> Cohort:
        """The cohort of that code; NotFound if the study has none."""
        for cohort in self.all(study):
            if cohort.code == code:
                return cohort
        raise NotFound(f"{study.code} has no cohort {code!r}.", "cohort")

    def add(self, study: Study, code: str, title: str, rule: str | None) -> Cohort:
        """A new cohort that nobody is in; Conflict if the study has one of that code."""
        checked_code(code)
        if any(known.code == code for known in self.all(study)):
            raise Conflict(f"{study.code} has cohort {code!r} already.", "code")
        values = {"study_id": study.id, "code": code, "title": title or code, "rule": rule}
        with transaction(self.engine) as rows:
            rows.execute(sa.insert(TABLE).values(values))
        return self.named(study, code)

    def members(self, cohort: Cohort) -> set[int]:
        """Numbers of the participants who are in it now, out of reach or not."""
        asked = sa.select(MEMBERS.c.participant_id).where(
            MEMBERS.c.cohort_id == cohort.id, MEMBERS.c.left_at.is_(None)
        )
        with transaction(self.engine) as rows:
            return set(rows.execute(asked).scalars())

    def history(self, cohort: Cohort) -> list[Membership]:
        """Who within reach was in it when, by code."""
        asked = (
            sa.select(WHO.c.code, MEMBERS.c.entered_at, MEMBERS.c.left_at)
            .join_from(MEMBERS, WHO)
            .where(MEMBERS.c.cohort_id == cohort.id, reached(WHO.c.id, self.scope))
            .order_by(WHO.c.code, MEMBERS.c.entered_at)
        )
        with transaction(self.engine) as rows:
            found = map(zoned, rows.execute(asked))
            return [Membership(r["code"], r["entered_at"], r["left_at"]) for r in found]

    def settle(self, cohort: Cohort, members: Collection[int]) -> tuple[set[int], set[int]]:
        """Let exactly these be in it from now on; who entered and who left."""
        now = datetime.now(UTC)
        with transaction(self.engine) as rows:
            before = self.members(cohort)
            entered, left = set(members) - before, before - set(members)
            for number in sorted(entered):
                values = {"cohort_id": cohort.id, "participant_id": number, "entered_at": now}
                rows.execute(sa.insert(MEMBERS).values(values))
            of_it = (MEMBERS.c.cohort_id == cohort.id, MEMBERS.c.left_at.is_(None))
            gone = sa.update(MEMBERS).where(*of_it, MEMBERS.c.participant_id.in_(left))
            rows.execute(gone.values(left_at=now))
        return entered, left
