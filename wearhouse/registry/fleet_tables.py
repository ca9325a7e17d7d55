"""The registry's tables of the fleet: its metrics, what its producers brought, its alerts."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from wearhouse.registry.people_tables import metadata

WHEN = DateTime(timezone=True)

fleet_metrics = Table(
    "fleet_metrics",
    metadata,
    Column("name", String(300), primary_key=True),  # as devices report it
    Column("title", String(300), nullable=False),
    Column("unit", String(40), nullable=False),
    Column("kind", String(16), nullable=False),  # number, boolean, string, mixed
    Column("kinds", Text, nullable=False),  # number, boolean, string, array
    Column("low", Float),
    Column("high", Float),
    Column("time_series", Boolean, nullable=False),
    Column("attribute", Boolean, nullable=False),
    Column("vital", String(16), nullable=False),  # battery, synced, unsynced, or nothing
    Column("folded", Text, nullable=False),  # the range that rollups were folded with
    Column("first_seen_at", WHEN, nullable=False),
)

fleet_marks = Table(
    "fleet_marks",
    metadata,
    Column("producer", String(32), primary_key=True),
    Column("until_at", WHEN, nullable=False),
)

fleet_rules = Table(
    "fleet_rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),  # aggregate, device, silent
    Column("document", Text, nullable=False),  # canonical JSON: what is compared with what
    Column("enabled", Boolean, nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("changed_at", WHEN, nullable=False),
)

fleet_incidents = Table(
    "fleet_incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rule_id", ForeignKey("fleet_rules.id", ondelete="CASCADE"), nullable=False),
    Column("project", String(200), nullable=False),
    Column("device", String(200), nullable=False),  # '' where it is about all of them
    Column("state", String(16), nullable=False),  # pending, open, resolved
    Column("value", Float),
    Column("began_at", WHEN, nullable=False),
    Column("opened_at", WHEN),
    Column("cleared_at", WHEN),  # since when it is well again, before it counts as resolved
    Column("resolved_at", WHEN),
    Column("told_opened", Boolean, nullable=False),
    Column("told_resolved", Boolean, nullable=False),
    Index("ix_fleet_incidents_rule_id", "rule_id", "state"),
)
