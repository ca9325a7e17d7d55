"""The fleet: its metrics, what its producers brought, alert rules and incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "fleet_metrics",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.Column("time_series", sa.Boolean, nullable=False),
        sa.Column("attribute", sa.Boolean, nullable=False),
        sa.Column("vital", sa.String(16), nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("first_seen_at", WHEN, nullable=False),
    )
    op.create_table(
        "fleet_marks",
        sa.Column("producer", sa.String(32), primary_key=True),
        sa.Column("until_at", WHEN, nullable=False),
    )
    op.create_table(
        "fleet_rules",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
    )
    op.create_table(
        "fleet_incidents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "rule_id",
            sa.Integer,
            sa.ForeignKey("fleet_rules.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("project", sa.String(200), nullable=False),
        sa.Column("device", sa.String(200), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("value", sa.Float),
        sa.Column("began_at", WHEN, nullable=False),
        sa.Column("opened_at", WHEN),
        sa.Column("cleared_at", WHEN),
        sa.Column("resolved_at", WHEN),
        sa.Column("told_opened", sa.Boolean, nullable=False),
        sa.Column("told_resolved", sa.Boolean, nullable=False),
    )
    op.create_index("ix_fleet_incidents_rule_id", "fleet_incidents", ["rule_id", "state"])


def downgrade() -> None:
    for table in ("fleet_incidents", "fleet_rules", "fleet_marks", "fleet_metrics"):
        op.drop_table(table)
