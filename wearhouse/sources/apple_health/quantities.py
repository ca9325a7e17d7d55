"""Quantities of Apple Health as columns: which metric each is, and its unit."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.samples import PARSED_SAMPLES, constant, rejects
from wearhouse.sources.apple_health.minutes import Amounts, Minutes, Numbers
from wearhouse.sources.columns import MS, lenient, numbers
from wearhouse.sources.sift import Mask, as_mask, sift
from wearhouse.window import DAY_MS, EARLIEST, LATEST, MINUTE_MS, millis

TIME = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$"


@dataclass(frozen=True)
class Quantity:
    """A metric, and what turns each unit of an export into the metric's own."""

    metric: str
    units: dict[str, float]
    spread: bool = False  # an amount over a stretch of time, which several devices may count
    daily: bool = False


QUANTITIES = {
    "HeartRate": Quantity("heart_rate", {"count/min": 1}),
    "RestingHeartRate": Quantity("resting_heart_rate", {"count/min": 1}, daily=True),
    "OxygenSaturation": Quantity("spo2", {"%": 100}),
    "RespiratoryRate": Quantity("breathing_rate", {"count/min": 1}),
    "BodyMass": Quantity("weight", {"kg": 1, "g": 0.001, "lb": 0.45359237, "st": 6.35029318}),
    "BodyFatPercentage": Quantity("body_fat", {"%": 100}),
    "VO2Max": Quantity("vo2_max", {"mL/min·kg": 1, "ml/(kg*min)": 1}, daily=True),
    "StepCount": Quantity("steps", {"count": 1}, spread=True),
    "FlightsClimbed": Quantity("floors", {"count": 1}, spread=True),
    "DistanceWalkingRunning": Quantity(
        "distance", {"m": 1, "km": 1000, "mi": 1609.344, "ft": 0.3048, "yd": 0.9144}, spread=True
    ),
}

LEFT_OUT = {
    "HeartRateVariabilitySDNN": "SDNN, which is not RMSSD",
    "ActiveEnergyBurned": "active energy, which is not all energy",
    "BasalEnergyBurned": "basal energy, which is not all energy",
}
"""Quantities that are close to a metric but are not it."""


class Records:
    """Records of one quantity as they are written, until there are enough to make columns of."""

    def __init__(self, quantity: Quantity) -> None:
        self.quantity = quantity
        self.rows: list[tuple[str, str, str, str, int, int]] = []

    def take(self, minutes: Minutes) -> tuple[pa.Table, pa.Table]:
        """Samples and rejects. Amounts over a stretch of time go to the minutes instead."""
        starts, ends, units, values, source, position = zip(*self.rows, strict=True)
        self.rows = []
        start, offset = times(pa.array(starts))
        end, end_offset = times(pa.array(ends))
        scale, known = self._scale(pa.array(units).dictionary_encode())
        value = numbers(pa.array(values)).fill_null(np.nan).to_numpy() * scale
        places = np.array(position, np.int64)

        def text(place: int) -> str:
            row = int(np.searchsorted(places, place))
            return f"{self.quantity.metric} {starts[row]} {values[row]} {units[row]}"

        wall = start.cast(pa.int64()).fill_null(0).to_numpy()
        utc = wall - offset.fill_null(0).to_numpy().astype(np.int64) * MINUTE_MS
        until = end.cast(pa.int64()).fill_null(0).to_numpy()
        until = until - end_offset.fill_null(0).to_numpy().astype(np.int64) * MINUTE_MS
        impossible = as_mask(start.is_null())
        faults = [
            (impossible, "the time is impossible"),
            (~known, "the unit is not known"),
            (~np.isfinite(value), "the value is not a number"),
        ]
        if self.quantity.spread:
            length = until - utc
            wrong = as_mask(end.is_null()) | (length < 0) | (length > DAY_MS)
            never = (utc < millis(EARLIEST)) | (utc >= millis(LATEST))
            faults.append((wrong, "it does not end within a day after it starts"))
            faults.append((never, f"the time is not from {EARLIEST.year} to {LATEST.year}"))
        nobody = constant("", len(places))
        good, refused = sift(faults, nobody, places, text)
        kept = np.flatnonzero(good)
        if self.quantity.spread:
            east = offset.fill_null(0).to_numpy().astype(np.int64)
            amounts = Amounts(
                utc[kept], until[kept], value[kept], east[kept], np.array(source)[kept]
            )
            minutes.add(self.quantity.metric, amounts)
            return PARSED_SAMPLES.empty_table(), rejects(refused)
        if self.quantity.daily:
            wall = wall // DAY_MS * DAY_MS
        samples = pa.Table.from_arrays(
            [
                constant("", len(kept)),
                constant(self.quantity.metric, len(kept)),
                pa.array(wall[kept]).cast(MS),
                offset.take(pa.array(kept)),
                pa.array(value[kept]),
                pa.array(places[kept]),
            ],
            schema=PARSED_SAMPLES,
        )
        return samples, rejects(refused)

    def _scale(self, units: pa.DictionaryArray) -> tuple[Numbers, Mask]:
        scales = [self.quantity.units.get(unit, np.nan) for unit in units.dictionary.to_pylist()]
        scale = np.array(scales)[units.indices.to_numpy()]
        return scale, np.isfinite(scale)


def times(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Wall times such as 2018-09-10 02:28:55 -0700 and their minutes east of UTC, null if bad."""
    written = pc.match_substring_regex(texts, TIME)
    if not pc.all(written, skip_nulls=False).as_py():
        texts = pc.if_else(written, texts, None)
    wall = lenient(pc.utf8_slice_codeunits(texts, 0, 19), MS)
    offsets = pc.utf8_slice_codeunits(texts, 20, 25).dictionary_encode()
    east = [_minutes(text) for text in offsets.dictionary.to_pylist()]
    return wall, pa.array(east, pa.int16()).take(offsets.indices)


def _minutes(text: str) -> int:
    return (-1 if text[0] == "-" else 1) * (60 * int(text[1:3]) + int(text[3:5]))
