"""What is asked of the Google Health API: one table, and the families that it makes.

A part is one way of asking for one data type:

    list      the points as devices recorded them: instants, intervals, days, sessions
    minutes   rolled up by the vendor into minutes, where a type cannot be listed
    days      rolled up by the vendor into civil days: its own totals

Data of wearables only are asked for, so that nothing typed in by hand or counted by a phone is
taken for a measurement; scales are no wearables, and sleep cannot be asked for by source.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from wearhouse.errors import Invalid
from wearhouse.sources.live import Family

Method = Literal["list", "minutes", "days"]
Kind = Literal["sample", "interval", "daily", "night", "workout", "window"]

SCOPE = "https://www.googleapis.com/auth/googlehealth.{}.readonly"
ACTIVITY = SCOPE.format("activity_and_fitness")
MEASURED = SCOPE.format("health_metrics_and_measurements")
SLEEP = SCOPE.format("sleep")
SETTINGS = SCOPE.format("settings")


@dataclass(frozen=True, slots=True)
class Value:
    """Where a metric stands in a point, and what turns it into the metric's unit. `among` is the
    zone or level for which alone it counts; values of one metric in one point add up."""

    path: str
    metric: str
    scale: float = 1.0
    among: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One way of asking for one data type, `longest` the stretch that is asked for at once.
    `absent` is the value of a point that does not state it: the zero of a minute that was worn
    and still, which the vendor leaves out."""

    family: str
    id: str
    kind: Kind
    values: tuple[Value, ...]
    method: Method = "list"
    absent: float | None = None
    wearables: bool = True
    longest: timedelta = timedelta(days=30)

    @property
    def name(self) -> str:
        """As in `Payload.part`."""
        return f"{self.id} {self.method}"

    @property
    def key(self) -> str:
        """The data type's name in JSON."""
        first, *rest = self.id.split("-")
        return first + "".join(word.capitalize() for word in rest)

    @property
    def root(self) -> str:
        """The data type's name in filters."""
        return self.id.replace("-", "_")


def _minutes(id: str, *values: Value) -> Part:
    return Part("activity", id, "window", values, "minutes", 0.0, longest=timedelta(days=13))


def _days(id: str, *values: Value, family: str = "activity_daily") -> Part:
    return Part(family, id, "daily", values, "days", 0.0, longest=timedelta(days=14))


