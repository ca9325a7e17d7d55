"""Steps, heart rate and energy of every minute, from what the person does and how they sleep."""

import numpy as np
from numpy.typing import NDArray

from wearhouse.synth.calendar import Calendar, Floats, Ints, Mask
from wearhouse.synth.cast import Body
from wearhouse.synth.sleep import DEEP, LIGHT, REM, WAKE

LIFT = {-1: 11.0, WAKE: 5.0, LIGHT: -3.0, DEEP: -6.0, REM: 0.5}
BOUTS_A_DAY = 12


def cadence(body: Body, calendar: Calendar, up: Mask, rng: np.random.Generator) -> Floats:
    """Steps a minute that the person means to take: walks, chores, and a workout on some days."""
    days, minutes = len(calendar.dates), calendar.minutes
    eager = rng.lognormal(0, 0.2, days) * np.where(calendar.weekend, 0.9, 1.0) * body.vigour
    walks = rng.poisson(BOUTS_A_DAY * eager)
    sporty = rng.random(days) < body.workouts * np.where(calendar.weekend, 1.4, 1.0)
    day = np.concatenate([np.repeat(np.arange(days), walks), np.flatnonzero(sporty)])
    count, workouts = int(walks.sum()), int(sporty.sum())
    # A workout is in the two hours after getting up or towards the evening.
    at = np.concatenate([rng.uniform(30, 930, count), rng.choice([70.0, 640.0], workouts)])
    length = np.concatenate([rng.gamma(1.6, 3.6, count) + 1, rng.uniform(25, 60, workouts)])
    pace = np.concatenate([rng.normal(84, 16, count), rng.normal(148, 12, workouts)])
    start = (calendar.starts[day] + body.bed + body.sleep + at).astype(np.int64) % minutes
    end = np.minimum(start + length.astype(np.int64), minutes)
    change = np.zeros(minutes + 1)
    np.add.at(change, start, pace.clip(40, 175))
    np.add.at(change, end, -pace.clip(40, 175))
    pottering = (rng.random(minutes) < 0.12) * rng.gamma(2, 8, minutes)
    return (np.cumsum(change)[:-1] + pottering).clip(0, 185) * up


def heart_rate(
    body: Body,
    calendar: Calendar,
    stages: NDArray[np.int8],
    pace: Floats,
    rng: np.random.Generator,
) -> Floats:
    """The heart rate at the start of every minute, and at the end of the last."""
    rest = np.array([LIFT[stage] for stage in (-1, WAKE, LIGHT, DEEP, REM)])[stages[::2] + 1]
    effort = (pace / 180) ** 1.4 * 0.8 * body.reserve
    after = np.arange(40)
    answer = np.exp(-after / 4.5) - np.exp(-after / 1.1)  # lags, and recovers slowly
    driven = np.convolve(rest + effort, answer / answer.sum())[: calendar.minutes]
    driven[: len(after)] = (rest + effort)[: len(after)]
    nadir = body.bed + body.sleep * 0.6
    circadian = -3.5 * np.cos((calendar.of_day - nadir) * (2 * np.pi / 1440))
    drift = np.convolve(rng.normal(0, 1.2, len(calendar.dates) + 4), np.full(5, 0.45), "valid")
    ripple = np.convolve(rng.standard_normal(calendar.minutes), np.exp(-after / 7))
    restless = np.where(stages[::2] >= 0, 0.6, 1.5) * ripple[: calendar.minutes]
    rate = body.resting + driven + circadian + drift[calendar.day] + restless
    highest = body.resting + body.reserve
    return np.append(rate, rate[-1]).clip(36, highest)


def steps(pace: Floats, rng: np.random.Generator) -> Ints:
    """Steps taken in every minute."""
    return rng.poisson(pace).astype(np.int64)


def effort_mets(body: Body, heart: Floats, taken: Ints, asleep: Mask) -> Floats:
    """Energy of every minute as a multiple of rest."""
    reserve = ((heart - body.resting) / body.reserve).clip(0, 1)
    moving = 1 + taken / 40 + 4 * reserve * (taken > 60)
    return np.where(asleep, 0.95, np.maximum(moving, 1.15)).clip(0.9, 16)
