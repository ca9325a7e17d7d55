"""Wear that steps prove where there is no heart rate: kept as minutes of `worn_by_steps`.

A device that reports steps only while it is worn proves wear by every step count, a zero included.
Such a minute is kept here unless it holds a heart rate, so that the worn minutes of any bucket are
those with a heart rate plus these: two counts that rollups have, and that never overlap. Most
sources fill every minute with zeros, worn or not; their steps prove nothing.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.metrics import METRICS
from wearhouse.samples import SAMPLES, constant
from wearhouse.store import Ask, Slices, Store, Written
from wearhouse.store.slices import days_of
from wearhouse.window import DAY_MS, HOUR_MS, MINUTE_MS

ONLY_WHILE_WORN = frozenset({"google-health"})
"""Sources whose steps are reported only while the device is worn."""

METRIC, SOURCE = "worn_by_steps", "wearhouse"
TOUCHING = frozenset({"heart_rate", "steps"})
"""Metrics of which a change may change what is kept here."""

EPOCH = date(1970, 1, 1)
FURTHEST_OFFSET_MS = 15 * HOUR_MS
FOREVER = 60_000 * DAY_MS


def prove(store: Store, participant: int, days: Sequence[date]) -> Written:
    """Bring what steps prove on these civil days into step with the samples there."""
    if not days:
        return Written()
    low = (min(days) - EPOCH).days * DAY_MS - FURTHEST_OFFSET_MS
    high = ((max(days) - EPOCH).days + 1) * DAY_MS + FURTHEST_OFFSET_MS
    steps = store.whole("samples", "steps", [participant], low, high)
    sources = pa.array(sorted(ONLY_WHILE_WORN))
    steps = steps.filter(pc.is_in(steps["source"].cast(pa.string()), sources))
    wanted = [(day - EPOCH).days for day in days]
    steps = steps.filter(pa.array(np.isin(days_of(steps), wanted), pa.bool_()))
    beating = _minutes_with_heart_rate(store, participant, low, high) if steps.num_rows else None
    proven = _proven(steps, beating)
    if (
        not proven.num_rows
        and not store.whole("samples", METRIC, [participant], low, high).num_rows
    ):
        return Written()  # as for everybody whose steps prove nothing
    return store.write(proven, _stated(participant, days))


def follow(store: Store, samples: pa.Table) -> Written:
    """Bring what steps prove into step with samples (schema SAMPLES) that were just merged in."""
    written = Written()
    names = samples["metric"].cast(pa.string())
    touching = samples.filter(pc.is_in(names, pa.array(sorted(TOUCHING))))
    if not touching.num_rows:
        return written
    people = pc.unique(touching["participant"]).to_pylist()
    proving = pc.and_(
        pc.equal(touching["metric"].cast(pa.string()), "steps"),
        pc.is_in(touching["source"].cast(pa.string()), pa.array(sorted(ONLY_WHILE_WORN))),
    )
    concerned = set(pc.unique(touching.filter(proving)["participant"]).to_pylist())
    concerned |= _proven_before(store, people)
    day, who = days_of(touching), touching["participant"].to_numpy()
    for participant in sorted(concerned):
        dates = np.unique(day[who == participant]).astype("datetime64[D]").tolist()
        written += prove(store, participant, dates)
    return written


def _minutes_with_heart_rate(
    store: Store, participant: int, low: int, high: int
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    metric = METRICS["heart_rate"]
    rows = store.page(Ask(metric, "1m", [participant], low, high, limit=2**31)).rows
    return np.asarray(rows["t"].cast(pa.int64()).to_numpy() // MINUTE_MS)


def _proven(
    steps: pa.Table, beating: np.ndarray[tuple[int], np.dtype[np.int64]] | None
) -> pa.Table:
    if beating is None:
        return SAMPLES.empty_table()
    minute, first = np.unique(
        steps["t"].cast(pa.int64()).to_numpy() // MINUTE_MS, return_index=True
    )
    alone = ~np.isin(minute, beating)
    chosen = steps.take(pa.array(first[alone]))
    count = chosen.num_rows
    columns = {
        "metric": constant(METRIC, count),
        "t": pa.array(minute[alone] * MINUTE_MS).cast(pa.timestamp("ms", "UTC")),
        "value": pa.array(np.ones(count)),
        "source": constant(SOURCE, count),
    }
    arrays = [columns[f.name] if f.name in columns else chosen[f.name] for f in SAMPLES]
    return pa.Table.from_arrays(arrays, schema=SAMPLES).combine_chunks()


def _stated(participant: int, days: Sequence[date]) -> Slices:
    count = len(days)
    return Slices(
        pa.table(
            {
                "participant": pa.array([participant] * count, pa.uint32()),
                "metric": pa.array([METRIC] * count),
                "day": pa.array(days, pa.date32()),
            }
        ),
        SOURCE,
    )


def _proven_before(store: Store, people: Sequence[int]) -> set[int]:
    """Those of whom anything is kept here."""
    rows = store.page(Ask(METRICS[METRIC], "1mo", people, 0, FOREVER, limit=2**31)).rows
    return set(pc.unique(rows["participant"]).to_pylist())
