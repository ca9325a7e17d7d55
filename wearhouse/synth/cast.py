"""Who takes part in the synthetic study: scenario, zones, arm, site and body of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np

from wearhouse.synth.calendar import Stay, day_minutes
from wearhouse.window import zone_named

Scenario = Literal[
    "steady",  # takes it off for showers and charging only
    "gaps",  # leaves it off for hours, and for whole days
    "no_nights",  # never sleeps with it
    "late_sync",  # uploads every fifth day; the last days are still on the watch
    "lost_device",  # the watch is gone at 60 % of the study, with what it had not uploaded
    "clock_change",  # lives where a day of the study lasts 23 or 25 hours
    "travel",  # spends ten days nine hours to the east
    "night_shift",  # sleeps by day
    "withdrawn",  # leaves half way
    "quarter_hour",  # lives at UTC+05:45
    "half_hour",  # lives at UTC+05:30
]
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)

# The first eleven show a scenario each, the rest of every 25 is what studies mostly see.
CAST: tuple[Scenario, ...] = (
    *SCENARIOS,
    *("steady", "steady", "gaps", "steady", "late_sync", "steady", "no_nights"),
    *("steady", "lost_device", "steady", "gaps", "steady", "steady", "steady"),
)

SITES = (("Berlin", "Europe/Berlin"), ("Boston", "America/New_York"))
ELSEWHERE = {
    "travel": ("Reykjavik", "Atlantic/Reykjavik"),
    "night_shift": ("Pune", "Asia/Kolkata"),
    "quarter_hour": ("Kathmandu", "Asia/Kathmandu"),
    "half_hour": ("Pune", "Asia/Kolkata"),
}
FAR_EAST = "Asia/Tokyo"
CHANGING = (
    ("Berlin", "Europe/Berlin"),
    ("Boston", "America/New_York"),
    ("Sydney", "Australia/Sydney"),
    ("Auckland", "Pacific/Auckland"),
    ("Casablanca", "Africa/Casablanca"),
)


@dataclass(frozen=True, slots=True)
class Body:
    """What is personal about a body; times are minutes, rates are per minute."""

    age: int
    resting: float
    reserve: float  # from resting to highest heart rate
    rmssd: float
    spo2: float
    breathing: float
    burn: float  # kcal per minute at rest
    bed: int  # from midnight, negative before it
    sleep: int
    vigour: float  # how much more than average this person moves
    workouts: float  # chance of one on a given day


@dataclass(frozen=True, slots=True)
class Person:
    """One participant of the synthetic study."""

    index: int
    scenario: Scenario
    arm: str
    site: str
    stays: tuple[Stay, ...]
    enrolled_on: date
    withdrawn_on: date | None
    lost_on: date | None
    body: Body

    @property
    def code(self) -> str:
        return f"P-{self.index + 1:03}"


def person(index: int, starts_on: date, ends_on: date, rng: np.random.Generator) -> Person:
    """The participant in that place of the cast."""
    scenario = CAST[index % len(CAST)]
    days = (ends_on - starts_on).days + 1
    if scenario == "clock_change":
        site, zone = changing_site(starts_on, ends_on)
    else:
        site, zone = ELSEWHERE.get(scenario, SITES[index % len(SITES)])
    stays = [Stay(starts_on, zone)]
    if scenario == "travel":
        away = starts_on + timedelta(days=max(1, days // 3))
        stays.append(Stay(away, FAR_EAST))
        stays.append(Stay(away + timedelta(days=min(10, max(1, days // 3))), zone))
    joins_late = index % (1 + min(5, days // 8)) if scenario in ("steady", "gaps") else 0
    half_way, late = max(1, days // 2), max(1, days * 3 // 5)
    return Person(
        index=index,
        scenario=scenario,
        arm="AB"[index // 2 % 2],
        site=site,
        stays=tuple(stays),
        enrolled_on=starts_on + timedelta(days=joins_late),
        withdrawn_on=starts_on + timedelta(days=half_way) if scenario == "withdrawn" else None,
        lost_on=starts_on + timedelta(days=late) if scenario == "lost_device" else None,
        body=_body(scenario, rng),
    )


def changing_site(
    starts_on: date, ends_on: date, sites: Sequence[tuple[str, str]] = CHANGING
) -> tuple[str, str]:
    """The first site whose clock changes after the first day of the study, else the first."""
    for site, zone in sites:
        changes = (
            day_minutes(starts_on + timedelta(days=n), zone_named(zone)) != 1440
            for n in range(1, (ends_on - starts_on).days + 1)
        )
        if any(changes):
            return site, zone
    return sites[0]


def _body(scenario: Scenario, rng: np.random.Generator) -> Body:
    age = int(rng.integers(22, 72))
    fitness = float(np.clip(rng.normal(), -1.5, 1.5))
    resting = 62 - 6 * fitness + rng.normal(0, 2)
    return Body(
        age=age,
        resting=resting,
        reserve=208 - 0.7 * age - resting,
        rmssd=float(np.clip(75 - 0.75 * age + 8 * fitness + rng.normal(0, 6), 14, 110)),
        spo2=float(np.clip(rng.normal(96.2, 0.6), 94.5, 97.5)),
        breathing=float(np.clip(rng.normal(15, 1.4), 11.5, 19)),
        burn=float(np.clip(rng.normal(1.15, 0.12), 0.9, 1.5)),
        bed=int(rng.integers(-90, 45)) + (9 * 60 if scenario == "night_shift" else 0),
        sleep=int(np.clip(rng.normal(450, 25), 390, 510)),
        vigour=float(np.exp(0.18 * fitness + rng.normal(0, 0.12))),
        workouts=float(np.clip(0.3 + 0.15 * fitness, 0.05, 0.6)),
    )
