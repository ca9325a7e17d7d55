"""A small study whose participants have gaps: made-up lives, written into a store."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
from lives import START, at, somebody, without

from wearhouse.imputation import Minutes
from wearhouse.imputing.request import Request
from wearhouse.imputing.running import begin, carry_on
from wearhouse.registry import Registry
from wearhouse.registry.imputations import Imputation
from wearhouse.samples import SAMPLES, constant
from wearhouse.secrets import Secrets
from wearhouse.store import Store
from wearhouse.study import Actor, Participant, Role, Study
from wearhouse.team.acting import Acting

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
DAYS = 8
GAPS = ((at(4, 10), 130), (at(2, 9), 10), (at(6, 9), 140))
"""Where everybody's heart rate is missing within worn time: position and length in minutes."""

WORN = (480, 840)
"""The device is worn from 08:00 to 14:00: too short a time for models of people's own, so quick."""


def life(number: int, days: int = DAYS) -> Minutes:
    """Somebody with GAPS; the steps of unworn time are missing."""
    person = somebody(days=days, seed=number, participant=number)
    off = (person.clock < WORN[0]) | (person.clock >= WORN[1])
    value, steps = (np.where(off, np.nan, one) for one in (person.value, person.steps))
    person = replace(person, value=value, steps=steps)
    for start, length in GAPS:
        person = without(person, start, length)
    return replace(person, value=np.round(person.value * 4) / 4)


def samples_of(who: int, metric: str, values: np.ndarray) -> pa.Table:
    """A metric's minutes as samples; NaN is none."""
    seen = np.flatnonzero(np.isfinite(values))
    columns = {
        "participant": pa.array(np.full(len(seen), who, np.uint32)),
        "metric": constant(metric, len(seen)),
        "t": pa.array((START + seen) * 60_000).cast(pa.timestamp("ms", "UTC")),
        "offset": pa.array(np.zeros(len(seen), np.int16)),
        "value": pa.array(values[seen]),
        "source": constant("csv", len(seen)),
        "as_of": pa.array(np.ones(len(seen), np.uint32)),
    }
    return pa.Table.from_arrays([columns[f.name].cast(f.type) for f in SAMPLES], schema=SAMPLES)


def enrolled(store: Store, registry: Registry, study: Study, count: int) -> list[Participant]:
    """So many participants with gaps, in the store."""
    people = []
    for number in range(count):
        who = registry.enrol(study.code, f"{study.code}-{number}", "UTC")
        minutes = life(number)
        for metric, values in (("heart_rate", minutes.value), ("steps", minutes.steps)):
            store.write(samples_of(who.id, metric, values))
        people.append(who)
    return people


def at_work(registry: Registry, role: Role = Role.ANALYST) -> Acting:
    """An analyst at work."""
    return Acting(Actor("ada", role), registry, Secrets(lambda: [KEY]))


def run(store: Store, registry: Registry, request: Request) -> Imputation:
    """A run from its beginning to its end, in this process."""
    return carry_on(store, registry, begin(at_work(registry), request), workers=1)
