"""The threshold explorer: how a result changes with the worn hours a day must have."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.wear.reasons import Reason

HALF_HOURS: tuple[float, ...] = tuple(n / 2 for n in range(49))

CURVE = pa.schema(
    [
        ("hours", pa.float64()),
        ("days", pa.int64()),  # closed days with at least so many worn hours
        ("days_share", pa.float64()),  # of all closed days; null if there are none
        ("people", pa.int64()),  # participants who keep at least so many days
        ("mean_steps", pa.float64()),  # of the days kept that have steps; null if none has
        ("mean_worn_hours", pa.float64()),
    ]
)


def curve(days: pa.Table, hours: Sequence[float] = HALF_HOURS, least_days: int = 1) -> pa.Table:
    """What is left at each threshold (schema CURVE), from days (schema DAYS). `least_days` is how
    many days a participant must keep to be counted."""
    lost = pc.equal(days["reason"].cast(pa.string()), str(Reason.LOST))
    kept = days.filter(pc.and_(days["closed"], pc.invert(lost)))
    closed = int(pc.sum(days["closed"].cast(pa.int64())).as_py() or 0)
    worn = kept["worn_minutes"].to_numpy().astype(np.float64)
    order = np.argsort(-worn, kind="stable")
    worn = worn[order]
    steps = kept["steps"].to_numpy()[order].astype(np.float64)
    who = kept["participant"].to_numpy()[order]
    counted = np.append(0, np.cumsum(~np.isnan(steps)))
    walked = np.append(0.0, np.cumsum(np.nan_to_num(steps)))
    total = np.append(0.0, np.cumsum(worn))
    reached = _reached(who, least_days)
    left = np.searchsorted(-worn, -np.array(hours) * 60, side="right")
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = [
            np.array(hours, np.float64),
            left,
            left / closed if closed else np.full(len(left), np.nan),
            np.searchsorted(reached, left, side="right"),
            walked[left] / counted[left],
            total[left] / left / 60,
        ]
    arrays = [
        pa.array(column, kind.type, from_pandas=True)
        for column, kind in zip(columns, CURVE, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=CURVE)


def _reached(who: np.ndarray, least_days: int) -> np.ndarray:
    """How many days must be kept for each participant to keep enough of them, in order."""
    order = np.argsort(who, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(who[order]) != 0)) if len(who) else order
    place = np.arange(len(who)) - np.repeat(starts, np.diff(starts, append=len(who)))
    return np.sort(order[place == least_days - 1] + 1)
