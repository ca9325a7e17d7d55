"""Tables of imputation runs: what was done to whom, and which gaps were found."""

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, String, Table, Text

from wearhouse.registry.people_tables import metadata

imputations = Table(
    "imputations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("metric", String(64), nullable=False),
    Column("method", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked", Text, nullable=False),  # JSON: whom, from when to when, by which rules
    Column("draws", Integer, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("software", String(64), nullable=False),
    Column("pooled", Text),  # JSON: the model, once it is there
    Column("verdicts", Text),  # JSON: by class of gap, once validated
    Column("validation", Text),  # JSON: the figures behind the verdicts
    Column("data_hash", String(64)),  # of everybody's digests, once all are done
    Column("owner", String(200), nullable=False),
    Column("started_by", String(200), nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("people", Integer, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Index("ix_imputations_study_id", "study_id", "metric"),
)

imputed_people = Table(
    "imputed_people",
    metadata,
    Column("imputation_id", ForeignKey("imputations.id"), primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), primary_key=True),
    Column("digest", String(64), nullable=False),  # of what their values were made from
    Column("minutes", Integer, nullable=False),  # that were filled
    Column("counts", Text, nullable=False),  # JSON: minutes by reason
    Column("statistics", Text, nullable=False),  # JSON: each statistic, draw by draw
    Column("finished_at", DateTime(timezone=True), nullable=False),
)

imputed_gaps = Table(
    "imputed_gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("imputation_id", ForeignKey("imputations.id"), nullable=False),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("gap", Integer, nullable=False),
    Column("start_at", DateTime(timezone=True), nullable=False),
    Column("end_at", DateTime(timezone=True), nullable=False),
    Column("minutes", Integer, nullable=False),  # of this part
    Column("gap_minutes", Integer, nullable=False),  # of the whole gap
    Column("code", String(16), nullable=False),
    Column("why", String(16), nullable=False),
    Index("ix_imputed_gaps_imputation_id", "imputation_id", "participant_id"),
)

imputed_classes = Table(
    "imputed_classes",
    metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("classes", String(100), nullable=False),  # lengths in minutes, a space between
)
