"""What becomes of a slice when new samples arrive for it: pure functions over Arrow.

The unit is a *metric-day*: one participant, one metric, one civil day. Samples of one vendor are
united by their time; where two of them disagree the payload that speaks later (`as_of`) wins,
so the order in which payloads are loaded does not matter. Only one vendor is served on a
metric-day; what it outranks is shadowed: kept, not served.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.metrics import METRICS
from wearhouse.samples import NAMES, SAMPLES
from wearhouse.window import MINUTE_MS, civil_days

VENDORS = {
    "fitbit-web": "fitbit", "fitabase": "fitbit", "wearipedia": "fitbit", "takeout": "fitbit",
    "google-health": "fitbit",
}  # fmt: skip
"""Sources that carry the same vendor's samples; any other source is its own vendor."""

GENERIC = {"csv", "parquet"}
"""Sources whose samples yield to any vendor's own."""

METRIC_ORDER = pa.array(sorted(METRICS))


def found_in(tables: Sequence[pa.Table], name: str) -> list[Any]:
    """What stands in a column of any of these tables, in order."""
    found = {one for table in tables for one in pc.unique(table[name]).to_pylist()}
    return sorted(found)


@dataclass(frozen=True)
class Change:
    """What a table must take to hold the settled samples: rows to write, rows to withdraw."""

    write: pa.Table
    withdraw: pa.Table


@dataclass(frozen=True)
class Settled:
    """The samples of the touched metric-days as they shall stand, and the way there."""

    served: pa.Table
    outranked: pa.Table
    samples: Change
    shadowed: Change


@dataclass(frozen=True)
class Replaced:
    """Metric-days (see `day_keys`) that a source states in full."""

    days: NDArray[np.int64]
    source: str


def metric_codes(table: pa.Table) -> NDArray[np.int64]:
    """The place of each row's metric in alphabetical order."""
    column = table["metric"].combine_chunks()
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    place = pc.index_in(column.dictionary, METRIC_ORDER).to_numpy(zero_copy_only=False)
    codes: NDArray[np.int64] = place.astype(np.int64)[column.indices.to_numpy()]
    return codes


