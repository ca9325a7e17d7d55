"""A refused record is known by a digest: what it holds may be longer than an index takes."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WHOLE = ("file", "position", "person", "reason", "record")
UNIQUE = "uq_quarantine_file"
LONGEST = 2_000
"""Bytes that fit into an index of PostgreSQL beyond doubt."""

QUARANTINE = sa.table(
    "quarantine",
    sa.column("id", sa.Integer),
    sa.column("digest", sa.String),
    *(sa.column(name, sa.Text) for name in WHOLE),
)


def upgrade() -> None:
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.add_column(sa.Column("digest", sa.String(64)))
    _digest()
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.drop_constraint(UNIQUE, type_="unique")
        quarantine.alter_column("digest", existing_type=sa.String(64), nullable=False)
        quarantine.create_unique_constraint("uq_quarantine_digest", ["digest"])


def downgrade() -> None:
    _remove_what_does_not_fit()
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.drop_constraint("uq_quarantine_digest", type_="unique")
        quarantine.drop_column("digest")
        quarantine.create_unique_constraint(UNIQUE, list(WHOLE))


def _digest() -> None:
    found = op.get_bind().execute(sa.select(QUARANTINE)).yield_per(10_000)
    for rows in found.partitions():
        digests = [{"row": row.id, "made": _digest_of(row)} for row in rows]
        change = sa.update(QUARANTINE).where(QUARANTINE.c.id == sa.bindparam("row"))
        op.get_bind().execute(change.values(digest=sa.bindparam("made")), digests)


def _digest_of(row: sa.Row[tuple[object, ...]]) -> str:
    whole = [row._mapping[name] for name in WHOLE]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _remove_what_does_not_fit() -> None:
    """Records that the version before could not have kept."""
    whole = [QUARANTINE.c[name] for name in WHOLE]
    first = sa.select(sa.func.min(QUARANTINE.c.id)).group_by(*whole)
    op.execute(sa.delete(QUARANTINE).where(QUARANTINE.c.id.not_in(first)))
    if op.get_bind().dialect.name == "postgresql":
        texts = ("file", "person", "reason", "record")
        size = sum((sa.func.octet_length(QUARANTINE.c[name]) for name in texts), sa.literal(0))
        op.execute(sa.delete(QUARANTINE).where(size > LONGEST))
        # An index would be made of the removed rows too, unless the table is written anew.
        op.execute("ALTER TABLE quarantine ALTER COLUMN record TYPE text USING record || ''")
