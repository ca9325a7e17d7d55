"""Imputation runs: begun, carried on, looked back on, withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import NotFound
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.imputation_tables import (
    imputations,
    imputed_classes,
    imputed_gaps,
    imputed_people,
)
from wearhouse.registry.reach import people, reached
from wearhouse.registry.rows import put, zoned
from wearhouse.study import EVERYBODY, Participant, Scope, Study

RUNNING, DONE, FAILED = "running", "done", "failed"
STALE, REPLACED, WITHDRAWN = "stale", "replaced", "withdrawn"
STATES = (RUNNING, DONE, FAILED, STALE, REPLACED, WITHDRAWN)
COLUMNS = tuple(c for c in imputations.c if c.name != "study_id")


@dataclass(frozen=True, slots=True)
class Imputation:
    """A run of the imputer over one metric of a study; what is JSON is text. `people` are those
    asked for, `finished` those that are done, with `minutes` filled."""

    id: int
    study: str
    metric: str
    method: str
    state: str
    asked: str
    draws: int
    seed: int
    software: str
    pooled: str | None
    verdicts: str | None
    validation: str | None
    data_hash: str | None
    owner: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    people: int
    detail: str
    finished: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """One participant's part of a run: minutes by reason, and statistics draw by draw."""

    participant: Participant
    digest: str
    minutes: int
    counts: Mapping[str, int]
    statistics: Mapping[str, Any]
    finished_at: datetime


