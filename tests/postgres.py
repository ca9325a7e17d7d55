"""A real PostgreSQL for the tests: a new cluster in a temporary folder, gone afterwards."""

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from ports import free_port

SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=64MB")

_numbers = count(1)


@dataclass
class Cluster:
    """A running PostgreSQL that listens on this machine only."""

    programs: Path
    folder: Path
    owner: str | None
    port: int
    password: str
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str, password: str | None = None) -> str:
        """Where one of its databases is."""
        word = self.password if password is None else password
        return f"postgresql://wearhouse:{word}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The URL of a database in which there is nothing."""
        name = f"test_{next(_numbers)}"
        _command(self.url("postgres"), f"CREATE DATABASE {name}")
        return self.url(name)

    def start(self, largest_file_mb: int | None = None) -> None:
        """Start it; with `largest_file_mb` its files meet a limit as if the disk were full."""
        options = [word for setting in SETTINGS for word in ("-c", setting)]
        where = ("-D", self.folder / "cluster", "-p", str(self.port), "-k", self.folder)
        command = [self.programs / "postgres", *where, "-c", "listen_addresses=127.0.0.1", *options]
        if largest_file_mb:
            limit = f'ulimit -f {largest_file_mb * 2_048}; exec "$@"'
            command = ["sh", "-c", limit, "sh", *command]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                list(map(str, command)), cwd=self.folder, stdout=log, stderr=log,
                **as_owner(self.owner),  # type: ignore[call-overload]
            )  # fmt: skip
        for _ in range(300):
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        pytest.fail(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2_000:]}")

    def stop(self) -> None:
        """End it and every connection to it."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def servers() -> dict[str, Callable[[Path], str]]:
    """What makes a database on each server that the environment names."""
    url = os.environ.get("WEARHOUSE_TEST_TIMESCALE_URL")
    return {"timescale": lambda _folder: _database_on(url)} if url else {}


def _database_on(url: str) -> str:
    name = f"wearhouse_test_{secrets.token_hex(4)}"
    _command(url, f"CREATE DATABASE {name}")
    atexit.register(_command, url, f"DROP DATABASE {name} WITH (FORCE)")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def _command(url: str, command: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(command.encode())


def new_database(_folder: Path) -> str:
    """The URL of a new database in the cluster that all tests share."""
    return shared_cluster().new_database()


@cache
def shared_cluster() -> Cluster:
    """The cluster that all tests share; it ends with them."""
    cluster = new_cluster()
    atexit.register(remove, cluster)
    return cluster


def new_cluster() -> Cluster:
    """A cluster of one's own, to be treated badly."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_release)
    if not programs:
        missing = "PostgreSQL is not installed in /usr/lib/postgresql"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    folder = Path(tempfile.mkdtemp(prefix="wearhouse-postgres-"))
    owner = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    cluster = Cluster(programs[-1].parent, folder, owner, free_port(), secrets.token_hex(8))
    word = folder / "password"
    word.write_text(cluster.password)
    if owner:
        shutil.chown(folder, owner)
        shutil.chown(word, owner)
    subprocess.run(
        [programs[-1], "-D", folder / "cluster", "-U", "wearhouse", "--pwfile", word,
         "-A", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **as_owner(owner),  # type: ignore[call-overload]
    )  # fmt: skip
    cluster.start()
    return cluster


def remove(cluster: Cluster) -> None:
    """Stop a cluster and remove what it kept."""
    cluster.stop()
    shutil.rmtree(cluster.folder)


def as_owner(owner: str | None) -> dict[str, object]:
    """How to start a program as somebody else."""
    return {"user": owner, "group": owner, "extra_groups": []} if owner else {}


def _release(initdb: Path) -> float:
    return float(initdb.parent.parent.name)
