"""Slices into the store: what a source answered about some civil days replaces what it had
answered about them before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.metrics import METRICS
from wearhouse.people import People
from wearhouse.placing import Placed, place
from wearhouse.registry import Registry
from wearhouse.registry.syncs import Counts
from wearhouse.samples import EPISODES, SAMPLES, Parsed
from wearhouse.sources.live import Family
from wearhouse.store import Slices, Store, Written
from wearhouse.study import Participant
from wearhouse.window import DAY_MS, HOUR_MS, civil_days

EPOCH = date(1970, 1, 1)
FURTHEST_MS = 15 * HOUR_MS
LEFT = "Other sources have some of these days too; of those nothing was withdrawn."

Place = tuple[str, date]
"""A metric on a civil day."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a source says about some civil days of one family of a participant."""

    participant: Participant
    source: str
    family: Family
    days: Sequence[date]
    parsed: Sequence[Parsed]
    as_of: int
    timezone: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an answer, and the records that were refused."""

    counts: Counts
    rejected: list[dict[str, object]]
    detail: str


def settle(store: Store, registry: Registry, answer: Answer) -> Settled:
    """Put an answer into the store. Rows of other days are left to the slices of those days."""
    placed = _placed(registry, answer)
    samples = _on_days(_joined([p.samples for p in placed], SAMPLES), answer.days)
    episodes = _on_days(_joined([p.episodes for p in placed], EPISODES), answer.days)
    rejected = {
        (row["reason"], row["record"]): {
            "person": answer.participant.code, "reason": row["reason"], "record": row["record"],
        }
        for p in placed
        for row in p.rejects.to_pylist()
    }  # fmt: skip
    written, whole = _written(store, answer, samples, episodes)
    counts = Counts(
        samples.num_rows, episodes.num_rows, written.written, written.withdrawn, len(rejected)
    )
    return Settled(counts, list(rejected.values()), "" if whole else LEFT)


def _placed(registry: Registry, answer: Answer) -> list[Placed]:
    persons: set[str] = set()
    for parsed in answer.parsed:
        for table in (parsed.samples, parsed.episodes, parsed.rejects):
            persons |= set(pc.unique(table["person"]).cast(pa.string()).to_pylist())
    study = registry.study_named(answer.participant.study)
    people = People(registry, study, answer.participant, answer.timezone, frozenset(persons))
    return [place(parsed, people, answer.source, answer.as_of) for parsed in answer.parsed]


def _joined(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    together = pa.concat_tables([schema.empty_table(), *tables])
    return together.unify_dictionaries().combine_chunks()


def _on_days(rows: pa.Table, days: Sequence[date]) -> pa.Table:
    if "day" in rows.column_names:
        day = rows["day"].cast(pa.int32()).to_numpy()
    else:
        day = civil_days(rows["t"].cast(pa.int64()).to_numpy(), rows["offset"].to_numpy())
    wanted = [(one - EPOCH).days for one in days]
    return rows.filter(pa.array(np.isin(day, wanted), pa.bool_()))


def _written(
    store: Store, answer: Answer, samples: pa.Table, episodes: pa.Table
) -> tuple[Written, bool]:
    """What was written, and whether all that is no longer there could be withdrawn."""
    series = _places(answer, lambda name: METRICS[name].kind != "episode")
    spans = _places(answer, lambda name: METRICS[name].kind == "episode")
    written, whole = Written(), True
    # A store takes from what arrives whose samples to withdraw; where nothing does, it would
    # withdraw those of every source. Of episodes it would in any case.
    foreign = set() if samples.num_rows else _foreign_samples(store, answer, series)
    if series - foreign:
        written += store.write(samples, _slices(answer, series - foreign))
    whole = not foreign
    if spans:
        foreign = _foreign_episodes(store, answer, spans)
        stated = _slices(answer, spans - foreign) if spans - foreign else None
        written += store.write_episodes(episodes, stated)
        whole = whole and not foreign
    return written, whole


def _places(answer: Answer, wanted: Callable[[str], bool]) -> set[Place]:
    return {(name, day) for name in answer.family.metrics if wanted(name) for day in answer.days}


def _foreign_samples(store: Store, answer: Answer, places: set[Place]) -> set[Place]:
    """The places where samples of other sources stand, in the shadow too."""
    numbers = [(day - EPOCH).days for day in answer.days]
    low, high = min(numbers) * DAY_MS - FURTHEST_MS, (max(numbers) + 1) * DAY_MS + FURTHEST_MS
    found: set[Place] = set()
    tables: tuple[Literal["samples", "shadowed"], ...] = ("samples", "shadowed")
    for name in {name for name, _ in places}:
        for table in tables:
            rows = store.whole(table, name, [answer.participant.id], low, high)
            days = civil_days(rows["t"].cast(pa.int64()).to_numpy(), rows["offset"].to_numpy())
            other = pc.not_equal(rows["source"].cast(pa.string()), answer.source).to_numpy()
            found |= {(name, EPOCH + timedelta(days=int(d))) for d in np.unique(days[other])}
    return found & places


def _foreign_episodes(store: Store, answer: Answer, places: set[Place]) -> set[Place]:
    """The places where episodes of other sources stand; a night's stages go with its log."""
    names = sorted({name for name, _ in places})
    rows = store.episodes(names, [answer.participant.id], min(answer.days), max(answer.days))
    other = rows.filter(pc.not_equal(rows["source"].cast(pa.string()), answer.source))
    taken = {
        (_log_family(name), day)
        for name, day in zip(other["metric"].to_pylist(), other["day"].to_pylist(), strict=True)
    }
    return {(name, day) for name, day in places if (_log_family(name), day) in taken}


def _log_family(metric: str) -> str:
    return "exercise" if metric == "exercise" else "sleep"


def _slices(answer: Answer, places: set[Place]) -> Slices:
    names, days = zip(*sorted(places), strict=True)
    return Slices(
        pa.table(
            {
                "participant": pa.array([answer.participant.id] * len(places), pa.uint32()),
                "metric": pa.array(names, pa.string()),
                "family": pa.array([_log_family(name) for name in names], pa.string()),
                "day": pa.array(days, pa.date32()),
            }
        ),
        answer.source,
    )
