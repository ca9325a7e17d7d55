"""Which slices an answer leaves as they are: they need not be written again.

A slice counts as unchanged only if nobody else has anything on its day, so that the answer could
not tip the choice between sources either.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.confirming import FURTHEST_MS, TABLES, days_of
from wearhouse.store import Store
from wearhouse.window import DAY_MS

EPOCH = date(1970, 1, 1)
TOLD = ("t", "offset", "value")

Place = tuple[str, date]
"""A metric on a civil day."""


def samples_unchanged(store: Store, samples: pa.Table, participant: int, source: str) -> set[Place]:
    """The metric-days that hold these samples of the source already, and nothing else.

    `samples` are a participant's (schema SAMPLES), in the order of metric and time, one a time.
    """
    found: set[Place] = set()
    names = samples["metric"].cast(pa.string())
    for metric in pc.unique(names).to_pylist():
        told = samples.filter(pc.equal(names, metric))
        days = days_of(told)
        low, high = int(days.min()) * DAY_MS, (int(days.max()) + 1) * DAY_MS
        served, shadowed = (
            store.whole(table, metric, [participant], low - FURTHEST_MS, high + FURTHEST_MS)
            for table in TABLES
        )
        theirs = pc.equal(served["source"].cast(pa.string()), source).to_numpy()
        held, contested = days_of(served), set(days_of(shadowed).tolist())
        contested |= set(held[~theirs].tolist())
        for day in set(days.tolist()) & set(held.tolist()) - contested:
            if _same(told.filter(pa.array(days == day)), served.filter(pa.array(held == day))):
                found.add((metric, EPOCH + timedelta(days=day)))
    return found


def logs_unchanged(
    store: Store,
    episodes: pa.Table,
    metrics: Sequence[str],
    participant: int,
    source: str,
    days: Sequence[date],
) -> set[date]:
    """The civil days that hold these episodes (schema EPISODES) of the source already, and no
    others of these metrics, which make whole logs."""
    if not episodes.num_rows:
        return set()
    kept = store.episodes(metrics, [participant], min(days), max(days))
    told, held = _by_day(episodes), _by_day(kept)
    others = {row["day"] for row in kept.to_pylist() if row["source"] != source}
    return {day for day in told.keys() - others if told[day] == held.get(day)}


def _same(told: pa.Table, held: pa.Table) -> bool:
    if told.num_rows != held.num_rows:
        return False
    pairs = ((told[name].to_numpy(), held[name].to_numpy()) for name in TOLD)
    return all(np.array_equal(one, other) for one, other in pairs)


def _by_day(episodes: pa.Table) -> dict[date, dict[tuple[object, ...], dict[str, object]]]:
    found: dict[date, dict[tuple[object, ...], dict[str, object]]] = {}
    for row in episodes.to_pylist():
        del row["as_of"]
        found.setdefault(row["day"], {})[row["metric"], row["log"], row["t"]] = row
    return found
