"""python -m bench.stores: the stores that Wearhouse has, side by side in one run."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg

from bench import machine, postgres_server
from bench.data import Sizes, sizes, sizes_every
from bench.questions import questions
from bench.report import Report
from bench.rounds import agree, load_stretches, note_size
from bench.sides import beside
from bench.store_side import StoreSide, new_name
from wearhouse.store.clickhouse.connection import Connection

OURS = "embedded"
PEERS = ("postgresql", "timescaledb", "clickhouse")
TIMESCALE, CLICKHOUSE = "WEARHOUSE_TEST_TIMESCALE_URL", "WEARHOUSE_TEST_CLICKHOUSE_URL"
QUESTIONS = 4  # those of the design

NOTES = (
    "Rates and bytes: median (lowest–highest). Times: median / 95th percentile. × says how many "
    "times better the embedded store is.",
    "Every store looks up, replaces and withdraws what stood there, and keeps every level.",
    "Bytes are those at rest: merged (embedded, ClickHouse), vacuumed (PostgreSQL), compressed "
    "(TimescaleDB, whose continuous aggregates are not counted).",
    "The embedded store does not wait for the disk; PostgreSQL does at commit.",
)


def main() -> int:
    """Run it, print the table; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.stores", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run, in about a minute")
    parser.add_argument("--smallest", action="store_true", help="only to see that it works")
    parser.add_argument("--every", type=int, metavar="S", help="seconds between samples; or 1")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    asked = parser.parse_args()
    size = "smallest" if asked.smallest else "quick" if asked.quick else "default"
    measured = sizes_every(asked.every) if asked.every else sizes(size)
    report = Report(machine.facts(), size, notes=list(NOTES), peers=PEERS, ours=OURS)
    report.sides = (OURS, *PEERS)
    with tempfile.TemporaryDirectory(prefix="bench-") as home, stores(Path(home)) as sides:
        report.notes += [f"{name}: {side.software()}" for name, side in sides.items()]
        measure(report, measured, sides)
    report.notes.append(f"All of it took {report.elapsed:.0f} s.")
    report.show()
    if asked.json:
        report.write(asked.json)
    return 0


def measure(report: Report, sizes: Sizes, sides: Mapping[str, StoreSide]) -> None:
    """Arrow in, bytes at rest, answers out; store after store at every step."""
    load_stretches(report, sizes, sides)
    asked = questions(sizes)[:QUESTIONS]
    for question in asked:
        agree(question, {name: side.ask(question, "rollup", 0, 0) for name, side in sides.items()})
    for turn in range(sizes.rounds):
        report.say(f"asking the stores, round {turn + 1}")
        for question in asked:
            for name, side in sides.items():
                answered = side.ask(question, "rollup", turn * sizes.repeats, sizes.repeats)
                report.measure(question.name, "seconds").add(name, *answered.seconds)
    for name, side in sides.items():
        note_size(report, name, "all of it", side)
        report.measure("peak memory of the client", "memory").add(name, side.peak())


@contextmanager
def stores(home: Path) -> Iterator[dict[str, StoreSide]]:
    """Every store that can be had here, each new and in a process of its own."""
    with ExitStack() as stack:
        urls = {OURS: f"chdb://{home}/store"}
        programs = postgres_server.binaries()
        if programs is not None:
            address = stack.enter_context(postgres_server.serving(programs))
            urls["postgresql"] = stack.enter_context(_database(_url_of(address)))
            if _offers_timescale(address) and TIMESCALE not in os.environ:
                address = stack.enter_context(postgres_server.serving(programs, "timescaledb"))
                urls["timescaledb"] = stack.enter_context(_database(_url_of(address)))
        if TIMESCALE in os.environ:
            urls["timescaledb"] = stack.enter_context(_database(os.environ[TIMESCALE]))
        if CLICKHOUSE in os.environ:
            urls["clickhouse"] = stack.enter_context(_on_clickhouse(os.environ[CLICKHOUSE]))
        yield {name: stack.enter_context(beside(StoreSide, url)) for name, url in urls.items()}


def _url_of(address: str) -> str:
    """A connection string of the bench's own server as a URL."""
    given = dict(word.split("=", 1) for word in address.split())
    return f"postgresql://{given['user']}@/{given['dbname']}?host={quote(given['host'], safe='')}"


def _offers_timescale(address: str) -> bool:
    with psycopg.connect(address) as server:
        there = "SELECT FROM pg_available_extensions WHERE name = 'timescaledb'"
        return server.execute(there).fetchone() is not None


@contextmanager
def _database(url: str) -> Iterator[str]:
    name = new_name()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def _on_clickhouse(url: str) -> Iterator[str]:
    named = urlsplit(url)._replace(path=f"/{new_name()}").geturl()
    try:
        yield named
    finally:
        server = Connection(named)
        layout = server.layout
        server.command(f"DROP DATABASE IF EXISTS {layout.database}{layout.on_cluster}")
        server.close()


if __name__ == "__main__":
    sys.exit(main())
