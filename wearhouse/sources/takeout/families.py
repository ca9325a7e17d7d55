"""The files of an archive that hold something of use: how they are named, what they hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

from wearhouse.sources.lines import header_of

Copy = Literal["json", "named", "google"]
Clock = Literal["utc", "civil", "date"]
Layout = Literal[
    "series", "sleep", "exercise", "weight", "table", "user_sleeps", "user_stages", "user_exercises"
]

ARRAYS = {"series", "sleep", "exercise", "weight"}
NO_DATA = b"no data"
NAN = float("nan")


class Column(NamedTuple):
    """What a column or key holds; `minus` names a column to be taken off it."""

    metric: str
    scale: float = 1.0
    minus: str = ""


@dataclass(frozen=True)
class Family:
    """Files of one kind. Families of one topic hold copies of the same samples."""

    topic: str
    copy: Copy
    names: re.Pattern[str]
    layout: Layout
    time: str
    columns: dict[str, Column] = field(default_factory=dict)
    clock: Clock = "civil"  # of times without a zone
    missing: tuple[float, ...] = ()  # values that stand for none
    padded: bool = False  # goes on into the future
    zone: str = ""  # the column that names a heart rate zone

    @property
    def title(self) -> str:
        return f"{self.topic} ({self.copy})"

    def fits(self, content: bytes) -> bool:
        """Whether a file that begins so holds what its name promises."""
        start = content.strip()
        if start.lower() == NO_DATA:
            return True
        if self.layout in ARRAYS:
            return start == b"[]" or (start[:1] == b"[" and f'"{self.time}"'.encode() in start)
        header = header_of(content)
        return self.time in header and (not self.columns or bool(self.columns.keys() & {*header}))


def _family(
    suffix: str, layout: Layout, copy: Copy, topic: str, stem: str, time: str,
    columns: dict[str, Column] | None = None, **more: object,
) -> Family:  # fmt: skip
    names = re.compile(stem + suffix, re.IGNORECASE)
    return Family(topic, copy, names, layout, time, columns or {}, **more)  # type: ignore[arg-type]


DATED = r"-\d{4}-\d\d-\d\d\.json"
Maker = Callable[..., Family]
_json: Maker = partial(_family, DATED, "series", "json", time="dateTime")
_named: Maker = partial(_family, r" - .*\.csv", "table", "named")
_google: Maker = partial(
    _family, r"(_\d{4}-\d\d-\d\d)?\.csv", "table", "google", time="timestamp", clock="utc"
)


def _logs(layout: Layout, stem: str, suffix: str, time: str) -> Family:
    return _family(suffix, layout, "json", layout, stem, time)


def _user(layout: Layout, topic: str, stem: str, time: str) -> Family:
    return _family(r"_.*\.csv", layout, "google", topic, stem, time)


AZM = {"total_minutes": Column("active_zone_minutes")}
BREATHING = {
    "breathing_rate": "full",
    "breathing_rate_deep": "deep",
    "breathing_rate_light": "light",
    "breathing_rate_rem": "rem",
}
ZONE = "valuesInZones."

FAMILIES = (
    _json("heart_rate", "heart_rate", columns={"bpm": Column("heart_rate")}, clock="utc"),
    _json("steps", "steps", columns={"": Column("steps")}, clock="utc", padded=True),
    _json("distance", "distance", columns={"": Column("distance", 0.01)}, clock="utc", padded=True),
    _json("calories", "calories", columns={"": Column("calories")}, padded=True),
    _json("resting_heart_rate", "resting_heart_rate",
        columns={"value": Column("resting_heart_rate")}, clock="date", missing=(0,)),
    _json("heart_rate_zones", "time_in_heart_rate_zones", clock="date", padded=True, columns={
        f"{ZONE}BELOW_DEFAULT_ZONE_1": Column("heart_rate_zone_out_of_range"),
        f"{ZONE}IN_DEFAULT_ZONE_1": Column("heart_rate_zone_fat_burn"),
        f"{ZONE}IN_DEFAULT_ZONE_2": Column("heart_rate_zone_cardio"),
        f"{ZONE}IN_DEFAULT_ZONE_3": Column("heart_rate_zone_peak"),
    }),
    _json("sedentary_minutes", "sedentary_minutes",
        columns={"": Column("sedentary_minutes")}, clock="date", padded=True),
    _json("lightly_active_minutes", "lightly_active_minutes",
        columns={"": Column("lightly_active_minutes")}, clock="date", padded=True),
    _json("fairly_active_minutes", "moderately_active_minutes",
        columns={"": Column("fairly_active_minutes")}, clock="date", padded=True),
    _json("very_active_minutes", "very_active_minutes",
        columns={"": Column("very_active_minutes")}, clock="date", padded=True),
    _json("vo2_max", "demographic_vo2_max",
        columns={"filteredDemographicVO2Max": Column("vo2_max")}, clock="date", missing=(0,)),
    _logs("sleep", "sleep", DATED, "dateOfSleep"),
    _logs("exercise", "exercise", r"-\d+\.json", "startTime"),
    _logs("weight", "weight", DATED, "weight"),

    _named("hrv", "Heart Rate Variability Details", "timestamp", {
        "rmssd": Column("hrv_rmssd"),
        "coverage": Column("hrv_coverage"),
        "high_frequency": Column("hrv_hf"),
        "low_frequency": Column("hrv_lf"),
    }),
    _named("daily_hrv", "Daily Heart Rate Variability Summary", "timestamp",
        {"rmssd": Column("daily_hrv_rmssd")}, clock="date", missing=(0, NAN)),
    _named("daily_breathing", "Daily Respiratory Rate Summary", "timestamp",
        {"daily_respiratory_rate": Column("breathing_rate")}, clock="date", missing=(0, NAN)),
    _named("breathing", "Respiratory Rate Summary", "timestamp",
        {f"{part}_sleep_breathing_rate": Column(metric) for metric, part in BREATHING.items()
         if part != "full"}, clock="date", missing=(0, -1, NAN)),
    _named("spo2", "Minute SpO2", "timestamp",
        {"value": Column("spo2")}, clock="utc", missing=(50,)),
    _named("daily_spo2", "Daily SpO2", "timestamp", {
        "average_value": Column("daily_spo2"),
        "lower_bound": Column("daily_spo2_low"),
        "upper_bound": Column("daily_spo2_high"),
    }, clock="date", missing=(0, NAN)),
    _named("skin_temperature", "Computed Temperature", "sleep_end",
        {"nightly_temperature": Column("skin_temperature")}, missing=(NAN,)),
    _named("active_zone_minutes", "Active Zone Minutes", "date_time", AZM, zone="heart_zone_id"),

    _google("heart_rate", "heart_rate", columns={"beats per minute": Column("heart_rate")}),
    _google("steps", "steps", columns={"steps": Column("steps")}),
    _google("distance", "distance", columns={"distance": Column("distance")}),
    _google("calories", "calories", columns={"calories": Column("calories")}),
    _google("floors", "floors", columns={"floors": Column("floors")}),
    _google("active_zone_minutes", "active_zone_minutes",
        columns={"total minutes": Column("active_zone_minutes")}, zone="heart rate zone"),
    _google("resting_heart_rate", "daily_resting_heart_rate",
        columns={"beats per minute": Column("resting_heart_rate")}, clock="date", missing=(0,)),
    _google("hrv", "heart_rate_variability", columns={
        "root mean square of successive differences milliseconds": Column("hrv_rmssd"),
    }),
    _google("daily_hrv", "daily_heart_rate_variability", clock="date", missing=(0,), columns={
        "average heart rate variability milliseconds": Column("daily_hrv_rmssd"),
        "deep sleep root mean square of successive differences milliseconds":
            Column("daily_hrv_deep_rmssd"),
    }),
    _google("spo2", "oxygen_saturation", missing=(50,),
        columns={"oxygen saturation percentage": Column("spo2")}),
    _google("daily_spo2", "daily_oxygen_saturation", clock="date", missing=(0,), columns={
        "average percentage": Column("daily_spo2"),
        "lower bound percentage": Column("daily_spo2_low"),
        "upper bound percentage": Column("daily_spo2_high"),
    }),
    _google("daily_breathing", "daily_respiratory_rate", clock="date", missing=(0,),
        columns={"breaths per minute": Column("breathing_rate")}),
    _google("breathing", "respiratory_rate_sleep_summary", clock="date", missing=(0,), columns={
        f"{part} sleep stats - milli breaths per minute": Column(metric, 0.001)
        for metric, part in BREATHING.items() if part != "full"
    }),
    _google("skin_temperature", "body_temperature",
        columns={"temperature celsius": Column("skin_temperature")}),
    _google("skin_temperature_variation", "daily_sleep_temperature_derivations", clock="date",
        columns={"nightly temperature celsius":
                 Column("skin_temperature_variation", minus="baseline temperature celsius")}),
    _google("weight", "weight", columns={"weight grams": Column("weight", 0.001)}),
    _google("body_fat", "body_fat", columns={
        "body fat percentage": Column("body_fat"),
        "fat percentage": Column("body_fat"),
    }),
    _user("user_sleeps", "sleep", "UserSleeps", "sleep_start"),
    _user("user_stages", "sleep_stages", "UserSleepStages", "sleep_stage_start"),
    _user("user_exercises", "exercise", "UserExercises", "exercise_start"),
)  # fmt: skip
CLOCKS = {(family.topic, family.copy): family.clock for family in FAMILIES}

UNREAD = {
    "UserActivityProbabilities": "guesses of what the person was doing",
    "UserSensorCompressionToken": "tokens of the device's sensors",
    "UserProfile": "a profile",
    "Profile": "a profile",
    "UserAppSetupQuestionnaireData": "answers of a questionnaire",
    "gps_location_": "places",
    "live_pace": "a copy of the steps",
    "Device Temperature": "temperatures relative to a baseline, which no metric holds",
    "Wrist Temperature": "temperatures relative to a baseline, which no metric holds",
    "estimated_oxygen_variation": "a ratio of signals, which is not an oxygen saturation",
}
"""How the names of files begin that are known and never read, with what they hold."""


def basename(name: str) -> str:
    """The last part of a file's name, without .gz."""
    return re.split(r"[/!\\]", name)[-1].removesuffix(".gz")


def family_named(name: str) -> Family | None:
    """The family a file belongs to by its name."""
    last = basename(name)
    return next((family for family in FAMILIES if family.names.fullmatch(last)), None)


def unread(name: str) -> str:
    """What a file holds that is never read; empty for any other."""
    last = basename(name).lower()
    return next((held for stem, held in UNREAD.items() if last.startswith(stem.lower())), "")