PARTS: tuple[Part, ...] = (
    Part(
        "heart", "heart-rate", "sample",
        (Value("beatsPerMinute", "heart_rate"),),
        longest=timedelta(days=1),
    ),
    Part(
        "heart_daily", "daily-resting-heart-rate", "daily",
        (Value("beatsPerMinute", "resting_heart_rate"),),
    ),
    _days(
        "time-in-heart-rate-zone",
        Value("timeInHeartRateZones.duration", "heart_rate_zone_out_of_range", 1 / 60, "LIGHT"),
        Value("timeInHeartRateZones.duration", "heart_rate_zone_fat_burn", 1 / 60, "MODERATE"),
        Value("timeInHeartRateZones.duration", "heart_rate_zone_cardio", 1 / 60, "VIGOROUS"),
        Value("timeInHeartRateZones.duration", "heart_rate_zone_peak", 1 / 60, "PEAK"),
        family="heart_zones",
    ),
    Part(
        "hrv", "heart-rate-variability", "sample",
        (
            Value("rootMeanSquareOfSuccessiveDifferencesMilliseconds", "hrv_rmssd"),
            Value("metadata.highFrequencyPower", "hrv_hf"),
            Value("metadata.lowFrequencyPower", "hrv_lf"),
        ),
    ),
    Part(
        "hrv_daily", "daily-heart-rate-variability", "daily",
        (
            Value("averageHeartRateVariabilityMilliseconds", "daily_hrv_rmssd"),
            Value("deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds",
                  "daily_hrv_deep_rmssd"),
        ),
    ),
    Part("spo2", "oxygen-saturation", "sample", (Value("percentage", "spo2"),)),
    Part(
        # Its bounds are those of a confidence interval, not the lowest and the highest value.
        "spo2_daily", "daily-oxygen-saturation", "daily",
        (Value("averagePercentage", "daily_spo2"),),
    ),
    Part(
        "breathing", "daily-respiratory-rate", "daily",
        (Value("breathsPerMinute", "breathing_rate"),),
    ),
    Part(
        "breathing", "respiratory-rate-sleep-summary", "sample",
        (
            Value("deepSleepStats.breathsPerMinute", "breathing_rate_deep"),
            Value("lightSleepStats.breathsPerMinute", "breathing_rate_light"),
            Value("remSleepStats.breathsPerMinute", "breathing_rate_rem"),
        ),
    ),
    Part("activity", "steps", "interval", (Value("count", "steps"),), absent=0.0),
    Part(
        "activity", "distance", "interval",
        (Value("millimeters", "distance", 0.001),),
        absent=0.0,
    ),
    _minutes("total-calories", Value("kcalSum", "calories")),
    _minutes("floors", Value("countSum", "floors")),
    Part(
        "zones", "active-zone-minutes", "interval",
        (
            Value("activeZoneMinutes", "active_zone_minutes"),
            Value("activeZoneMinutes", "active_zone_minutes_fat_burn", among="FAT_BURN"),
            Value("activeZoneMinutes", "active_zone_minutes_cardio", among="CARDIO"),
            Value("activeZoneMinutes", "active_zone_minutes_peak", among="PEAK"),
        ),
        absent=0.0,
    ),
    _days("steps", Value("countSum", "daily_steps")),
    _days("distance", Value("millimetersSum", "daily_distance", 0.001)),
    _days("total-calories", Value("kcalSum", "daily_calories")),
    _days("floors", Value("countSum", "daily_floors")),
    _days(
        "active-zone-minutes",
        Value("sumInFatBurnHeartZone", "daily_active_zone_minutes"),
        Value("sumInCardioHeartZone", "daily_active_zone_minutes"),
        Value("sumInPeakHeartZone", "daily_active_zone_minutes"),
    ),
    _days("sedentary-period", Value("durationSum", "sedentary_minutes", 1 / 60)),
    _days(
        "active-minutes",
        *(
            Value("activeMinutesRollupByActivityLevel.activeMinutesSum", metric, among=level)
            for level, metric in (
                ("LIGHT", "lightly_active_minutes"),
                ("MODERATE", "fairly_active_minutes"),
                ("VIGOROUS", "very_active_minutes"),
            )
        ),
    ),
    Part(
        "temperature", "daily-sleep-temperature-derivations", "daily",
        (
            Value("nightlyTemperatureCelsius", "skin_temperature_variation"),
            Value("baselineTemperatureCelsius", "skin_temperature_variation", -1.0),
        ),
    ),
    Part(
        "body", "weight", "sample", (Value("weightGrams", "weight", 0.001),), wearables=False
    ),
    Part("body", "body-fat", "sample", (Value("percentage", "body_fat"),), wearables=False),
    Part("fitness", "daily-vo2-max", "daily", (Value("vo2Max", "vo2_max"),)),
    Part(
        "sleep", "sleep", "night",
        (Value("", "sleep"), Value("stages", "sleep_stage")),
        wearables=False,
    ),
    Part("exercise", "exercise", "workout", (Value("", "exercise"),)),
)  # fmt: skip

WITHIN_DAYS = timedelta(hours=72)
"""How far back what is recorded within a day is read again."""

DAILY = timedelta(days=7)
"""How far back days, nights and workouts are read again: they are restated for longer."""


SCOPES = {
    "heart_zones": ACTIVITY,
    "activity": ACTIVITY,
    "activity_daily": ACTIVITY,
    "zones": ACTIVITY,
    "fitness": ACTIVITY,
    "exercise": ACTIVITY,
    "sleep": SLEEP,
}
"""The permission that a family takes, where it is not that for measurements."""


def _family(name: str) -> Family:
    parts = parts_of(name)
    metrics = dict.fromkeys(value.metric for part in parts for value in part.values)
    within = all(part.kind in ("sample", "interval", "window") for part in parts)
    return Family(
        name,
        tuple(metrics),
        WITHIN_DAYS if within and name != "body" else DAILY,
        SCOPES.get(name, MEASURED),
        # A sample is found by its own civil time; an interval may reach across midnight.
        timedelta(0) if all(part.kind == "sample" for part in parts) else timedelta(days=1),
    )


def parts_of(family: str) -> list[Part]:
    """The parts of a family, in the order in which they are asked for."""
    return [part for part in PARTS if part.family == family]


def part_named(name: str) -> Part:
    """The part of that name; Invalid if there is none."""
    for part in PARTS:
        if part.name == name:
            return part
    raise Invalid(f"Nothing called {name!r} is asked of the Google Health API.")


FAMILIES: tuple[Family, ...] = tuple(
    _family(name) for name in dict.fromkeys(part.family for part in PARTS)
)
