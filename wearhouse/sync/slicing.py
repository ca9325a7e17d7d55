"""Slices into the store: what a source answered about some civil days replaces what it had
answered about them before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.confirming import Families, confirm, days_of
from wearhouse.enrolling.people import People
from wearhouse.evidence import TOUCHING, prove
from wearhouse.metrics import METRICS
from wearhouse.placing import Placed, place
from wearhouse.registry import Registry
from wearhouse.registry.syncs import Counts
from wearhouse.samples import EPISODES, SAMPLES, Parsed
from wearhouse.sources.live import Family
from wearhouse.store import Slices, Store, Written
from wearhouse.store.slices import ordered
from wearhouse.study import Participant
from wearhouse.sync.unchanged import Place, logs_unchanged, samples_unchanged

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a source says about some civil days of one family of a participant. `families`
    are what each live source offers: others may have samples on the same days."""

    participant: Participant
    source: str
    family: Family
    days: Sequence[date]
    parsed: Sequence[Parsed]
    as_of: int
    timezone: str
    families: Families = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an answer, and the records that were refused."""

    counts: Counts
    rejected: list[dict[str, object]]


def settle(store: Store, registry: Registry, answer: Answer) -> Settled:
    """Put an answer into the store. Rows of other days are left to the slices of those days, and
    slices that are as they were are not written."""
    placed = _placed(registry, answer)
    samples = ordered(_on_days(_joined([p.samples for p in placed], SAMPLES), answer.days))
    episodes = _on_days(_joined([p.episodes for p in placed], EPISODES), answer.days)
    rejected = {
        (row["reason"], row["record"]): {
            "person": answer.participant.code, "reason": row["reason"], "record": row["record"],
        }
        for p in placed
        for row in p.rejects.to_pylist()
    }  # fmt: skip
    for incoming in (samples, episodes):
        confirm(store, registry, answer.families, incoming, besides=answer.source)
    written = _written(store, answer, samples, episodes)
    if TOUCHING & set(answer.family.metrics):
        prove(store, answer.participant.id, answer.days)
    counts = Counts(
        samples.num_rows, episodes.num_rows, written.written, written.withdrawn, len(rejected)
    )
    return Settled(counts, list(rejected.values()))


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
    wanted = [(one - EPOCH).days for one in days]
    return rows.filter(pa.array(np.isin(days_of(rows), wanted), pa.bool_()))


def _written(store: Store, answer: Answer, samples: pa.Table, episodes: pa.Table) -> Written:
    written, participant = Written(), answer.participant.id
    if series := _places(answer, lambda name: METRICS[name].kind != "episode"):
        same = samples_unchanged(store, samples, participant, answer.source)
        if left := series - same:
            written += store.write(_without(samples, same), _slices(answer, left))
    for logs in ({"sleep", "sleep_stage"}, {"exercise"}):
        if spans := _places(answer, logs.__contains__):
            names = sorted({name for name, _ in spans})
            theirs = episodes.filter(
                pc.is_in(episodes["metric"].cast(pa.string()), pa.array(names))
            )
            quiet = logs_unchanged(store, theirs, names, participant, answer.source, answer.days)
            same = {(name, day) for name in names for day in quiet}
            if left := spans - same:
                written += store.write_episodes(_without(theirs, same), _slices(answer, left))
    return written


def _without(rows: pa.Table, places: set[Place]) -> pa.Table:
    """The rows that do not lie on these metric-days."""
    if not places:
        return rows
    days = days_of(rows)
    names = rows["metric"].cast(pa.string())
    there = np.zeros(rows.num_rows, bool)
    for name, day in places:
        there |= (days == (day - EPOCH).days) & pc.equal(names, name).to_numpy()
    return rows.filter(pa.array(~there))


def _places(answer: Answer, wanted: Callable[[str], bool]) -> set[Place]:
    return {(name, day) for name in answer.family.metrics if wanted(name) for day in answer.days}


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
