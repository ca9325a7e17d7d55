import csv
import io
import json
import zipfile
from collections import Counter

import pytest
from archives import EXPORT, GOOGLE, HEALTH, ROOT, minutes, rejects, rows, series, table, zipped
from reading import written

from wearhouse.errors import Unwanted
from wearhouse.sources import recognise
from wearhouse.sources.takeout import Takeout


def values(found: list[dict], metric: str) -> list[tuple[str, float]]:
    return [(row["t"].isoformat(), row["value"]) for row in found if row["metric"] == metric]


def test_the_assembled_archive_is_read_whole_and_each_copy_once(shared):
    path = shared / "takeout" / "takeout-assembled-20160413.zip"

    counted = Counter(row["metric"] for row in rows(path))

    assert counted == counted_by_hand(path)
    assert rejects(path) == []


def counted_by_hand(path) -> Counter[str]:
    counted: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text, last = archive.read(name).decode(), name.rsplit("/", 1)[1]
            if last.startswith(("heart_rate-", "steps-")):
                counted[last.split("-")[0]] += len(json.loads(text))
            elif last.startswith("sleep-"):
                for night in json.loads(text):
                    counted["sleep"] += 1
                    counted["sleep_stage"] += len(night["levels"]["data"])
            elif last.startswith("Daily "):
                column, metric = {
                    "Heart": ("rmssd", "daily_hrv_rmssd"),
                    "Respiratory": ("daily_respiratory_rate", "breathing_rate"),
                    "SpO2": ("average_value", "daily_spo2"),
                }[last.split()[1]]
                read = csv.DictReader(io.StringIO(text))
                counted[metric] += sum(float(row[column]) > 0 for row in read)
    return counted


@pytest.mark.parametrize(
    "root", ["Takeout/Fitbit", "Takeout/Google Health", "Anna/user-site-export", ""]
)
def test_files_are_known_by_their_names_in_any_folder(tmp_path, root):
    name = f"{root}/Physical Activity/steps-2026-01-01.json".lstrip("/")
    path = zipped(tmp_path / "a.zip", {name: series(minutes("2026-01-01T08:00", ["5", "0"]))})

    assert values(rows(path), "steps") == [("2026-01-01T08:00:00", 5), ("2026-01-01T08:01:00", 0)]


