"""python -m bench.imputed_study: a whole study imputed, stored and rolled up, of any size.

    python -m bench.imputed_study [--people N] [--days D] [--draws M] [--workers W] [--home DIR]

Made-up people: heart rate at one minute that follows the hour, with nights off, charging and short
dropouts. They are loaded into the embedded store, then one run fills everybody. What is printed is
the rate of that run (reading, filling, reports, storing), in participant-years an hour; killed, and
started again with the same --home, it goes on where it was.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa

from bench import machine
from wearhouse.imputing.request import Request
from wearhouse.imputing.running import begin, carry_on
from wearhouse.registry import Registry, open_registry
from wearhouse.samples import SAMPLES, constant
from wearhouse.secrets import Secrets
from wearhouse.store import Store, open_store
from wearhouse.study import Actor, Role, Study
from wearhouse.team.acting import Acting

DAY, START = 1_440, 28_000_800
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.imputed_study", description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1, help="of hiding, before anybody is filled")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--home", type=Path, help="where to keep it, to go on with later")
    asked = parser.parse_args()
    home = asked.home or Path(tempfile.mkdtemp(prefix="imputed-"))
    home.mkdir(parents=True, exist_ok=True)
    print(" · ".join(f"{name} {fact}" for name, fact in machine.facts().items()))
    registry = open_registry(f"sqlite:///{home}/registry.sqlite")
    store = open_store(f"chdb://{home}/store", None, registry.imputations.overtaken)
    study = _study(store, registry, asked.people, asked.days)
    request = Request(study, draws=asked.draws, rounds=asked.rounds)
    acting = Acting(Actor("bench", Role.MANAGER), registry, Secrets(lambda: [KEY]))
    run = begin(acting, request)
    before, began = run.record.finished, perf_counter()
    done = carry_on(store, registry, run, asked.workers, _told(began))
    took = perf_counter() - began
    years = (done.finished - before) * asked.days / 365
    print(
        f"{done.finished - before} people ({years:.2f} participant-years), {done.minutes:,} "
        f"minutes filled with {asked.draws} draws, in {took:.0f} s: {took / years:.1f} s a "
        f"participant-year, {years / took * 3_600:.0f} an hour."
    )
    [kept] = [row for row in store.stats().to_pylist() if row["level"] == "imputed"]
    print(f"{kept['bytes_per_sample']:.1f} bytes a filled minute, draws and buckets included.")
    store.close()
    registry.close()
    return 0


def _told(began: float) -> Callable[[int], None]:
    def step(number: int) -> None:
        print(f"  {perf_counter() - began:7.0f} s  +{number}", flush=True)

    return step


def _study(store: Store, registry: Registry, people: int, days: int) -> Study:
    """The study with its people; those that are there already are not loaded again."""
    known = {study.code: study for study in registry.studies()}
    study = known.get("BENCH") or registry.create_study("BENCH")
    there = {one.code for one in registry.participants("BENCH")}
    for number in range(people):
        if f"P-{number:04}" not in there:
            who = registry.enrol("BENCH", f"P-{number:04}", "UTC")
            store.write(_life(who.id, number, days))
    return study


def _life(who: int, seed: int, days: int) -> pa.Table:
    rng = np.random.default_rng(seed)
    n = days * DAY
    clock = np.arange(n) % DAY
    slow = np.cumsum(rng.standard_normal(n)) * 0.002
    slow -= np.convolve(slow, np.ones(600) / 600, mode="same")
    beats = (62 + 9 * np.sin(2 * np.pi * (clock - 480) / DAY)) * np.exp(slow)
    beats = np.clip(np.rint(beats * np.exp(0.03 * rng.standard_normal(n))), 40, 190)
    worn = np.ones(n, bool)
    for day in range(days):
        if rng.random() < 0.3:  # a night off
            worn[day * DAY : day * DAY + 420] = False
        charging = day * DAY + int(rng.integers(1_080, 1_300))
        worn[charging : charging + int(rng.integers(20, 100))] = False
        for start in rng.integers(0, DAY, 6):
            worn[day * DAY + start : day * DAY + start + int(rng.integers(1, 12))] = False
    at = np.flatnonzero(worn)
    columns = {
        "participant": pa.array(np.full(len(at), who, np.uint32)),
        "metric": constant("heart_rate", len(at)),
        "t": pa.array((START + at) * 60_000).cast(pa.timestamp("ms", "UTC")),
        "offset": pa.array(np.zeros(len(at), np.int16)),
        "value": pa.array(beats[at]),
        "source": constant("csv", len(at)),
        "as_of": pa.array(np.ones(len(at), np.uint32)),
    }
    return pa.Table.from_arrays([columns[f.name].cast(f.type) for f in SAMPLES], schema=SAMPLES)


if __name__ == "__main__":
    sys.exit(main())
