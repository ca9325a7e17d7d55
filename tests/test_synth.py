import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from wearhouse.errors import Conflict, Invalid
from wearhouse.metrics import METRICS
from wearhouse.synth import write_study
from wearhouse.synth.cast import CAST, SCENARIOS
from wearhouse.window import MINUTE_MS, locate, zone_named

END = date(2026, 11, 10)
DAYS = 21  # the clocks of Berlin and Boston both change in these
NIGHTLY = ("sleep", "spo2", "hrv", "breathing-rate", "skin-temperature")

P = {scenario: f"P-{index + 1:03}" for index, scenario in enumerate(SCENARIOS)}


@dataclass(frozen=True)
class Made:
    """A written study, read back."""

    out: Path
    study: dict[str, Any]
    days: list[dict[str, Any]]
    minutes: dict[str, dict[str, np.ndarray]]

    def documents(self, code: str, family: str) -> Iterator[tuple[str, Any]]:
        """The zone and the content of each file of a family, in the order of time."""
        home = self.out / "payloads" / code
        for file in sorted(home.rglob(f"{family}-[0-9]*.json.gz"), key=lambda f: f.name):
            yield str(file.parent.relative_to(home)), json.loads(gzip.decompress(file.read_bytes()))

    def samples(self, code: str, name: str) -> tuple[np.ndarray, np.ndarray]:
        """UTC milliseconds and values of an intraday series, placed by the folder's zone."""
        found = []
        for zone, content in self.documents(code, name):
            for of_day in content:
                (dated,) = of_day[f"activities-{name}"]
                rows = of_day[f"activities-{name}-intraday"]["dataset"]
                clock = np.array([f"{dated['dateTime']}T{row['time']}" for row in rows])
                civil = clock.astype("datetime64[ms]").astype(np.int64)
                placed = locate(civil, zone_named(zone))
                assert placed.exists.all()
                found.append((placed.utc, np.array([row["value"] for row in rows], float)))
        return np.concatenate([t for t, _ in found]), np.concatenate([v for _, v in found])

    def of(self, scenario: str) -> list[dict[str, Any]]:
        return [day for day in self.days if day["participant"] == P[scenario]]

    def last_sync(self, code: str) -> int:
        syncs = pq.read_table(self.out / "truth" / "syncs.parquet")
        own = syncs.filter(pc.equal(syncs["participant"], code))
        return int(pc.max(own["synced_at"]).cast("int64").as_py())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("synth") / "study"
    write_study(out, participants=len(SCENARIOS), days=DAYS, seed=7, end_on=END)
    minutes = pq.read_table(out / "truth" / "minutes.parquet")
    return Made(
        out,
        json.loads((out / "study.json").read_bytes()),
        pq.read_table(out / "truth" / "days.parquet").to_pylist(),
        {
            code: {
                name: own[name].to_numpy()
                if name != "minute"
                else own[name].cast("int64").to_numpy()
                for name in ("minute", "worn", "uploaded", "asleep", "heart_rate")
            }
            for code in P.values()
            for own in [minutes.filter(pc.equal(minutes["participant"].cast("string"), code))]
        },
    )


