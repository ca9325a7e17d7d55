"""How much data a study makes: samples, and bytes as they are and in each store."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.errors import Invalid
from wearhouse.levels import LEVELS, ROLLUPS, SECONDS, Level, is_kept
from wearhouse.metrics import DAY, Metric, metric_named

DAYS_A_YEAR = 365
RAW_BYTES = 24
"""A sample as it is: time 8, value 8, participant 4, metric 2, offset from UTC 2."""

UNITS = {"s": 1, "m": 60, "h": 3_600, "d": DAY}
RATE = re.compile(r"(?P<name>\w+?)(@(?P<count>\d+(\.\d+)?)(?P<unit>[smhd]))?")

Sizes = Mapping[Level, float]
"""Bytes on disk of one row of each level, indexes included."""

STORES: dict[str, Sizes] = {
    "clickhouse": {"raw": 1.2, "1m": 9.1, "1h": 24.0, "1d": 34.0, "1w": 35.0, "1mo": 35.0},
    "timescale": {"raw": 4.3, "1m": 14.0, "1h": 280.0, "1d": 280.0, "1w": 390.0, "1mo": 690.0},
    "postgresql": {"raw": 92.0, "1m": 180.0, "1h": 280.0, "1d": 280.0, "1w": 380.0, "1mo": 660.0},
}
"""Measured with a real export, see docs/estimate.md."""

FEWEST = 10_000
"""Rows from which a measured size is trusted."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A metric and how often it is sampled; `share` is the part of the day in which it is."""

    metric: Metric
    every_s: float
    share: float = 1.0

    @property
    def a_day(self) -> float:
        return DAY / self.every_s * self.share


@dataclass(frozen=True, slots=True)
class Volume:
    """What one metric comes to."""

    metric: str
    every_s: float | None
    samples: int
    raw_bytes: int
    compressed_bytes: int | None
    stores: Mapping[str, int]
    arithmetic: str


def rate_of(text: str) -> Rate:
    """Read NAME@1s, NAME@5m, or NAME for how often the metric comes by itself."""
    match = RATE.fullmatch(text)
    if match is None:
        raise Invalid(f"metric is {text!r}; write NAME or NAME@1s (s, m, h or d).", "metric")
    metric = metric_named(match["name"])
    if metric.kind == "episode":
        raise Invalid(f"{metric.name} comes in episodes, a few dozen a day; give others.", "metric")
    if match["count"] is None:
        return Rate(metric, metric.resolution_s or DAY)
    every = float(match["count"]) * UNITS[match["unit"]]
    if every <= 0:
        raise Invalid(f"metric is {text!r}; the time between samples is above 0.", "metric")
    return Rate(metric, every)


def fitbit_mix() -> list[Rate]:
    """What a worn Fitbit sends: heart rate as often as real exports hold it, activity every minute,
    the night's metrics during a third of the day, and the day's figures."""
    night = 1 / 3
    often = [Rate(metric_named("heart_rate"), 14)]
    minutes = ("steps", "distance", "calories", "floors", "active_zone_minutes")
    nightly = ("hrv_rmssd", "hrv_hf", "hrv_lf", "hrv_coverage")
    daily = (
        "resting_heart_rate", "daily_steps", "daily_distance", "daily_calories", "daily_hrv_rmssd",
        "daily_spo2", "breathing_rate", "skin_temperature_variation",
    )  # fmt: skip
    return [
        *often,
        *(Rate(metric_named(name), 60) for name in minutes),
        *(Rate(metric_named(name), 300, night) for name in nightly),
        Rate(metric_named("spo2"), 60, night),
        *(Rate(metric_named(name), DAY) for name in daily),
    ]


def measured(stats: pa.Table) -> Sizes | None:
    """Bytes per row of each level as a store measures them; None where there is too little."""
    rows, size = dict.fromkeys(LEVELS, 0), dict.fromkeys(LEVELS, 0)
    for row in stats.filter(pc.is_in(stats["level"], pa.array(LEVELS))).to_pylist():
        rows[row["level"]] += row["rows"]
        size[row["level"]] += row["bytes"]
    if rows["raw"] < FEWEST:
        return None
    return {level: size[level] / rows[level] for level in LEVELS if rows[level]}


