"""python -m bench.fleet: a fleet's heartbeats staged, curated and asked, beside the plain way.

Heartbeats are made in chunks and handed over as Arrow, their ten metrics as JSON; making them is
not timed. The plain way is a table of JSON, a materialised view of 1 % bins that is refreshed as a
whole, and percentiles over the heartbeats where the view has no version.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from bench import machine, postgres_server
from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_tables
from wearhouse.fleet.statistics import Question, figures
from wearhouse.registry import open_registry
from wearhouse.store import open_store
from wearhouse.store.fleet_of import fleet_of
from wearhouse.store.fleets import COHORTS, DEVICES, EVENTS, VERSIONS, Among, Span

START = datetime(2026, 1, 1, tzinfo=UTC)
METRICS = ("battery", "heap_free", "temperature", "rssi", "active_ms", "sleep_ms", "reboots",
           "flash_used", "sync_success", "sync_failure")  # fmt: skip
SCALE = (1_000, 60_000, 40, 90, 3_600_000, 3_600_000, 3, 8_000_000, 2, 2)
COHORT_COUNT, VERSION_COUNT, ASKED = 4, 8, 60
CHUNK = 250_000


def events(devices: int, first_hour: int, hours: int) -> Iterator[pa.Table]:
    """Heartbeats in the order of arrival: each arrives up to a day after it was captured."""
    at_once = max(CHUNK // devices, 1)
    for hour in range(first_hour, first_hour + hours, at_once):
        yield _chunk(devices, hour, min(at_once, first_hour + hours - hour), (hour - first_hour))


def _chunk(devices: int, hour: int, hours: int, done: int) -> pa.Table:
    n = devices * hours
    rng = np.random.default_rng([devices, hour])
    device = np.tile(np.arange(devices), hours)
    captured = np.repeat(np.arange(hour, hour + hours), devices) * 3_600_000 + device % 3_600_000
    begin = int(START.timestamp() * 1000)
    version = (device + np.repeat(np.arange(hour, hour + hours), devices) // 180) % VERSION_COUNT
    texts: list[pa.Array | str] = []
    for place, (name, scale) in enumerate(zip(METRICS, SCALE, strict=True)):
        texts += [f'{"{" if not place else ","}"{name}":', pa.array(rng.integers(0, scale, n))
                  .cast(pa.string())]  # fmt: skip
    info = pc.binary_join_element_wise('{"metrics":', *texts, "}}", "")
    return pa.table(
        [
            pa.array(np.arange(n) + done * devices, pa.uint32()), pa.repeat("1", n),
            pa.repeat("", n), pa.array(device).cast(pa.string()), pa.repeat("heartbeat", n),
            pa.array(version).cast(pa.string()),
            pa.array(begin + captured, pa.timestamp("ms", "UTC")),
            pa.array(begin + captured + rng.integers(0, 86_400_000, n), pa.timestamp("ms", "UTC")),
            info,
        ],
        schema=EVENTS,
    )  # fmt: skip


def references(devices: int) -> dict[str, pa.Table]:
    """The cohorts, devices and versions."""
    number = [str(one) for one in range(devices)]
    return {
        "cohorts": pa.table([["1"] * COHORT_COUNT, list("0123"), list("abcd")], schema=COHORTS),
        "devices": pa.table(
            [["1"] * devices, number, number, [str(one % COHORT_COUNT) for one in range(devices)],
             ["pvt"] * devices], schema=DEVICES,
        ),
        "versions": pa.table(
            [["1"] * VERSION_COUNT, [str(one) for one in range(VERSION_COUNT)],
             [""] * VERSION_COUNT, [f"1.{one}" for one in range(VERSION_COUNT)]], schema=VERSIONS,
        ),
    }  # fmt: skip


def measure(url: str, home: Path, devices: int, days: int) -> dict[str, float]:
    """Rates and times of Wearhouse."""
    store, registry = open_store(url), open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    fleet = fleet_of(store)
    load_tables(fleet, "bench", references(devices))
    staging, rows, number = 0.0, 0, 0
    for day in range(days):  # a load a day
        number = fleet.begin("bench", "", "", datetime.now(UTC))
        loaded = 0
        for chunk in events(devices, day * 24, 24):
            began = perf_counter()
            fleet.stage(number, "events", chunk)
            staging += perf_counter() - began
            loaded += chunk.num_rows
        fleet.staged(number, {"events": loaded}, datetime.now(UTC))
        rows += loaded
        print(f"{rows:,} staged, {rows / staging:,.0f}/s", file=sys.stderr)
    began = perf_counter()
    curate(fleet, registry)
    curating = perf_counter() - began
    found = {
        "heartbeats": rows,
        "staged/s": rows / staging,
        "curated and folded/s": rows / curating,
    }
    print(found, file=sys.stderr)
    times = []
    for hour in range(3):
        for chunk in events(devices, days * 24 + hour, 1):
            load_tables(fleet, "bench", {"events": chunk})
        began = perf_counter()
        curate(fleet, registry)
        times.append(perf_counter() - began)
    found["one more hour s"] = float(np.median(times))
    found["one more hour worst s"] = max(times)
    asked = []
    rng = np.random.default_rng(1)
    span = Span(START, START + timedelta(days=days))
    for turn in range(ASKED):
        question = Question(
            METRICS[turn % len(METRICS)], Among(span), ("version",), (float(rng.random()),)
        )
        began = perf_counter()
        assert len(figures(fleet, registry, question)) == VERSION_COUNT
        asked.append(perf_counter() - began)
    found["percentile by version p50 ms"] = 1000 * float(np.median(asked))
    found["percentile by version p95 ms"] = 1000 * float(np.quantile(asked, 0.95))
    began = perf_counter()
    figures(fleet, registry, Question("battery", Among(span), ("version",), exact=True))
    found["exact percentile by version s"] = perf_counter() - began
    found["peak memory MB"] = machine.own_peak() / 1e6
    store.close()
    registry.close()
    return found


def plain(devices: int, days: int) -> dict[str, float]:
    """The same on plain PostgreSQL, without a key, cohort or version in the view."""
    programs = postgres_server.binaries()
    if programs is None:
        return {}
    with postgres_server.serving(programs) as address, psycopg.connect(address) as client:
        client.autocommit = True
        client.execute("CREATE TABLE staging (device int, version int, captured timestamptz, "
                       "created timestamptz, event_info jsonb)")  # fmt: skip
        client.execute(
            "CREATE TABLE heartbeat (device int, version int, captured timestamptz, "
            "created timestamptz, metrics jsonb) PARTITION BY RANGE (captured)"
        )
        for day in range(days + 1):
            low, high = START + timedelta(days=day), START + timedelta(days=day + 1)
            client.execute(f"CREATE TABLE heartbeat_{day} PARTITION OF heartbeat FOR VALUES FROM "
                           f"('{low}') TO ('{high}')")  # fmt: skip
        client.execute("CREATE MATERIALIZED VIEW bins AS SELECT captured::date AS day, "
                       "((metrics->>'battery')::int / 10) AS bin, count(*) AS n FROM heartbeat "
                       "GROUP BY 1, 2")  # fmt: skip
        rows, staging = 0, 0.0
        for chunk in events(devices, 0, days * 24):
            staging += _copied(client, chunk)
            rows += chunk.num_rows
        began = perf_counter()
        _curated(client)
        curating = perf_counter() - began
        found = {"heartbeats": rows, "staged/s": rows / staging,
                 "curated and refreshed/s": rows / curating}  # fmt: skip
        for chunk in events(devices, days * 24, 1):
            _copied(client, chunk)
        began = perf_counter()
        _curated(client)
        found["one more hour s"] = perf_counter() - began
        client.execute("ANALYZE heartbeat")
        asked = []
        for turn in range(5):
            began = perf_counter()
            client.execute(
                "SELECT version, percentile_disc(%s) WITHIN GROUP (ORDER BY "
                "(metrics->>'battery')::int) FROM heartbeat GROUP BY version",
                [turn / 5],
            ).fetchall()
            asked.append(perf_counter() - began)
        found["percentile by version p50 ms"] = 1000 * float(np.median(asked))
        return found


def _copied(client: "psycopg.Connection[tuple[object, ...]]", chunk: pa.Table) -> float:
    columns = ("device", "version", "captured_at", "created_at", "info")
    rows = list(zip(*(chunk[name].to_pylist() for name in columns), strict=True))
    began = perf_counter()
    with client.cursor() as cursor, cursor.copy("COPY staging FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    return perf_counter() - began


def _curated(client: "psycopg.Connection[tuple[object, ...]]") -> None:
    client.execute("INSERT INTO heartbeat SELECT device, version, captured, created, "
                   "event_info->'metrics' FROM staging WHERE created > "
                   "coalesce((SELECT max(created) FROM heartbeat), '-infinity')")  # fmt: skip
    client.execute("REFRESH MATERIALIZED VIEW bins")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fleet", description=__doc__)
    parser.add_argument("--devices", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--plain-days", type=int, default=0, help="also the plain way, so long")
    parser.add_argument("--store", default="", help="a store's URL; a new embedded one without")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-fleet-") as name:
        home = Path(name)
        url = asked.store or f"chdb://{home / 'store'}"
        found = {"machine": machine.facts(), "devices": asked.devices, "days": asked.days,
                 "wearhouse": measure(url, home, asked.devices, asked.days)}  # fmt: skip
    if asked.plain_days:
        found["plain"] = plain(asked.devices, asked.plain_days)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