FILES = {
    "distance in centimetres": (
        f"{EXPORT}/distance-2026-01-01.json",
        series(minutes("2026-01-01T08:00", ["1250"])),
        [("distance", "2026-01-01T08:00:00", 12.5)],
    ),
    "distance in metres": (
        f"{GOOGLE}/distance_2026-01-01.csv",
        table("timestamp,distance,data source", minutes("2026-01-01T08:00", [12.5]), "A"),
        [("distance", "2026-01-01T08:00:00", 12.5)],
    ),
    "heart rate of doubtful confidence": (
        f"{EXPORT}/heart_rate-2026-01-01.json",
        series(minutes("2026-01-01T08:00", [{"bpm": 70, "confidence": 0}])),
        [("heart_rate", "2026-01-01T08:00:00", 70)],
    ),
    "resting heart rate, with a day of no data": (
        f"{EXPORT}/resting_heart_rate-2026-01-01.json",
        series(
            minutes(
                "2026-01-01T00:00",
                [
                    {"date": None, "value": 0.0, "error": 0.0},
                    {"date": "01/02/26", "value": 61.25, "error": 6.8},
                    {"date": "01/03/26", "value": 0.0, "error": 0.0},
                ],
            )
        ),
        [("resting_heart_rate", "2026-01-02T00:00:00", 61.25)],
    ),
    "heart rate zones, with a day of no data": (
        f"{EXPORT}/time_in_heart_rate_zones-2026-01-01.json",
        series(
            minutes(
                "2026-01-01T00:00",
                [
                    {"valuesInZones": {"BELOW_DEFAULT_ZONE_1": 1000.0, "IN_DEFAULT_ZONE_1": 4.0}},
                    {"valuesInZones": {"BELOW_DEFAULT_ZONE_1": 0.0, "IN_DEFAULT_ZONE_1": 0.0}},
                ],
            )
        ),
        [
            ("heart_rate_zone_out_of_range", "2026-01-01T00:00:00", 1000),
            ("heart_rate_zone_fat_burn", "2026-01-01T00:00:00", 4),
        ],
    ),
    "weight in pounds": (
        f"{EXPORT}/weight-2026-01-01.json",
        '[{"logId": 1, "weight": 154.3, "fat": 21.5, "date": "01/02/26", "time": "07:30:00"}]',
        [("weight", "2026-01-02T07:30:00", 69.989), ("body_fat", "2026-01-02T07:30:00", 21.5)],
    ),
    "weight in grams": (
        f"{GOOGLE}/weight.csv",
        table("timestamp,weight grams,data source", minutes("2026-01-02T06:00", [70000]), "Scale"),
        [("weight", "2026-01-02T06:00:00", 70)],
    ),
    "HRV of the night": (
        f"{ROOT}/Heart Rate Variability/Heart Rate Variability Details - 2026-01-01.csv",
        "timestamp,rmssd,coverage,low_frequency,high_frequency\n2026-01-01T03:00:00,31.5,0.98,400.5,90.25\n",
        [
            ("hrv_rmssd", "2026-01-01T03:00:00", 31.5),
            ("hrv_coverage", "2026-01-01T03:00:00", 0.98),
            ("hrv_hf", "2026-01-01T03:00:00", 90.25),
            ("hrv_lf", "2026-01-01T03:00:00", 400.5),
        ],
    ),
    "HRV of the day, zero standing for none": (
        f"{GOOGLE}/daily_heart_rate_variability.csv",
        "timestamp,average heart rate variability milliseconds,non rem heart rate beats per minute,"
        "entropy,deep sleep root mean square of successive differences milliseconds,data source\n"
        "2026-01-01T00:00:00Z,41.5,58,2.9,0,A\n",
        [("daily_hrv_rmssd", "2026-01-01T00:00:00", 41.5)],
    ),
    "breathing by stage": (
        f"{ROOT}/Heart Rate Variability/Respiratory Rate Summary - 2026-01-01.csv",
        "timestamp,full_sleep_breathing_rate,deep_sleep_breathing_rate,light_sleep_breathing_rate,"
        "rem_sleep_breathing_rate\n2026-01-01T07:00:00,14.0,13.5,14.5,-1.0\n",
        [
            ("breathing_rate_deep", "2026-01-01T00:00:00", 13.5),
            ("breathing_rate_light", "2026-01-01T00:00:00", 14.5),
        ],
    ),
    "oxygen by minute, 50 being an artefact": (
        f"{ROOT}/Oxygen Saturation (SpO2)/Minute SpO2 - 2026-01-01.csv",
        table("timestamp,value", minutes("2026-01-01T03:00", [95.5, 50.0, 96.0])),
        [("spo2", "2026-01-01T03:00:00", 95.5), ("spo2", "2026-01-01T03:02:00", 96)],
    ),
    "skin temperature of a night, NaN before there is one": (
        f"{ROOT}/Temperature/Computed Temperature - 2026-01-01.csv",
        "type,sleep_start,sleep_end,temperature_samples,nightly_temperature\n"
        "SKIN,2026-01-01T23:00,2026-01-02T07:00,440,NaN\n"
        "SKIN,2026-01-02T23:00,2026-01-03T07:00,440,33.25\n",
        [("skin_temperature", "2026-01-03T07:00:00", 33.25)],
    ),
    "skin temperature against the baseline": (
        f"{GOOGLE}/daily_sleep_temperature_derivations.csv",
        "timestamp,nightly temperature celsius,baseline temperature celsius\n"
        "2026-01-02T00:00:00Z,33.5,33.25\n",
        [("skin_temperature_variation", "2026-01-02T00:00:00", 0.25)],
    ),
    "active zone minutes, two zones in one minute": (
        f"{ROOT}/Active Zone Minutes (AZM)/Active Zone Minutes - 2026-01-01.csv",
        "date_time,heart_zone_id,total_minutes\n2026-01-01T09:25,FAT_BURN,1\n2026-01-01T09:25,PEAK,2\n",
        [
            ("active_zone_minutes", "2026-01-01T09:25:00", 3),
            ("active_zone_minutes_fat_burn", "2026-01-01T09:25:00", 1),
            ("active_zone_minutes_peak", "2026-01-01T09:25:00", 2),
        ],
    ),
    "a table of 2024 without a data source": (
        f"{GOOGLE}/heart_rate_2024-10-27.csv",
        table("timestamp,beats per minute", minutes("2024-10-27T09:00", [61.0])),
        [("heart_rate", "2024-10-27T09:00:00", 61)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_family_comes_out_in_the_units_of_its_metrics(tmp_path, name):
    member, text, expected = FILES[name]
    path = zipped(tmp_path / "a.zip", {member: text})

    found = [(row["metric"], row["t"].isoformat(), round(row["value"], 3)) for row in rows(path)]

    assert found == expected
    assert rejects(path) == []


def test_sleep_keeps_its_stages_and_whether_it_is_the_main_one(tmp_path):
    stage = {"dateTime": "2026-01-01T23:00:00.000", "level": "deep", "seconds": 3600}
    night = {
        "logId": 7, "dateOfSleep": "2026-01-02", "duration": 28_800_000, "type": "stages",
        "startTime": "2026-01-01T23:00:00.000", "endTime": "2026-01-02T07:00:00.000",
        "mainSleep": True, "levels": {"data": [stage]},
    }  # fmt: skip
    path = zipped(tmp_path / "a.zip", {f"{EXPORT}/sleep-2026-01-01.json": json.dumps([night])})

    found = [(row["metric"], row["label"], row["main"], row["log"]) for row in rows(path)]

    assert found == [("sleep", "stages", True, "7"), ("sleep_stage", "deep", True, "7")]


def test_exercise_has_its_start_and_length(tmp_path):
    log = {
        "logId": 9,
        "activityName": "Run",
        "startTime": "01/02/26 08:00:00",
        "duration": 1_800_000,
    }
    path = zipped(tmp_path / "a.zip", {f"{EXPORT}/exercise-0.json": json.dumps([log])})

    (row,) = rows(path)

    assert (row["label"], row["t"].isoformat(), row["end"].isoformat()) == (
        "Run", "2026-01-02T08:00:00", "2026-01-02T08:30:00"
    )  # fmt: skip


def test_padding_after_the_last_day_with_evidence_is_dropped(tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        {
            f"{EXPORT}/steps-2026-01-01.json": series(
                [*minutes("2026-01-01T08:00", ["5", "0"]), *minutes("2026-01-09T08:00", ["0", "0"])]
            ),
            f"{EXPORT}/sedentary_minutes-2026-01-01.json": series(
                [*minutes("2026-01-01T00:00", ["700"]), *minutes("2026-01-09T00:00", ["1440"])]
            ),
        },
    )

    assert {row["t"].date().isoformat() for row in rows(path)} == {"2026-01-01"}


MINUTE = '{"dateTime": "01/01/26 08:00:00", "value": "5"}'
BAD = {
    "an impossible time": (MINUTE.replace("01/01", "02/30"), "the time is impossible"),
    "no number": (MINUTE.replace("5", "many"), "steps is not a number"),
    "no record": (f"{MINUTE}, 7", "the time is impossible"),
}


def test_a_record_without_a_value_is_set_aside(tmp_path):
    beats = series(minutes("2026-01-01T08:00", [{"bpm": 60}, {"confidence": 3}, [60]]))
    path = zipped(tmp_path / "a.zip", {f"{EXPORT}/heart_rate-2026-01-01.json": beats})

    assert rejects(path) == ["the record holds no value"] * 2


@pytest.mark.parametrize("name", BAD)
def test_bad_records_are_set_aside_with_a_reason(tmp_path, name):
    text, reason = BAD[name]
    path = zipped(tmp_path / "a.zip", {f"{EXPORT}/steps-2026-01-01.json": f"[{text}]"})

    assert rejects(path) == [reason]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("UserActivityProbabilities_2026-01.csv", "secret\n"),
        ("gps_location_2026-01-01.csv", "timestamp,latitude\n"),
        ("estimated_oxygen_variation-2026-01-01.csv", "timestamp,Infrared to Red Signal Ratio\n"),
        ("Device Temperature - 2026-01-01.csv", "recorded_time,temperature,sensor_type\n"),
        ("steps_2026-01-01.csv", "no data"),
    ],
)
def test_what_is_known_and_of_no_use_is_skipped_by_name(name, text):
    file = written(text, f"a.zip!{HEALTH}/{name}")

    assert recognise(file).name == "takeout"
    with pytest.raises(Unwanted, match=name.split(".")[0]):
        list(Takeout().read(file))
