import gzip
import json
from datetime import datetime

import pytest
from reading import count, episodes, only, rejected, samples, series, written

from wearhouse.errors import Unwanted
from wearhouse.sources import recognise
from wearhouse.sources.files import in_memory
from wearhouse.sources.oura import Oura

OURA = Oura()

BEDTIME = "2024-01-15T23:00:00-08:00"
NIGHT = {
    "id": "n1",
    "day": "2024-01-16",
    "bedtime_start": BEDTIME,
    "bedtime_end": "2024-01-16T07:00:00-08:00",
    "type": "long_sleep",
    "sleep_phase_5_min": "4221133",
    "average_breath": 14.5,
    "average_hrv": 45,
    "heart_rate": {"interval": 300, "items": [None, 52, 50], "timestamp": BEDTIME},
    "hrv": {"interval": 300, "items": [None, 0, 41], "timestamp": BEDTIME},
    "readiness": {"temperature_deviation": -0.25},
}  # fmt: skip


def as_file(tree: object, name: str = "sleep.json"):
    return written(json.dumps(tree), name)


@pytest.mark.parametrize("user", ["user1", "user2"])
@pytest.mark.parametrize(
    ("collection", "metric"),
    [
        ("heart_rate", "heart_rate"),
        ("daily_activity", "daily_steps"),
        ("daily_activity", "daily_calories"),
        ("daily_activity", "sedentary_minutes"),
    ],
)
def test_every_record_of_a_collection_is_read(shared, collection, metric, user):
    path = shared / "oura" / f"{collection}_{user}.json.gz"
    records = json.loads(gzip.decompress(path.read_bytes()))

    assert count(OURA, only(path))[metric] == len(records)
    assert rejected(OURA, only(path)) == []


@pytest.mark.parametrize("user", ["user1", "user2"])
def test_sleeps_that_end_after_they_start_are_read_and_the_others_set_aside(shared, user):
    path = shared / "oura" / f"sleep_{user}.json.gz"
    records = json.loads(gzip.decompress(path.read_bytes()))
    wanted = [r for r in records if r["type"] not in ("rest", "deleted")]
    backwards = [r for r in wanted if not forwards(r)]

    counted = count(OURA, only(path))

    assert counted["sleep"] == len(wanted) - len(backwards)
    assert counted["breathing_rate"] == sum(r["type"] == "long_sleep" for r in records)
    assert len(rejected(OURA, only(path))) == len(backwards)


def forwards(record) -> bool:
    start, end = (datetime.fromisoformat(record[f"bedtime_{end}"]) for end in ("start", "end"))
    return start < end


@pytest.mark.parametrize("name", ["daily_sleep", "readiness", "ideal_sleep_time"])
def test_scores_and_advice_are_known_and_not_imported(shared, name):
    file = only(shared / "oura" / f"{name}_user1.json.gz")

    assert recognise(file).name == "oura"
    with pytest.raises(Unwanted, match=name):
        list(OURA.read(file))


def test_the_file_may_name_the_person(shared):
    file = only(shared / "oura" / "heart_rate_user1.json.gz")

    assert {row["person"] for row in samples(OURA, file)} == {"user1"}
    assert {row["person"] for row in samples(OURA, as_file([NIGHT]))} == {""}


def test_the_hypnogram_becomes_stages():
    found = [
        (row["label"], row["t"].isoformat(), row["end"].isoformat(), row["offset"])
        for row in episodes(OURA, as_file([NIGHT]))
    ]

    assert found == [
        ("stages", "2024-01-15T23:00:00", "2024-01-16T07:00:00", -480),
        ("wake", "2024-01-15T23:00:00", "2024-01-15T23:05:00", -480),
        ("light", "2024-01-15T23:05:00", "2024-01-15T23:15:00", -480),
        ("deep", "2024-01-15T23:15:00", "2024-01-15T23:25:00", -480),
        ("rem", "2024-01-15T23:25:00", "2024-01-15T23:35:00", -480),
    ]


