"""A PostgreSQL server of the bench's own: new data, its own socket, gone afterwards."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "wal_compression": "on",
    "max_parallel_workers_per_gather": "2",
    "random_page_cost": "1.1",
}


def binaries() -> Path | None:
    """Where the newest PostgreSQL of this machine has its programs; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_release)
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


@contextmanager
def serving(programs: Path, preload: str = "") -> Iterator[str]:
    """The connection string of a running server, which loads a library at its start."""
    with tempfile.TemporaryDirectory(prefix="bench-pg-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        owner = _owner()
        if owner:  # PostgreSQL refuses to run as root
            shutil.chown(home, owner, owner)
        _run(owner, programs / "initdb", "-D", home / "data", "-A", "trust", "-U", "bench")
        settings = SETTINGS | {"shared_preload_libraries": preload}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [programs / "postgres", "-D", home / "data", "-k", home, *options],
            user=owner, group=owner, extra_groups=[] if owner else None,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=home,
        )  # fmt: skip
        address = f"host={home} user=bench dbname=postgres"
        try:
            _await(server, address)
            yield address
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(60)


def _run(owner: str | None, *command: str | Path) -> None:
    subprocess.run(
        command, check=True, capture_output=True, cwd="/",
        user=owner, group=owner, extra_groups=[] if owner else None,
    )  # fmt: skip


def _await(server: "subprocess.Popen[bytes]", address: str) -> None:
    for _ in range(300):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if server.poll() is not None:
                raise
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("PostgreSQL did not answer within 30 seconds.")


def _owner() -> str | None:
    return "postgres" if os.geteuid() == 0 else None


def _release(initdb: Path) -> float:
    return float(initdb.parent.parent.name)
