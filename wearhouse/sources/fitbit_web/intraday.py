"""What Fitbit states within a day: every second, minute or five minutes."""

import numpy as np
import orjson
import pyarrow.compute as pc

from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import Document, Json, keyed, listed
from wearhouse.sources.records import read_records
from wearhouse.sources.values import day

# The array of a day, with the metric and what turns its values into the metric's unit.
INTRADAY = {
    "activities-heart-intraday": ("heart_rate", 1.0),
    "activities-steps-intraday": ("steps", 1.0),
    "activities-distance-intraday": ("distance", 1000.0),
    "activities-calories-intraday": ("calories", 1.0),
    "activities-floors-intraday": ("floors", 1.0),
}

MINUTES = {
    "spo2": {"value": "spo2"},
    "hrv": {
        "rmssd": "hrv_rmssd",
        "coverage": "hrv_coverage",
        "hf": "hrv_hf",
        "lf": "hrv_lf",
    },
    "activities-active-zone-minutes-intraday": {
        "activeZoneMinutes": "active_zone_minutes",
        "fatBurnActiveZoneMinutes": "active_zone_minutes_fat_burn",
        "cardioActiveZoneMinutes": "active_zone_minutes_cardio",
        "peakActiveZoneMinutes": "active_zone_minutes_peak",
    },
}


def read_of_day(document: Document, key: str, tree: dict[str, Json], batches: Batches) -> None:
    """An array whose times lack a date: the entry of the day beside it says which."""
    metric, scale = INTRADAY[key]
    entries = listed(tree.get(key.removesuffix("-intraday")))
    date = day(keyed(entries[0]).get("dateTime")) if len(entries) == 1 else None
    array = keyed(tree[key]).get("dataset")
    _read(document, array, {"value": metric}, date, batches, scale)


def read_minutes(document: Document, key: str, entries: list[Json], batches: Batches) -> None:
    """Entries that hold their date and an array of minutes."""
    for entry in map(keyed, entries):
        date = day(entry.get("dateTime"))
        _read(document, entry.get("minutes"), MINUTES[key], date, batches)


def _read(
    document: Document,
    array: Json,
    metrics: dict[str, str],
    date: int | None,
    batches: Batches,
    scale: float = 1.0,
) -> None:
    content = document.array(array)
    if not content:
        return
    records = read_records(content, tuple(metrics), date, document.file)
    start = batches.place(records.total)
    for field, values in records.values.items():
        positions = start + records.index
        t = records.t
        if values.null_count:
            present = np.flatnonzero(values.is_valid().to_numpy(zero_copy_only=False))
            t, positions, values = t[present], positions[present], values.take(present)
        if len(t):
            scaled = values if scale == 1.0 else pc.multiply(values, scale)
            batches.column(metrics[field], t, scaled, positions)
    for index, reason, record in records.bad:
        batches.reject(start + index, reason, orjson.dumps(record).decode())
