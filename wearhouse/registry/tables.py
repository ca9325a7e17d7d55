"""The registry's tables. No row object leaves this folder."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from wearhouse.registry.access_tables import entries, head, keys, sessions, tries, users
from wearhouse.registry.fleet_tables import (
    fleet_incidents,
    fleet_marks,
    fleet_metrics,
    fleet_rules,
)
from wearhouse.registry.imputation_tables import (
    imputations,
    imputed_classes,
    imputed_gaps,
    imputed_people,
)
from wearhouse.registry.message_tables import messages, rules, templates
from wearhouse.registry.people_tables import (
    arms,
    cohorts,
    contacts,
    memberships,
    metadata,
    participants,
    pauses,
    sites,
    studies,
)

__all__ = [
    "arms",
    "cohorts",
    "contacts",
    "entries",
    "fleet_incidents",
    "fleet_marks",
    "fleet_metrics",
    "fleet_rules",
    "head",
    "imputations",
    "imputed_classes",
    "imputed_gaps",
    "imputed_people",
    "keys",
    "memberships",
    "messages",
    "metadata",
    "participants",
    "pauses",
    "rules",
    "sessions",
    "sites",
    "studies",
    "templates",
    "tries",
    "users",
]

loads = Table(
    "loads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id")),
    Column("path", Text, nullable=False),
    Column("format", String(64), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", String(32), nullable=False),
    Column("samples", Integer, nullable=False, default=0),
    Column("episodes", Integer, nullable=False, default=0),
    Column("quarantined", Integer, nullable=False, default=0),
    Column("detail", Text, nullable=False, default=""),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("load_id", ForeignKey("loads.id")),
    Column("attempt_id", ForeignKey("attempts.id")),
    Column("file", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # of file to record
)

grants = Table(
    "grants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("source", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("scopes", Text, nullable=False, default=""),  # as granted, a space between
    Column("token", Text),  # encrypted
    Column("subject", String(64)),  # digest of the vendor's name for the person
    Column("invitation", String(64)),  # digest of the invitation that is open
    Column("timezone", String(64)),  # home clock as the vendor knows it
    Column("invited_at", DateTime(timezone=True)),
    Column("opened_at", DateTime(timezone=True)),  # when the open invitation was first looked at
    Column("granted_at", DateTime(timezone=True)),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    UniqueConstraint("participant_id", "source"),
    Index("ix_grants_subject", "subject"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("at", String(5), nullable=False),  # 01:00
    Column("timezone", String(64), nullable=False),
    Column("paused", Boolean, nullable=False, default=False),
)

definitions = Table(
    "study_definitions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),  # canonical JSON
    Column("digest", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("chosen_by", String(200), nullable=False),
    Column("chosen_at", DateTime(timezone=True), nullable=False),
    Index("ix_study_definitions_study_id", "study_id"),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("participant_id", ForeignKey("participants.id"), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("family", String(64), primary_key=True),
    Column("first_on", Date, nullable=False),
    Column("until_at", DateTime(timezone=True), nullable=False),
)

syncs = Table(
    "syncs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id")),
    Column("cause", String(32), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", String(32), nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Index("ix_syncs_started_at", "started_at"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sync_id", ForeignKey("syncs.id"), nullable=False),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("source", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", String(32), nullable=False),
    Column("samples", Integer, nullable=False, default=0),
    Column("episodes", Integer, nullable=False, default=0),
    Column("written", Integer, nullable=False, default=0),
    Column("withdrawn", Integer, nullable=False, default=0),
    Column("quarantined", Integer, nullable=False, default=0),
    Column("detail", Text, nullable=False, default=""),
    Column("code", String(32), nullable=False, server_default=""),  # of the error
    Index("ix_attempts_sync_id", "sync_id"),
    Index("ix_attempts_participant_id", "participant_id", "source", "family"),
)

payloads = Table(
    "payloads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt_id", ForeignKey("attempts.id"), nullable=False),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("source", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("start_at", DateTime(timezone=True), nullable=False),
    Column("end_at", DateTime(timezone=True), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("part", String(200), nullable=False),
    Column("media", String(100), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
    Index("ix_payloads_attempt_id", "attempt_id"),
    Index("ix_payloads_participant_id", "participant_id"),
)

locks = Table(
    "locks",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("source", String(64), nullable=False),
    Column("device", String(200), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("model", String(200), nullable=False),
    UniqueConstraint("participant_id", "source", "device"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("device_id", ForeignKey("devices.id"), primary_key=True),
    Column("reported_at", DateTime(timezone=True), primary_key=True),
    Column("synced_at", DateTime(timezone=True)),
    Column("firmware", String(64)),
    Column("battery_percent", Float),
    Column("battery_level", String(32)),
)
