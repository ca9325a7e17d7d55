"""When an invitation was first looked at, and what kind of error ended an attempt."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("grants", sa.Column("opened_at", sa.DateTime(timezone=True)))
    op.add_column("attempts", sa.Column("code", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("attempts", "code")
    op.drop_column("grants", "opened_at")
