"""Keys for programs and sessions for people. Only digests are kept."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import NotSignedIn
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.study import Actor, Role

LOGIN_LASTS = timedelta(hours=12)
SESSION_LASTS = timedelta(hours=12)


class Access:
    """Who may come in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def create_key(self, name: str, role: Role) -> str:
        """A new key for a program. This is the only time that it can be read."""
        key = "wh_" + secrets.token_urlsafe(32)
        with transaction(self.engine) as rows:
            rows.execute(
                sa.insert(tables.keys).values(
                    name=name, role=role.value, digest=digest(key), created_at=datetime.now(UTC)
                )
            )
        return key

    def holder(self, key: str) -> Actor:
        """Whose key this is; NotSignedIn if it is nobody's."""
        table = tables.keys
        asked = sa.select(table.c.name, table.c.role).where(
            table.c.digest == digest(key), table.c.revoked_at.is_(None)
        )
        with transaction(self.engine) as rows:
            found = rows.execute(asked).one_or_none()
        if found is None:
            raise NotSignedIn("This key is not known, or it was revoked.")
        return Actor(found.name, Role(found.role))

    def create_login(self, name: str, role: Role) -> str:
        """A token for a link that signs a person in, once."""
        return self._issue("login", name, role, LOGIN_LASTS)

    def sign_in(self, token: str) -> str:
        """Turn a login token into a session; the session's secret for the cookie."""
        actor = self._found("login", token)
        table = tables.sessions
        with transaction(self.engine) as rows:
            spent = rows.execute(sa.delete(table).where(table.c.digest == digest(token)))
            if spent.rowcount != 1:
                raise NotSignedIn("This link was used already; ask for a new one.")
            rows.execute(sa.delete(table).where(table.c.expires_at < datetime.now(UTC)))
        return self._issue("session", actor.name, actor.role, SESSION_LASTS)

    def signed_in(self, secret: str) -> Actor:
        """Whose session this is; NotSignedIn if it is over."""
        return self._found("session", secret)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with transaction(self.engine) as rows:
            rows.execute(
                sa.delete(tables.sessions).where(tables.sessions.c.digest == digest(secret))
            )

    def _issue(self, kind: str, name: str, role: Role, lasts: timedelta) -> str:
        secret = secrets.token_urlsafe(32)
        with transaction(self.engine) as rows:
            rows.execute(
                sa.insert(tables.sessions).values(
                    kind=kind, name=name, role=role.value, digest=digest(secret),
                    expires_at=datetime.now(UTC) + lasts,
                )
            )  # fmt: skip
        return secret

    def _found(self, kind: str, secret: str) -> Actor:
        table = tables.sessions
        asked = sa.select(table.c.name, table.c.role).where(
            table.c.kind == kind,
            table.c.digest == digest(secret),
            table.c.expires_at > datetime.now(UTC),
        )
        with transaction(self.engine) as rows:
            found = rows.execute(asked).one_or_none()
        if found is None:
            raise NotSignedIn("This link or session is over; ask for a new one.")
        return Actor(found.name, Role(found.role))


def digest(secret: str) -> str:
    """What is kept of a secret. Secrets are random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
