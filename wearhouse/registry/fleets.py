"""The metrics that devices report, and how far the fleet's producers have come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import NotFound
from wearhouse.registry.connection import transaction
from wearhouse.registry.fleet_tables import fleet_marks, fleet_metrics
from wearhouse.registry.rows import put, zoned


@dataclass(frozen=True, slots=True)
class FleetMetric:
    """A metric of devices. Values outside of `low` and `high` are kept and left out of statistics.
    `time_series`: it is folded, for charts and alerts; `attribute`: devices are searched by it.
    `folded` says what the rollups were folded with, and is empty where they were not."""

    name: str
    title: str
    unit: str
    kind: str
    kinds: str
    low: float | None
    high: float | None
    time_series: bool
    attribute: bool
    vital: str
    folded: str
    first_seen_at: datetime


class Fleets:
    """What is known of the fleet beside its heartbeats."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def metrics(self) -> list[FleetMetric]:
        """Every metric that was ever reported, by name."""
        asked = sa.select(fleet_metrics).order_by(fleet_metrics.c.name)
        with transaction(self.engine) as rows:
            return [FleetMetric(**zoned(row)) for row in rows.execute(asked)]

    def metric(self, name: str) -> FleetMetric:
        """The metric of that name; NotFound if no device ever reported it."""
        asked = sa.select(fleet_metrics).where(fleet_metrics.c.name == name)
        with transaction(self.engine) as rows:
            found = rows.execute(asked).one_or_none()
        if found is None:
            raise NotFound(f"No device has reported a metric called {name!r}.", "metric")
        return FleetMetric(**zoned(found))

    def put_metric(
        self, name: str, values: Mapping[str, Any], otherwise: Mapping[str, Any] | None = None
    ) -> None:
        """Set what is known of a metric; with `otherwise` it is added if it is not there."""
        with transaction(self.engine) as rows:
            if otherwise is not None:
                put(rows, fleet_metrics, {"name": name}, values, otherwise)
                return
            there = fleet_metrics.c.name == name
            rows.execute(sa.update(fleet_metrics).where(there).values(**values))

    def mark(self, producer: str) -> datetime | None:
        """How far a producer's reports were taken."""
        asked = sa.select(fleet_marks.c.until_at).where(fleet_marks.c.producer == producer)
        with transaction(self.engine) as rows:
            found = rows.execute(asked).one_or_none()
        return zoned(found)["until_at"] if found else None

    def set_mark(self, producer: str, until: datetime) -> None:
        """Note how far they were taken."""
        with transaction(self.engine) as rows:
            values = {"until_at": until.astimezone(UTC)}
            put(rows, fleet_marks, {"producer": producer}, values)
