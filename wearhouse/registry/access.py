"""Keys for programs and sessions for people. Only digests are kept."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import NotFound, NotSignedIn
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import digest, packed, unpacked, zoned
from wearhouse.registry.users import User
from wearhouse.study import Actor, Role

LOGIN_LASTS = timedelta(hours=12)
SESSION_LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it can be told: everything but its secret."""

    id: int
    name: str
    role: Role
    places: frozenset[str] | None
    created_at: datetime


class Access:
    """Who may come in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def create_key(self, name: str, role: Role, places: frozenset[str] | None = None) -> str:
        """A new key for a program. This is the only time that it can be read."""
        key = "wh_" + secrets.token_urlsafe(32)
        values = {
            "name": name, "role": role.value, "places": packed(places), "digest": digest(key),
            "created_at": datetime.now(UTC),
        }  # fmt: skip
        with transaction(self.engine) as rows:
            rows.execute(sa.insert(tables.keys).values(values))
        return key

    def good_keys(self) -> list[Key]:
        """Every key that is good, the oldest first."""
        table = tables.keys
        asked = sa.select(
            table.c.id, table.c.name, table.c.role, table.c.places, table.c.created_at
        )
        good = asked.where(table.c.revoked_at.is_(None)).order_by(table.c.id)
        with transaction(self.engine) as rows:
            return [_key(zoned(row)) for row in rows.execute(good)]

    def key(self, number: int) -> Key:
        """The key of that number; NotFound if there is none that is good."""
        for key in self.good_keys():
            if key.id == number:
                return key
        raise NotFound(f"No key has the number {number}.", "number")

    def revoke(self, number: int) -> None:
        """End a key."""
        mine = sa.update(tables.keys).where(tables.keys.c.id == number)
        with transaction(self.engine) as rows:
            rows.execute(mine.values(revoked_at=datetime.now(UTC)))

    def holder(self, key: str) -> Actor:
        """Whose key this is; NotSignedIn if it is nobody's."""
        table = tables.keys
        asked = sa.select(table.c.name, table.c.role, table.c.places).where(
            table.c.digest == digest(key), table.c.revoked_at.is_(None)
        )
        with transaction(self.engine) as rows:
            found = rows.execute(asked).one_or_none()
        if found is None:
            raise NotSignedIn("This key is not known, or it was revoked.")
        return Actor(found.name, Role(found.role), unpacked(found.places), "key")

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
        self._forget_old()
        return self._issue("session", actor.name, actor.role, SESSION_LASTS)

    def open_session(self, user: User) -> str:
        """A session of a user; its secret for the cookie."""
        self._forget_old()
        return self._issue("session", user.name, user.role, SESSION_LASTS, user.id)

    def signed_in(self, secret: str) -> Actor:
        """Whose session this is; NotSignedIn if it is over."""
        return self._found("session", secret)

    def sign_out(self, secret: str) -> None:
        """End a session."""
        with transaction(self.engine) as rows:
            rows.execute(
                sa.delete(tables.sessions).where(tables.sessions.c.digest == digest(secret))
            )

    def _forget_old(self) -> None:
        over = tables.sessions.c.expires_at < datetime.now(UTC)
        with transaction(self.engine) as rows:
            rows.execute(sa.delete(tables.sessions).where(over))

    def _issue(
        self, kind: str, name: str, role: Role, lasts: timedelta, user: int | None = None
    ) -> str:
        secret = secrets.token_urlsafe(32)
        with transaction(self.engine) as rows:
            rows.execute(
                sa.insert(tables.sessions).values(
                    kind=kind, name=name, role=role.value, digest=digest(secret),
                    expires_at=datetime.now(UTC) + lasts, user_id=user,
                )
            )  # fmt: skip
        return secret

    def _found(self, kind: str, secret: str) -> Actor:
        """Who signed in; a user with the role and the reach that they have by now."""
        table, who = tables.sessions, tables.users
        asked = (
            sa.select(
                table.c.name, who.c.id,
                sa.func.coalesce(who.c.role, table.c.role).label("role"), who.c.places,
            )
            .outerjoin_from(table, who)
            .where(
                table.c.kind == kind,
                table.c.digest == digest(secret),
                table.c.expires_at > datetime.now(UTC),
                who.c.disabled_at.is_(None),
            )
        )  # fmt: skip
        with transaction(self.engine) as rows:
            found = rows.execute(asked).one_or_none()
        if found is None:
            raise NotSignedIn("This link or session is over; ask for a new one.")
        via = "link" if found.id is None else "session"
        return Actor(found.name, Role(found.role), unpacked(found.places), via)


def _key(row: dict[str, Any]) -> Key:
    row["role"], row["places"] = Role(row["role"]), unpacked(row["places"])
    return Key(**row)
