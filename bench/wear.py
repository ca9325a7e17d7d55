"""python -m bench.wear: how long the study desk takes over a large study, from rollups.

Rollup rows and nights are written as a store keeps them; no sample is made.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench import machine
from wearhouse.desk.adhering import Wanted, adherences, sensitivity
from wearhouse.desk.gathering import Sources
from wearhouse.desk.standing import standings
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.tables import devices, heartbeats, participants
from wearhouse.samples import EPISODES, NAMES, constant
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.store.clickhouse.loading import put
from wearhouse.store.rollups import ROLLUP_ROWS, fold_days
from wearhouse.store.slices import Change
from wearhouse.window import DAY_MS, MINUTE_MS

LAST = date(2026, 6, 30)
AS_OF = datetime(2026, 7, 1, 10, tzinfo=UTC)
EPOCH = date(1970, 1, 1)
NIGHTS, STAGES, ROUNDS = 28, 40, 5


def days_of(metric: str, people: int, days: int) -> pa.Table:
    """Rows of level 1d (schema ROLLUP_ROWS): three of four days worn for 8 to 24 hours."""
    rng = np.random.default_rng(len(metric))
    first = (LAST - EPOCH).days - days + 1
    who = np.repeat(np.arange(1, people + 1, dtype=np.uint32), days)
    day = np.tile(np.arange(first, first + days, dtype=np.int32), people)
    kept = rng.random(len(who)) < 0.75
    who, day = who[kept], day[kept]
    rows = len(who)
    minutes = rng.integers(480, 1441, rows)
    t = day.astype(np.int64) * DAY_MS
    empty = pa.array([[]] * rows, pa.list_(pa.int16()))
    made = {
        "level": constant("1d", rows), "metric": constant(metric, rows),
        "participant": who, "t": t, "day": day, "offset": np.zeros(rows, np.int16),
        "days": np.ones(rows, np.uint32), "minutes": minutes.astype(np.uint32),
        "count": (minutes * 12).astype(np.uint32), "sum": minutes * 70.0, "sumsq": minutes * 4900.0,
        "min": minutes * 0 + 50.0, "max": minutes * 0 + 150.0, "first": minutes * 0 + 60.0,
        "last": minutes * 0 + 70.0, "first_at": t, "last_at": t + minutes * MINUTE_MS,
        "bins": empty, "counts": empty.cast(pa.list_(pa.uint32())),
    }  # fmt: skip
    arrays = [pa.array(made[f.name]).cast(f.type) for f in ROLLUP_ROWS]
    return pa.Table.from_arrays(arrays, schema=ROLLUP_ROWS)


def nights_of(people: int) -> pa.Table:
    """Sleep logs with their stages (schema EPISODES) of everybody's last nights."""
    a_night = STAGES + 1
    rows = people * NIGHTS * a_night
    who = np.repeat(np.arange(1, people + 1, dtype=np.uint32), NIGHTS * a_night)
    night = np.tile(np.repeat(np.arange(NIGHTS), a_night), people)
    part = np.tile(np.arange(a_night), people * NIGHTS) - 1
    day = ((LAST - EPOCH).days - night).astype(np.int32)
    begin = (day.astype(np.int64) * 1440 - 60) * MINUTE_MS
    start = begin + np.maximum(part, 0) * 12 * MINUTE_MS
    end = np.where(part < 0, begin + STAGES * 12 * MINUTE_MS, start + 12 * MINUTE_MS)
    kinds = pa.DictionaryArray.from_arrays(
        pa.array((part >= 0).astype(np.int32)), pa.array(["sleep", "sleep_stage"])
    )
    labels = pa.DictionaryArray.from_arrays(
        pa.array(np.where(part < 0, 4, part % 4).astype(np.int32)),
        pa.array(["light", "deep", "rem", "wake", "stages"]),
    )
    made = {
        "participant": who, "metric": kinds, "t": start, "end": end,
        "offset": np.zeros(rows, np.int16), "day": day, "label": labels,
        "log": pa.array(night).cast(pa.string()), "main": np.ones(rows, bool),
        "source": constant("fitbit-web", rows), "as_of": np.ones(rows, np.uint32),
    }  # fmt: skip
    arrays = [
        made[f.name] if f.type == NAMES else pa.array(made[f.name]).cast(f.type) for f in EPISODES
    ]
    return pa.Table.from_arrays(arrays, schema=EPISODES)


def fill(store: ClickHouseStore, registry: Registry, people: int, days: int) -> None:
    """A study of so many participants and days, with the syncs of the last four weeks."""
    study = registry.create_study("LARGE", "", LAST - timedelta(days=days - 1), LAST)
    numbers = range(1, people + 1)
    began = LAST - timedelta(days=days)
    synced = [AS_OF - timedelta(hours=6 * n + 1) for n in range(NIGHTS * 4)]
    with registry.engine.begin() as rows:
        rows.execute(
            participants.insert(),
            [
                {"id": n, "study_id": study.id, "code": f"P-{n:04}", "timezone": "Europe/Berlin",
                 "enrolled_on": began}
                for n in numbers
            ],
        )  # fmt: skip
        kinds = {"source": "cloud", "device": "W", "kind": "tracker", "model": "Charge 6"}
        rows.execute(devices.insert(), [{"id": n, "participant_id": n, **kinds} for n in numbers])
        beats = [
            {"device_id": n, "reported_at": at, "synced_at": at, "battery_percent": 60.0}
            for n in numbers
            for at in synced
        ]
        rows.execute(heartbeats.insert(), beats)
    for metric in ("heart_rate", "steps", "worn_by_steps"):
        table = days_of(metric, people, days)
        both = pa.concat_tables([table, fold_days(table, "1mo")]).unify_dictionaries()
        _put(store, "rollups", both)
    _put(store, "episodes", nights_of(people))


def _put(store: ClickHouseStore, name: str, table: pa.Table) -> None:
    change = Change(table.combine_chunks(), table.slice(0, 0))
    put(store.connection, name, change, store.versions.next())


def timed(what: str, question: Callable[[], object]) -> None:
    """Ask several times; print the median and the longest."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        question()
        took.append(time.perf_counter() - began)
    print(f"{what:<58} {np.median(took):6.2f} s  (longest {max(took):.2f} s)")


def main() -> None:
    """Make the study, ask the desk's questions."""
    parser = argparse.ArgumentParser(prog="python -m bench.wear", description=__doc__)
    parser.add_argument("--participants", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=365)
    asked = parser.parse_args()
    people, days = asked.participants, asked.days
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        store = ClickHouseStore(f"chdb://{Path(home) / 'store'}")
        store.migrate()
        registry = open_registry(f"sqlite:///{home}/registry.sqlite")
        fill(store, registry, people, days)
        sources = Sources(store, registry, {})
        first = LAST - timedelta(days=days - 1)
        everybody = registry.participants("LARGE")
        print(f"{machine.facts()}\n{people:,} participants, {days} days; median of {ROUNDS}\n")
        whole = Wanted(AS_OF, "LARGE", (), first, LAST)
        three = Wanted(AS_OF, "LARGE", ("ten-hours", "twelve-hours", "any-steps"), first, LAST)
        timed("adherence, every span, nights of four weeks", lambda: adherences(sources, whole))
        timed("adherence by three definitions", lambda: adherences(sources, three))
        timed("sensitivity curve", lambda: sensitivity(sources, whole, 1))
        timed("reasons and next actions (roster)", lambda: standings(sources, everybody, AS_OF))
        registry.close()
        store.close()


if __name__ == "__main__":
    main()
