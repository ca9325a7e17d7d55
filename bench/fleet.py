"""python -m bench.fleet: a fleet's heartbeats loaded, curated and asked, beside the plain way.

Heartbeats are written as events.csv, a folder a day, their ten metrics as JSON; making them is not
timed. Rates are by the clock and, where others keep the machine busy, by the processor's time. The
plain way is a table of JSON, a materialised view of 1 % bins that is refreshed as a
whole, and percentiles over the heartbeats where the view has no version.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Self

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from bench import machine, postgres_server
from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_folder, load_tables
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


@dataclass
class Spent:
    """How long something took, by the clock and of the processor (s), over all its turns."""

    wall: float = 0.0
    processor: float = 0.0

    def __enter__(self) -> Self:
        self.wall -= perf_counter()
        self.processor -= process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += perf_counter()
        self.processor += process_time()

    def told(self, rows: int) -> str:
        return f"{rows / self.wall:,.0f}/s ({1e6 * self.processor / rows:.1f} us of processor)"


def written(folder: Path, devices: int, first_hour: int, hours: int) -> None:
    """A folder with events.csv of some hours, as a fleet's service exports it."""
    folder.mkdir()
    names = ["project_id", "id", "device_id", "type", "software_version_id", "captured_date",
             "created_date", "event_info"]  # fmt: skip
    form = pyarrow.csv.WriteOptions(delimiter="\t")
    first = first_hour * devices
    with (folder / "events.csv").open("wb") as target:
        for place, chunk in enumerate(events(devices, first_hour, hours)):
            numbers = np.arange(first, first + chunk.num_rows)
            first += chunk.num_rows
            rows = chunk.drop_columns(["position"]).rename_columns(names)
            rows = rows.set_column(1, "id", pa.array(numbers).cast(pa.string()))
            form.include_header = place == 0
            pyarrow.csv.write_csv(rows, target, form)


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
    loading, curating, rows = Spent(), Spent(), 0
    for day in range(days):
        folder = home / f"day-{day}"
        written(folder, devices, day * 24, 24)
        with loading:
            rows += load_folder(fleet, registry, folder).events
        shutil.rmtree(folder)
        with curating:
            curate(fleet, registry)
        print(
            f"{rows:,}: loaded {loading.told(rows)}, curated {curating.told(rows)}", file=sys.stderr
        )
    found = {
        "heartbeats": rows,
        "loaded/s": rows / loading.wall,
        "loading us of processor": 1e6 * loading.processor / rows,
        "curated and folded/s": rows / curating.wall,
        "curating us of processor": 1e6 * curating.processor / rows,
    }
    print(found, file=sys.stderr)
    times = []
    for hour in range(5):
        written(home / f"hour-{hour}", devices, days * 24 + hour, 1)
        load_folder(fleet, registry, home / f"hour-{hour}")
        with Spent() as spent:
            curate(fleet, registry)
        times.append(spent)
    found["one more hour s"] = float(np.median([one.wall for one in times]))
    found["one more hour worst s"] = max(one.wall for one in times)
    found["one more hour s of processor"] = float(np.median([one.processor for one in times]))
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
