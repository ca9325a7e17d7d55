"""How long a study keeps its samples in the store, and what becomes of older ones."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("studies", sa.Column("raw_months", sa.Integer))
    op.add_column(
        "studies",
        sa.Column("raw_then", sa.String(8), nullable=False, server_default="archive"),
    )


def downgrade() -> None:
    op.drop_column("studies", "raw_then")
    op.drop_column("studies", "raw_months")
