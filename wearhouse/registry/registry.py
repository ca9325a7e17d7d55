"""The Registry: studies, participants, loads, quarantine."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from wearhouse.errors import Conflict, Invalid, NotAllowed, NotFound
from wearhouse.registry import (
    access,
    audit,
    changes,
    cohorts,
    connection,
    contacts,
    definitions,
    deliveries,
    devices,
    enrolments,
    erasing,
    figures,
    fleets,
    grants,
    groups,
    imputations,
    incidents,
    locks,
    messages,
    notices,
    pauses,
    refused,
    runs,
    schedules,
    signs,
    staged,
    syncs,
    tables,
    users,
)
from wearhouse.registry.reach import nobody, of_whole_studies, people
from wearhouse.registry.rows import once, zoned
from wearhouse.study import (
    EVERYBODY,
    Actor,
    Load,
    Participant,
    Quarantined,
    Scope,
    Study,
    checked_code,
)
from wearhouse.window import zone_named


def open_registry(url: str) -> "Registry":
    """The registry at a URL, its schema up to date."""
    engine = connection.connect(url)
    connection.migrate(engine)
    return Registry(engine)


class Registry:
    """Who, what and when."""

    def __init__(
        self, engine: Engine, scope: Scope = EVERYBODY, known: changes.Changes | None = None
    ) -> None:
        self.engine, self.scope = engine, scope
        self.changes = known or changes.Changes(engine)
        self.access = access.Access(engine)
        self.grants = grants.Grants(engine, scope)
        self.syncs = syncs.Syncs(engine)
        self.runs = runs.Runs(engine, scope)
        self.schedules = schedules.Schedules(engine)
        self.locks = locks.Locks(engine)
        self.devices = devices.Devices(engine)
        self.notices = notices.Notices(engine)
        self.deliveries = deliveries.Deliveries(engine, scope)
        self.staged = staged.Staged(engine)
        self.pauses = pauses.Pauses(engine, scope)
        self.definitions = definitions.Definitions(engine)
        self.signs = signs.Signs(engine, scope)
        self.enrolments = enrolments.Enrolments(engine)
        self.sites, self.arms = groups.sites(engine), groups.arms(engine)
        self.contacts = contacts.Contacts(engine, scope)
        self.cohorts = cohorts.Cohorts(engine, scope)
        self.users = users.Users(engine)
        self.audit = audit.Audit(engine, scope)
        self.figures = figures.Figures(engine)
        self.messages = messages.Messages(engine, scope)
        self.erasing = erasing.Erasing(engine)
        self.fleets = fleets.Fleets(engine)
        self.incidents = incidents.Incidents(engine)
        self.imputations = imputations.Imputations(engine, scope)

    def seen_by(self, actor: Actor) -> "Registry":
        """The registry as far as an actor reaches: participants out of reach are not there."""
        return Registry(self.engine, actor.scope, self.changes)

    def together(self) -> AbstractContextManager[None]:
        """One transaction for everything that this thread does with the registry meanwhile."""
        return connection.together(self.engine)

    def studies(self) -> list[Study]:
        """Every study within reach by code."""
        with self._rows() as rows:
            found = rows.execute(sa.select(tables.studies).order_by(tables.studies.c.code))
            every = [Study(**row._mapping) for row in found]
        return [study for study in every if self.scope.enters(study.code)]

    def study_named(self, code: str) -> Study:
        """The study of that code; NotFound if there is none."""
        for study in self.studies():
            if study.code == code:
                return study
        raise NotFound(f"No study is called {code!r}.", "study")

    def only_study(self, code: str | None, create: str | None = None) -> Study:
        """The study of that code, or the only one there is. With `create` and none there yet,
        a new one of that code."""
        if code:
            return self.study_named(code)
        studies = self.studies()
        if len(studies) == 1:
            return studies[0]
        if not studies and create:
            return self.create_study(create, create)
        if not studies:
            raise NotFound("There is no study yet; make one with `wearhouse study create CODE`.")
        codes = ", ".join(study.code for study in studies)
        raise Invalid(f"There are several studies; say which: {codes}.", "study")

    def create_study(
        self,
        code: str,
        title: str = "",
        starts_on: date | None = None,
        ends_on: date | None = None,
    ) -> Study:
        """A new study."""
        checked_code(code)
        values = {
            "code": code, "title": title or code, "starts_on": starts_on, "ends_on": ends_on,
        }  # fmt: skip
        with self._rows() as rows:
            if rows.scalar(sa.select(tables.studies.c.id).where(tables.studies.c.code == code)):
                raise Conflict(f"A study called {code!r} is there already.", "code")
            rows.execute(sa.insert(tables.studies).values(values))
        return self.study_named(code)

    def participants(self, study: str | None = None) -> list[Participant]:
        """Every participant (of a study) by code."""
        asked = people(self.scope).order_by(tables.studies.c.code, tables.participants.c.code)
        if study is not None:
            self.study_named(study)
            asked = asked.where(tables.studies.c.code == study)
        with self._rows() as rows:
            return [Participant(**row._mapping) for row in rows.execute(asked)]

    def participant_named(self, code: str, study: str | None = None) -> Participant:
        """The participant of that code; NotFound if there is none, Invalid if several studies
        have one and none is named."""
        return self.participants_named([code], study)[0]

    def participants_named(
        self, codes: Sequence[str], study: str | None = None
    ) -> list[Participant]:
        """The participants of those codes in that order; errors as in `participant_named`."""
        if study is not None:
            self.study_named(study)
        asked = people(self.scope).where(tables.participants.c.code.in_(set(codes)))
        if study is not None:
            asked = asked.where(tables.studies.c.code == study)
        with self._rows() as rows:
            found = [Participant(**row._mapping) for row in rows.execute(asked)]
        by_code: dict[str, list[Participant]] = {}
        for participant in found:
            by_code.setdefault(participant.code, []).append(participant)
        if unknown := [code for code in dict.fromkeys(codes) if code not in by_code]:
            raise nobody(unknown, study)
        for code in codes:
            matches = by_code[code]
            if len(matches) > 1:
                studies = ", ".join(sorted(match.study for match in matches))
                raise Invalid(
                    f"{code!r} is a participant of several studies ({studies}); say which.",
                    "study",
                )
        return [by_code[code][0] for code in dict.fromkeys(codes)]

    def enrol(
        self,
        study: str,
        code: str,
        timezone: str,
        enrolled_on: date | None = None,
        withdrawn_on: date | None = None,
    ) -> Participant:
        """A new participant of a study."""
        if not self.scope.covers(study, None):
            raise NotAllowed("A new participant has no site, and would be out of reach.", "site")
        checked_code(code)
        zone_named(timezone)
        within = self.study_named(study).id
        table = tables.participants
        with self._rows() as rows:
            taken = sa.select(table.c.id).where(table.c.study_id == within, table.c.code == code)
            if rows.scalar(taken):
                raise Conflict(f"{code!r} is a participant of {study} already.", "code")
            rows.execute(
                sa.insert(table).values(
                    study_id=within, code=code, timezone=timezone,
                    enrolled_on=enrolled_on, withdrawn_on=withdrawn_on,
                )
            )  # fmt: skip
        return self.participant_named(code, study)

    def codes(self, study: Study) -> set[str]:
        """Every code that is taken in a study, out of reach or not."""
        asked = sa.select(tables.participants.c.code)
        with self._rows() as rows:
            return set(
                rows.execute(asked.where(tables.participants.c.study_id == study.id)).scalars()
            )

    def begin_load(self, study: int | None, path: str, format_: str) -> int:
        """Note that files are about to be loaded; the load's number."""
        values = {
            "study_id": study, "path": path, "format": format_, "started_at": datetime.now(UTC),
            "outcome": "running", "samples": 0, "episodes": 0, "quarantined": 0, "detail": "",
        }  # fmt: skip
        with self._rows() as rows:
            made = rows.execute(sa.insert(tables.loads).values(values)).inserted_primary_key
            return int(made[0]) if made else 0

    def end_load(
        self, load: int, outcome: str, samples: int, episodes: int, quarantined: int, detail: str
    ) -> None:
        """Note how a load went: `done`, or `failed` with the sentence in `detail`."""
        values = {
            "finished_at": datetime.now(UTC), "outcome": outcome, "samples": samples,
            "episodes": episodes, "quarantined": quarantined, "detail": detail,
        }  # fmt: skip
        with self._rows() as rows:
            rows.execute(sa.update(tables.loads).where(tables.loads.c.id == load).values(values))

    def loads(self, limit: int = 200) -> list[Load]:
        """The newest loads first. A load is of a whole study: NotAllowed for who reaches less."""
        asked = sa.select(*(c for c in tables.loads.c if c.name != "study_id"))
        asked = asked.where(of_whole_studies(tables.loads.c.study_id, self.scope))
        with self._rows() as rows:
            found = rows.execute(asked.order_by(tables.loads.c.id.desc()).limit(limit))
            return [Load(**zoned(row)) for row in found]

    def quarantine(self, load: int, file: str, rejected: Iterable[dict[str, Any]]) -> int:
        """Keep refused records (person, position, reason, record); those that are there from an
        earlier load of the same file stay as they are. The number of records given."""
        now = datetime.now(UTC)
        values = [
            refused.kept({**row, "load_id": load, "file": file, "at": now}) for row in rejected
        ]
        if values:
            with self._rows() as rows:
                rows.execute(once(rows, tables.quarantine), values)
        return len(values)

    def quarantined(
        self, limit: int, after: int | None = None, participant: Participant | None = None
    ) -> list[Quarantined]:
        """Refused records, the newest first, from before the record `after`; of a participant,
        those that syncs brought."""
        table = tables.quarantine
        asked = refused.within(self.scope)
        if after is not None:
            asked = asked.where(table.c.id < after)
        if participant is not None:
            asked = asked.where(tables.participants.c.id == participant.id)
        with self._rows() as rows:
            found = rows.execute(asked.order_by(table.c.id.desc()).limit(limit))
            return [Quarantined(**zoned(row)) for row in found]

    def ready(self) -> None:
        """Raise Unavailable unless the registry answers."""
        with self._rows() as rows:
            rows.execute(sa.select(sa.literal(1)))

    def close(self) -> None:
        self.changes.close()
        self.engine.dispose()

    def _rows(self) -> AbstractContextManager[Connection]:
        return connection.transaction(self.engine)
