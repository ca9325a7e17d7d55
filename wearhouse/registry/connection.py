"""The registry's engine, its migrations, and the border for its exceptions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from wearhouse import origin
from wearhouse.errors import Invalid, Unavailable

LOCK = 7_301_203_577
PATIENCE_S = 30
"""How long SQLite waits for another process that writes, unless the URL says ?timeout=SECONDS."""

_shared: ContextVar[Connection | None] = ContextVar("shared", default=None)


def connect(url: str) -> Engine:
    """An engine for the registry's URL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Invalid("A registry URL looks like sqlite:///PATH.") from None
    kind = parsed.get_backend_name()
    if kind not in ENGINES:
        raise Invalid(f"A registry URL starts with one of {', '.join(ENGINES)}, not {kind!r}.")
    return ENGINES[kind](parsed)


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    patience = {} if "timeout" in url.query else {"timeout": PATIENCE_S}
    engine = create_engine(url, connect_args=patience)
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _postgres(url: URL) -> Engine:
    known = url.set(drivername="postgresql+psycopg")
    named = {} if "application_name" in url.query else {"application_name": "wearhouse"}
    engine = create_engine(known, pool_pre_ping=True, connect_args={"connect_timeout": 10, **named})
    event.listen(engine, "connect", _set_up_postgres)
    event.listen(engine, "begin", _say_who_asks)
    return engine


ENGINES: dict[str, Callable[[URL], Engine]] = {"sqlite": _sqlite, "postgresql": _postgres}


def _set_up_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _set_up_postgres(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    connection.commit()


def _say_who_asks(connection: Connection) -> None:
    # A comment would make every question a new one, so that none stayed prepared.
    asks = origin.words()
    if asks:
        said = f"SET LOCAL application_name = 'wearhouse {asks}'"
        cursor = connection.connection.cursor()
        try:
            cursor.execute(said)
        except connection.dialect.loaded_dbapi.Error as error:
            raise OperationalError(said, None, error) from error
        finally:
            cursor.close()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the registry's schema to a revision, up or down."""
    from alembic import command  # takes a while to import, and most commands only look
    from alembic.config import Config
    from alembic.migration import MigrationContext

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with reachable(), engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # of several processes that start, one migrates
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        config.attributes["connection"] = connection
        now = MigrationContext.configure(connection).get_current_revision() or ""
        upwards = revision == "head" or now < revision != "base"
        (command.upgrade if upwards else command.downgrade)(config, revision)


@contextmanager
def reachable() -> Iterator[None]:
    """The database's own exceptions as Unavailable."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise Unavailable(f"The registry could not answer: {cause}") from error


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction: committed at the end, rolled back by an exception. Within `together` it is
    a part of that one."""
    shared = _shared.get()
    if shared is not None and shared.engine is engine:
        with reachable():
            yield shared
        return
    with reachable(), engine.begin() as connection:
        yield connection


@contextmanager
def together(engine: Engine) -> Iterator[None]:
    """One transaction for everything that this thread does with the registry meanwhile."""
    with transaction(engine) as connection:
        before = _shared.set(connection)
        try:
            yield
        finally:
            _shared.reset(before)
