"""python -m bench: what Wearhouse reaches on this machine, beside its peers, in one run."""

import argparse
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from bench import machine, postgres_server
from bench.data import sizes
from bench.report import Report
from bench.rounds import measure_files, measure_store

NOTES = (
    "Rates and bytes: median (lowest–highest). Times: median / 95th percentile; the http column "
    "is `wearhouse serve`, JSON, one client. × says how many times better Wearhouse is.",
    "Wearhouse looks up, replaces and withdraws what stood there, and keeps weeks, months and "
    "quantile sketches; the peers append, and keep minutes, hours and days.",
    "PostgreSQL hands over rows of Python, the others Arrow. Its index on samples is made after "
    "loading, is not part of the rate, and is part of the bytes once settled.",
    "DuckDB's bytes are those of a file that holds only these tables, in blocks of 256 KiB.",
    "Peak memory of a loading process includes the batches it was given; PostgreSQL's is that of "
    "one server process with the shared memory it touched.",
)


def main() -> int:
    """Run the bench, print the table; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run, in under a minute")
    parser.add_argument("--smallest", action="store_true", help="only to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure here")
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared/data"), help="where the real data stand"
    )
    asked = parser.parse_args()
    for peer in ("duckdb", "psycopg"):
        if find_spec(peer) is None:
            print(f"bench: {peer} is not installed; it is of the group dev.", file=sys.stderr)
            return 1
    size = "smallest" if asked.smallest else "quick" if asked.quick else "default"
    report = Report(machine.facts(), size, notes=list(NOTES))
    if postgres_server.binaries() is None:
        report.notes.append("No PostgreSQL was found on this machine.")
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        measure_store(report, sizes(size), Path(home))
        if asked.shared.is_dir():
            measure_files(report, sizes(size), Path(home), asked.shared)
        else:
            report.notes.append(f"{asked.shared} is not there: no files were imported.")
    report.notes.append(f"All of it took {report.elapsed:.0f} s.")
    report.show()
    if asked.json:
        report.write(asked.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
