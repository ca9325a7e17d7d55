"""Users with passwords, places of keys, and the audit trail, which nothing changes."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WHEN = sa.DateTime(timezone=True)
WORDS = "entries of the audit trail are never changed"
SQLITE = """CREATE TRIGGER audit_entries_{act} BEFORE {act} ON audit_entries
BEGIN SELECT RAISE(ABORT, '{words}'); END"""
POSTGRES = (
    f"""CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$""",
    """CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()""",
)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("places", sa.Text),
        sa.Column("password", sa.String(200)),
        sa.Column("totp", sa.Text),
        sa.Column("totp_step", sa.Integer, nullable=False),
        sa.Column("recovery", sa.Text, nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("disabled_at", WHEN),
    )
    op.create_table(
        "tries",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("until_at", WHEN, nullable=False),
    )
    op.add_column("keys", sa.Column("places", sa.Text))
    op.execute(
        "ALTER TABLE sessions ADD COLUMN user_id INTEGER "
        "CONSTRAINT fk_sessions_user_id REFERENCES users (id)"
    )
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("study", sa.String(64)),
        sa.Column("participant", sa.String(64)),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
    )
    op.create_index("ix_audit_entries_participant", "audit_entries", ["participant", "study"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "digest": "0" * 64}])
    for statement in _triggers():
        op.execute(statement)


def downgrade() -> None:
    for table in ("audit_head", "audit_entries"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_stay()")
    op.execute("ALTER TABLE sessions DROP COLUMN user_id")
    op.drop_column("keys", "places")
    for table in ("tries", "users"):
        op.drop_table(table)


def _triggers() -> list[str]:
    if op.get_bind().dialect.name == "postgresql":
        return list(POSTGRES)
    return [SQLITE.format(act=act, words=WORDS) for act in ("UPDATE", "DELETE")]
