"""When each study is synced."""

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import put
from wearhouse.study import Schedule, Study

TABLE = tables.schedules


class Schedules:
    """Studies that are synced at a time of their own, or not for now."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, study: Study) -> Schedule | None:
        """The schedule of a study; None if it has none of its own."""
        asked = sa.select(TABLE.c.at, TABLE.c.timezone, TABLE.c.paused)
        with transaction(self.engine) as rows:
            found = rows.execute(asked.where(TABLE.c.study_id == study.id)).one_or_none()
        return Schedule(study.code, *found) if found else None

    def set(self, study: Study, schedule: Schedule) -> None:
        """Give a study a schedule of its own."""
        values = {"at": schedule.at, "timezone": schedule.timezone, "paused": schedule.paused}
        with transaction(self.engine) as rows:
            put(rows, TABLE, {"study_id": study.id}, values)
