"""Nights: cycles of about ninety minutes, deep early, REM late, with short wakes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wearhouse.synth.calendar import Calendar, Ints, Mask
from wearhouse.synth.cast import Body

STAGES = ("wake", "light", "deep", "rem")
WAKE, LIGHT, DEEP, REM = range(4)
CYCLE = 180  # half minutes


@dataclass(frozen=True, slots=True)
class Night:
    """One main sleep in half minutes: the stage of each, and the short wakes laid over them."""

    day: int  # the date on which it ends
    start: int  # half minutes of the calendar's axis; negative before the study
    stages: NDArray[np.int8]
    short_wakes: Mask

    @property
    def end(self) -> int:
        return self.start + len(self.stages)

    @property
    def asleep(self) -> Mask:
        awake: Mask = (self.stages == WAKE) | self.short_wakes
        return ~awake


def nights(body: Body, calendar: Calendar, rng: np.random.Generator) -> list[Night]:
    """One night per date, and the one that begins on the last evening."""
    weekend = [*calendar.weekend.tolist(), False]
    midnights = [*calendar.starts.tolist(), int(calendar.ends[-1])]
    found = []
    for day, (midnight, late) in enumerate(zip(midnights, weekend, strict=True)):
        bed = body.bed + rng.normal(40 if late else 0, 18)
        length = body.sleep + rng.normal(30 if late else 0, 25)
        stages = _stages(int(np.clip(length, 300, 600)) * 2, rng)
        start = round((midnight + float(bed)) * 2)
        found.append(Night(day, start, stages, _short_wakes(stages, rng)))
    return found


def hypnogram(found: list[Night], minutes: int) -> NDArray[np.int8]:
    """The stage of every half minute of the axis; -1 where nobody is in bed."""
    stages = np.full(minutes * 2, -1, np.int8)
    for night in found:
        kept = slice(max(0, -night.start), max(0, len(stages) - night.start))
        seen = np.where(night.short_wakes, WAKE, night.stages)[kept]
        start = max(0, night.start)
        stages[start : start + len(seen)] = seen
    return stages


def runs(of: NDArray[np.int8]) -> Iterator[tuple[int, int, int]]:
    """Runs of equal values: value, start, length."""
    starts = np.flatnonzero(np.diff(of, prepend=of[0] - 1))
    lengths = np.diff(starts, append=len(of))
    yield from zip(of[starts].tolist(), starts.tolist(), lengths.tolist(), strict=True)


def _stages(length: int, rng: np.random.Generator) -> NDArray[np.int8]:
    latency, rising = rng.integers(6, 24), rng.integers(2, 12)
    cycles = max(1, round(length / CYCLE))
    parts: list[tuple[int, float]] = [(WAKE, float(latency))]
    for cycle, jitter in enumerate(rng.uniform(0.85, 1.15, cycles)):
        span = (length - latency) / cycles * jitter
        deep, rem = max(0.02, 0.36 - 0.1 * cycle), min(0.36, 0.1 + 0.07 * cycle)
        light = 1 - deep - rem
        parts += [(LIGHT, span * light * 0.55), (DEEP, span * deep)]
        parts += [(LIGHT, span * light * 0.45), (REM, span * rem)]
        if rng.random() < 0.3:
            parts.append((WAKE, float(rng.integers(8, 20))))
    parts.append((LIGHT, length))
    levels, spans = zip(*parts, strict=True)
    stages = np.repeat(np.array(levels, np.int8), np.rint(spans).astype(int))[:length]
    stages[-rising:] = WAKE
    return stages


def _short_wakes(stages: NDArray[np.int8], rng: np.random.Generator) -> Mask:
    wakes = np.zeros(len(stages), bool)
    starts: Ints = np.cumsum(rng.integers(20, 80, len(stages) // 20))
    lengths = rng.integers(1, 7, len(starts))
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        # Off the edges of a long wake, which it would only lengthen.
        around = stages[start - 2 : start + length + 2]
        if len(around) == length + 4 and (around != WAKE).all():
            wakes[start : start + length] = True
    return wakes
