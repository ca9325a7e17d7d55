"""The Google Health API, asked of a double over HTTP: what arrives, and how it is dated."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import httpx2 as httpx
import pytest
from asking import BERLIN, DAY, NEW, beats, days, episodes, parsed, payloads, samples
from doubles.google_health import GoogleHealth as Double
from doubles.people import Account, daily, interval, night

from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.google_health.catalogue import FAMILIES
from wearhouse.sources.live import Token


def test_heart_rates_come_with_their_offset_in_the_order_of_time(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.add("heart-rate", *beats(61, 62, 63))

    (batch,) = parsed(google, payloads(google, client, token, "heart", DAY))

    assert batch.clock == "utc"
    assert samples([batch]) == [
        ("2026-03-01T06:00:00", 61.0),
        ("2026-03-01T06:00:05", 62.0),
        ("2026-03-01T06:00:10", 63.0),
    ]
    assert set(batch.samples["offset"].to_pylist()) == {60}
    assert batch.samples["t"].to_pylist() == sorted(batch.samples["t"].to_pylist())


def test_a_window_is_whole_civil_days_where_the_person_was(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    edges = [DAY.start - timedelta(seconds=1), DAY.start, DAY.end - timedelta(seconds=1), DAY.end]
    for place, at in enumerate(edges):
        account.add("heart-rate", *beats(60 + place, at=at))

    batches = parsed(google, payloads(google, client, token, "heart", DAY))

    assert [value for _, value in samples(batches)] == [61.0, 62.0]


@pytest.mark.parametrize("trouble", ["none", "empty_pages", "doubled_pages"])
def test_all_pages_are_read(
    google: GoogleHealth,
    client: httpx.Client,
    token: Token,
    service: Double,
    account: Account,
    trouble: str,
) -> None:
    account.add("heart-rate", *beats(*range(60, 85)))
    service.faults.smaller_pages = 10
    setattr(service.faults, trouble, True)

    batches = parsed(google, payloads(google, client, token, "heart", DAY))

    assert {value for _, value in samples(batches)} == set(map(float, range(60, 85)))


def test_a_long_window_is_asked_for_in_pieces(
    google: GoogleHealth, client: httpx.Client, token: Token, service: Double
) -> None:
    answers = payloads(google, client, token, "heart", days("2026-03-28", "2026-03-31"))

    assert [payload.window.start.isoformat() for payload in answers] == [
        "2026-03-28T00:00:00+01:00",
        "2026-03-29T00:00:00+01:00",
        "2026-03-30T00:00:00+02:00",
    ]
    assert len(service.asked) == 3


@pytest.mark.parametrize("family", [family.name for family in FAMILIES])
def test_every_family_can_be_asked_for_over_half_a_year(
    google: GoogleHealth, client: httpx.Client, token: Token, family: str
) -> None:
    longest = timedelta(days=3) if family == "heart" else timedelta(days=180)
    start = datetime(2026, 9, 1, tzinfo=BERLIN)
    window = replace(DAY, start=start, end=start + longest)

    answers = payloads(google, client, token, family, window)

    assert all(not rows.samples.num_rows for rows in parsed(google, answers))


def test_a_minute_that_was_worn_and_still_is_a_zero_and_a_hole_is_nothing(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.add(
        "steps",
        interval("steps", NEW, count="12"),
        interval("steps", NEW + timedelta(minutes=1)),
        interval("steps", NEW + timedelta(minutes=3), count="7"),
    )

    batches = parsed(google, payloads(google, client, token, "activity", DAY))

    assert samples(batches, "steps") == [
        ("2026-03-01T06:00:00", 12.0),
        ("2026-03-01T06:01:00", 0.0),
        ("2026-03-01T06:03:00", 7.0),
    ]


def test_what_cannot_be_listed_is_rolled_up_into_minutes(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.add("total-calories", interval("totalCalories", NEW, kcal=1.25))
    account.add("floors", interval("floors", NEW, count="2"), interval("floors", DAY.start))

    batches = parsed(google, payloads(google, client, token, "activity", DAY))

    assert samples(batches, "calories") == [("2026-03-01T06:00:00", 1.25)]
    assert samples(batches, "floors") == [
        ("2026-02-28T23:00:00", 0.0),
        ("2026-03-01T06:00:00", 2.0),
    ]


def test_zone_minutes_are_kept_by_zone_and_in_all(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    later = NEW + timedelta(minutes=1)
    for at, zone, minutes in (
        (NEW, "FAT_BURN", "1"),
        (later, "FAT_BURN", "1"),
        (later, "PEAK", "2"),
    ):
        values = {"heartRateZone": zone, "activeZoneMinutes": minutes}
        account.add("active-zone-minutes", interval("activeZoneMinutes", at, **values))

    batches = parsed(google, payloads(google, client, token, "zones", DAY))

    first, second = "2026-03-01T06:00:00", "2026-03-01T06:01:00"
    assert samples(batches, "active_zone_minutes") == [(first, 1.0), (second, 3.0)]
    assert samples(batches, "active_zone_minutes_fat_burn") == [(first, 1.0), (second, 1.0)]
    assert samples(batches, "active_zone_minutes_peak") == [(second, 2.0)]


def test_days_are_dated_by_the_civil_day(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    for number in (28, 29):
        day = date(2026, 2, number) if number < 29 else date(2026, 3, 1)
        point = daily("dailyRestingHeartRate", day, beatsPerMinute=str(number))
        account.add("daily-resting-heart-rate", point)

    (batch,) = parsed(google, payloads(google, client, token, "heart_daily", DAY))

    assert batch.clock == "civil"
    assert samples([batch]) == [("2026-03-01T00:00:00", 29.0)]


def test_totals_of_the_day_are_the_vendors_own(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.add("steps", interval("steps", NEW, count="12"))
    account.add("distance", interval("distance", NEW, millimeters="8400"))
    account.add("sedentary-period", interval("sedentaryPeriod", NEW, minutes=90))
    levels = [{"activityLevel": "LIGHT", "activeMinutes": "4"}]
    account.add(
        "active-minutes", interval("activeMinutes", NEW, activeMinutesByActivityLevel=levels)
    )

    batches = parsed(google, payloads(google, client, token, "activity_daily", DAY))

    totals = {row["metric"]: row["value"] for one in batches for row in one.samples.to_pylist()}
    assert totals == {
        "daily_steps": 12.0,
        "daily_distance": pytest.approx(8.4),
        "sedentary_minutes": 90.0,
        "lightly_active_minutes": 4.0,
        "fairly_active_minutes": 0.0,
        "very_active_minutes": 0.0,
    }


def test_minutes_in_zones_are_those_of_the_day(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    point = interval("timeInHeartRateZone", NEW, minutes=30, heartRateZoneType="MODERATE")
    account.add("time-in-heart-rate-zone", point)

    batches = parsed(google, payloads(google, client, token, "heart_zones", DAY))

    assert samples(batches, "heart_rate_zone_fat_burn") == [("2026-03-01T00:00:00", 30.0)]


def test_a_night_is_dated_by_its_end_and_its_stages_do_not_overlap(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    bedtime = datetime(2026, 2, 28, 23, 0, tzinfo=BERLIN)
    stages = (("AWAKE", 10), ("LIGHT", 60), ("DEEP", 45), ("REM", 30))
    short = night(bedtime + timedelta(minutes=20), ("AWAKE", 2))["sleep"]["stages"]
    more = {"metadata": {"mainSleep": True}, "shortAwakenings": short}
    account.add("sleep", night(bedtime, *stages, **more))

    batches = parsed(google, payloads(google, client, token, "sleep", DAY))

    (whole,) = episodes(batches, "sleep")
    assert (whole["t"], whole["end"]) == (
        datetime(2026, 2, 28, 22, 0),
        datetime(2026, 3, 1, 0, 25),
    )
    assert (whole["dated"], whole["offset"], whole["main"]) == (whole["end"], 60, True)
    found = episodes(batches, "sleep_stage")
    lengths = [(row["label"], (row["end"] - row["t"]).seconds // 60) for row in found]
    assert lengths == [
        ("wake", 10), ("light", 10), ("wake", 2), ("light", 48), ("deep", 45), ("rem", 30),
    ]  # fmt: skip
    assert {row["log"] for row in found} == {whole["log"]} == {"n1"}


def test_classic_sleep_keeps_its_own_stages(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    point = night(NEW, ("ASLEEP", 30), ("RESTLESS", 5), ("AWAKE", 5))
    point["sleep"]["type"] = "CLASSIC"
    account.add("sleep", point)

    batches = parsed(google, payloads(google, client, token, "sleep", DAY))

    stages = [row["label"] for row in episodes(batches, "sleep_stage")]
    assert stages == ["asleep", "restless", "awake"]


def test_a_night_over_a_change_of_the_clock_is_dated_by_the_clock_of_its_end(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    bedtime = datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN)
    account.add("sleep", night(bedtime, ("LIGHT", 60)))

    batches = parsed(
        google, payloads(google, client, token, "sleep", days("2026-03-29", "2026-03-30"))
    )

    (whole,) = episodes(batches, "sleep")
    assert whole["offset"] == 60
    assert whole["dated"] + timedelta(minutes=60) == datetime(2026, 3, 29, 3, 30)


def test_workouts_keep_the_name_that_the_vendor_gives(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    point = interval("exercise", NEW, minutes=40, exerciseType="PICKELBALL")
    account.add("exercise", {**point, "name": "users/me/dataTypes/exercise/dataPoints/77"})

    (workout,) = episodes(
        parsed(google, payloads(google, client, token, "exercise", DAY)), "exercise"
    )

    assert (workout["label"], workout["log"]) == ("pickelball", "77")
    assert workout["end"] - workout["t"] == timedelta(minutes=40)


def test_steps_typed_in_or_counted_by_a_phone_are_not_taken(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    phone = {"platform": "HEALTH_CONNECT", "device": {"formFactor": "PHONE"}}
    typed = {"platform": "FITBIT", "recordingMethod": "MANUAL"}
    account.add("steps", interval("steps", NEW, source=phone, count="50"))
    account.add("steps", interval("steps", NEW, source=typed, count="60"))

    batches = parsed(google, payloads(google, client, token, "activity", DAY))

    assert samples(batches, "steps") == []


def test_a_restated_night_and_a_withdrawn_minute_are_as_the_vendor_says_now(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.add("heart-rate", *beats(61, 62))
    before = parsed(google, payloads(google, client, token, "heart", DAY))

    account.restate("heart-rate", "2026-03-01T06:00:00Z", *beats(71))
    account.withdraw("heart-rate", "2026-03-01T06:00:05Z")
    after = parsed(google, payloads(google, client, token, "heart", DAY))

    assert [value for _, value in samples(before)] == [61.0, 62.0]
    assert [value for _, value in samples(after)] == [71.0]