def digest(out: Path) -> dict[str, str]:
    files = (file for file in out.rglob("*") if file.is_file())
    return {str(f.relative_to(out)): sha256(f.read_bytes()).hexdigest() for f in files}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write_study(tmp_path / name, participants=2, days=4, seed=seed, end_on=END)

    one, again, other = (digest(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert other.keys() == one.keys()
    assert all(one[name] != other[name] for name in one if "heart-" in name)


def test_a_larger_study_does_not_change_those_already_in_it(tmp_path: Path) -> None:
    write_study(tmp_path / "small", participants=1, days=3, seed=1, end_on=END)
    write_study(tmp_path / "large", participants=2, days=3, seed=1, end_on=END)

    small = digest(tmp_path / "small" / "payloads" / "P-001")
    assert small == digest(tmp_path / "large" / "payloads" / "P-001")


def test_progress_counts_the_participants_that_are_done(tmp_path: Path) -> None:
    done: list[int] = []

    write_study(tmp_path / "s", participants=2, days=1, seed=0, end_on=END, progress=done.append)

    assert done == [1, 2]


def test_a_directory_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(Conflict, match="not empty"):
        write_study(tmp_path, participants=1, days=1, seed=0, end_on=END)

    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Invalid, match="file/study cannot be written: Not a directory"):
        write_study(tmp_path / "file" / "study", participants=1, days=1, seed=0, end_on=END)


@pytest.mark.parametrize(
    ("name", "number"), [("participants", 0), ("days", 0), ("days", 10**9), ("seed", -1)]
)
def test_a_number_that_makes_no_study_is_refused_by_name(
    tmp_path: Path, name: str, number: int
) -> None:
    numbers = {"participants": 1, "days": 1, "seed": 0, name: number}

    with pytest.raises(Invalid, match=name):
        write_study(tmp_path / "s", **numbers, end_on=END)


def test_twenty_five_participants_show_every_scenario() -> None:
    assert len(CAST) == 25
    assert set(CAST) == set(SCENARIOS)


def test_the_study_names_everyone_with_the_zones_that_their_folders_have(made: Made) -> None:
    for one in made.study["participants"]:
        home = made.out / "payloads" / one["code"]
        folders = {str(f.parent.relative_to(home)) for f in home.rglob("*.json.gz")}

        assert folders == {stay["zone"] for stay in one["zones"]}
        assert one["time_zone"] == one["zones"][0]["zone"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_minutes_with_a_heart_rate_are_the_worn_minutes_of_the_truth(
    made: Made, scenario: str
) -> None:
    t, bpm = made.samples(P[scenario], "heart")

    truth = made.minutes[P[scenario]]
    uploaded = truth["minute"][truth["uploaded"]]
    assert np.array_equal(np.unique(t // MINUTE_MS), uploaded // MINUTE_MS)
    assert (np.diff(np.sort(t)) > 0).all()
    assert METRICS["heart_rate"].low <= bpm.min()
    assert bpm.max() <= METRICS["heart_rate"].high


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_worn_minutes_of_a_day_count_the_minutes_of_its_documents(
    made: Made, scenario: str
) -> None:
    counted = {}
    for _, content in made.documents(P[scenario], "steps"):
        for of_day in content:
            (dated,) = of_day["activities-steps"]
            rows = of_day["activities-steps-intraday"]["dataset"]
            counted[dated["dateTime"]] = (len(rows), int(dated["value"]))
            assert sum(row["value"] for row in rows) == int(dated["value"])

    for day in made.of(scenario):
        assert counted.get(str(day["day"]), (0, 0)) == (day["worn_minutes"], day["steps"])


@pytest.mark.parametrize("name", ["steps", "distance", "calories"])
def test_minute_series_hold_every_worn_minute_once_within_what_is_plausible(
    made: Made, name: str
) -> None:
    for code in P.values():
        t, values = made.samples(code, name)

        truth = made.minutes[code]
        assert np.array_equal(np.sort(t), truth["minute"][truth["uploaded"]])
        assert METRICS[name].low <= values.min()
        assert values.max() <= METRICS[name].high


def test_heart_rates_of_a_minute_average_to_the_truth(made: Made) -> None:
    t, bpm = made.samples(P["steady"], "heart")
    truth = made.minutes[P["steady"]]

    at = np.searchsorted(truth["minute"], t // MINUTE_MS * MINUTE_MS)
    mean = np.bincount(at, bpm) / np.maximum(np.bincount(at), 1)
    error = (mean - truth["heart_rate"][: len(mean)])[truth["uploaded"][: len(mean)]]
    assert abs(error.mean()) < 0.05
    assert np.abs(error).mean() < 1


def test_hearts_beat_slower_asleep_than_awake(made: Made) -> None:
    for truth in made.minutes.values():
        asleep, heart = truth["asleep"], truth["heart_rate"]

        assert heart[asleep].mean() < heart[~asleep].mean() - 8


def test_steps_and_heart_rate_rise_together(made: Made) -> None:
    t, steps = made.samples(P["steady"], "steps")

    truth = made.minutes[P["steady"]]
    heart = truth["heart_rate"][np.searchsorted(truth["minute"], t)]
    assert np.corrcoef(steps, heart)[0, 1] > 0.5


def test_the_day_on_which_the_clock_changes_is_an_hour_longer_or_shorter(
    made: Made, tmp_path: Path
) -> None:
    write_study(tmp_path / "spring", participants=6, days=10, seed=7, end_on=date(2026, 4, 2))
    spring = pq.read_table(tmp_path / "spring" / "truth" / "days.parquet").to_pylist()

    longer = [day for day in made.of("clock_change") if day["day_minutes"] != 1440]
    shorter = [
        day
        for day in spring
        if day["participant"] == P["clock_change"] and day["day_minutes"] != 1440
    ]
    assert [(d["day"], d["worn_minutes"]) for d in longer] == [(date(2026, 10, 25), 1500)]
    assert [(d["day"], d["worn_minutes"]) for d in shorter] == [(date(2026, 3, 29), 1380)]


def test_nothing_is_there_that_was_not_uploaded(made: Made) -> None:
    for code in P.values():
        t, _ = made.samples(code, "heart")

        assert t.max() < made.last_sync(code)


def test_a_late_sync_leaves_the_last_days_pending(made: Made) -> None:
    days = made.of("late_sync")

    assert [day["reason"] for day in days[-4:]] == ["pending_sync"] * 4
    assert {day["reason"] for day in days[1:-4]} == {"valid"}
    assert all(day["unsynced_minutes"] > 600 for day in days[-4:])
    assert [day["worn_minutes"] for day in days[-3:]] == [0, 0, 0]


def test_a_lost_device_makes_days_pending_and_after_a_week_lost(made: Made) -> None:
    days = made.of("lost_device")

    gone = DAYS * 3 // 5
    assert [day["reason"] for day in days[gone:]] == ["lost"] * (DAYS - gone - 7) + [
        "pending_sync"
    ] * 7
    assert sum(day["worn_minutes"] for day in days[gone + 1 :]) == 0


def test_nothing_is_measured_of_someone_who_withdrew(made: Made) -> None:
    one = made.study["participants"][SCENARIOS.index("withdrawn")]
    left = date.fromisoformat(one["withdrawn_on"])

    after = [day for day in made.of("withdrawn") if day["day"] >= left]
    assert len(after) > 5
    assert {(day["reason"], day["worn_minutes"], day["steps"]) for day in after} == {
        ("not_due", 0, 0)
    }


def test_someone_who_never_wears_it_at_night_has_valid_days_and_no_nights(made: Made) -> None:
    days = made.of("no_nights")

    assert {day["reason"] for day in days[1:]} == {"valid"}
    assert {day["sleep_minutes"] for day in days} == {0.0}
    assert not [content for name in NIGHTLY for content in made.documents(P["no_nights"], name)]


def test_gaps_make_days_below_the_threshold_and_days_not_worn(made: Made) -> None:
    reasons = [day["reason"] for day in made.of("gaps")]

    assert {"valid", "below_threshold", "not_worn"} <= set(reasons)


def test_a_night_shift_sleeps_by_day(made: Made) -> None:
    starts = [
        log["startTime"][11:13]
        for _, content in made.documents(P["night_shift"], "sleep")
        for log in content["sleep"]
    ]

    assert len(starts) > DAYS // 2
    assert all("06" <= hour <= "12" for hour in starts)


def test_a_traveller_keeps_each_date_in_one_zone(made: Made) -> None:
    days = made.of("travel")
    dates = [
        (zone, of_day["activities-heart"][0]["dateTime"])
        for zone, content in made.documents(P["travel"], "heart")
        for of_day in content
    ]

    away = [day for day in days if day["zone"] == "Asia/Tokyo"]
    assert len({day for _, day in dates}) == len(dates) == DAYS
    assert sorted(d for zone, d in dates if zone == "Asia/Tokyo") == [str(d["day"]) for d in away]
    assert [d["day_minutes"] for d in days if d["day"] == away[0]["day"] - timedelta(days=1)] == [
        900
    ]


@pytest.mark.parametrize(
    ("scenario", "minutes"), [("quarter_hour", 5 * 60 + 45), ("half_hour", 5 * 60 + 30)]
)
def test_zones_off_the_hour_begin_their_days_at_their_own_midnight(
    made: Made, scenario: str, minutes: int
) -> None:
    first = made.minutes[P[scenario]]["minute"][0] // MINUTE_MS

    assert (first + minutes) % 1440 == 0


def test_every_expected_day_has_one_reason_and_enrolment_is_never_due(made: Made) -> None:
    for one in made.study["participants"]:
        days = [day for day in made.days if day["participant"] == one["code"]]

        assert len(days) == DAYS
        not_yet = [day["reason"] for day in days if str(day["day"]) <= one["enrolled_on"]]
        assert set(not_yet) == {"not_due"}


def test_zone_minutes_of_a_day_add_up_to_its_worn_minutes(made: Made) -> None:
    worn = {str(day["day"]): day["worn_minutes"] for day in made.of("steady")}

    for _, content in made.documents(P["steady"], "heart"):
        for of_day in content:
            (dated,) = of_day["activities-heart"]
            spent = [zone["minutes"] for zone in dated["value"]["heartRateZones"]]
            assert sum(spent) == worn[dated["dateTime"]]
