"""Devices and their heartbeats: what a device said of itself, and when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import insert_once, put, zoned
from wearhouse.study import Participant


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A device of a participant as it reported once."""

    participant: str
    source: str
    device: str
    kind: str
    model: str
    firmware: str | None
    battery_percent: float | None
    battery_level: str | None
    synced_at: datetime | None
    reported_at: datetime


class Devices:
    """What devices reported."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def report(self, participant: Participant, beat: Heartbeat) -> bool:
        """Keep a heartbeat; False if it was known already."""
        place = {
            "participant_id": participant.id, "source": beat.source, "device": beat.device,
        }  # fmt: skip
        table = tables.devices
        with transaction(self.engine) as rows:
            put(rows, table, place, {"kind": beat.kind, "model": beat.model})
            of_it = [table.c[name] == value for name, value in place.items()]
            device = rows.execute(sa.select(table.c.id).where(*of_it)).scalar_one()
            values = {
                "device_id": device,
                "reported_at": beat.reported_at.astimezone(UTC),
                "synced_at": beat.synced_at.astimezone(UTC) if beat.synced_at else None,
                "firmware": beat.firmware,
                "battery_percent": beat.battery_percent,
                "battery_level": beat.battery_level,
            }
            return insert_once(rows, tables.heartbeats, values)

    def heartbeats(self, participant: Participant | None = None) -> list[Heartbeat]:
        """What was reported (by a participant's devices), the newest last."""
        asked = _reported()
        if participant is not None:
            asked = asked.where(tables.participants.c.id == participant.id)
        with transaction(self.engine) as rows:
            return [Heartbeat(**zoned(row)) for row in rows.execute(asked)]

    def reported(self, since: datetime) -> list[tuple[str, str | None, Heartbeat]]:
        """What was reported from an instant on, the newest last: study, site, heartbeat."""
        who, within, site = tables.participants, tables.studies, tables.sites
        asked = (
            _reported()
            .add_columns(within.c.code.label("study"), site.c.code.label("site"))
            .join(within, within.c.id == who.c.study_id)
            .outerjoin(site, site.c.id == who.c.site_id)
            .where(tables.heartbeats.c.reported_at >= since.astimezone(UTC))
        )
        with transaction(self.engine) as rows:
            found = [zoned(row) for row in rows.execute(asked)]
        return [(row.pop("study"), row.pop("site"), Heartbeat(**row)) for row in found]

    def newest(self) -> datetime | None:
        """When the newest of all reports was taken."""
        newest = sa.func.max(tables.heartbeats.c.reported_at).label("at")
        with transaction(self.engine) as rows:
            at: datetime | None = zoned(rows.execute(sa.select(newest)).one())["at"]
        return at

    def synced_at(self) -> dict[int, datetime]:
        """When each participant's devices last synced, by the participant's number."""
        device, beat = tables.devices, tables.heartbeats
        newest = sa.func.max(beat.c.synced_at).label("synced_at")
        asked = sa.select(device.c.participant_id, newest).join_from(beat, device)
        with transaction(self.engine) as rows:
            found = map(zoned, rows.execute(asked.group_by(device.c.participant_id)))
            return {row["participant_id"]: row["synced_at"] for row in found if row["synced_at"]}


def _reported() -> sa.Select[Any]:
    device, beat, who = tables.devices, tables.heartbeats, tables.participants
    return (
        sa.select(
            who.c.code.label("participant"), device.c.source, device.c.device, device.c.kind,
            device.c.model, beat.c.firmware, beat.c.battery_percent, beat.c.battery_level,
            beat.c.synced_at, beat.c.reported_at,
        )
        .join_from(beat, device)
        .join(who)
        .order_by(beat.c.reported_at, device.c.id)
    )  # fmt: skip
