"""Locks: who is at work on what. A lock expires, so that a crash never holds it for good."""

import os
import secrets
import socket
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.rows import insert_once, zoned

LASTS = timedelta(minutes=10)

LOCKS = tables.locks
PROCESS = secrets.token_hex(4)
"""Tells this process from an earlier one of the same number, as containers have."""


def new_owner() -> str:
    """A name for a run: the machine, the process, and a word of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{PROCESS}:{secrets.token_hex(4)}"


class Locks:
    """Rows that one run at a time can own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def take(self, name: str, owner: str, lasts: timedelta = LASTS) -> bool:
        """Own a lock, if it is free, has expired, or its owner is a process that died here."""
        now = datetime.now(UTC)
        values = {"name": name, "owner": owner, "expires_at": now + lasts}
        with transaction(self.engine) as rows:
            if insert_once(rows, LOCKS, values):
                return True
            found = rows.execute(sa.select(LOCKS).where(LOCKS.c.name == name)).one_or_none()
            if found is None:
                return False
            held = zoned(found)
            if held["owner"] != owner and held["expires_at"] > now and alive(held["owner"]):
                return False
            taken = sa.update(LOCKS).where(LOCKS.c.name == name, LOCKS.c.owner == held["owner"])
            return rows.execute(taken.values(values)).rowcount == 1

    def renew(self, name: str, owner: str) -> bool:
        """Own it for longer; False if somebody else took it over."""
        with transaction(self.engine) as rows:
            return renewed(rows, name, owner)

    def release(self, name: str, owner: str) -> None:
        """Let it go."""
        with transaction(self.engine) as rows:
            rows.execute(sa.delete(LOCKS).where(LOCKS.c.name == name, LOCKS.c.owner == owner))


def renewed(rows: Connection, name: str, owner: str) -> bool:
    """Renew a lock within a transaction."""
    mine = sa.update(LOCKS).where(LOCKS.c.name == name, LOCKS.c.owner == owner)
    return rows.execute(mine.values(expires_at=datetime.now(UTC) + LASTS)).rowcount == 1


def alive(owner: str) -> bool:
    """Whether the owner may be at work still; of other machines nobody can tell."""
    host, pid, process, _ = owner.rsplit(":", 3)
    if host != socket.gethostname():
        return True
    if int(pid) == os.getpid():
        return process == PROCESS
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