def test_series_of_the_night_leave_out_what_was_not_measured():
    file = as_file([NIGHT])

    assert series(OURA, file, "hrv_rmssd") == [("2024-01-15T23:10:00", 41)]
    assert [value for _, value in series(OURA, file, "heart_rate")] == [52, 50]
    assert {row["offset"] for row in samples(OURA, file) if row["metric"] == "heart_rate"} == {-480}


def test_a_main_sleep_gives_its_day_one_value_of_each():
    file = as_file([NIGHT, NIGHT | {"type": "late_nap", "id": "n2"}])

    assert series(OURA, file, "breathing_rate") == [("2024-01-16T00:00:00", 14.5)]
    assert series(OURA, file, "daily_hrv_rmssd") == [("2024-01-16T00:00:00", 45)]
    assert series(OURA, file, "skin_temperature_variation") == [("2024-01-16T00:00:00", -0.25)]


def test_only_the_long_sleep_is_the_main_one():
    file = as_file([NIGHT, NIGHT | {"type": "late_nap", "id": "n2"}])

    assert {row["log"]: row["main"] for row in episodes(OURA, file)} == {"n1": True, "n2": False}


@pytest.mark.parametrize("tree", [[NIGHT], NIGHT, {"data": [NIGHT], "next_token": None}])
def test_an_array_a_record_and_a_page_are_read_alike(tree):
    assert recognise(as_file(tree)).name == "oura"
    assert count(OURA, as_file(tree))["sleep_stage"] == 4


def test_the_collection_of_heart_rate_is_in_utc_wherever_the_person_was():
    beat = {"bpm": 60, "source": "awake", "timestamp": "2024-01-15T23:00:00+00:00"}

    (parsed,) = OURA.read(as_file([beat], "heart_rate.json"))

    assert parsed.clock == "utc"
    assert parsed.samples["offset"].null_count == 1


def test_each_shape_of_another_client_is_recognised(shared):
    shapes = json.loads((shared / "vendor-json" / "open-wearables" / "oura.json").read_bytes())
    found = {}

    for name, tree in shapes.items():
        file = in_memory(name, json.dumps(tree).encode())
        assert recognise(file).name == "oura"
        found[name.split("::")[1]] = count(OURA, file)

    assert found == {
        "sample_oura_readiness": {"skin_temperature_variation": 1},
        "sample_oura_sleep": {"breathing_rate": 1, "daily_hrv_rmssd": 1},
        "test_normalize_activity_samples.raw": {"daily_steps": 1},
        "test_normalize_sleep_mixed_types_filters_correctly.items": {"sleep": 2},
        "test_normalize_sleep_nap_detection_late_nap_type.raw": {"sleep": 1},
        "test_normalize_sleep_skips_deleted_type.raw": {},
        "test_stage_timestamps_fall_back_to_5_min.raw": {"sleep": 1, "sleep_stage": 2},
        "test_stage_timestamps_prefer_30_sec_over_5_min.raw": {"sleep": 1, "sleep_stage": 1},
    }


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (NIGHT | {"bedtime_end": "2024-01-15T22:00:00-08:00"}, "the sleep does not end within"),
        (
            {"bpm": None, "source": "rest", "timestamp": "2024-01-15T22:00:00Z"},
            "the heart rate has",
        ),
        ({"day": "2024-13-01", "steps": 1, "active_calories": 1}, "the record does not say of"),
        ({"day": "2024-01-01", "steps": "x", "active_calories": 1}, "daily_steps is not a number"),
        ({"day": "2024-01-01"}, "the record is of no collection"),
    ],
)
def test_bad_records_are_set_aside_with_a_reason(record, reason):
    ((position, said),) = rejected(OURA, as_file([record]))

    assert (position, said[: len(reason)]) == (0, reason)
