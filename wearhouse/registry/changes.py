"""Whether anything in the registry was changed, by whichever process."""

import sqlite3
import threading

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry.connection import reachable, transaction


class Changes:
    """A text that is another one once anything was committed to the registry."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asking = threading.Lock()
        self.apart: sqlite3.Connection | None = None

    def version(self) -> str | None:
        """The text; None if the registry cannot tell. What is read after asking is at least as new
        as the text, so it may be kept for as long as the text stays the same."""
        if self.engine.dialect.name != "sqlite":
            with transaction(self.engine) as rows:
                return str(rows.scalar(sa.text("SELECT pg_current_snapshot()::text")))
        file = self.engine.url.database
        if not file or file == ":memory:":
            return None
        with reachable(), self.asking:
            # SQLite counts what others commit, so this connection is one that commits nothing.
            self.apart = self.apart or sqlite3.connect(file, timeout=30, check_same_thread=False)
            return str(self.apart.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        if self.apart is not None:
            self.apart.close()
            self.apart = None
