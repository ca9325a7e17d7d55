import gzip
import json
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pyarrow.compute as pc
import pytest
from reading import count, episodes, only, rejected, series, table, written

from wearhouse.sources.files import walk
from wearhouse.sources.wearipedia import Wearipedia

WEARIPEDIA = Wearipedia()

# How often a key stands in the documents tells how many samples there must be.
SIGNS = {
    "heart_rate_day": ("heart_rate", '"time"'),
    "intraday_heart_rate": ("heart_rate", '"time"'),
    "distance_day": ("distance", '"time"'),
    "distance": ("daily_distance", '"dateTime"'),
    "steps": ("daily_steps", '"dateTime"'),
    "intraday_activity": ("daily_steps", '"dateTime"'),
    "hrv": ("daily_hrv_rmssd", '"dailyRmssd"'),
    "intraday_hrv": ("hrv_rmssd", '"rmssd"'),
    "intraday_spo2": ("spo2", '"minute"'),
    "intraday_active_zone_minute": ("active_zone_minutes", '"activeZoneMinutes"'),
    "intraday_breath_rate": ("breathing_rate", '"fullSleepSummary"'),
    "minutesSedentary": ("sedentary_minutes", '"dateTime"'),
    "minutesLightlyActive": ("lightly_active_minutes", '"dateTime"'),
    "minutesFairlyActive": ("fairly_active_minutes", '"dateTime"'),
    "minutesVeryActive": ("very_active_minutes", '"dateTime"'),
    "sleep": ("sleep", '"logId"'),
}


@pytest.mark.parametrize("user", ["user1", "user2"])
@pytest.mark.parametrize("collection", SIGNS)
def test_every_collection_is_read_whole(shared, collection, user):
    path = shared / "wearipedia" / f"{collection}_{user}.json.gz"
    metric, sign = SIGNS[collection]
    expected = gzip.decompress(path.read_bytes()).count(sign.encode())

    counted = count(WEARIPEDIA, only(path))

    assert counted[metric] == expected
    assert rejected(WEARIPEDIA, only(path)) == []


def test_the_file_names_the_person(shared):
    files = walk(shared / "wearipedia")

    persons = {
        row["values"]
        for file in files
        if "steps" in file.name
        for parsed in WEARIPEDIA.read(file)
        for row in parsed.samples["person"].value_counts().to_pylist()
    }

    assert persons == {"user1", "user2"}


def test_values_keep_their_full_precision(shared):
    path = shared / "wearipedia" / "intraday_heart_rate_user1.json.gz"
    days = json.loads(gzip.decompress(path.read_bytes()))
    dataset = days[0]["heart_rate_day"][0]["activities-heart-intraday"]["dataset"]

    first = next(WEARIPEDIA.read(only(path))).samples

    assert first["value"][: len(dataset)].to_pylist() == [row["value"] for row in dataset]


@pytest.mark.parametrize("name", ["heart_rate_day", "intraday_heart_rate"])
def test_zones_are_minutes_even_where_the_file_holds_seconds(shared, name):
    file = only(shared / "wearipedia" / f"{name}_user1.json.gz")

    read = table(WEARIPEDIA, file)
    zones = read.filter(pc.match_substring(read["metric"].cast("string"), "zone"))["value"]

    assert zones[:4].to_pylist() == [360, 240, 480, 360]


def test_stages_cover_the_seconds_of_the_segments_without_overlap(shared):
    path = shared / "wearipedia" / "sleep_user1.json.gz"
    night = json.loads(gzip.decompress(path.read_bytes()))[0]["sleep"][0]
    found = [row for row in episodes(WEARIPEDIA, only(path)) if row["log"] == str(night["logId"])]
    stages = [row for row in found if row["metric"] == "sleep_stage"]

    assert seconds(stages) == painted(night["levels"])
    assert all(a["end"] <= b["t"] for a, b in pairwise(stages))


def seconds(stages) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in stages:
        counted[row["label"]] += int((row["end"] - row["t"]).total_seconds())
    return counted


def painted(levels) -> Counter[str]:
    at: dict[int, str] = {}
    for segment in (*sorted(levels["data"], key=lambda s: s["dateTime"]), *levels["shortData"]):
        start = int(datetime.fromisoformat(segment["dateTime"]).timestamp())
        at |= dict.fromkeys(range(start, start + segment["seconds"]), segment["level"])
    return Counter(at.values())


def test_numbers_that_numpy_wrote_are_numbers():
    document = [{"dateTime": "2024-02-25", "value": "np.int64(15265)"}]
    file = written(json.dumps(document), "steps_anna.json")

    assert series(WEARIPEDIA, file, "daily_steps") == [("2024-02-25T00:00:00", 15265.0)]


def test_a_day_without_a_number_is_rejected():
    document = [{"dateTime": "2024-02-25", "value": "many"}]

    assert rejected(WEARIPEDIA, written(json.dumps(document))) == [
        (0, "daily_steps is not a number")
    ]


def test_what_stands_beside_a_wrapped_list_is_read_too():
    day = {"activities-steps": [{"dateTime": "2024-02-25", "value": 3}]}
    document = [{"week": [day], **day}]

    assert count(WEARIPEDIA, written(json.dumps(document))) == {"daily_steps": 2}
