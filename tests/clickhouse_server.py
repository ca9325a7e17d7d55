"""A ClickHouse server for the tests, in a process of its own, gone afterwards.

It is `doubles.clickhouse`: the real engine behind the HTTP interface of a server. A real server is
tested too where WEARHOUSE_TEST_CLICKHOUSE_URL names one.
"""

import atexit
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import pytest

_numbers = count(1)
TESTS = Path(__file__).parent

SHARDS = """
<clickhouse>
  <tcp_port>9000</tcp_port>
  <macros><shard>01</shard><replica>a</replica></macros>
  <remote_servers><two>{}</two></remote_servers>
</clickhouse>
"""
FULL = """
<clickhouse><storage_configuration><disks>
  <default><keep_free_space_bytes>1000000000000000</keep_free_space_bytes></default>
</disks></storage_configuration></clickhouse>
"""
SHARD = """
<shard><internal_replication>true</internal_replication>
  <replica><host>{}</host><port>9000</port></replica></shard>
"""


@dataclass
class Server:
    """A server that listens on this machine only."""

    folder: Path
    port: int
    password: str
    options: tuple[str, ...] = ()
    user: str = "wearhouse"
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def url(self, database: str, password: str | None = None, **options: str) -> str:
        """Where one of its databases is."""
        word = self.password if password is None else password
        scheme = "clickhouses" if "--tls" in self.options else "clickhouse"
        asked = "&".join(f"{name}={value}" for name, value in options.items())
        end = f"?{asked}" if asked else ""
        return f"{scheme}://{self.user}:{word}@127.0.0.1:{self.port}/{database}{end}"

    def new_database(self, **options: str) -> str:
        """The URL of a database that is not there yet."""
        return self.url(f"test_{next(_numbers)}", **options)

    def start(self, *more: str) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "doubles.clickhouse", self.folder / "data", self.port]
        environment = {
            **os.environ, "PYTHONPATH": str(TESTS), "DOUBLE_USER": self.user,
            "DOUBLE_PASSWORD": self.password,
        }  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*map(str, command), *self.options, *more], env=environment, stdout=log, stderr=log
            )
        for _ in range(600):
            if _answers(self.port):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        pytest.fail(f"It did not start: {(self.folder / 'log').read_text()[-2_000:]}")

    def start_with_a_full_disk(self) -> None:
        """Start it with an engine that may not take any room from its disk."""
        config = self.folder / "full.xml"
        config.write_text(FULL)
        self.start("--config", str(config))

    @contextmanager
    def without_room_for(self, table: str) -> Iterator[None]:
        """As long as this lasts, the disk is full whenever rows are to be added to a table."""
        full = self.folder / "full"
        full.write_text(table)
        try:
            yield
        finally:
            full.unlink()

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait()


def new_server(*options: str) -> Server:
    """A server of one's own, to be treated badly."""
    folder = Path(tempfile.mkdtemp(prefix="wearhouse-clickhouse-"))
    server = Server(folder, _free_port(), secrets.token_hex(8), options)
    server.start()
    return server


def remove(server: Server) -> None:
    """Stop a server and remove what it kept."""
    server.kill()
    shutil.rmtree(server.folder)


@cache
def shared_server() -> Server:
    """The server that all tests share; it ends with them."""
    server = new_server()
    atexit.register(remove, server)
    return server


def new_clickhouse(_folder: Path) -> str:
    """The URL of a new database on the server that all tests share."""
    return shared_server().new_database()


def new_cluster(*hosts: str) -> Server:
    """A server that thinks it is one node of a cluster called `two`, of which a shard is on each
    host. Shards on 127.0.0.1 are the node itself, any others are not there."""
    folder = Path(tempfile.mkdtemp(prefix="wearhouse-cluster-"))
    config = folder / "config.xml"
    config.write_text(SHARDS.format("".join(map(SHARD.format, hosts))))
    options = ("--alone", "--config", str(config))
    server = Server(folder, _free_port(), secrets.token_hex(8), options)
    server.start()
    return server


@cache
def shared_cluster() -> Server:
    """A cluster of one shard that all tests share."""
    server = new_cluster("127.0.0.1")
    atexit.register(remove, server)
    return server


def new_on_cluster(_folder: Path) -> str:
    """The URL of a new database on the cluster that all tests share."""
    return shared_cluster().new_database(cluster="two")


def servers() -> dict[str, Callable[[Path], str]]:
    """What makes a database on each server that the environment names."""
    url = os.environ.get("WEARHOUSE_TEST_CLICKHOUSE_URL")
    return {"named server": lambda _folder: _database_on(url)} if url else {}


def _database_on(url: str) -> str:
    name = f"wearhouse_test_{secrets.token_hex(4)}"
    parts = urlsplit(url)
    on_cluster = "".join(
        f" ON CLUSTER `{value}`"
        for key, _, value in (word.partition("=") for word in parts.query.split("&"))
        if key == "cluster"
    )
    atexit.register(_command, url, f"DROP DATABASE IF EXISTS {name}{on_cluster} SYNC")
    return parts._replace(path=f"/{name}").geturl()


def _command(url: str, command: str) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "clickhouses"
    client = clickhouse_connect.get_client(
        host=parts.hostname, port=parts.port or (8443 if secure else 8123),
        username=parts.username, password=parts.password or "",
        interface="https" if secure else "http", dedicated_pool=True,
    )  # fmt: skip
    client.command(command)
    client.close()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
