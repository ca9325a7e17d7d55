import json
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import count, episodes, only, rejected, samples, series, written

from wearhouse.errors import Invalid
from wearhouse.sources.fitbit_web import FitbitWeb

FITBIT = FitbitWeb()

NOT_JSON = ("GetSleepOld.json", "SleepLogList.json")
NOTHING = re.compile(r"ApiError|Goals?\.json|Devices|Stats|BodyMeasurements|BloodPressure")


def heart(dataset: list[dict], date: str = "2024-03-01", **layout) -> bytes:
    document = {
        "activities-heart": [{"dateTime": date, "value": {"restingHeartRate": 61}}],
        "activities-heart-intraday": {"dataset": dataset, "datasetType": "second"},
    }
    return json.dumps(document, **layout).encode()


def beats(*values: object) -> list[dict]:
    return [{"time": f"00:00:{second:02}", "value": v} for second, v in enumerate(values)]


def test_every_intraday_sample_of_every_fixture_is_read(shared):
    paths = sorted((shared / "vendor-json/fitbit-net").glob("*Intraday*.json"))
    paths += sorted((shared / "vendor-json/shimmer").glob("fitbit-*-intraday.json"))
    paths = [path for path in paths if "MissingDateTime" not in path.name]

    for path in paths:
        text = path.read_text("utf-8-sig")
        minutes = len(re.findall(r'"(?:time|minute)"\s*:', text))
        rates = len(re.findall(r'"breathingRate"\s*:\s*[1-9]', text))
        per_minute = 4 if "HRV" in path.name else 1

        counted = count(FITBIT, only(path))

        within = ("heart_rate", "steps", "calories", "spo2", "hrv_rmssd", "hrv_coverage")
        within += ("hrv_hf", "hrv_lf", "breathing_rate", "breathing_rate_deep")
        within += ("breathing_rate_light", "breathing_rate_rem")
        assert sum(counted.get(name, 0) for name in within) == minutes * per_minute + rates, path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ActiveZoneMinutes.json", {"daily_active_zone_minutes": 4}),
        ("GetHRVSummaryByInterval.json", {"daily_hrv_rmssd": 3, "daily_hrv_deep_rmssd": 3}),
        ("GetSpO2SummaryByInterval.json", dict.fromkeys(
            ("daily_spo2", "daily_spo2_low", "daily_spo2_high"), 4)),
        ("GetCardioScoreSummaryByInterval.json", {"vo2_max": 2}),
        ("GetWeight.json", {"weight": 2}),
        ("GetFat.json", {"body_fat": 2}),
        ("TimeSeries-ActivitiesSteps.json", {"daily_steps": 7}),
        ("TimeSeries-ActivitiesSteps-Empty.json", {}),
        ("GetActivityLogsList.json", {"exercise": 20}),
        ("GetSleep.json", {"sleep": 1, "sleep_stage": 3}),
        ("GetHeartRateTimeSeries.json", dict.fromkeys(
            ("resting_heart_rate", "heart_rate_zone_out_of_range", "heart_rate_zone_fat_burn",
             "heart_rate_zone_cardio", "heart_rate_zone_peak"), 7)),
    ],
)  # fmt: skip
def test_daily_answers_hold_what_they_state(shared, name, expected):
    file = only(shared / "vendor-json/fitbit-net" / name)

    assert count(FITBIT, file) == expected


def test_every_file_with_a_byte_order_mark_is_read_or_refused_with_a_sentence(shared):
    paths = sorted((shared / "vendor-json/fitbit-net").glob("*.json"))
    marked = [path for path in paths if path.read_bytes().startswith(b"\xef\xbb\xbf")]

    refused = {path.name for path in marked if not readable(path)}

    assert len(marked) == 35
    assert all(NOTHING.search(name) or name in (*NOT_JSON, "GetHeartRate.json") for name in refused)


def readable(path) -> bool:
    try:
        count(FITBIT, only(path))
    except Invalid:
        return False
    return True


@pytest.mark.parametrize("name", NOT_JSON)
def test_a_file_that_is_not_json_is_refused(shared, name):
    file = only(shared / "vendor-json/fitbit-net" / name)

    with pytest.raises(Invalid, match=f"{name} is not valid JSON"):
        list(FITBIT.read(file))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("GetDevices-Single.json", "a list of devices"),
        ("GetGoals.json", "goals"),
        ("ActivitiesStats.json", "lifetime totals"),
        (
            "ApiError-Request-StaleToken.json",
            r"an error message of Fitbit \(expired_token\), nothing",
        ),
        ("GetBloodPressure.json", "no data that Fitbit sends"),
    ],
)
def test_an_answer_without_samples_says_what_it_is(shared, name, sentence):
    file = only(shared / "vendor-json/fitbit-net" / name)

    with pytest.raises(Invalid, match=f"{name} holds {sentence}"):
        list(FITBIT.read(file))


def test_the_day_of_a_time_comes_from_the_entry_beside_it():
    file = written(heart(beats(60, 62.5)))

    assert series(FITBIT, file, "heart_rate") == [
        ("2024-03-01T00:00:00", 60.0),
        ("2024-03-01T00:00:01", 62.5),
    ]
    assert series(FITBIT, file, "resting_heart_rate") == [("2024-03-01T00:00:00", 61.0)]


@pytest.mark.parametrize("date", ["today", "2024-02-30", ""])
def test_samples_of_an_unknown_day_are_rejected(date):
    file = written(heart(beats(60, 62), date))

    assert samples(FITBIT, file) == []
    assert [position for position, _ in rejected(FITBIT, file)] == [0, 1, 2]


