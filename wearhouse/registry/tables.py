"""The registry's tables. No row object leaves this folder."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

studies = Table(
    "studies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(64), nullable=False, unique=True),
    Column("title", Text, nullable=False, default=""),
    Column("starts_on", Date),
    Column("ends_on", Date),
)

participants = Table(
    "participants",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("enrolled_on", Date),
    Column("withdrawn_on", Date),
    UniqueConstraint("study_id", "code"),
    Index("ix_participants_code", "code"),
)

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
    Column("load_id", ForeignKey("loads.id"), nullable=False),
    Column("file", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("file", "position", "person", "reason", "record"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),  # login (a link, once) or session (a cookie)
    Column("name", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)
