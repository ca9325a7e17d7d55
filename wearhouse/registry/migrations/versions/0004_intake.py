"""What comes by itself: notices of new data, pushed deliveries, device reports as delivered."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, primary_key=True),
        _participant(),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("family", sa.String(64), nullable=False),
        sa.Column("first_on", sa.Date),
        sa.Column("last_on", sa.Date),
        sa.Column("fresh", sa.Boolean, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("noticed_at", WHEN, nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.UniqueConstraint("participant_id", "source", "family"),
    )
    op.create_index("ix_notices_due_at", "notices", ["due_at"])
    _deliveries()
    op.create_table(
        "pushed_payloads",
        sa.Column("id", sa.Integer, primary_key=True),
        _participant(),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("archived_at", WHEN, nullable=False),
        sa.UniqueConstraint("participant_id", "digest"),
    )
    op.create_table(
        "staged_heartbeats",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("device", sa.String(200), nullable=False),
        sa.Column("captured_at", WHEN, nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("version", sa.String(200)),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("taken_at", WHEN),
        sa.UniqueConstraint("delivery", "position"),
    )
    op.create_index("ix_staged_heartbeats_taken_at", "staged_heartbeats", ["taken_at", "id"])


def downgrade() -> None:
    for table in ("staged_heartbeats", "pushed_payloads", "deliveries", "notices"):
        op.drop_table(table)


def _participant() -> sa.Column[int]:
    return sa.Column("participant_id", sa.Integer, sa.ForeignKey("participants.id"), nullable=False)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("as_of", sa.BigInteger, nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("samples", "heartbeats", "quarantined")
        ),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("settled_at", WHEN),
        sa.Column("detail", sa.Text, nullable=False),
        sa.UniqueConstraint("door", "sender", "key"),
    )
    op.create_index("ix_deliveries_outcome", "deliveries", ["outcome", "id"])
