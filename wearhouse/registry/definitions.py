"""By which definitions of wear a study was and is judged: choices are added, none is changed."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import zoned
from wearhouse.study import Study
from wearhouse.wear.definition import Definition, canonical, parsed

TABLE = tables.definitions


@dataclass(frozen=True, slots=True)
class Choice:
    """A definition that a study was judged by from an instant on, who chose it and why."""

    definition: Definition
    digest: str
    reason: str
    chosen_by: str
    chosen_at: datetime


class Definitions:
    """The definitions of studies."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, study: Study) -> list[Choice]:
        """Every choice of a study; the last is in force."""
        names = ("document", "digest", "reason", "chosen_by", "chosen_at")
        asked = sa.select(*(TABLE.c[name] for name in names)).where(TABLE.c.study_id == study.id)
        with transaction(self.engine) as rows:
            found = [zoned(row) for row in rows.execute(asked.order_by(TABLE.c.id))]
        return [Choice(parsed(row.pop("document")), **row) for row in found]

    def choose(self, study: Study, definition: Definition, reason: str, by: str) -> Choice:
        """Judge a study by a definition from now on."""
        choice = Choice(definition, definition.digest, reason, by, datetime.now(UTC))
        values = {
            "study_id": study.id,
            "name": definition.name,
            "version": definition.version,
            "document": canonical(definition),
            "digest": choice.digest,
            "reason": reason,
            "chosen_by": by,
            "chosen_at": choice.chosen_at,
        }
        with transaction(self.engine) as rows:
            rows.execute(sa.insert(TABLE).values(values))
        return choice
