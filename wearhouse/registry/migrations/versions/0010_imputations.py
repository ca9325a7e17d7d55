"""Imputation runs: what was done to whom, which gaps were found, which classes a study fills."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "imputations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), nullable=False),
        sa.Column("metric", sa.String(64), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("draws", sa.Integer, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("software", sa.String(64), nullable=False),
        sa.Column("pooled", sa.Text),
        sa.Column("verdicts", sa.Text),
        sa.Column("validation", sa.Text),
        sa.Column("data_hash", sa.String(64)),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("started_by", sa.String(200), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("finished_at", WHEN),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_imputations_study_id", "imputations", ["study_id", "metric"])
    op.create_table(
        "imputed_people",
        _run(primary_key=True),
        _participant(primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("statistics", sa.Text, nullable=False),
        sa.Column("finished_at", WHEN, nullable=False),
    )
    op.create_table(
        "imputed_gaps",
        sa.Column("id", sa.Integer, primary_key=True),
        _run(),
        _participant(),
        sa.Column("gap", sa.Integer, nullable=False),
        sa.Column("start_at", WHEN, nullable=False),
        sa.Column("end_at", WHEN, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("gap_minutes", sa.Integer, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
    )
    op.create_index(
        "ix_imputed_gaps_imputation_id", "imputed_gaps", ["imputation_id", "participant_id"]
    )
    op.create_table(
        "imputed_classes",
        sa.Column("study_id", sa.Integer, sa.ForeignKey("studies.id"), primary_key=True),
        sa.Column("classes", sa.String(100), nullable=False),
    )


def downgrade() -> None:
    for table in ("imputed_classes", "imputed_gaps", "imputed_people", "imputations"):
        op.drop_table(table)


def _run(primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "imputation_id", sa.Integer, sa.ForeignKey("imputations.id"),
        nullable=False, primary_key=primary_key,
    )  # fmt: skip


def _participant(primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        "participant_id", sa.Integer, sa.ForeignKey("participants.id"),
        nullable=False, primary_key=primary_key,
    )  # fmt: skip
