import zipfile
from collections import Counter
from datetime import datetime

import pytest
from reading import count, episodes, only, rejected, samples, series, written

from wearhouse.errors import Invalid, Unwanted
from wearhouse.sources import recognise
from wearhouse.sources.apple_health import AppleHealth
from wearhouse.sources.files import walk

APPLE = AppleHealth()
WATCH, PHONE = "Ann’s Apple Watch", "Ann’s iPhone"


def export(*elements: str, head: str = ""):
    return written(
        f'{head}<HealthData locale="en_US">{"".join(elements)}</HealthData>', "export.xml"
    )


def record(
    kind: str,
    value: object,
    unit: str = "",
    start: str = "08:00:00",
    end: str | None = None,
    source: str = WATCH,
    zone: str = "+0200",
) -> str:
    since, until = (f"2026-01-02 {clock} {zone}" for clock in (start, end or start))
    prefix = "HKCategoryTypeIdentifier" if kind == "SleepAnalysis" else "HKQuantityTypeIdentifier"
    return (
        f'<Record type="{prefix}{kind}" sourceName="{source}" unit="{unit}" '
        f'startDate="{since}" endDate="{until}" value="{value}"/>'
    )


def asleep(stage: str, start: str, end: str, source: str = WATCH) -> str:
    return record("SleepAnalysis", f"HKCategoryValueSleepAnalysis{stage}", "", start, end, source)


@pytest.mark.parametrize("name", ["export_filereference.xml", "export_inline_route.xml"])
def test_the_redacted_exports_are_read_whole(shared, name):
    file = only(shared / "apple-health" / name)

    assert recognise(file).name == "apple-health"
    assert count(APPLE, file) == {"heart_rate": 1, "exercise": 1}
    assert series(APPLE, file, "heart_rate") == [("2018-09-10T02:28:55", 72)]
    assert [(row["label"], row["offset"]) for row in episodes(APPLE, file)] == [("Running", -420)]


def test_the_export_is_found_in_its_archive(tmp_path, shared):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(
            shared / "apple-health" / "export_inline_route.xml", "apple_health_export/export.xml"
        )
        archive.writestr("apple_health_export/export_cda.xml", "<ClinicalDocument/>")

    read = [file for file in walk(path) if APPLE.recognises(file.head())]

    assert [file.name for file in read] == ["export.zip!apple_health_export/export.xml"]


@pytest.mark.parametrize(
    ("kind", "value", "unit", "metric", "expected"),
    [
        ("HeartRate", 61, "count/min", "heart_rate", 61),
        ("RestingHeartRate", 55, "count/min", "resting_heart_rate", 55),
        ("OxygenSaturation", 0.97, "%", "spo2", 97),
        ("RespiratoryRate", 14.5, "count/min", "breathing_rate", 14.5),
        ("BodyMass", 154.3, "lb", "weight", 69.989),
        ("BodyMass", 70, "kg", "weight", 70),
        ("BodyFatPercentage", 0.215, "%", "body_fat", 21.5),
        ("VO2Max", 41.5, "mL/min·kg", "vo2_max", 41.5),
        ("StepCount", 30, "count", "steps", 30),
        ("FlightsClimbed", 2, "count", "floors", 2),
        ("DistanceWalkingRunning", 0.5, "mi", "distance", 804.672),
        ("DistanceWalkingRunning", 0.5, "km", "distance", 500),
    ],
)
def test_quantities_come_out_in_the_units_of_their_metrics(kind, value, unit, metric, expected):
    (row,) = samples(APPLE, export(record(kind, value, unit)))

    assert (row["metric"], round(row["value"], 3), row["offset"]) == (metric, expected, 120)


def test_what_is_close_to_a_metric_but_is_not_it_is_left_out_and_said():
    file = export(
        record("HeartRateVariabilitySDNN", 50, "ms"), record("ActiveEnergyBurned", 1, "kcal")
    )
    source = APPLE.prepare([file])

    assert samples(source, file) == []
    assert source.notes == [
        "left out: SDNN, which is not RMSSD",
        "left out: active energy, which is not all energy",
    ]


def test_an_amount_is_shared_among_its_minutes_in_proportion_to_time():
    file = export(record("StepCount", 90, "count", "08:00:30", "08:02:00"))

    assert series(APPLE, file, "steps") == [
        ("2026-01-02T06:00:00", 30),
        ("2026-01-02T06:01:00", 60),
    ]


def test_of_watch_and_phone_the_watch_is_taken_in_the_minutes_that_it_covers():
    file = export(
        record("StepCount", 100, "count", "08:00:00", "08:02:00", PHONE),
        record("StepCount", 40, "count", "08:01:00", "08:02:00", WATCH),
        record("StepCount", 7, "count", "08:01:00", "08:02:00", "Some App"),
    )

    assert series(APPLE, file, "steps") == [
        ("2026-01-02T06:00:00", 50),
        ("2026-01-02T06:01:00", 40),
    ]


