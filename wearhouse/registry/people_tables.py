"""The registry's tables of studies and their people."""

from sqlalchemy import (
    Boolean,
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
    false,
    true,
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
    Column("target", Integer),
    Column("blinded", Boolean, nullable=False, server_default=true()),
    Column("thresholds", Text, nullable=False, server_default="{}"),  # JSON
    Column("automation", Boolean, nullable=False, server_default=false()),
    Column("raw_months", Integer),
    Column("raw_then", String(8), nullable=False, server_default="archive"),
)

sites = Table(
    "sites",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("title", Text, nullable=False, default=""),
    UniqueConstraint("study_id", "code"),
)

arms = Table(
    "arms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("title", Text, nullable=False, default=""),
    UniqueConstraint("study_id", "code"),
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
    Column("site_id", ForeignKey("sites.id")),
    Column("arm_id", ForeignKey("arms.id")),
    Column("starts_on", Date),
    Column("ends_on", Date),
    UniqueConstraint("study_id", "code"),
    Index("ix_participants_code", "code"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date),  # included; none while it is open
    Column("reason", Text, nullable=False, default=""),
    Index("ix_pauses_participant_id", "participant_id"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("participant_id", ForeignKey("participants.id"), primary_key=True),
    Column("sealed", Text, nullable=False),  # encrypted
    Column("opted_out_at", DateTime(timezone=True)),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

cohorts = Table(
    "cohorts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("rule", Text),  # JSON; none in a fixed cohort
    UniqueConstraint("study_id", "code"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cohort_id", ForeignKey("cohorts.id"), nullable=False),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False),
    Column("left_at", DateTime(timezone=True)),
    Index("ix_memberships_cohort_id", "cohort_id"),
    Index("ix_memberships_participant_id", "participant_id"),
)