def test_calories_without_a_day_are_rejected_one_by_one(shared):
    name = "IntradayActivitiesCaloriesMissingDateTime.json"
    file = only(shared / "vendor-json/fitbit-net" / name)

    assert Counter(reason for _, reason in rejected(FITBIT, file)) == {
        "the document does not say of which day": 1440
    }


BAD = [
    ({"time": "25:61:00", "value": 60}, "the time is impossible"),
    ({"time": "10", "value": 60}, "the time is impossible"),
    ({"time": None, "value": 60}, "the time is impossible"),
    ({"time": "00:00:01", "value": "sixty"}, "the value is not a number"),
    ({"time": "00:00:01", "value": True}, "the value is not a number"),
    ({"time": "00:00:01", "value": None}, "the record holds no value"),
    ({"time": "00:00:01"}, "the record holds no value"),
    ({}, "the record holds no value"),
    (7, "the record holds no value"),
]


@pytest.mark.parametrize(("record", "reason"), BAD)
def test_a_bad_record_is_rejected_and_its_neighbours_are_kept(record, reason):
    dataset = beats(60, 61, 62)
    dataset.insert(1, record)
    file = written(heart(dataset))

    assert [value for _, value in series(FITBIT, file, "heart_rate")] == [60, 61, 62]
    assert rejected(FITBIT, file) == [(2, reason)]


@pytest.mark.parametrize("text", ["61", "np.float64(61.0)", "6.1e1", " 61 "])
def test_a_number_may_be_written_as_text(text):
    file = written(heart(beats(60, text)))

    assert [value for _, value in series(FITBIT, file, "heart_rate")] == [60, 61]


seconds = st.integers(0, 86_399)
rates = st.floats(0, 300, allow_subnormal=False) | st.integers(0, 300)
layouts = st.sampled_from(
    [
        {},
        {"separators": (",", ":")},
        {"indent": 2},
        {"indent": "\t"},
        {"separators": (" , ", " : ")},
    ]
)


def clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


@given(st.lists(st.tuples(seconds, rates), max_size=40), layouts)
def test_what_is_written_as_heart_rate_is_read_again_in_any_layout(pairs, layout):
    dataset = [{"time": clock(second), "value": value} for second, value in pairs]

    read = series(FITBIT, written(heart(dataset, **layout)), "heart_rate")

    assert read == [(f"2024-03-01T{clock(second)}", float(value)) for second, value in pairs]


@given(st.lists(st.tuples(seconds, rates), max_size=40), layouts)
def test_a_bad_record_changes_nothing_about_the_good_ones(pairs, layout):
    dataset = [{"time": clock(second), "value": value} for second, value in pairs]
    spoilt = [*dataset, {"time": "99:99:99", "value": 1}]

    read = series(FITBIT, written(heart(dataset, **layout)), "heart_rate")

    assert series(FITBIT, written(heart(spoilt, **layout)), "heart_rate") == read


WHOLE = b"[" + heart(beats(*range(60, 100))) + b", " + heart(beats(*range(40)), indent=1) + b"]"


@given(st.integers(0, len(WHOLE) - 1))
def test_a_cut_file_is_never_taken_for_a_whole_one(size):
    with pytest.raises(Invalid, match=r"file is (truncated|empty|not valid JSON)"):
        list(FITBIT.read(written(WHOLE[:size])))


@pytest.mark.parametrize(
    "text",
    ["[{},]", "[{} {}]", "{}{}", "[][]", "[1]", '"a"', "hello", '{"a":}', "]", "[{}}", "[[]]"],
)
def test_what_is_not_a_list_of_objects_is_refused(text):
    with pytest.raises(Invalid):
        list(FITBIT.read(written(text)))


@pytest.mark.parametrize("text", ["{}", "[]", " [ ] \n", "[{}, {}]"])
def test_an_empty_answer_holds_nothing(text):
    assert list(FITBIT.read(written(text))) == []


def test_brackets_within_texts_do_not_count():
    log = {"logId": 1, "activityName": 'R]un "{[', "startTime": "2024-03-01T07:00:00.000-05:00",
           "duration": 60_000}  # fmt: skip

    (episode,) = episodes(FITBIT, written(json.dumps([{"activities": [log]}])))

    assert episode["label"] == 'R]un "{['
    assert (episode["t"].isoformat(), episode["offset"]) == ("2024-03-01T07:00:00", -300)


def test_a_part_of_the_night_that_was_not_measured_is_missing_without_a_reject(shared):
    file = only(shared / "vendor-json/fitbit-net/GetBreathingRateIntradayByDate.json")

    assert {row["metric"]: row["value"] for row in samples(FITBIT, file)} == {
        "breathing_rate": 17.8,
        "breathing_rate_deep": 16.8,
        "breathing_rate_light": 16.8,
    }
    assert rejected(FITBIT, file) == []


def test_distances_become_metres_and_fitness_spans_their_middle(shared):
    folder = shared / "vendor-json/fitbit-net"

    distances = series(
        FITBIT, only(folder / "TimeSeries-ActivitiesDistance.json"), "daily_distance"
    )
    fitness = series(FITBIT, only(folder / "GetCardioScoreSummaryByDate.json"), "vo2_max")

    assert distances[0] == ("2014-08-12T00:00:00", 1000.0)
    assert fitness == [("2023-10-15T00:00:00", 44.0)]
