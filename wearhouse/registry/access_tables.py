"""The registry's tables of who may come in, and of what they did."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from wearhouse.registry.people_tables import metadata

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),  # in small letters
    Column("role", String(32), nullable=False),
    Column("places", Text),  # a space between; none is everywhere
    Column("password", String(200)),  # argon2id
    Column("totp", Text),  # encrypted; none without a second factor
    Column("totp_step", Integer, nullable=False, default=0),  # of the last code that was taken
    Column("recovery", Text, nullable=False, default=""),  # digests, a space between
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("disabled_at", DateTime(timezone=True)),
)

tries = Table(
    "tries",
    metadata,
    Column("name", String(64), primary_key=True),  # a digest, of names that nobody has, too
    Column("failed", Integer, nullable=False),
    Column("until_at", DateTime(timezone=True), nullable=False),
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
    Column("places", Text),
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
    Column("user_id", ForeignKey("users.id")),  # whose role counts, if there is one
)

entries = Table(
    "audit_entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("act", String(64), nullable=False),
    Column("study", String(64)),
    Column("participant", String(64)),
    Column("content", Text, nullable=False),  # canonical JSON of all of it
    Column("digest", String(64), nullable=False, unique=True),
    Index("ix_audit_entries_participant", "participant", "study"),
)

head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)
