"""Enrolments: who takes part in a study, where, and from when to when."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from wearhouse.errors import Conflict
from wearhouse.registry import groups, tables
from wearhouse.registry.connection import transaction
from wearhouse.study import Participant, Study

TABLE = tables.participants


class Enrolments:
    """Rows of participants, added and changed."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sites, self.arms = groups.sites(engine), groups.arms(engine)

    def add(self, study: Study, people: Sequence[Mapping[str, Any]]) -> None:
        """New participants, all or none: code, timezone, site, arm and dates of each. Conflict if
        one is there already."""
        with transaction(self.engine) as rows:
            for person in people:
                code = person["code"]
                taken = sa.select(TABLE.c.id).where(
                    TABLE.c.study_id == study.id, TABLE.c.code == code
                )
                if rows.scalar(taken):
                    raise Conflict(f"{code!r} is a participant of {study.code} already.", "code")
                values = self._values(rows, study, person)
                rows.execute(sa.insert(TABLE).values({**values, "study_id": study.id}))

    def change(self, participant: Participant, study: Study, values: Mapping[str, Any]) -> None:
        """Set fields of a participant."""
        with transaction(self.engine) as rows:
            mine = sa.update(TABLE).where(TABLE.c.id == participant.id)
            rows.execute(mine.values(self._values(rows, study, values)))

    def change_study(self, study: Study, values: Mapping[str, Any]) -> None:
        """Set fields of a study."""
        table = tables.studies
        with transaction(self.engine) as rows:
            rows.execute(sa.update(table).where(table.c.id == study.id).values(dict(values)))

    def _values(self, rows: Connection, study: Study, said: Mapping[str, Any]) -> dict[str, Any]:
        """Columns; sites and arms by their numbers."""
        values = dict(said)
        for word, known in (("site", self.sites), ("arm", self.arms)):
            if word in values:
                code = values.pop(word)
                values[f"{word}_id"] = known.number(rows, study, code) if code else None
        return values
