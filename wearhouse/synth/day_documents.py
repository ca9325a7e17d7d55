"""The vendor's daily documents: heart rate, steps, distance, calories, active zone minutes."""

from typing import Any

import numpy as np

from wearhouse.synth.calendar import Ints
from wearhouse.synth.life import Beats, Life
from wearhouse.synth.rows import CLOCK, HUNDREDTHS, NUMBERS, TEN_THOUSANDTHS, Texts, document, rows

# Shares of the heart rate reserve at which each zone begins.
ZONES = (("Out of Range", 0.0), ("Fat Burn", 0.4), ("Cardio", 0.6), ("Peak", 0.85))
STRIDE_KM = 0.00072


def heart(life: Life, beats: Beats, days: list[int]) -> bytes:
    """One document a day with every heart rate, and the day's zones."""
    found = []
    for day in days:
        of_day = slice(beats.bounds[day], beats.bounds[day + 1])
        minute, within = np.divmod(beats.second[of_day], 60)
        if not len(minute):
            continue
        shown = CLOCK[life.calendar.of_day[minute] * 60 + within]
        value: dict[str, Any] = {"customHeartRateZones": [], "heartRateZones": _zones(life, day)}
        night = life.nights.get(day)
        if night:
            beaten = life.heart[night.start // 2 : night.end // 2]
            value["restingHeartRate"] = round(float(beaten.mean()) + 4)
        found.append(
            {
                "activities-heart": [_dated(life, day, value)],
                "activities-heart-intraday": {
                    "dataset": rows({"time": shown, "value": NUMBERS[beats.rate[of_day]]}),
                    "datasetInterval": 1,
                    "datasetType": "second",
                },
            }
        )
    return document(found)


def steps(life: Life, days: list[int]) -> bytes:
    """Steps of every worn minute, zeros included."""
    found = []
    for day in days:
        seen = _seen(life, day)
        if len(seen):
            taken = life.steps[seen]
            found.append(_series(life, "steps", day, {"value": NUMBERS[taken]}, str(taken.sum())))
    return document(found)


def distance(life: Life, days: list[int]) -> bytes:
    """Kilometres of every worn minute."""
    found = []
    for day in days:
        seen = _seen(life, day)
        if len(seen):
            parts = np.rint(life.steps[seen] * (STRIDE_KM * 10_000)).astype(np.int64)
            total = f"{parts.sum() / 10_000:.4f}"
            found.append(_series(life, "distance", day, {"value": TEN_THOUSANDTHS[parts]}, total))
    return document(found)


def calories(life: Life, days: list[int]) -> bytes:
    """Energy of every worn minute, with the vendor's level (0 to 3) and ten times the METs."""
    found = []
    for day in days:
        seen = _seen(life, day)
        if len(seen):
            mets = life.mets[seen]
            hundredths = np.rint(mets * life.person.body.burn * 100).astype(np.int64)
            columns = {
                "level": NUMBERS[np.searchsorted([1.5, 3.0, 6.0], mets, side="right")],
                "mets": NUMBERS[np.rint(mets * 10).astype(np.int64)],
                "value": HUNDREDTHS[hundredths],
            }
            total = str(round(int(hundredths.sum()) / 100))
            found.append(_series(life, "calories", day, columns, total))
    return document(found)


def active_zone_minutes(life: Life, days: list[int]) -> bytes:
    """Minutes in the upper heart rate zones; those beyond fat burn count twice."""
    names = (None, "fatBurn", "cardio", "peak")
    found = []
    for day in days:
        seen = _seen(life, day)
        zone = _zone(life, seen)
        minutes = [
            {
                "minute": f"{shown // 60:02}:{shown % 60:02}:00",
                "value": {
                    "activeZoneMinutes": 1 if of == 1 else 2,
                    f"{names[of]}ActiveZoneMinutes": 1 if of == 1 else 2,
                },
            }
            for of, shown in zip(
                zone[zone > 0].tolist(), life.calendar.of_day[seen[zone > 0]].tolist(), strict=True
            )
        ]
        if minutes:
            found.append({"dateTime": f"{life.calendar.dates[day]}", "minutes": minutes})
    return document({"activities-active-zone-minutes-intraday": found} if found else {})


def _dated(life: Life, day: int, value: object) -> dict[str, Any]:
    return {"dateTime": f"{life.calendar.dates[day]}", "value": value}


def _seen(life: Life, day: int) -> Ints:
    start, end = life.calendar.starts[day], life.calendar.ends[day]
    seen: Ints = np.flatnonzero(life.wear.uploaded[start:end]) + start
    return seen


def _series(
    life: Life, name: str, day: int, columns: dict[str, Texts], total: str
) -> dict[str, Any]:
    shown = CLOCK[life.calendar.of_day[_seen(life, day)] * 60]
    return {
        f"activities-{name}": [_dated(life, day, total)],
        f"activities-{name}-intraday": {
            "dataset": rows({"time": shown, **columns}),
            "datasetInterval": 1,
            "datasetType": "minute",
        },
    }


def _zone(life: Life, minutes: Ints) -> Ints:
    body = life.person.body
    effort = (life.heart[minutes] - body.resting) / body.reserve
    zone: Ints = np.searchsorted([floor for _, floor in ZONES[1:]], effort, side="right")
    return zone


def _zones(life: Life, day: int) -> list[dict[str, Any]]:
    body, seen = life.person.body, _seen(life, day)
    zone = _zone(life, seen)
    spent = np.bincount(zone, minlength=len(ZONES))
    burnt = np.bincount(zone, life.mets[seen] * body.burn, minlength=len(ZONES))
    floors = [30, *(round(body.resting + share * body.reserve) for _, share in ZONES[1:]), 220]
    return [
        {
            "caloriesOut": round(float(burnt[n]), 5),
            "max": floors[n + 1],
            "min": floors[n],
            "minutes": int(spent[n]),
            "name": name,
        }
        for n, (name, _) in enumerate(ZONES)
    ]
