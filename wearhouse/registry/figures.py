"""Figures of the whole registry, for those who watch it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import zoned
from wearhouse.study import OPEN

ATTEMPTS, GRANTS = tables.attempts, tables.grants


class Figures:
    """Counts over everybody."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def reasons(self) -> dict[str, int]:
        """How many records lie in quarantine for each reason."""
        reason = tables.quarantine.c.reason
        asked = sa.select(reason, sa.func.count().label("records")).group_by(reason)
        with transaction(self.engine) as rows:
            return {row.reason: row.records for row in rows.execute(asked)}

    def imputations(self) -> dict[str, int]:
        """How many runs of the imputer are in each state."""
        state = tables.imputations.c.state
        asked = sa.select(state, sa.func.count().label("runs")).group_by(state)
        with transaction(self.engine) as rows:
            return {row.state: row.runs for row in rows.execute(asked)}

    def incidents(self) -> dict[str, int]:
        """How many incidents are open, by the name of the enabled rule that found them."""
        rules, found = tables.fleet_rules, tables.fleet_incidents
        is_open = sa.and_(found.c.rule_id == rules.c.id, found.c.state == "open")
        asked = (
            sa.select(rules.c.name, sa.func.count(found.c.id).label("open"))
            .outerjoin_from(rules, found, is_open)
            .where(rules.c.enabled)
            .group_by(rules.c.name)
        )
        with transaction(self.engine) as rows:
            return {row.name: row.open for row in rows.execute(asked)}

    def loaded_at(self) -> datetime | None:
        """When something was last loaded of a grant that is open."""
        asked = (
            sa.select(sa.func.max(ATTEMPTS.c.finished_at).label("at"))
            .join_from(
                ATTEMPTS,
                GRANTS,
                sa.and_(
                    GRANTS.c.participant_id == ATTEMPTS.c.participant_id,
                    GRANTS.c.source == ATTEMPTS.c.source,
                ),
            )
            .where(ATTEMPTS.c.outcome == "done", GRANTS.c.state.in_(sorted(OPEN)))
        )
        with transaction(self.engine) as rows:
            [row] = [zoned(row) for row in rows.execute(asked)]
        at: datetime | None = row["at"]
        return at
