"""A few clients of one ClickHouse, shared by threads, and the border for its exceptions."""

import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import clickhouse_connect
import pyarrow as pa
import pyarrow.ipc
from clickhouse_connect.driver.exceptions import Error

from wearhouse.errors import StoreUnavailable
from wearhouse.store import sql

CLIENTS = 3
SETTINGS: dict[str, str | int] = {
    "max_threads": 2,
    "max_memory_usage": 600_000_000,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_compression_method": "none",
    # One insert is one block, so that a slice is never split between two parts.
    "max_insert_block_size": 100_000_000,
    "min_insert_block_size_rows": 100_000_000,
    "min_insert_block_size_bytes": 0,
    "max_insert_threads": 1,
    "max_partitions_per_insert_block": 0,
    "optimize_on_insert": 0,  # a load never holds two rows of one place
}


class Connection:
    """Runs named statements; each call borrows a client of its own."""

    def __init__(self, url: str) -> None:
        self.statements = sql.load("clickhouse")
        self.idle: queue.LifoQueue[Any] = queue.LifoQueue()
        with reachable():
            for _ in range(CLIENTS):
                self.idle.put(_client(url))

    def ask(self, name: str, **parameters: object) -> pa.Table:
        """The answer of a named statement."""
        return self.query(self.statements[name], parameters)

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The answer of a statement, as Arrow."""
        with self._borrowed() as client:
            answer = client.raw_query(statement, parameters=dict(parameters or {}), fmt="Arrow")
            table: pa.Table = pa.ipc.open_file(pa.py_buffer(answer)).read_all()
            return table

    def command(self, statement: str, **parameters: object) -> None:
        """Run a statement that answers nothing."""
        with self._borrowed() as client:
            client.command(statement, parameters=dict(parameters))

    def insert(self, table: str, rows: pa.Table) -> None:
        """Add rows as one block: in each partition they appear at once or not at all."""
        if rows.num_rows:
            with self._borrowed() as client:
                client.insert_arrow(table, rows.combine_chunks())

    def close(self) -> None:
        while not self.idle.empty():
            self.idle.get().close()

    @contextmanager
    def _borrowed(self) -> Iterator[Any]:
        client = self.idle.get()
        try:
            with reachable():
                yield client
        finally:
            self.idle.put(client)


@contextmanager
def reachable() -> Iterator[None]:
    """ClickHouse's own exceptions as StoreUnavailable."""
    try:
        yield
    except Error as error:
        first_line = str(error).strip().splitlines()[0][:300] if str(error).strip() else "no answer"
        raise StoreUnavailable(f"The ClickHouse store could not answer: {first_line}") from error


def _client(url: str) -> Any:
    """A client whose settings hold for every call."""
    if not url.startswith("chdb:"):
        return clickhouse_connect.get_client(dsn=url, settings=SETTINGS)
    client = clickhouse_connect.get_client(dsn=url)
    # In the process settings belong to the session; given with a call they cost a question each.
    for name, value in SETTINGS.items():
        client.command(f"SET {name} = {value!r}")
    return client
