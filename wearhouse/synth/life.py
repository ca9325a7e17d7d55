"""One participant's whole study: what the body did and what the watch saw of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wearhouse.synth.body import cadence, effort_mets, heart_rate, steps
from wearhouse.synth.calendar import Calendar, Floats, Ints, Mask
from wearhouse.synth.cast import Person
from wearhouse.synth.sleep import WAKE, Night, hypnogram, nights
from wearhouse.synth.vitals import Vitals, vitals
from wearhouse.synth.wearing import Wear, wear

# Seconds between two heart rates: mostly five, some ten, the rest from one to fifteen.
SPACINGS = np.repeat(
    [5, 10, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 15], [36, 9, 3, 3, 4, 3, 2, 2, 1, 1, 1, 1, 1]
)


@dataclass(frozen=True)
class Life:
    """Minute by minute on the calendar's axis; `heart` holds one more, the end of the last."""

    person: Person
    calendar: Calendar
    heart: Floats
    steps: Ints
    mets: Floats
    asleep: Mask
    wear: Wear
    nights: dict[int, Night]  # that the watch recorded from end to end, by date
    vitals: dict[int, Vitals]

    def per_day(self, amount: Ints | Mask) -> Ints:
        """Sums of an amount a minute over each date, of the minutes that were uploaded."""
        seen = np.where(self.wear.uploaded, amount, 0)
        days = len(self.calendar.dates)
        return np.bincount(self.calendar.day, seen, minlength=days).astype(np.int64)


@dataclass(frozen=True)
class Beats:
    """Heart rates as sampled: seconds on the calendar's axis, and whole beats a minute."""

    second: Ints
    rate: NDArray[np.uint8]
    bounds: Ints  # where each date begins among them, and where the last ends


def live(person: Person, calendar: Calendar, rng: np.random.Generator) -> Life:
    """Let the person live through the study."""
    body = person.body
    slept = nights(body, calendar, rng)
    stages = hypnogram(slept, calendar.minutes)
    pace = cadence(body, calendar, stages[::2] < 0, rng)
    heart = heart_rate(body, calendar, stages, pace, rng)
    taken = steps(pace, rng)
    asleep = (stages[::2] > WAKE) & (stages[1::2] > WAKE)
    worn = wear(person, calendar, slept, rng)
    recorded = {night.day: night for night in slept if _was_recorded(night, calendar, worn)}
    return Life(
        person,
        calendar,
        heart,
        taken,
        effort_mets(body, heart[:-1], taken, asleep),
        asleep,
        worn,
        recorded,
        {day: vitals(body, night, rng) for day, night in recorded.items()},
    )


def beats(life: Life, rng: np.random.Generator) -> Beats:
    """The uploaded heart rates, some five seconds apart."""
    total = life.calendar.minutes * 60
    drawn = rng.integers(0, len(SPACINGS), int(total / SPACINGS.mean() * 1.02) + 100, np.uint8)
    second = np.cumsum(SPACINGS[drawn])
    second = second[: np.searchsorted(second, total)]
    second = second[life.wear.uploaded[second // 60]]
    minute, within = np.divmod(second, 60)
    flutter = np.convolve(
        rng.standard_normal(len(second) + 4, np.float32), np.full(5, 0.4), "valid"
    )
    slope = np.diff(life.heart)
    rate = life.heart[minute] + slope[minute] * (within / 60) + flutter
    edges = np.append(life.calendar.starts, life.calendar.minutes) * 60
    return Beats(
        second, np.rint(rate).clip(30, 220).astype(np.uint8), np.searchsorted(second, edges)
    )


def _was_recorded(night: Night, calendar: Calendar, worn: Wear) -> bool:
    over = (night.end + 1) // 2
    if night.start < 0 or night.day >= len(calendar.dates) or over > calendar.minutes:
        return False
    return bool(worn.uploaded[night.start // 2 : over].all())
