"""The table of metrics: the only list of what Wearhouse measures.

Units are UCUM. `resolution_s` is the finest native spacing in seconds (None for episodes),
`low` and `high` bound what is plausible for one native sample (both ends included).
`hole` says how the absence of samples is read:

    not_worn    no sample means the device was off the wrist, or has not synced yet
    at_rest     the device reports only while it is worn; a worn still minute is a true zero
    asleep_only measured during sleep; no sample outside it says nothing
    not_taken   taken now and then by the participant or once a day by the vendor
"""

from dataclasses import dataclass
from typing import Literal

from wearhouse.errors import Invalid

Kind = Literal["sample", "daily", "episode"]
Fold = Literal["mean", "sum"]
Hole = Literal["not_worn", "at_rest", "asleep_only", "not_taken"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing that is measured, and how its samples are checked and summarised."""

    name: str
    title: str
    unit: str
    family: str
    kind: Kind
    resolution_s: int | None
    low: float
    high: float
    fold: Fold
    hole: Hole
    loinc: str | None = None


DAY = 86_400

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (

        Metric("heart_rate",                "Heart rate",                       "/min",    "heart",       "sample",  1,    20,    250,     "mean", "not_worn",    "8867-4"),
        Metric("resting_heart_rate",        "Resting heart rate",               "/min",    "heart_daily", "daily",   DAY,  20,    200,     "mean", "not_taken",   "40443-4"),
        Metric("heart_rate_zone_out_of_range", "Minutes below heart rate zones","min",     "heart_daily", "daily",   DAY,  0,     1_500,   "sum",  "not_taken"),
        Metric("heart_rate_zone_fat_burn",  "Minutes in fat burn zone",         "min",     "heart_daily", "daily",   DAY,  0,     1_500,   "sum",  "not_taken"),
        Metric("heart_rate_zone_cardio",    "Minutes in cardio zone",           "min",     "heart_daily", "daily",   DAY,  0,     1_500,   "sum",  "not_taken"),
        Metric("heart_rate_zone_peak",      "Minutes in peak zone",             "min",     "heart_daily", "daily",   DAY,  0,     1_500,   "sum",  "not_taken"),
        Metric("hrv_rmssd",                 "Heart rate variability (RMSSD)",   "ms",      "hrv",         "sample",  60,   0,     500,     "mean", "asleep_only"),
        Metric("hrv_hf",                    "Heart rate variability, high frequency power", "ms2", "hrv", "sample",  60,   0,     100_000, "mean", "asleep_only"),
        Metric("hrv_lf",                    "Heart rate variability, low frequency power",  "ms2", "hrv", "sample",  60,   0,     100_000, "mean", "asleep_only"),
        Metric("hrv_coverage",              "Heart rate variability coverage",  "1",       "hrv",         "sample",  60,   0,     1,       "mean", "asleep_only"),
        Metric("daily_hrv_rmssd",           "Daily heart rate variability (RMSSD)", "ms",  "hrv_daily",   "daily",   DAY,  0,     500,     "mean", "not_taken"),
        Metric("daily_hrv_deep_rmssd",      "Daily heart rate variability in deep sleep (RMSSD)", "ms", "hrv_daily", "daily", DAY, 0, 500, "mean", "not_taken"),
        Metric("spo2",                      "Oxygen saturation",                "%",       "spo2",        "sample",  60,   50,    100,     "mean", "asleep_only", "59408-5"),
        Metric("daily_spo2",                "Daily oxygen saturation",          "%",       "spo2_daily",  "daily",   DAY,  50,    100,     "mean", "not_taken"),
        Metric("daily_spo2_low",            "Daily oxygen saturation, lowest",  "%",       "spo2_daily",  "daily",   DAY,  50,    100,     "mean", "not_taken"),
        Metric("daily_spo2_high",           "Daily oxygen saturation, highest", "%",       "spo2_daily",  "daily",   DAY,  50,    100,     "mean", "not_taken"),
        Metric("breathing_rate",            "Breathing rate",                   "/min",    "breathing",   "daily",   DAY,  3,     60,      "mean", "not_taken",   "9279-1"),
        Metric("breathing_rate_deep",       "Breathing rate in deep sleep",     "/min",    "breathing",   "daily",   DAY,  3,     60,      "mean", "not_taken"),
        Metric("breathing_rate_light",      "Breathing rate in light sleep",    "/min",    "breathing",   "daily",   DAY,  3,     60,      "mean", "not_taken"),
        Metric("breathing_rate_rem",        "Breathing rate in REM sleep",      "/min",    "breathing",   "daily",   DAY,  3,     60,      "mean", "not_taken"),
        Metric("steps",                     "Steps",                            "{steps}", "activity",    "sample",  60,   0,     1_000,   "sum",  "at_rest",     "55423-8"),
        Metric("worn_by_steps",             "Minutes worn as steps show, without a heart rate", "min", "wear", "sample", 60, 1, 1,    "sum",  "not_worn"),
        Metric("distance",                  "Distance",                         "m",       "activity",    "sample",  60,   0,     2_000,   "sum",  "at_rest"),
        Metric("calories",                  "Energy used",                      "kcal",    "activity",    "sample",  60,   0,     100,     "sum",  "at_rest"),
        Metric("floors",                    "Floors climbed",                   "{floors}","activity",    "sample",  60,   0,     100,     "sum",  "at_rest"),
        Metric("active_zone_minutes",       "Active zone minutes",              "min",     "zones",       "sample",  60,   0,     60,      "sum",  "at_rest"),
        Metric("active_zone_minutes_fat_burn", "Active zone minutes, fat burn", "min",     "zones",       "sample",  60,   0,     60,      "sum",  "at_rest"),
        Metric("active_zone_minutes_cardio","Active zone minutes, cardio",      "min",     "zones",       "sample",  60,   0,     60,      "sum",  "at_rest"),
        Metric("active_zone_minutes_peak",  "Active zone minutes, peak",        "min",     "zones",       "sample",  60,   0,     60,      "sum",  "at_rest"),
        Metric("daily_steps",               "Steps of the day, as the vendor totals them", "{steps}", "activity_daily", "daily", DAY, 0, 200_000, "sum", "not_taken", "41950-7"),
        Metric("daily_distance",            "Distance of the day, as the vendor totals it", "m", "activity_daily", "daily", DAY, 0, 300_000, "sum",  "not_taken"),
        Metric("daily_calories",            "Energy of the day, as the vendor totals it", "kcal", "activity_daily", "daily", DAY, 0, 20_000, "sum", "not_taken"),
        Metric("daily_floors",              "Floors of the day, as the vendor totals them", "{floors}", "activity_daily", "daily", DAY, 0, 2_000, "sum", "not_taken"),
        Metric("daily_active_zone_minutes", "Active zone minutes of the day, as the vendor totals them", "min", "activity_daily", "daily", DAY, 0, 2_880, "sum", "not_taken"),
        Metric("sedentary_minutes",         "Sedentary minutes of the day",     "min",     "activity_daily", "daily", DAY, 0,     1_500,   "sum",  "not_taken"),
        Metric("lightly_active_minutes",    "Lightly active minutes of the day","min",     "activity_daily", "daily", DAY, 0,     1_500,   "sum",  "not_taken"),
        Metric("fairly_active_minutes",     "Fairly active minutes of the day", "min",     "activity_daily", "daily", DAY, 0,     1_500,   "sum",  "not_taken"),
        Metric("very_active_minutes",       "Very active minutes of the day",   "min",     "activity_daily", "daily", DAY, 0,     1_500,   "sum",  "not_taken"),
        Metric("skin_temperature",          "Skin temperature",                 "Cel",     "temperature", "sample",  60,   15,    45,      "mean", "not_worn"),
        Metric("skin_temperature_variation","Nightly skin temperature against the personal baseline", "Cel", "temperature", "daily", DAY, -15, 15, "mean", "not_taken"),
        Metric("weight",                    "Body weight",                      "kg",      "body",        "sample",  DAY,  20,    400,     "mean", "not_taken",   "29463-7"),
        Metric("body_fat",                  "Body fat",                         "%",       "body",        "sample",  DAY,  1,     80,      "mean", "not_taken",   "41982-0"),
        Metric("vo2_max",                   "Cardio fitness (VO2max)",          "mL/min/kg", "fitness",   "daily",   DAY,  10,    100,     "mean", "not_taken"),
        Metric("sleep",                     "Sleep",                            "min",     "sleep",       "episode", None, 0,     2_880,   "sum",  "not_taken"),
        Metric("sleep_stage",               "Sleep stage",                      "min",     "sleep",       "episode", None, 0,     2_880,   "sum",  "not_taken"),
        Metric("exercise",                  "Exercise",                         "min",     "exercise",    "episode", None, 0,     2_880,   "sum",  "not_taken"),
    )
}  # fmt: skip

STAGES = ("wake", "light", "deep", "rem", "asleep", "restless", "awake")
"""Sleep stages as devices name them: the first four staged, the last three classic."""


def metric_named(name: str) -> Metric:
    """The metric of that name; Invalid if there is none."""
    try:
        return METRICS[name]
    except KeyError:
        known = ", ".join(sorted(METRICS))
        raise Invalid(f"No metric is called {name!r}. Known: {known}.", "metric") from None