def estimate(
    rates: Sequence[Rate],
    participants: int,
    years: float,
    compression: float | None = None,
    stores: Mapping[str, Sizes] = STORES,
) -> list[Volume]:
    """The volume of each metric, and of all of them together in a last row called `all`.

    `compression` is the part of the bytes that it saves (0.8: four fifths)."""
    if participants < 1 or years <= 0:
        raise Invalid("An estimate needs at least one participant and some time.", "participants")
    if compression is not None and not 0 <= compression < 1:
        raise Invalid(
            f"compression is {compression:g}; write what it saves, as 0.8.", "compression"
        )
    volumes = [_volume(rate, participants, years, compression, stores) for rate in rates]
    samples = sum(volume.samples for volume in volumes)
    whole = Volume(
        metric="all",
        every_s=None,
        samples=samples,
        raw_bytes=samples * RAW_BYTES,
        compressed_bytes=_compressed(samples * RAW_BYTES, compression),
        stores={name: sum(volume.stores[name] for volume in volumes) for name in stores},
        arithmetic=_bytes_told(samples, compression),
    )
    return [*volumes, whole]


def _volume(
    rate: Rate,
    participants: int,
    years: float,
    compression: float | None,
    stores: Mapping[str, Sizes],
) -> Volume:
    days = years * DAYS_A_YEAR
    samples = round(participants * days * rate.a_day)
    rows: dict[Level, int] = {"raw": samples}
    for level in ROLLUPS:
        if is_kept(level, rate.metric):
            rows[level] = min(samples, round(participants * days * _a_day(level, rate)))
    part = "" if rate.share == 1 else f" × {rate.share:.0%} of the day"
    return Volume(
        metric=rate.metric.name,
        every_s=rate.every_s,
        samples=samples,
        raw_bytes=samples * RAW_BYTES,
        compressed_bytes=_compressed(samples * RAW_BYTES, compression),
        stores={
            name: round(sum(count * sizes.get(level, 0.0) for level, count in rows.items()))
            for name, sizes in stores.items()
        },
        arithmetic=(
            f"{participants:,} people × {years:g} years × {DAYS_A_YEAR} d × {DAY:,} s "
            f"÷ {rate.every_s:,g} s{part} = {samples:,} samples; "
            + _bytes_told(samples, compression)
        ),
    )


def _a_day(level: Level, rate: Rate) -> float:
    """How many buckets a day has at a level."""
    if level == "1mo":
        return 12 / DAYS_A_YEAR
    whole = DAY / SECONDS[level]
    return whole * rate.share if whole > 1 else whole


def _compressed(size: int, compression: float | None) -> int | None:
    return None if compression is None else round(size * (1 - compression))


def _bytes_told(samples: int, compression: float | None) -> str:
    told = f"{samples:,} × {RAW_BYTES} B = {amount(samples * RAW_BYTES)}"
    small = _compressed(samples * RAW_BYTES, compression)
    return told if small is None else f"{told}, less {compression:.0%} = {amount(small)}"


def amount(size: float) -> str:
    """Bytes for a person: 1.51 TB."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 999.5:
            return f"{size:.3g} {unit}"
        size /= 1_000
    return f"{size:,.3g} PB"


def rows_of(volumes: Sequence[Volume]) -> list[dict[str, Any]]:
    """A row for each volume, a column for each store."""
    return [
        {
            "metric": volume.metric,
            "every_s": volume.every_s,
            "samples": volume.samples,
            "raw_bytes": volume.raw_bytes,
            "compressed_bytes": volume.compressed_bytes,
            **{f"{name}_bytes": size for name, size in volume.stores.items()},
            "arithmetic": volume.arithmetic,
        }
        for volume in volumes
    ]
