"""What is made of pages of the Google Health API, good ones and bad."""

import json
import random
from datetime import datetime, timedelta

import pytest
from asking import BERLIN, read, read_bytes, rejected, samples
from doubles.people import daily, interval, sample
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.errors import Invalid
from wearhouse.sources.google_health.catalogue import part_named
from wearhouse.sources.google_health.page import opened
from wearhouse.sources.google_health.points import read_points, wanted

AT = datetime(2026, 3, 1, 7, 0, tzinfo=BERLIN)
START = "2026-03-01T06:00:00"
BAND = {"platform": "FITBIT", "device": {"displayName": "Inspire 3"}}
WATCH = {"platform": "FITBIT", "device": {"displayName": "Pixel Watch 3"}}


def beat(value: object, at: datetime = AT, **more: object) -> dict:
    return sample("heartRate", at, beatsPerMinute=value, **more)


@pytest.mark.parametrize("content", [b"{}", b'{"dataPoints":[]}', b'{"nextPageToken":"x"}'])
@pytest.mark.parametrize("part", ["heart-rate list", "sleep list", "steps days", "floors minutes"])
def test_an_empty_page_holds_nothing(part: str, content: bytes) -> None:
    parsed = read_bytes(part, content)

    assert parsed.samples.num_rows == parsed.episodes.num_rows == parsed.rejects.num_rows == 0


@pytest.mark.parametrize("part", ["heart-rate list", "sleep list", "steps days"])
def test_what_is_no_page_is_refused(part: str) -> None:
    with pytest.raises(Invalid, match="no page of Google Health"):
        read_bytes(part, b'{"dataPoints":[{"heartRate"')


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(Invalid, match="'blood-pressure list'"):
        read("blood-pressure list")


def test_unknown_fields_and_values_are_passed_over() -> None:
    point = beat("61", metadata={"motionContext": "FLYING", "sensorLocation": "TOE"}, quality=[1])
    point["dataSource"] = {"platform": "ABACUS", "device": {"displayName": "X", "new": {"a": 1}}}
    point["novelty"] = {"heartRate": {"deep": [[[]]]}}

    assert samples([read("heart-rate list", point)]) == [(START, 61.0)]


@pytest.mark.parametrize("value", ["61", 61, 61.0, "61.0"])
def test_numbers_may_be_texts(value: object) -> None:
    assert samples([read("heart-rate list", beat(value))]) == [(START, 61.0)]


def test_numbers_may_be_texts_in_one_point_and_not_in_the_next() -> None:
    later = beat(62, AT + timedelta(seconds=5))

    parsed = read("heart-rate list", beat("61"), later)

    assert [value for _, value in samples([parsed])] == [61.0, 62.0]


def test_a_page_may_be_laid_out_for_people() -> None:
    assert samples([read("heart-rate list", beat("61"), indent=2)]) == [(START, 61.0)]


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"heartRate": {**beat("61")["heartRate"], "beatsPerMinute": "many"}}, "not a number"),
        ({"heartRate": {**beat("61")["heartRate"], "beatsPerMinute": "NaN"}}, "not a number"),
        ({"heartRate": {**beat("61")["heartRate"], "beatsPerMinute": {}}}, "not as Google Health"),
        ({"heartRate": {"beatsPerMinute": "61"}}, "time is impossible"),
        ({"heartRate": {"sampleTime": {"physicalTime": "2026-03-01T25:61:00Z"}}}, "time is"),
        ({"heartRate": {"sampleTime": beat("61")["heartRate"]["sampleTime"]}}, "states no value"),
        ({"heartRate": None}, "not as Google Health"),
        ({"steps": {}}, "not as Google Health"),
        ("not a point", "not as Google Health"),
    ],
    ids=[
        "text", "NaN", "object", "no time", "impossible time", "no value", "null", "another type",
        "no object",
    ],
)  # fmt: skip
def test_a_bad_point_is_set_aside_and_the_others_are_kept(spoilt: object, reason: str) -> None:
    parsed = read("heart-rate list", beat("61"), spoilt, beat("63", AT + timedelta(seconds=5)))

    assert [value for _, value in samples([parsed])] == [61.0, 63.0]
    ((position, said),) = rejected([parsed])
    assert position == 1
    assert reason in said


