"""Users: people with a password. Passwords are kept as argon2id, second factors encrypted."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import Conflict, NotFound
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import digest, insert_once, packed, unpacked, zoned
from wearhouse.study import Role

TABLE, TRIES, SESSIONS = tables.users, tables.tries, tables.sessions
FREE = 5
"""Tries that may fail before the next one has to wait."""
FIRST, LONGEST, FORGET = timedelta(seconds=30), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in with a password."""

    id: int
    name: str
    role: Role
    places: frozenset[str] | None
    created_at: datetime
    disabled_at: datetime | None
    password: str | None = field(repr=False)
    totp: str | None = field(repr=False)
    totp_step: int = field(repr=False)
    recovery: tuple[str, ...] = field(repr=False)


class Users:
    """People who may sign in."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def all(self) -> list[User]:
        """Everybody by name."""
        with transaction(self.engine) as rows:
            found = rows.execute(sa.select(TABLE).order_by(TABLE.c.name)).all()
        return [_user(row) for row in found]

    def named(self, name: str) -> User:
        """The user of that name; NotFound if there is none."""
        with transaction(self.engine) as rows:
            found = rows.execute(sa.select(TABLE).where(TABLE.c.name == name.lower())).one_or_none()
        if found is None:
            raise NotFound(f"No user is called {name!r}.", "name")
        return _user(found)

    def add(self, name: str, role: Role, places: frozenset[str] | None, password: str) -> User:
        """A new user; Conflict if there is one of that name."""
        values = {
            "name": name.lower(), "role": role.value, "places": packed(places),
            "password": password, "totp_step": 0, "recovery": "", "created_at": datetime.now(UTC),
        }  # fmt: skip
        with transaction(self.engine) as rows:
            if not insert_once(rows, TABLE, values):
                raise Conflict(f"A user called {name!r} is there already.", "name")
        return self.named(name)

    def change(self, user: User, **values: object) -> None:
        """Set columns of a user."""
        with transaction(self.engine) as rows:
            rows.execute(sa.update(TABLE).where(TABLE.c.id == user.id).values(**values))

    def end_sessions(self, user: User, but: str | None = None) -> int:
        """Sign a user out everywhere (but in the session of that secret); how many there were."""
        theirs = sa.delete(SESSIONS).where(SESSIONS.c.user_id == user.id)
        if but is not None:
            theirs = theirs.where(SESSIONS.c.digest != digest(but))
        with transaction(self.engine) as rows:
            return rows.execute(theirs).rowcount

    def take_step(self, user: User, step: int) -> bool:
        """Take a code of a time step, once; False if it or a later one was taken before."""
        mine = sa.update(TABLE).where(TABLE.c.id == user.id, TABLE.c.totp_step < step)
        with transaction(self.engine) as rows:
            return rows.execute(mine.values(totp_step=step)).rowcount == 1

    def take_recovery(self, user: User, code: str) -> bool:
        """Take a recovery code, once; False if it is none of theirs."""
        if digest(code) not in user.recovery:
            return False
        left = " ".join(known for known in user.recovery if known != digest(code))
        mine = sa.update(TABLE).where(
            TABLE.c.id == user.id, TABLE.c.recovery == " ".join(user.recovery)
        )
        with transaction(self.engine) as rows:
            return rows.execute(mine.values(recovery=left)).rowcount == 1

    def take_try(self, name: str) -> timedelta:
        """Take a try at signing in before it is known how it ends, so that many at once gain
        nothing. How long there is to wait first; zero if it may be made now."""
        now, who = datetime.now(UTC), digest(name.lower())
        mine = TRIES.c.name == who
        with transaction(self.engine) as rows:
            rows.execute(sa.delete(TRIES).where(TRIES.c.until_at < now - FORGET))
            earlier = now - LONGEST  # or tries at the same moment would wait for one another
            insert_once(rows, TRIES, {"name": who, "failed": 0, "until_at": earlier})
            free = sa.update(TRIES).where(mine, TRIES.c.until_at <= now)
            taken = rows.execute(free.values(failed=TRIES.c.failed + 1)).rowcount == 1
            row = zoned(rows.execute(sa.select(TRIES).where(mine)).one())
            if not taken:
                until: datetime = row["until_at"]
                return max(until - now, timedelta(seconds=1))
            beyond = row["failed"] - FREE
            if beyond >= 0:
                wait = min(FIRST * 2 ** min(beyond, 16), LONGEST)
                rows.execute(sa.update(TRIES).where(mine).values(until_at=now + wait))
        return timedelta()

    def forget_tries(self, name: str) -> None:
        """Begin to count again, after a try that did not fail."""
        with transaction(self.engine) as rows:
            rows.execute(sa.delete(TRIES).where(TRIES.c.name == digest(name.lower())))


def _user(row: sa.Row[tuple[object, ...]]) -> User:
    known = zoned(row)
    known["role"], known["places"] = Role(known["role"]), unpacked(known["places"])
    known["recovery"] = tuple(known["recovery"].split())
    return User(**known)