class Imputations:
    """What was imputed, how, and what became of it."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def begin(self, study: Study, owner: str, by: str, values: Mapping[str, Any]) -> int:
        """Note that a run begins (metric, method, asked, draws, seed, software, people)."""
        row = {
            **values, "study_id": study.id, "state": RUNNING, "owner": owner, "started_by": by,
            "started_at": datetime.now(UTC), "detail": "",
        }  # fmt: skip
        with transaction(self.engine) as rows:
            made = rows.execute(sa.insert(imputations).values(row)).inserted_primary_key
            return int(made[0]) if made else 0

    def cut_short(self, study: Study, metric: str, owner: str) -> Imputation | None:
        """The newest run of a metric if a crash or an error left it open, from now on the owner's,
        who has the lock; else None."""
        theirs = (imputations.c.study_id == study.id, imputations.c.metric == metric)
        asked = _asked().where(*theirs).order_by(imputations.c.id.desc()).limit(1)
        with transaction(self.engine) as rows:
            row = rows.execute(asked).one_or_none()
            found = None if row is None else Imputation(**zoned(row))
            if found is None or found.state not in (RUNNING, FAILED, STALE):
                return None
            if found.state == STALE and found.finished_at is not None:
                return None
            mine = imputations.c.id == found.id
            state = STALE if found.state == STALE else RUNNING
            again = {"owner": owner, "state": state, "finished_at": None, "detail": ""}
            rows.execute(sa.update(imputations).where(mine).values(again))
        return found

    def note(self, run: int, **values: Any) -> None:
        """Note what is known of a run by now."""
        with transaction(self.engine) as rows:
            rows.execute(sa.update(imputations).where(imputations.c.id == run).values(values))

    def end(self, run: int, state: str, detail: str = "", data_hash: str | None = None) -> None:
        """Note how a run went. One that turned stale meanwhile stays so."""
        values = {"finished_at": datetime.now(UTC), "detail": detail, "data_hash": data_hash}
        mine = imputations.c.id == run
        with transaction(self.engine) as rows:
            rows.execute(sa.update(imputations).where(mine).values(values))
            still = imputations.c.state == RUNNING
            rows.execute(sa.update(imputations).where(mine, still).values(state=state))

    def share(
        self,
        run: int,
        participant: Participant,
        values: Mapping[str, Any],
        gaps: Sequence[Mapping[str, Any]],
    ) -> None:
        """Keep what a run did for a participant (digest, minutes, counts, statistics) and the
        gaps it found; a second time it is the same."""
        mine = {"imputation_id": run, "participant_id": participant.id}
        packed = {
            name: msgspec.json.encode(value).decode() if isinstance(value, Mapping) else value
            for name, value in values.items()
        }
        packed["finished_at"] = datetime.now(UTC)
        with transaction(self.engine) as rows:
            put(rows, imputed_people, mine, packed)
            theirs = [imputed_gaps.c[name] == value for name, value in mine.items()]
            rows.execute(sa.delete(imputed_gaps).where(*theirs))
            if gaps:
                rows.execute(sa.insert(imputed_gaps), [{**gap, **mine} for gap in gaps])

    def done(self, run: int) -> frozenset[int]:
        """The numbers of those whose part of a run is done."""
        asked = sa.select(imputed_people.c.participant_id)
        with transaction(self.engine) as rows:
            found = rows.execute(asked.where(imputed_people.c.imputation_id == run)).scalars()
            return frozenset(found)

    def all(self, study: str | None = None, limit: int = 200) -> list[Imputation]:
        """The newest runs first."""
        asked = _asked().order_by(imputations.c.id.desc()).limit(limit)
        if study is not None:
            asked = asked.where(tables.studies.c.code == study)
        with transaction(self.engine) as rows:
            found = [Imputation(**zoned(row)) for row in rows.execute(asked)]
        return [run for run in found if self.scope.enters(run.study)]

    def named(self, run: int) -> Imputation:
        """The run of that number; NotFound if there is none within reach."""
        with transaction(self.engine) as rows:
            found = rows.execute(_asked().where(imputations.c.id == run)).one_or_none()
        known = None if found is None else Imputation(**zoned(found))
        if known is None or not self.scope.enters(known.study):
            raise NotFound(f"No imputation has the number {run}.", "run")
        return known

    def newest(self, study: Study, metric: str) -> Imputation | None:
        """The newest run of a metric that has a model; None if there is none."""
        asked = _asked().where(
            imputations.c.study_id == study.id, imputations.c.metric == metric,
            imputations.c.pooled.is_not(None), imputations.c.state != FAILED,
        )  # fmt: skip
        with transaction(self.engine) as rows:
            row = rows.execute(asked.order_by(imputations.c.id.desc()).limit(1)).one_or_none()
            return None if row is None else Imputation(**zoned(row))

    def shares(self, run: int) -> list[Share]:
        """What a run did for each participant within reach."""
        own = imputed_people.c
        asked = (
            sa.select(own.digest, own.minutes, own.counts, own.statistics, own.finished_at)
            .add_columns(own.participant_id)
            .where(own.imputation_id == run, reached(own.participant_id, self.scope))
            .order_by(own.participant_id)
        )
        with transaction(self.engine) as rows:
            found = [zoned(row) for row in rows.execute(asked)]
            whose = people(self.scope).where(
                tables.participants.c.id.in_([row["participant_id"] for row in found])
            )
            known = {row.id: Participant(**row._mapping) for row in rows.execute(whose)}
        for row in found:
            row["counts"] = msgspec.json.decode(row["counts"])
            row["statistics"] = msgspec.json.decode(row["statistics"])
        return [Share(participant=known[row.pop("participant_id")], **row) for row in found]

    def gaps(self, run: int, participant: Participant) -> list[dict[str, Any]]:
        """The gaps that a run found of a participant, in the order of time."""
        names = ("gap", "start_at", "end_at", "minutes", "gap_minutes", "code", "why")
        asked = sa.select(*(imputed_gaps.c[name] for name in names)).where(
            imputed_gaps.c.imputation_id == run, imputed_gaps.c.participant_id == participant.id
        )
        with transaction(self.engine) as rows:
            return [zoned(row) for row in rows.execute(asked.order_by(imputed_gaps.c.start_at))]

    def overtaken(self, runs: Collection[int]) -> None:
        """Note that measured samples take values of these runs."""
        self._turn(runs, (RUNNING, DONE), STALE)

    def replaced(self, runs: Collection[int]) -> None:
        """Note that nothing of these runs is left, for a newer one filled the same."""
        self._turn(runs, (DONE, STALE), REPLACED)

    def stand_again(self, runs: Collection[int]) -> None:
        """Note that values of these runs are back, for a newer one was withdrawn."""
        self._turn(runs, (REPLACED,), DONE)

    def withdrawn(self, run: int, detail: str = "") -> None:
        """Note that a run's values were withdrawn."""
        self._turn([run], (DONE, STALE, REPLACED, FAILED, RUNNING), WITHDRAWN)
        if detail:
            self.note(run, detail=detail)

    def classes(self, study: Study) -> tuple[int, ...] | None:
        """The lengths of gaps (minutes) that a study lets be filled; None: all that validate."""
        asked = sa.select(imputed_classes.c.classes)
        with transaction(self.engine) as rows:
            found = rows.scalar(asked.where(imputed_classes.c.study_id == study.id))
        return None if found is None else tuple(int(word) for word in found.split())

    def set_classes(self, study: Study, classes: Sequence[int] | None) -> None:
        """Let a study's gaps of these lengths be filled, or all that validate."""
        with transaction(self.engine) as rows:
            if classes is None:
                mine = imputed_classes.c.study_id == study.id
                rows.execute(sa.delete(imputed_classes).where(mine))
            else:
                words = {"classes": " ".join(map(str, sorted(classes)))}
                put(rows, imputed_classes, {"study_id": study.id}, words)

    def _turn(self, runs: Collection[int], states: Sequence[str], state: str) -> None:
        mine = (imputations.c.id.in_(list(runs)), imputations.c.state.in_(states))
        with transaction(self.engine) as rows:
            rows.execute(sa.update(imputations).where(*mine).values(state=state))


def _asked() -> sa.Select[Any]:
    """Runs as the record of that name takes them."""
    own = imputed_people.c
    done = (
        sa.select(
            own.imputation_id,
            sa.func.count().label("finished"),
            sa.cast(sa.func.sum(own.minutes), sa.BigInteger).label("minutes"),
        )
        .group_by(own.imputation_id)
        .subquery()
    )
    return (
        sa.select(
            *COLUMNS,
            tables.studies.c.code.label("study"),
            sa.func.coalesce(done.c.finished, 0).label("finished"),
            sa.func.coalesce(done.c.minutes, 0).label("minutes"),
        )
        .join_from(imputations, tables.studies)
        .outerjoin(done, done.c.imputation_id == imputations.c.id)
    )
