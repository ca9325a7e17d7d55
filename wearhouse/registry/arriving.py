"""The registry's tables of what comes by itself: notices, pushed deliveries, device reports."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from wearhouse.registry.tables import metadata

WHEN = DateTime(timezone=True)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("source", String(64), nullable=False),
    Column("family", String(64), nullable=False),
    Column("first_on", Date),  # the civil days they are about
    Column("last_on", Date),
    Column("fresh", Boolean, nullable=False),  # whether one did not say which days
    Column("times", Integer, nullable=False),  # how many came
    Column("tries", Integer, nullable=False),  # how often fetching failed
    Column("noticed_at", WHEN, nullable=False),  # when the first came
    Column("due_at", WHEN, nullable=False),
    UniqueConstraint("participant_id", "source", "family"),
    Index("ix_notices_due_at", "due_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("door", String(16), nullable=False),  # http, nats, kafka
    Column("sender", String(200), nullable=False),  # whose keys these are
    Column("key", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("body", LargeBinary),  # compressed; none once it is in the store
    Column("as_of", BigInteger, nullable=False),  # epoch seconds
    Column("received_at", WHEN, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("heartbeats", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),  # waiting, done, failed
    Column("settled_at", WHEN),
    Column("detail", Text, nullable=False),
    UniqueConstraint("door", "sender", "key"),
    Index("ix_deliveries_outcome", "outcome", "id"),
)

pushed_payloads = Table(
    "pushed_payloads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("archived_at", WHEN, nullable=False),
    UniqueConstraint("participant_id", "digest"),
)

staged_heartbeats = Table(
    "staged_heartbeats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery", Integer, nullable=False),  # deliveries are forgotten earlier
    Column("position", Integer, nullable=False),
    Column("device", String(200), nullable=False),
    Column("captured_at", WHEN, nullable=False),
    Column("received_at", WHEN, nullable=False),
    Column("type", String(100), nullable=False),
    Column("version", String(200)),
    Column("record", Text, nullable=False),  # the JSON as delivered
    Column("taken_at", WHEN),  # by the fleet
    UniqueConstraint("delivery", "position"),
    Index("ix_staged_heartbeats_taken_at", "taken_at", "id"),
)
