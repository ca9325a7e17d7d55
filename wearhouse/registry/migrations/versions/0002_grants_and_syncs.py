"""Grants, schedules, watermarks, syncs with their attempts and payloads, locks, devices."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    _grants()
    _syncs()
    op.create_table(
        "locks",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer, primary_key=True),
        _participant(),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("device", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.UniqueConstraint("participant_id", "source", "device"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("device_id", sa.Integer, sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("reported_at", WHEN, primary_key=True),
        sa.Column("synced_at", WHEN),
        sa.Column("firmware", sa.String(64)),
        sa.Column("battery_percent", sa.Float),
        sa.Column("battery_level", sa.String(32)),
    )
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.alter_column("load_id", existing_type=sa.Integer, nullable=True)
        quarantine.add_column(sa.Column("attempt_id", sa.Integer))
        quarantine.create_foreign_key(
            "fk_quarantine_attempt_id", "attempts", ["attempt_id"], ["id"]
        )


def downgrade() -> None:
    op.execute("DELETE FROM quarantine WHERE load_id IS NULL")
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.drop_constraint("fk_quarantine_attempt_id", type_="foreignkey")
        quarantine.drop_column("attempt_id")
        quarantine.alter_column("load_id", existing_type=sa.Integer, nullable=False)
    for table in (
        "heartbeats", "devices", "locks", "payloads", "attempts", "syncs", "watermarks",
        "schedules", "grants",
    ):  # fmt: skip
        op.drop_table(table)


def _participant(primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "participant_id", sa.Integer, sa.ForeignKey("participants.id"),
        nullable=False, primary_key=primary_key,
    )  # fmt: skip


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer, primary_key=True),
        _participant(),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("token", sa.Text),
        sa.Column("subject", sa.String(64)),
        sa.Column("invitation", sa.String(64)),
        sa.Column("timezone", sa.String(64)),
        sa.Column("invited_at", WHEN),
        sa.Column("granted_at", WHEN),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.UniqueConstraint("participant_id", "source"),
    )
    op.create_index("ix_grants_subject", "grants", ["subject"])
    op.create_table(
        "schedules",
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), primary_key=True),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
    )


def _syncs() -> None:
    op.create_table(
        "watermarks",
        _participant(primary_key=True),
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("family", sa.String(64), primary_key=True),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("until_at", WHEN, nullable=False),
    )
    op.create_table(
        "syncs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id")),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("finished_at", WHEN),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_syncs_started_at", "syncs", ["started_at"])
    counts = ("samples", "episodes", "written", "withdrawn", "quarantined")
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sync_id", sa.Integer, sa.ForeignKey("syncs.id"), nullable=False),
        _participant(),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("family", sa.String(64), nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("finished_at", WHEN),
        sa.Column("outcome", sa.String(32), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_attempts_sync_id", "attempts", ["sync_id"])
    op.create_index(
        "ix_attempts_participant_id", "attempts", ["participant_id", "source", "family"]
    )
    op.create_table(
        "payloads",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("attempt_id", sa.Integer, sa.ForeignKey("attempts.id"), nullable=False),
        _participant(),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("family", sa.String(64), nullable=False),
        sa.Column("start_at", WHEN, nullable=False),
        sa.Column("end_at", WHEN, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("part", sa.String(200), nullable=False),
        sa.Column("media", sa.String(100), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("fetched_at", WHEN, nullable=False),
    )
    op.create_index("ix_payloads_attempt_id", "payloads", ["attempt_id"])
    op.create_index("ix_payloads_participant_id", "payloads", ["participant_id"])
