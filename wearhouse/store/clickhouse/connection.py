"""A few clients of one ClickHouse, shared by threads, and the border for its exceptions."""

import logging
import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import clickhouse_connect
import pyarrow as pa
import pyarrow.ipc
from clickhouse_connect.driver.exceptions import Error

from wearhouse import origin
from wearhouse.errors import Invalid, StoreUnavailable
from wearhouse.store import sql
from wearhouse.store.clickhouse.address import Address, address_of
from wearhouse.store.clickhouse.layout import Layout, quoted, text
from wearhouse.tracing import span

CLIENTS = 3
CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S = 10, 300


class Connection:
    """Runs named statements; each call borrows a client of its own."""

    def __init__(self, url: str) -> None:
        self.address = address_of(url)
        self.layout = Layout(self.address.database, self.address.cluster)
        self.statements = {n: self.layout.fill(s) for n, s in sql.load("clickhouse").items()}
        self.idle: queue.LifoQueue[Any] = queue.LifoQueue()
        with reachable():
            for number in range(CLIENTS):
                self.idle.put(_client(self.address, self.layout, first=number == 0))
        if self.address.cluster:
            self._await_replicas(self.address.cluster)

    def ask(self, name: str, **parameters: object) -> pa.Table:
        """The answer of a named statement."""
        with span(f"store {name}", "client", **{"db.system.name": "clickhouse"}):
            return self.query(self.statements[name], parameters)

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The answer of a statement, as Arrow."""
        with self._borrowed() as client:
            answer = client.raw_query(
                self._named(statement), dict(parameters or {}), self._comment(), fmt="Arrow"
            )
            table: pa.Table = pa.ipc.open_file(pa.py_buffer(answer)).read_all()
            return table

    def command(self, statement: str, **parameters: object) -> None:
        """Run a statement that answers nothing."""
        with self._borrowed() as client:
            client.command(self._named(statement), dict(parameters), settings=self._comment())

    def insert(self, table: str, rows: pa.Table) -> None:
        """Add rows as one block: in each partition they appear at once or not at all.

        A server that ends the connection is asked once more. That is safe: a row is known by its
        place and its version, so rows that arrive twice count once.
        """
        if rows.num_rows:
            traced = span("store insert", "client", **{"db.system.name": "clickhouse"})
            with traced, self._borrowed() as client:
                client.insert_arrow(table, rows.combine_chunks(), settings=self._comment())

    def close(self) -> None:
        while not self.idle.empty():
            self.idle.get().close()

    def _named(self, statement: str) -> str:
        """A statement that says who asks, where there is no log to say it in."""
        asks = origin.words()
        return f"/* {asks} */ {statement}" if asks and self.address.path is not None else statement

    def _comment(self) -> dict[str, str] | None:
        """Who asks, for a server's log of queries."""
        asks = origin.words()
        return {"log_comment": asks} if asks and self.address.path is None else None

    @contextmanager
    def _borrowed(self) -> Iterator[Any]:
        client = self.idle.get()
        try:
            with reachable():
                yield client
        except StoreUnavailable:
            if self.address.path is not None:
                with suppress(Error):
                    # The engine puts what it had of a failed answer before the client's next one.
                    client.command("SELECT 1")
            raise
        finally:
            self.idle.put(client)

    def _await_replicas(self, cluster: str) -> None:
        """Have every write wait for all replicas of its shard, so that whatever was acknowledged
        can be read from each of them."""
        replicas = self.ask("replicas", cluster=cluster)["replicas"][0].as_py()
        if not replicas:
            raise Invalid(f"The ClickHouse server knows no cluster called {cluster!r}.")
        if replicas > 1:
            for client in self.idle.queue:
                client.set_client_setting("insert_quorum", replicas)


@contextmanager
def reachable() -> Iterator[None]:
    """ClickHouse's own exceptions as StoreUnavailable."""
    try:
        yield
    except Error as error:
        raise StoreUnavailable(
            f"The ClickHouse store could not answer: {_sentence(error)}"
        ) from error


def _sentence(error: Error) -> str:
    """What went wrong, without the URL of the question, which says what was asked of whom."""
    cause: BaseException = error
    while isinstance(inner := getattr(cause, "reason", None) or cause.__cause__, BaseException):
        cause = inner
    said = str(error if cause is error else cause).strip() or "no answer"
    _, _, server = said.partition("server response: ")
    first, *rest = [line.strip() for line in (server or said).splitlines() if line.strip()]
    if first.endswith(":") and rest:
        first = f"{first} {rest[0]}"
    return first.rstrip(".")[:300] + "."


def _client(address: Address, layout: Layout, first: bool) -> Any:
    """A client whose settings hold for every call."""
    if address.path is not None:
        client = clickhouse_connect.get_client(dsn=f"chdb://{address.path}")
        # In the process settings belong to the session; given with a call they cost a question.
        for name, value in address.settings.items():
            client.command(f"SET {name} = {value!r}")
        return client
    # The driver's own lines say nothing that the exceptions do not, but whom was asked about.
    for name in ("clickhouse_connect", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    files: dict[str, Any] = dict(address.files)
    client = clickhouse_connect.get_client(
        host=address.host, port=address.port, username=address.user, password=address.password,
        interface="https" if address.secure else "http", settings=dict(address.settings),
        client_name="wearhouse", compress="lz4", dedicated_pool=True,
        connect_timeout=CONNECT_TIMEOUT_S, send_receive_timeout=ANSWER_TIMEOUT_S,
        show_clickhouse_errors="scrub",
        # Nothing is kept between calls, and a session that lost its client stays locked.
        autogenerate_session_id=False, **files,
    )  # fmt: skip
    try:
        if first:
            _make_database(client, address, layout)
    except BaseException:
        client.close()
        raise
    client.database = address.database
    return client


def _make_database(client: Any, address: Address, layout: Layout) -> None:
    """Create the database if it is missing; one that is there may be all a user may have."""
    named = f"SELECT count() FROM system.databases WHERE name = {text(address.database)}"  # noqa: S608
    if not client.command(named):
        database = quoted(address.database)
        client.command(f"CREATE DATABASE IF NOT EXISTS {database}{layout.on_cluster}")
