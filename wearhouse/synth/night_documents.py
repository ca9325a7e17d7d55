"""The vendor's nightly documents: sleep, oxygen, variability, breathing, skin temperature."""

from typing import Any

import numpy as np

from wearhouse.synth.calendar import Ints
from wearhouse.synth.life import Life
from wearhouse.synth.rows import TENTHS, document, rows
from wearhouse.synth.sleep import STAGES, WAKE, Night, runs
from wearhouse.synth.vitals import EVERY_HRV

HALF_MINUTE = 30


def sleep(life: Life, days: list[int]) -> bytes:
    """Sleep logs with stages, and with the short wakes that overlay them."""
    found = [_log(life, life.nights[day]) for day in days if day in life.nights]
    return document({"sleep": found} if found else {})


def spo2(life: Life, days: list[int]) -> bytes:
    """Oxygen saturation of every minute of sleep."""
    second = life.person.index % 60  # the vendor's minutes sit on odd seconds
    found = []
    for day in days:
        if day in life.nights:
            values = life.vitals[day].spo2
            minute = life.nights[day].start + 2 * np.arange(len(values))
            shown = [f'"{text[:17]}{second:02}"' for text in _shown(life, minute, day)]
            tenths = np.rint(values * 10).astype(np.int64)
            found.append(
                {
                    "dateTime": f"{life.calendar.dates[day]}",
                    "minutes": rows({"value": TENTHS[tenths], "minute": np.array(shown, "S21")}),
                }
            )
    return document(found)


def hrv(life: Life, days: list[int]) -> bytes:
    """Heart rate variability of every five minutes of sleep."""
    found = []
    for day in days:
        if day in life.nights:
            tonight = life.vitals[day]
            start = -(-life.nights[day].start // (2 * EVERY_HRV)) * 2 * EVERY_HRV
            minute = start + 2 * EVERY_HRV * np.arange(len(tonight.rmssd))
            minutes = [
                {
                    "minute": f"{shown}.000",
                    "value": {"rmssd": rmssd, "coverage": coverage, "hf": high, "lf": low},
                }
                for shown, rmssd, coverage, high, low in zip(
                    _shown(life, minute, day),
                    tonight.rmssd.round(3).tolist(),
                    tonight.coverage.round(3).tolist(),
                    tonight.high_frequency.round(3).tolist(),
                    tonight.low_frequency.round(3).tolist(),
                    strict=True,
                )
            ]
            found.append({"dateTime": f"{life.calendar.dates[day]}", "minutes": minutes})
    return document({"hrv": found} if found else {})


def breathing(life: Life, days: list[int]) -> bytes:
    """Breaths a minute, of the night and of its stages."""
    found = [
        {
            "dateTime": f"{life.calendar.dates[day]}",
            "value": {
                name: {"breathingRate": rate} for name, rate in life.vitals[day].breathing.items()
            },
        }
        for day in days
        if day in life.vitals
    ]
    return document({"br": found} if found else {})


def skin_temperature(life: Life, days: list[int]) -> bytes:
    """How much warmer or colder than usual the skin was."""
    found = [
        {
            "dateTime": f"{life.calendar.dates[day]}",
            "logType": "dedicated_temp_sensor",
            "value": {"nightlyRelative": life.vitals[day].temperature},
        }
        for day in days
        if day in life.vitals
    ]
    return document({"tempSkin": found} if found else {})


def _shown(life: Life, half_minutes: Ints, day: int) -> list[str]:
    """Instants of a night on the clock of the date on which it ends."""
    civil = life.calendar.civil_ms(half_minutes, day).astype("datetime64[ms]")
    texts: list[str] = np.datetime_as_string(civil, "s").tolist()
    return texts


def _log(life: Life, night: Night) -> dict[str, Any]:
    stages = list(runs(night.stages))
    short = [
        (start, length) for wake, start, length in runs(night.short_wakes.view(np.int8)) if wake
    ]
    starts = night.start + np.array([start for _, start, _ in stages])
    woken = night.start + np.array([start for start, _ in short], np.int64)
    ends = np.array([night.start, night.end])
    start, end = _shown(life, ends, night.day)
    asleep, in_bed = int(night.asleep.sum()), len(night.stages)
    return {
        "dateOfSleep": f"{life.calendar.dates[night.day]}",
        "duration": in_bed * HALF_MINUTE * 1000,
        "efficiency": round(100 * asleep / in_bed),
        "endTime": f"{end}.000",
        "infoCode": 0,
        "isMainSleep": True,
        "levels": {
            "data": [
                {"dateTime": f"{shown}.000", "level": STAGES[stage], "seconds": n * HALF_MINUTE}
                for shown, (stage, _, n) in zip(
                    _shown(life, starts, night.day), stages, strict=True
                )
            ],
            "shortData": [
                {"dateTime": f"{shown}.000", "level": "wake", "seconds": n * HALF_MINUTE}
                for shown, (_, n) in zip(_shown(life, woken, night.day), short, strict=True)
            ],
            "summary": _summary(night),
        },
        "logId": (life.calendar.origin * 60 + night.start * HALF_MINUTE) * 1000 + life.person.index,
        "logType": "auto_detected",
        "minutesAfterWakeup": 0,
        "minutesAsleep": asleep // 2,
        "minutesAwake": in_bed // 2 - asleep // 2,
        "minutesToFallAsleep": 0,
        "startTime": f"{start}.000",
        "timeInBed": in_bed // 2,
        "type": "stages",
    }


def _summary(night: Night) -> dict[str, Any]:
    seen = np.where(night.short_wakes, np.int8(WAKE), night.stages)
    spells = [stage for stage, _, _ in runs(seen)]
    return {
        name: {"count": spells.count(stage), "minutes": int((seen == stage).sum()) // 2}
        for stage, name in enumerate(STAGES)
    }
