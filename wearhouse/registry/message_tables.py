"""The registry's tables of messages to participants."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from wearhouse.registry.people_tables import metadata

rules = Table(
    "message_rules",
    metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("caps", String(100), nullable=False),  # 1/24h 2/4d
    Column("quiet", String(20), nullable=False),  # 20:00-09:00
    Column("language", String(20), nullable=False),  # of whom none is known
)

templates = Table(
    "templates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("language", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("study_id", "name", "language", "version"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("template", String(64), nullable=False),
    Column("language", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("cause", String(32), nullable=False),  # by hand, or by itself
    Column("state", String(16), nullable=False),
    Column("queued_by", String(200), nullable=False),
    Column("queued_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("finished_at", DateTime(timezone=True)),
    Column("detail", Text, nullable=False, default=""),  # the mail server's words
    Index("ix_messages_participant_id", "participant_id"),
    Index("ix_messages_state", "state", "due_at"),
)