@given(
    st.lists(
        st.sampled_from(
            [beat("61"), beat(62, AT + timedelta(seconds=5)), beat("NaN"), {"steps": {}}, "none"]
        )
    )
)
def test_a_page_opened_when_it_was_fetched_reads_as_one_read_anew(points: list[object]) -> None:
    part = part_named("heart-rate list")
    content = json.dumps({"dataPoints": points, "nextPageToken": "more"}).encode()

    page = opened(content, wanted(part))

    assert page.nextPageToken == "more"
    fetched, anew = read_points(part, content, page), read_points(part, content)
    assert (fetched.samples, fetched.rejects) == (anew.samples, anew.rejects)


def test_positions_are_places_in_the_page() -> None:
    points = [beat(str(60 + place), AT - timedelta(seconds=place)) for place in range(3)]

    rows = read("heart-rate list", *points).samples.to_pylist()

    assert [(row["value"], row["position"]) for row in rows] == [(62.0, 2), (61.0, 1), (60.0, 0)]


def test_a_point_without_an_offset_has_none() -> None:
    point = beat("61")
    del point["heartRate"]["sampleTime"]["utcOffset"]

    (row,) = read("heart-rate list", point).samples.to_pylist()

    assert row["offset"] is None


@pytest.mark.parametrize(
    ("stated", "minutes"), [("20700s", 345), ("-14400s", -240), ("0s", 0), ("soon", None)]
)
def test_offsets_are_minutes(stated: str, minutes: int | None) -> None:
    point = beat("61")
    point["heartRate"]["sampleTime"]["utcOffset"] = stated

    (row,) = read("heart-rate list", point).samples.to_pylist()

    assert row["offset"] == minutes


def test_fractions_of_seconds_are_cut_to_milliseconds() -> None:
    point = beat("61")
    point["heartRate"]["sampleTime"]["physicalTime"] = "2026-03-01T06:00:00.123456789Z"

    assert samples([read("heart-rate list", point)]) == [("2026-03-01T06:00:00.123000", 61.0)]


def test_of_two_devices_at_one_instant_the_first_in_the_alphabet_counts() -> None:
    points = [beat("70", source=WATCH), beat("61", source=BAND)]

    for order in (points, points[::-1]):
        assert samples([read("heart-rate list", *order)]) == [(START, 61.0)]


def test_minutes_that_overlap_a_longer_interval_count_in_its_place() -> None:
    long = interval("steps", AT, minutes=15, count="300")
    minutes = [interval("steps", AT + timedelta(minutes=n), count=str(n)) for n in (0, 3, 20)]
    points = [long, *minutes]

    for seed in range(5):
        shuffled = random.Random(seed).sample(points, len(points))
        found = samples([read("steps list", *shuffled)])
        assert [value for _, value in found] == [0.0, 3.0, 20.0]


@given(
    st.dictionaries(st.tuples(st.integers(0, 60), st.integers(1, 20)), st.integers(0, 500)),
    st.randoms(use_true_random=False),
)
def test_intervals_that_count_never_overlap_in_whatever_order_they_come(
    counts: dict[tuple[int, int], int], shuffler: random.Random
) -> None:
    points = [
        interval("steps", AT + timedelta(minutes=start), minutes=length, count=str(count))
        for (start, length), count in counts.items()
    ]

    rows = read("steps list", *points).samples.to_pylist()
    shuffled = read("steps list", *shuffler.sample(points, len(points)))

    chosen = [list(counts)[row["position"]] for row in rows]
    ends = [start + length for start, length in chosen]
    assert all(end <= start for end, (start, _) in zip(ends, chosen[1:], strict=False))
    assert samples([shuffled]) == sorted((row["t"].isoformat(), row["value"]) for row in rows)


