"""Messages to participants: what they say, by which rules they go, and what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message_rules",
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), primary_key=True),
        sa.Column("caps", sa.String(100), nullable=False),
        sa.Column("quiet", sa.String(20), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.UniqueConstraint("study_id", "name", "language", "version"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("participant_id", sa.Integer, sa.ForeignKey("participants.id"), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("queued_by", sa.String(200), nullable=False),
        sa.Column("queued_at", WHEN, nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("finished_at", WHEN),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_messages_participant_id", "messages", ["participant_id"])
    op.create_index("ix_messages_state", "messages", ["state", "due_at"])


def downgrade() -> None:
    for table in ("messages", "templates", "message_rules"):
        op.drop_table(table)
