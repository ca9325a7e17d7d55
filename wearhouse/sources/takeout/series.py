"""Series of JSON records, such as {"dateTime": "04/13/16 07:01:00", "value": {"bpm": 62}}."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.samples import Parsed
from wearhouse.sources.batches import Batches
from wearhouse.sources.columns import numbers
from wearhouse.sources.documents import Json, keyed
from wearhouse.sources.files import File
from wearhouse.sources.sift import Mask, as_mask
from wearhouse.sources.takeout.arrays import blocks, us_times
from wearhouse.sources.takeout.families import Family
from wearhouse.sources.takeout.survey import Survey
from wearhouse.sources.values import number
from wearhouse.window import DAY_MS

KG_PER_POUND = 0.45359237


def read_series(file: File, family: Family, survey: Survey) -> Iterator[Parsed]:
    """The samples of a series, without padding and without those that a better copy holds."""
    clock = survey.clock(family)
    for first, rows in blocks(file):
        batches = Batches("")
        batches.place(first)
        times = us_times(_texts(rows, family))
        t = times.cast(pa.int64()).fill_null(0).to_numpy()
        timed = as_mask(times.is_valid())
        if clock == "date":
            t = t // DAY_MS * DAY_MS
        wanted = survey.wanted(family, t, np.full(len(t), clock == "utc"), None)
        for index in np.flatnonzero(~timed & ~_undated(rows, family)).tolist():
            batches.reject(first + index, "the time is impossible", rows[index])
        columns = {path: _column(rows, path) for path in family.columns}
        void = timed & ~np.any([present for _, present in columns.values()], axis=0)
        for index in np.flatnonzero(void).tolist():
            batches.reject(first + index, "the record holds no value", rows[index])
        if family.topic == "heart_rate_zones":
            # A day without a minute in any zone is one on which nothing was worn.
            wanted = wanted & (np.nansum([value for value, _ in columns.values()], axis=0) > 0)
        for path, column in family.columns.items():
            value, present = columns[path]
            wrong = timed & present & ~np.isfinite(value)
            for index in np.flatnonzero(wrong).tolist():
                batches.reject(first + index, f"{column.metric} is not a number", rows[index])
            there = np.isfinite(value) & ~np.isin(value, family.missing)
            kept = np.flatnonzero(timed & wanted & there)
            scaled = pa.array(value[kept] * column.scale)
            batches.column(column.metric, t[kept], scaled, first + kept)
        taken = batches.take()
        yield Parsed(
            taken.samples, taken.episodes, taken.rejects, "utc" if clock == "utc" else "civil"
        )


def read_weight(file: File) -> Iterator[Parsed]:
    """Weights in pounds, each with its local date and time."""
    for first, rows in blocks(file):
        batches = Batches("")
        batches.place(first)
        texts = [f"{keyed(row).get('date')} {keyed(row).get('time') or '00:00:00'}" for row in rows]
        times = us_times(pa.array(texts, pa.string())).cast(pa.int64()).to_pylist()
        for index, (row, t) in enumerate(zip(rows, times, strict=True)):
            pounds, fat = number(keyed(row).get("weight")), number(keyed(row).get("fat"))
            if t is None or pounds is None:
                batches.reject(first + index, "the weight has no time or is not a number", row)
                continue
            batches.sample("weight", t, pounds * KG_PER_POUND, first + index)
            if fat:
                batches.sample("body_fat", t, fat, first + index)
        yield batches.take()


def _texts(rows: list[Json], family: Family) -> pa.Array:
    if family.topic == "resting_heart_rate":
        texts = [keyed(keyed(row).get("value")).get("date") for row in rows]
        texts = [f"{text} 00:00:00" if isinstance(text, str) else None for text in texts]
        return pa.array(texts, pa.string())
    try:
        return pa.array([row["dateTime"] for row in rows], pa.string())  # type: ignore[index,call-overload]
    except (KeyError, TypeError, pa.ArrowException):
        found = [keyed(row).get("dateTime") for row in rows]
        return pa.array([text if isinstance(text, str) else None for text in found], pa.string())


def _undated(rows: list[Json], family: Family) -> Mask:
    """Which records say that they stand for no day."""
    if family.topic != "resting_heart_rate":
        return np.zeros(len(rows), bool)
    values = [keyed(row).get("value") for row in rows]
    return np.array([isinstance(v, dict) and v.get("date", "") is None for v in values], bool)


def _column(rows: list[Json], path: str) -> tuple[NDArray[np.float64], Mask]:
    """The numbers at a path below the value, NaN where there is none; and where there should be."""
    keys = path.split(".") if path else []
    nodes: list[Json] = [keyed(row).get("value") for row in rows]
    for key in keys:
        nodes = [keyed(node).get(key) for node in nodes]
    try:
        column = pa.array(nodes)
        if pa.types.is_string(column.type):
            column = numbers(column)
        value = column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        found = [number(node) for node in nodes]
        value = np.array([np.nan if one is None else one for one in found])
    present = np.array([node is not None for node in nodes]) if keys else np.ones(len(rows), bool)
    return np.asarray(value, float), present
