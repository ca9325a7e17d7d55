"""Pauses: civil days on which nothing is expected of a participant."""

from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import Conflict
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import reached
from wearhouse.study import EVERYBODY, Participant, Pause, Scope

TABLE, WHO = tables.pauses, tables.participants


class Pauses:
    """Who pauses, and when."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def all(self, study: str | None = None) -> dict[int, list[Pause]]:
        """Everybody's pauses (in a study) by the participant's number, the first one first."""
        asked = _asked().where(reached(WHO.c.id, self.scope))
        if study is not None:
            asked = asked.where(tables.studies.c.code == study)
        with transaction(self.engine) as rows:
            found: dict[int, list[Pause]] = {}
            for number, *pause in rows.execute(asked):
                found.setdefault(number, []).append(Pause(*pause))
            return found

    def of(self, participant: Participant) -> list[Pause]:
        """The participant's pauses, the first one first."""
        with transaction(self.engine) as rows:
            asked = _asked().where(TABLE.c.participant_id == participant.id)
            return [Pause(*pause) for _, *pause in rows.execute(asked)]

    def begin(self, participant: Participant, pause: Pause) -> None:
        """Keep a pause; Conflict if it touches one that is there."""
        for known in self.of(participant):
            ends = known.last_on or date.max
            if known.first_on <= (pause.last_on or date.max) and pause.first_on <= ends:
                raise Conflict(
                    f"{participant.code} pauses from {known.first_on} already.", "first_on"
                )
        with transaction(self.engine) as rows:
            values = {"participant_id": participant.id, **asdict(pause)}
            rows.execute(sa.insert(TABLE).values(values))

    def end(self, participant: Participant, last_on: date) -> Pause:
        """End the pause that is open, `last_on` its last day; Conflict if none is. A pause that
        would end before it began is taken back."""
        still = [pause for pause in self.of(participant) if pause.last_on is None]
        if not still:
            raise Conflict(f"{participant.code} is not paused.", "participant")
        pause = still[0]
        mine = (TABLE.c.participant_id == participant.id, TABLE.c.last_on.is_(None))
        with transaction(self.engine) as rows:
            if last_on < pause.first_on:
                rows.execute(sa.delete(TABLE).where(*mine))
            else:
                rows.execute(sa.update(TABLE).where(*mine).values(last_on=last_on))
        return Pause(pause.first_on, last_on, pause.reason)


def _asked() -> sa.Select[Any]:
    return (
        sa.select(TABLE.c.participant_id, TABLE.c.first_on, TABLE.c.last_on, TABLE.c.reason)
        .join_from(TABLE, WHO)
        .join(tables.studies, tables.studies.c.id == WHO.c.study_id)
        .order_by(TABLE.c.participant_id, TABLE.c.first_on)
    )
