"""Sites, arms, cohorts, pauses, contact details; what a study aims at."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WHEN = sa.DateTime(timezone=True)
STUDY = {
    "target": "INTEGER",
    "blinded": "BOOLEAN NOT NULL DEFAULT TRUE",
    "thresholds": "TEXT NOT NULL DEFAULT '{}'",
    "automation": "BOOLEAN NOT NULL DEFAULT FALSE",
}
PARTICIPANT = {
    "site_id": "INTEGER CONSTRAINT fk_participants_site_id REFERENCES sites (id)",
    "arm_id": "INTEGER CONSTRAINT fk_participants_arm_id REFERENCES arms (id)",
    "starts_on": "DATE",
    "ends_on": "DATE",
}


def upgrade() -> None:
    for name in ("sites", "arms"):
        op.create_table(
            name,
            sa.Column("id", sa.Integer, primary_key=True),
            _of("studies", "study_id"),
            sa.Column("code", sa.String(64), nullable=False),
            sa.Column("title", sa.Text, nullable=False),
            sa.UniqueConstraint("study_id", "code"),
        )
    # SQLite cannot make a table anew that others refer to, and Alembic adds no foreign key to one.
    _add("studies", STUDY)
    _add("participants", PARTICIPANT)
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer, primary_key=True),
        _of("participants", "participant_id"),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_pauses_participant_id", "pauses", ["participant_id"])
    op.create_table(
        "contacts",
        sa.Column("participant_id", sa.Integer, sa.ForeignKey("participants.id"), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("opted_out_at", WHEN),
        sa.Column("changed_at", WHEN, nullable=False),
    )
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer, primary_key=True),
        _of("studies", "study_id"),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("rule", sa.Text),
        sa.UniqueConstraint("study_id", "code"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer, primary_key=True),
        _of("cohorts", "cohort_id"),
        _of("participants", "participant_id"),
        sa.Column("entered_at", WHEN, nullable=False),
        sa.Column("left_at", WHEN),
    )
    op.create_index("ix_memberships_cohort_id", "memberships", ["cohort_id"])
    op.create_index("ix_memberships_participant_id", "memberships", ["participant_id"])


def downgrade() -> None:
    for table in ("memberships", "cohorts", "contacts", "pauses"):
        op.drop_table(table)
    for table, columns in (("participants", PARTICIPANT), ("studies", STUDY)):
        for name in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for table in ("arms", "sites"):
        op.drop_table(table)


def _of(table: str, name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(f"{table}.id"), nullable=False)


def _add(table: str, columns: dict[str, str]) -> None:
    for name, kind in columns.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