def test_stretches_of_sleep_become_nights_with_the_longest_of_a_day_the_main_one():
    file = export(
        asleep("InBed", "00:00:00", "07:00:00"),
        asleep("AsleepCore", "00:30:00", "02:00:00"),
        asleep("AsleepDeep", "02:00:00", "03:00:00"),
        asleep("Awake", "03:00:00", "03:10:00"),
        asleep("AsleepREM", "03:10:00", "04:00:00"),
        asleep("AsleepUnspecified", "13:00:00", "13:30:00"),
        asleep("AsleepUnspecified", "00:10:00", "06:50:00", PHONE),
    )

    found = [
        (row["metric"], row["label"], row["main"], f"{row['t']:%H:%M}")
        for row in episodes(APPLE, file)
    ]

    assert found == [
        ("sleep", "stages", True, "22:30"),
        ("sleep_stage", "light", True, "22:30"),
        ("sleep_stage", "deep", True, "00:00"),
        ("sleep_stage", "wake", True, "01:00"),
        ("sleep_stage", "rem", True, "01:10"),
        ("sleep", "classic", False, "11:00"),
        ("sleep_stage", "asleep", False, "11:00"),
    ]
    assert {row["dated"].date().isoformat() for row in episodes(APPLE, file)} == {"2026-01-02"}


def test_names_of_devices_are_kept_nowhere_for_they_name_people():
    file = export(
        asleep("AsleepCore", "00:30:00", "02:00:00"), record("HeartRate", "x", "count/min")
    )

    kept = str(
        [(parsed.episodes.to_pylist(), parsed.rejects.to_pylist()) for parsed in APPLE.read(file)]
    )

    assert "Ann" not in kept


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (record("HeartRate", "x", "count/min"), "the value is not a number"),
        (record("HeartRate", 60, "Hz"), "the unit is not known"),
        (record("HeartRate", 60, "count/min", "25:00:00"), "the time is impossible"),
        (record("StepCount", 60, "count", "08:00:00", "07:00:00"), "it does not end within a day"),
        (asleep("Dreaming", "00:30:00", "02:00:00"), "no sleep stage is called"),
        (asleep("AsleepCore", "02:00:00", "01:00:00"), "the sleep does not say when"),
        ('<Workout workoutActivityType="HKWorkoutActivityTypeYoga"/>', "the workout does not say"),
    ],
)
def test_bad_records_are_set_aside_with_a_reason(element, reason):
    ((position, said),) = rejected(APPLE, export(element))

    assert (position, said[: len(reason)]) == (0, reason)


DTD = "<!DOCTYPE HealthData [<!ELEMENT HealthData ANY>{}]>"


def test_the_declarations_of_a_real_export_do_no_harm():
    file = export(
        record("HeartRate", 60, "count/min"),
        head=DTD.format("<!ATTLIST Record unit CDATA #IMPLIED>"),
    )

    assert count(APPLE, file) == {"heart_rate": 1}


@pytest.mark.parametrize(
    "file",
    [
        export(head=DTD.format('<!ENTITY a "ha"><!ENTITY b "&a;&a;">')),
        export(head=DTD.format('<!ENTITY a SYSTEM "file:///etc/passwd">')),
        export("<a>" * 200 + "</a>" * 200),
        export("<Record"),
        written("<HealthData>", "export.xml"),
        written('<x><HealthData a="1"/></x>', "export.xml"),
        written('<?xml version="1.0" encoding="nothing"?><HealthData/>', "export.xml"),
        export('<Record value="' + "x" * (18 << 20)),
    ],
    ids=[
        "entities",
        "outside entity",
        "depth",
        "cut tag",
        "cut",
        "other root",
        "encoding",
        "long tag",
    ],
)
def test_a_damaged_or_hostile_file_is_refused_by_name(file):
    with pytest.raises(Invalid, match=r"export\.xml"):
        list(APPLE.read(file))


def test_another_file_is_of_no_use():
    with pytest.raises(Unwanted):
        list(APPLE.read(written("<gpx/>", "route.gpx")))


def test_amounts_over_many_batches_keep_their_sum():
    minutes = [f"{hour:02}:{minute:02}:00" for hour in range(20) for minute in range(60)]
    file = export(*(record("StepCount", 7, "count", m, m[:6] + "59") for m in minutes))

    found = samples(APPLE, file)

    assert Counter(row["metric"] for row in found) == {"steps": 1200}
    assert sum(row["value"] for row in found) == pytest.approx(8400)
    assert min(row["t"] for row in found) == datetime(2026, 1, 1, 22)
