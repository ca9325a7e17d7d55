"""What metrics are about, in words for people who share them."""

from collections.abc import Iterable
from functools import cache

from wearhouse.metrics import METRICS

AREAS = {
    "heart": "heart rate",
    "heart_daily": "heart rate",
    "hrv": "heart rate variability",
    "hrv_daily": "heart rate variability",
    "spo2": "blood oxygen",
    "spo2_daily": "blood oxygen",
    "breathing": "breathing rate",
    "activity": "steps and activity",
    "activity_daily": "steps and activity",
    "zones": "steps and activity",
    "exercise": "workouts",
    "fitness": "cardio fitness",
    "sleep": "sleep",
    "temperature": "skin temperature",
    "body": "weight and body fat",
    "wear": "when the device is worn",
}
"""By the family of the catalogue."""


def areas(metrics: Iterable[str]) -> list[str]:
    """What these metrics are about, each area once, in the order of the catalogue."""
    families = {METRICS[name].family for name in metrics}
    return list(
        dict.fromkeys(AREAS.get(family, family) for family in _ordered() if family in families)
    )


@cache
def _ordered() -> tuple[str, ...]:
    return tuple(dict.fromkeys(metric.family for metric in METRICS.values()))
