"""The registry's engine, its migrations, and the border for its exceptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from wearhouse.errors import Invalid, Unavailable


def connect(url: str) -> Engine:
    """An engine for the registry's URL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Invalid("A registry URL looks like sqlite:///PATH.") from None
    if parsed.get_backend_name() != "sqlite":
        raise Invalid(f"A registry URL starts with sqlite, not {parsed.get_backend_name()!r}.")
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the registry's schema to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with reachable(), engine.begin() as connection:
        config.attributes["connection"] = connection
        if revision == "head":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)


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
    """A transaction: committed at the end, rolled back by an exception."""
    with reachable(), engine.begin() as connection:
        yield connection
