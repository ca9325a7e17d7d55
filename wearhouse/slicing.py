"""Slices into the store: what a source answered about some civil days replaces what it had
answered about them before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
from wearhouse.window import civil_days

EPOCH = date(1970, 1, 1)
LEFT = "Other sources may have these days too, so what is no longer there was not withdrawn."


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
    written, whole = _written(store, registry, answer, samples, episodes)
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
    store: Store, registry: Registry, answer: Answer, samples: pa.Table, episodes: pa.Table
) -> tuple[Written, bool]:
    """What was written, and whether all that is no longer there could be withdrawn."""
    # A store cannot tell whose rows to withdraw where nothing arrives, and takes episodes of all
    # sources for those of one. So without knowing that there is one source, nothing is withdrawn.
    alone = registry.syncs.alone(answer.participant, answer.source)
    series = [name for name in answer.family.metrics if METRICS[name].kind != "episode"]
    spans = [name for name in answer.family.metrics if METRICS[name].kind == "episode"]
    written, whole = Written(), True
    if series and (samples.num_rows or alone):
        written += store.write(samples, _slices(answer, series))
    elif series:
        whole = False
    if spans:
        stated = _slices(answer, spans) if alone else None
        whole = whole and alone
        if episodes.num_rows or stated:
            written += store.write_episodes(episodes, stated)
    return written, whole


def _slices(answer: Answer, metrics: Sequence[str]) -> Slices:
    places = [(name, day) for name in metrics for day in answer.days]
    names, days = zip(*places, strict=True)
    # Episodes are withdrawn by family: a night's stages go with its log.
    families = ["exercise" if name == "exercise" else "sleep" for name in names]
    return Slices(
        pa.table(
            {
                "participant": pa.array([answer.participant.id] * len(places), pa.uint32()),
                "metric": pa.array(names, pa.string()),
                "family": pa.array(families, pa.string()),
                "day": pa.array(days, pa.date32()),
            }
        )
    )
