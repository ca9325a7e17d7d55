"""Alert rules of the fleet, and the incidents that they open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import Conflict, NotFound
from wearhouse.registry.connection import transaction
from wearhouse.registry.fleet_tables import fleet_incidents, fleet_rules
from wearhouse.registry.rows import zoned

OPEN_STATES = ("pending", "open")


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule as it is kept: `document` is JSON."""

    id: int
    name: str
    kind: str
    document: str
    enabled: bool
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that a rule found, from when it began until it was over for long enough."""

    id: int
    rule_id: int
    project: str
    device: str
    state: str
    value: float | None
    began_at: datetime
    opened_at: datetime | None
    cleared_at: datetime | None
    resolved_at: datetime | None
    told_opened: bool
    told_resolved: bool


class Incidents:
    """Rules and incidents."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def rules(self) -> list[KeptRule]:
        """Every rule by name."""
        asked = sa.select(fleet_rules).order_by(fleet_rules.c.name)
        with transaction(self.engine) as rows:
            return [KeptRule(**zoned(row)) for row in rows.execute(asked)]

    def put_rule(self, number: int | None, values: Mapping[str, Any]) -> KeptRule:
        """Add a rule, or change the one of that number. Conflict if its name is taken."""
        whole = {**values, "changed_at": datetime.now(UTC)}
        table = fleet_rules
        with transaction(self.engine) as rows:
            taken = sa.select(table.c.id).where(table.c.name == values["name"])
            other = rows.scalar(taken)
            if other is not None and other != number:
                raise Conflict(f"A rule called {values['name']!r} is there already.", "name")
            if number is None:
                made = rows.execute(sa.insert(table).values(whole)).inserted_primary_key
                number = int(made[0]) if made else 0
            else:
                rows.execute(sa.update(table).where(table.c.id == number).values(whole))
        return self.rule(number)

    def rule(self, number: int) -> KeptRule:
        """The rule of that number; NotFound if there is none."""
        for one in self.rules():
            if one.id == number:
                return one
        raise NotFound(f"No alert rule has the number {number}.", "number")

    def remove_rule(self, number: int) -> None:
        """Remove a rule and its incidents."""
        self.rule(number)
        with transaction(self.engine) as rows:
            rows.execute(sa.delete(fleet_incidents).where(fleet_incidents.c.rule_id == number))
            rows.execute(sa.delete(fleet_rules).where(fleet_rules.c.id == number))

    def unresolved(self, rule: int) -> list[Incident]:
        """Incidents of a rule that are pending or open."""
        table = fleet_incidents
        asked = sa.select(table).where(table.c.rule_id == rule, table.c.state.in_(OPEN_STATES))
        return self._found(asked.order_by(table.c.id))

    def untold(self) -> list[Incident]:
        """Incidents that opened or were resolved without anybody having been told."""
        table = fleet_incidents
        opened = sa.and_(table.c.state != "pending", table.c.told_opened.is_(False))
        resolved = sa.and_(table.c.state == "resolved", table.c.told_resolved.is_(False))
        return self._found(sa.select(table).where(sa.or_(opened, resolved)).order_by(table.c.id))

    def all(self, limit: int = 200, projects: Sequence[str] | None = None) -> list[Incident]:
        """Incidents that ever opened, the newest first."""
        table = fleet_incidents
        asked = sa.select(table).where(table.c.state != "pending")
        if projects is not None:
            asked = asked.where(table.c.project.in_(list(projects)))
        return self._found(asked.order_by(table.c.id.desc()).limit(limit))

    def add(self, values: Mapping[str, Any]) -> None:
        """A new incident."""
        with transaction(self.engine) as rows:
            rows.execute(sa.insert(fleet_incidents).values(**values))

    def change(self, number: int, values: Mapping[str, Any]) -> None:
        """Note what became of an incident."""
        with transaction(self.engine) as rows:
            there = fleet_incidents.c.id == number
            rows.execute(sa.update(fleet_incidents).where(there).values(**values))

    def remove(self, number: int) -> None:
        """Forget one that never opened."""
        with transaction(self.engine) as rows:
            rows.execute(sa.delete(fleet_incidents).where(fleet_incidents.c.id == number))

    def _found(self, asked: sa.Select[Any]) -> list[Incident]:
        with transaction(self.engine) as rows:
            return [Incident(**zoned(row)) for row in rows.execute(asked)]