def distinct(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The different keys in order; quick where equal keys stand together."""
    if not len(keys):
        return keys
    begins = np.append(True, keys[1:] != keys[:-1])
    return np.unique(keys[begins])


def days_of(samples: pa.Table) -> NDArray[np.int32]:
    """Each row's civil day, as days since 1970-01-01."""
    return civil_days(samples["t"].cast(pa.int64()).to_numpy(), samples["offset"].to_numpy())


def day_keys(samples: pa.Table) -> NDArray[np.int64]:
    """One number for each row's metric-day."""
    return keys(metric_codes(samples), samples["participant"].to_numpy(), days_of(samples))


def keys(
    metric: NDArray[np.int64], participant: NDArray[np.uint32], day: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Metric-days as numbers that sort by metric, participant and day."""
    return (metric << 53) | (participant.astype(np.int64) << 21) | day


def unpacked(
    keys: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.int32]]:
    """Metric codes, participants and days of metric-day keys."""
    participant = ((keys >> 21) & 0xFFFFFFFF).astype(np.uint32)
    return keys >> 53, participant, (keys & 0x1FFFFF).astype(np.int32)


def ordered(samples: pa.Table) -> pa.Table:
    """Sorted by metric, participant and time, one row each: the one that speaks last."""
    samples = samples.combine_chunks()
    if samples.num_rows == 0:
        return samples
    metric, participant, t = _place(samples)
    same = (metric[1:] == metric[:-1]) & (participant[1:] == participant[:-1])
    before = (metric[1:] > metric[:-1]) | (
        (metric[1:] == metric[:-1]) & (participant[1:] > participant[:-1])
    )
    if bool((before | (same & (t[1:] > t[:-1]))).all()):
        return samples
    order = np.lexsort((samples["as_of"].to_numpy(), t, participant, metric))
    metric, participant, t = metric[order], participant[order], t[order]
    last = np.ones(len(order), bool)
    last[:-1] = (
        (metric[1:] != metric[:-1]) | (participant[1:] != participant[:-1]) | (t[1:] != t[:-1])
    )
    return samples.take(pa.array(order[last]))


def settle(
    incoming: pa.Table, kept: pa.Table, shadowed: pa.Table, replaced: Replaced | None
) -> Settled:
    """Unite incoming samples with those kept and shadowed on the touched metric-days.

    All three have the schema SAMPLES. On the `replaced` metric-days the incoming samples are all
    that their source has: its kept samples that are not among them are withdrawn. None merges
    without withdrawing.
    """
    standing = pa.concat_tables([kept, shadowed]).unify_dictionaries()
    if replaced is not None:
        theirs = pc.equal(standing["source"].cast(pa.string()), replaced.source).to_numpy()
        there = np.isin(day_keys(standing), replaced.days)
        standing = standing.filter(pa.array(~(theirs & there)))
    everything = pa.concat_tables([standing, incoming]).unify_dictionaries().combine_chunks()
    vendors = [VENDORS.get(name, name) for name in pc.unique(everything["source"]).to_pylist()]
    if len(set(vendors)) <= 1:
        served, outranked = ordered(everything), SAMPLES.empty_table()
    else:
        served, outranked = _ranked(everything, sorted(set(vendors)))
    return Settled(
        served,
        outranked,
        change(kept, served),
        change(shadowed, outranked, by_source=True),
    )


def _ranked(samples: pa.Table, vendors: list[str]) -> tuple[pa.Table, pa.Table]:
    """The samples to serve and those to shadow, a vendor for each metric-day."""
    names = samples["source"].cast(pa.string()).to_pylist()
    vendor = np.array([vendors.index(VENDORS.get(name, name)) for name in names])
    united = [ordered(samples.filter(pa.array(vendor == v))) for v in range(len(vendors))]
    best: dict[int, tuple[bool, int, int, int]] = {}
    for v, table in enumerate(united):
        for key, minutes, as_of in zip(*_minutes(table), strict=True):
            merit = (vendors[v] not in GENERIC, int(minutes), int(as_of), -v)
            best[int(key)] = max(best.get(int(key), merit), merit)
    served, outranked = [], []
    for v, table in enumerate(united):
        mine = np.array([k for k, merit in best.items() if -merit[3] == v], np.int64)
        chosen = np.isin(day_keys(table), mine)
        served.append(table.filter(pa.array(chosen)))
        outranked.append(table.filter(pa.array(~chosen)))
    together = pa.concat_tables(served).unify_dictionaries()
    return ordered(together), pa.concat_tables(outranked).unify_dictionaries().combine_chunks()


def _minutes(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Per metric-day: its key, how many minutes hold a sample, the newest as_of."""
    key = day_keys(table)
    minute = table["t"].cast(pa.int64()).to_numpy() // MINUTE_MS
    order = np.lexsort((minute, key))
    key, minute, as_of = key[order], minute[order], table["as_of"].to_numpy()[order]
    days, first = np.unique(key, return_index=True)
    new = np.ones(len(key), np.int64)
    new[1:] = (key[1:] != key[:-1]) | (minute[1:] != minute[:-1])
    if not len(days):
        return days, np.empty(0, np.int64), np.empty(0, np.int64)
    return days, np.add.reduceat(new, first), np.maximum.reduceat(as_of, first).astype(np.int64)


def change(kept: pa.Table, wanted: pa.Table, by_source: bool = False) -> Change:
    """What turns the kept rows into the wanted ones; rows that stay as they are are left out.

    With `by_source`, rows of one time and different sources stand beside each other.
    """
    if kept.num_rows == 0:
        return Change(wanted, wanted.slice(0, 0))
    both = pa.concat_tables([kept, wanted]).unify_dictionaries().combine_chunks()
    metric, participant, t = _place(both)
    source = both["source"].combine_chunks().indices.to_numpy()
    is_wanted = np.arange(both.num_rows) >= kept.num_rows
    beside = source.astype(np.int64) * by_source
    order = np.lexsort((is_wanted, beside, t, participant, metric))
    place = np.stack([metric[order], participant[order], t[order], beside[order]])
    rest = np.stack(
        [
            both["offset"].to_numpy()[order].astype(np.int64),
            both["value"].to_numpy()[order].view(np.int64),
            source[order].astype(np.int64),
            both["as_of"].to_numpy()[order].astype(np.int64),
        ]
    )
    paired = np.zeros(len(order), bool)  # this row and the one before share their place
    paired[1:] = (place[:, 1:] == place[:, :-1]).all(axis=0)
    same = np.zeros(len(order), bool)
    same[1:] = paired[1:] & (rest[:, 1:] == rest[:, :-1]).all(axis=0)
    answered = np.zeros(len(order), bool)
    answered[:-1] = paired[1:]
    new = is_wanted[order]
    return Change(
        write=both.take(pa.array(order[new & ~same])),
        withdraw=both.take(pa.array(order[~new & ~answered])),
    )


def _place(
    samples: pa.Table,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    return (
        metric_codes(samples),
        samples["participant"].to_numpy().astype(np.int64),
        samples["t"].cast(pa.int64()).to_numpy(),
    )


def located(table: pa.Table, metric: str) -> pa.Table:
    """Rows of one metric as a store returns them, in the schema SAMPLES."""
    name = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(table.num_rows, np.int32)), pa.array([metric])
    )
    source = table["source"].cast(pa.string()).combine_chunks().dictionary_encode()
    columns = {"metric": name, "source": source.cast(NAMES)}
    arrays = [columns[f.name] if f.name in columns else table[f.name].cast(f.type) for f in SAMPLES]
    return pa.Table.from_arrays(arrays, schema=SAMPLES)
