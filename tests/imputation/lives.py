"""Made-up people: an ordinary day, slow and fast departures from it, walks, and gaps."""

from dataclasses import replace

import numpy as np

from wearhouse.imputation import Minutes

DAY = 1_440
START = 28_000_800  # 2023-03-29 00:00 UTC, in minutes


def somebody(days: int = 14, seed: int = 0, participant: int = 1) -> Minutes:
    """Worn throughout; steps known throughout; heart rate follows the hour and the walks."""
    rng = np.random.default_rng(seed)
    n = days * DAY
    clock = np.arange(n) % DAY
    walks = np.repeat(rng.random(n // 20) < 0.12, 20) & (clock > 420) & (clock < 1_320)
    steps = np.where(walks, rng.poisson(80, n), 0).astype(float)
    slow = np.cumsum(rng.standard_normal(n)) * 0.002
    slow -= np.convolve(slow, np.ones(600) / 600, mode="same")
    day = 62 + 9 * np.sin(2 * np.pi * (clock - 480) / DAY)
    beats = day * np.exp(slow + 0.03 * rng.standard_normal(n)) + 0.25 * steps
    return Minutes(
        participant=participant,
        metric="heart_rate",
        start=START,
        value=np.clip(beats, 40, 190),
        steps=steps,
        worn=np.zeros(n, bool),
        barred=np.zeros(n, bool),
        offset=np.zeros(n, np.int16),
    )


def without(minutes: Minutes, start: int, length: int, *, steps: float = np.nan) -> Minutes:
    """The same person with a gap, in which the device wrote these steps a minute (NaN: none)."""
    value, walked = minutes.value.copy(), minutes.steps.copy()
    value[start : start + length] = np.nan
    walked[start : start + length] = steps
    return replace(minutes, value=value, steps=walked)


def at(day: int, hour: int, minute: int = 0) -> int:
    """A position on the grid of somebody."""
    return day * DAY + hour * 60 + minute
