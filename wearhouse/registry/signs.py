"""Signs of life of everybody at once: syncs and batteries as devices told them, how far each
family was read, and what could not be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.reach import reached
from wearhouse.registry.rows import zoned
from wearhouse.registry.runs import FAILED
from wearhouse.registry.syncs import Watermark
from wearhouse.study import EVERYBODY, Scope

DEVICES, BEATS, MARKS = tables.devices, tables.heartbeats, tables.watermarks
ATTEMPTS = tables.attempts

Place = tuple[int, str, str]
"""A participant's number, a source, a family."""


@dataclass(frozen=True, slots=True)
class SyncSign:
    """A participant's device had synced last at `synced_at` when that was told at
    `reported_at`."""

    participant: int
    synced_at: datetime
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery as a device told of it last."""

    percent: float | None
    level: str | None
    reported_at: datetime


class Signs:
    """What is known of everybody's devices and readings."""

    def __init__(self, engine: Engine, scope: Scope = EVERYBODY) -> None:
        self.engine, self.scope = engine, scope

    def syncs(self, patience: timedelta) -> list[SyncSign]:
        """Everybody's newest sync, and every time that no device of theirs had synced for longer
        than `patience`."""
        newest = (
            self._of_devices(
                DEVICES.c.participant_id.label("participant"),
                sa.func.max(BEATS.c.synced_at).label("synced_at"),
                sa.func.max(BEATS.c.synced_at).label("reported_at"),
            )
            .where(BEATS.c.synced_at.is_not(None))
            .group_by(DEVICES.c.participant_id)
        )
        silent = self._of_devices(
            DEVICES.c.participant_id.label("participant"), BEATS.c.synced_at, BEATS.c.reported_at
        ).where(self._longer(patience), ~_another())
        with transaction(self.engine) as rows:
            found = [zoned(row) for asked in (newest, silent) for row in rows.execute(asked)]
        return [SyncSign(**row) for row in found]

    def batteries(self) -> dict[int, Battery]:
        """The battery of each participant's device that reported last."""
        last = sa.select(BEATS.c.device_id, sa.func.max(BEATS.c.reported_at).label("at"))
        newest = last.group_by(BEATS.c.device_id).subquery()
        asked = (
            self._of_devices(
                DEVICES.c.participant_id, BEATS.c.battery_percent, BEATS.c.battery_level,
                BEATS.c.reported_at,
            )
            .join(newest, newest.c.device_id == BEATS.c.device_id)
            .where(newest.c.at == BEATS.c.reported_at)
            .order_by(BEATS.c.reported_at)
        )  # fmt: skip
        with transaction(self.engine) as rows:
            found = [zoned(row) for row in rows.execute(asked)]
        return {
            row["participant_id"]: Battery(
                row["battery_percent"], row["battery_level"], row["reported_at"]
            )
            for row in found
        }

    def watermarks(self) -> dict[Place, Watermark]:
        """How far each family is complete."""
        asked = sa.select(MARKS).where(reached(MARKS.c.participant_id, self.scope))
        with transaction(self.engine) as rows:
            found = [zoned(row) for row in rows.execute(asked)]
        return {
            (row["participant_id"], row["source"], row["family"]): Watermark(
                row["first_on"], row["until_at"]
            )
            for row in found
        }

    def failing(self) -> set[Place]:
        """Families whose newest attempt failed."""
        place = (ATTEMPTS.c.participant_id, ATTEMPTS.c.source, ATTEMPTS.c.family)
        newest = sa.select(sa.func.max(ATTEMPTS.c.id)).group_by(*place).scalar_subquery()
        asked = sa.select(*place).where(
            ATTEMPTS.c.id.in_(newest),
            ATTEMPTS.c.outcome.in_(FAILED),
            reached(ATTEMPTS.c.participant_id, self.scope),
        )
        with transaction(self.engine) as rows:
            return {(row[0], row[1], row[2]) for row in rows.execute(asked)}

    def _of_devices(self, *columns: Any) -> sa.Select[Any]:
        asked = sa.select(*columns).join_from(BEATS, DEVICES)
        return asked.where(reached(DEVICES.c.participant_id, self.scope))

    def _longer(self, patience: timedelta) -> sa.ColumnElement[bool]:
        if self.engine.dialect.name == "sqlite":  # which keeps times as text
            days = sa.func.julianday(BEATS.c.reported_at) - sa.func.julianday(BEATS.c.synced_at)
            return days > patience / timedelta(days=1)
        return BEATS.c.reported_at - BEATS.c.synced_at > patience


def _another() -> sa.ColumnElement[bool]:
    """That a device of the same participant synced in between."""
    other, whose = BEATS.alias(), DEVICES.alias()
    return (
        sa.select(sa.literal(1))
        .select_from(other.join(whose, whose.c.id == other.c.device_id))
        .where(
            whose.c.participant_id == DEVICES.c.participant_id,
            other.c.synced_at > BEATS.c.synced_at,
            other.c.synced_at <= BEATS.c.reported_at,
        )
        .correlate(BEATS, DEVICES)
        .exists()
    )