def test_a_rolled_up_minute_without_a_value_is_not_taken_for_a_zero() -> None:
    window = {"startTime": "2026-03-01T06:00:00Z", "endTime": "2026-03-01T06:01:00Z"}

    parsed = read("floors minutes", window, {**window, "floors": {}}, name="rollupDataPoints")

    assert samples([parsed]) == [(START, 0.0)]
    assert [position for position, _ in rejected([parsed])] == [0]


def test_parts_of_the_heart_rate_variability_may_be_missing() -> None:
    point = sample(
        "heartRateVariability",
        AT,
        rootMeanSquareOfSuccessiveDifferencesMilliseconds=31.5,
        metadata={"lowFrequencyPower": 400.25},
    )

    parsed = read("heart-rate-variability list", point)

    assert {row["metric"]: row["value"] for row in parsed.samples.to_pylist()} == {
        "hrv_rmssd": 31.5,
        "hrv_lf": 400.25,
    }


def test_breathing_in_the_stages_of_sleep_is_dated_by_the_civil_day() -> None:
    stats = {"deepSleepStats": {"breathsPerMinute": 12.5}, "fullSleepStats": {}}
    nap = {"deepSleepStats": {"breathsPerMinute": 19.0}}
    points = [
        sample("respiratoryRateSleepSummary", AT + timedelta(hours=8), **nap),
        sample("respiratoryRateSleepSummary", AT, **stats),
    ]

    parsed = read("respiratory-rate-sleep-summary list", *points)

    assert samples([parsed]) == [("2026-02-28T23:00:00", 12.5)]


def test_skin_temperature_is_the_night_against_the_baseline() -> None:
    stated = {"nightlyTemperatureCelsius": 34.5, "baselineTemperatureCelsius": 34.0}
    point = daily("dailySleepTemperatureDerivations", AT.date(), **stated)
    first = daily("dailySleepTemperatureDerivations", AT.date(), nightlyTemperatureCelsius=34.5)

    parsed = read("daily-sleep-temperature-derivations list", point, first)

    assert samples([parsed], "skin_temperature_variation") == [("2026-03-01T00:00:00", 0.5)]
    assert rejected([parsed]) == [(1, "the point states no value")]


def test_zone_minutes_of_the_day_are_those_of_all_zones() -> None:
    point = {
        "civilStartTime": {"date": {"year": 2026, "month": 3, "day": 1}, "time": {}},
        "activeZoneMinutes": {"sumInFatBurnHeartZone": "12", "sumInPeakHeartZone": "4"},
    }

    parsed = read("active-zone-minutes days", point, name="rollupDataPoints")

    assert samples([parsed], "daily_active_zone_minutes") == [("2026-03-01T00:00:00", 16.0)]


def test_weight_is_in_kilograms() -> None:
    parsed = read("weight list", sample("weight", AT, weightGrams=72500.0))

    assert samples([parsed]) == [(START, 72.5)]


@pytest.mark.parametrize("part", ["heart-rate list", "sleep list", "steps days"])
def test_text_that_is_not_unicode_is_set_aside(part: str) -> None:
    name = b"rollupDataPoints" if part.endswith("days") else b"dataPoints"

    parsed = read_bytes(part, b'{"%s":[{"name":"\xff"}]}' % name)

    assert [position for position, _ in rejected([parsed])] == [0]


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(noise: bytes) -> None:
    for part in ("heart-rate list", "sleep list", "steps days"):
        try:
            parsed = read_bytes(part, noise)
        except Invalid:
            continue
        assert parsed.samples.num_rows == 0


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from(["heart-rate list", "steps list", "sleep list", "steps days"]),
    st.dictionaries(
        st.sampled_from(
            ["sampleTime", "interval", "count", "beatsPerMinute", "stages", "metadata", "type"]
        ),
        JSON,
    ),
)
def test_points_of_any_shape_are_read_or_set_aside(part: str, value: dict) -> None:
    key = "".join(
        word if n == 0 else word.capitalize() for n, word in enumerate(part.split()[0].split("-"))
    )
    name = "rollupDataPoints" if part.endswith("days") else "dataPoints"

    parsed = read(part, {key: value}, name=name)

    assert parsed.samples.num_rows + parsed.episodes.num_rows + parsed.rejects.num_rows >= 1
