"""A few connections to one PostgreSQL, shared by threads, and the border for its exceptions."""

import queue
import select
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import conninfo
from psycopg import sql as compose

from wearhouse import origin
from wearhouse.errors import Invalid, StoreUnavailable
from wearhouse.store import sql
from wearhouse.store.postgres import wire
from wearhouse.tracing import Noted, span

CONNECTIONS = 4
SETTINGS = "SET TimeZone = 'UTC'; SET jit = off; SET max_parallel_workers_per_gather = 0"
"""Questions are short and each has its own connection; planning for more costs more than it
gives."""

LIMITS = {"statement_timeout": "5min", "work_mem": "64MB"}
"""How long and how large one question may become, unless the URL's `options` say otherwise."""

DEFAULTS: dict[str, Any] = {"connect_timeout": 10, "application_name": "wearhouse"}

Row = tuple[Any, ...]


class Session:
    """One connection: runs named statements, whose {parameters} are filled in as literals."""

    def __init__(self, connection: psycopg.Connection[Row], statements: dict[str, str]) -> None:
        self.connection = connection
        self.statements = statements

    def rows(self, statement: str, /, **parameters: object) -> list[Row]:
        """The answer of a named statement, row by row."""
        with _asking(statement):
            return self.connection.execute(self._filled(statement, parameters)).fetchall()

    def run(self, statement: str, /, **parameters: object) -> int:
        """Run a named statement; how many rows it touched."""
        with _asking(statement):
            return self.connection.execute(self._filled(statement, parameters)).rowcount

    def packed(
        self, statement: str, columns: Sequence[str], /, **parameters: object
    ) -> tuple[pa.Table, bytes | None]:
        """The rows that a statement packs, and what else it answers."""
        filled = self._filled(statement, {"packed": wire.packed(columns), **parameters})
        with _asking(statement), self.connection.cursor(binary=True) as cursor:
            answer = cursor.execute(filled).pgresult
            assert answer is not None
            rest = answer.get_value(0, 1) if answer.nfields > 1 else None
            return wire.unpacked(answer.get_value(0, 0), columns), rest

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Let statements that keep the store take as long as they do."""
        [(limit,)] = self.connection.execute("SHOW statement_timeout").fetchall()
        self.connection.execute("SET statement_timeout = 0")
        try:
            yield
        finally:
            with suppress(psycopg.Error):  # what a transaction set is undone with it
                back = compose.SQL("SET statement_timeout = {}").format(str(limit))
                self.connection.execute(back)

    def lock(self, kind: int, numbers: Sequence[int]) -> None:
        """Wait for these locks of a kind, and hold them until the transaction ends."""
        self.rows("lock", kind=kind, numbers=sorted(numbers))

    def copy(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table."""
        with self._copying(table, rows.column_names, "FORMAT binary") as copy:
            for part in wire.copied(rows):
                copy.write(part)

    def copy_rows(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Add rows of any type to a table, one at a time."""
        with self._copying(table, columns, "FORMAT text") as copy:
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def _copying(self, table: str, columns: Sequence[str], how: str) -> Iterator[psycopg.Copy]:
        statement = compose.SQL("COPY {} ({}) FROM STDIN ({})").format(
            compose.Identifier(*table.split(".")),
            compose.SQL(", ").join(map(compose.Identifier, columns)),
            compose.SQL(how),
        )
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy

    def _filled(self, statement: str, parameters: dict[str, object]) -> compose.Composed:
        asks = origin.words()
        # No statement is prepared, so that one which says who asks costs nothing more.
        named = compose.SQL(f"/* {asks} */ " if asks else "")
        return named + compose.SQL(self.statements[statement]).format(**parameters)


def _asking(statement: str) -> AbstractContextManager[Noted]:
    return span(f"store {statement}", "client", **{"db.system.name": "postgresql"})


class Connections:
    """Lends each caller a connection of its own, opened when it is first needed."""

    def __init__(self, url: str) -> None:
        try:
            given = conninfo.conninfo_to_dict(url)
            self.conninfo = conninfo.make_conninfo("", **(DEFAULTS | given))
        except psycopg.ProgrammingError as error:
            raise Invalid(f"The store's URL cannot be read: {_sentence(error)}") from None
        rooms = ("postgres", "postgres/views", "postgres/timescale", "postgres/fleet")
        self.statements = {name: text for room in rooms for name, text in sql.load(room).items()}
        self.idle: queue.LifoQueue[psycopg.Connection[Row] | None] = queue.LifoQueue()
        for _ in range(CONNECTIONS):
            self.idle.put(None)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A connection on which each statement stands for itself."""
        connection = self.idle.get()
        try:
            with reachable():
                if connection is None or _is_gone(connection):
                    connection = self.connect()
                yield Session(connection, self.statements)
        finally:
            self.idle.put(None if connection is None or connection.closed else connection)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A connection in a transaction: committed at the end, undone by an exception."""
        with self.session() as session, session.connection.transaction():
            yield session

    def connect(self) -> psycopg.Connection[Row]:
        """A new connection that nobody else is lent."""
        connection = psycopg.connect(self.conninfo, autocommit=True, prepare_threshold=None)
        connection.execute(SETTINGS)
        given = conninfo.conninfo_to_dict(self.conninfo).get("options") or ""
        for name, limit in LIMITS.items():
            if name not in str(given):
                connection.execute(
                    compose.SQL("SET {} = {}").format(compose.Identifier(name), limit)
                )
        return connection

    def close(self) -> None:
        while not self.idle.empty():
            connection = self.idle.get()
            if connection is not None:
                connection.close()


def _is_gone(connection: psycopg.Connection[Row]) -> bool:
    """Whether an idle connection has something to say: that its server ended it."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if not waiting.poll(0):
        return False
    connection.close()
    return True


@contextmanager
def reachable() -> Iterator[None]:
    """PostgreSQL's own exceptions as StoreUnavailable."""
    try:
        yield
    except psycopg.Error as error:
        raise StoreUnavailable(
            f"The PostgreSQL store could not answer: {_sentence(error)}"
        ) from error


def _sentence(error: psycopg.Error) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".")[:300] + "." if lines else "no answer."
