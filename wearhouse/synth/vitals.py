"""What the watch measures only at night, each related to the stage of sleep."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wearhouse.synth.calendar import Floats
from wearhouse.synth.cast import Body
from wearhouse.synth.sleep import DEEP, LIGHT, REM, Night

CALM = np.array([0.75, 1.0, 1.2, 0.85])  # of variability, by stage
BREATHING = {"deepSleepSummary": (DEEP, -0.6), "lightSleepSummary": (LIGHT, 0.0),
             "remSleepSummary": (REM, 0.9)}  # fmt: skip
EVERY_HRV = 5


@dataclass(frozen=True, slots=True)
class Vitals:
    """One night: oxygen a minute, variability every five, and the night's single values."""

    spo2: Floats
    rmssd: Floats
    coverage: Floats
    low_frequency: Floats
    high_frequency: Floats
    breathing: dict[str, float]
    temperature: float


def vitals(body: Body, night: Night, rng: np.random.Generator) -> Vitals:
    """The vital signs of a night."""
    stages: NDArray[np.int8] = night.stages[::2]
    dips = np.convolve(rng.standard_normal(len(stages)), np.full(4, 0.3), "same")
    spo2 = body.spo2 + dips - 0.4 * (stages == REM) - 3 * (rng.random(len(stages)) < 0.01)
    windows = stages[:-EVERY_HRV:EVERY_HRV]
    rmssd = (
        body.rmssd * CALM[windows] * rng.lognormal(0, 0.14) * rng.lognormal(0, 0.16, len(windows))
    )
    high = rmssd**2 * rng.lognormal(-0.7, 0.3, len(windows))
    low = high * rng.lognormal(0.4, 0.4, len(windows)) * np.where(windows == DEEP, 0.6, 1.2)
    tonight = body.breathing + rng.normal(0, 0.3)
    breathing = {
        name: round(float(tonight + shift + rng.normal(0, 0.2)), 1)
        if (night.stages == stage).any()
        else -1
        for name, (stage, shift) in BREATHING.items()
    }
    return Vitals(
        spo2=spo2.clip(88, 100),
        rmssd=rmssd.clip(5, 220),
        coverage=rng.beta(30, 1.5, len(windows)),
        low_frequency=low.clip(1, 30_000),
        high_frequency=high.clip(1, 30_000),
        breathing={**breathing, "fullSleepSummary": round(float(tonight), 1)},
        temperature=round(float(np.clip(rng.normal(0, 0.45), -2, 2)), 1) + 0.0,  # no -0.0
    )
