import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from wearhouse.metrics import METRICS
from wearhouse.synth import write_study
from wearhouse.synth.rows import NUMBERS, TENTHS, document, rows

# No clock changes in these days, so that naive times may be subtracted.
END, DAYS = date(2026, 7, 20), 20


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("nights") / "study"
    write_study(out, participants=2, days=DAYS, seed=3, end_on=END)
    return out


def documents(out: Path, family: str, code: str = "P-001") -> Iterator[Any]:
    for file in sorted((out / "payloads" / code).rglob(f"{family}-[0-9]*.json.gz")):
        yield json.loads(gzip.decompress(file.read_bytes()))


def logs(out: Path, code: str = "P-001") -> list[dict[str, Any]]:
    return [log for content in documents(out, "sleep", code) for log in content["sleep"]]


def spans(stages: list[dict[str, Any]]) -> list[tuple[datetime, datetime, str]]:
    starts = [datetime.fromisoformat(stage["dateTime"]) for stage in stages]
    return [
        (start, start + timedelta(seconds=stage["seconds"]), stage["level"])
        for start, stage in zip(starts, stages, strict=True)
    ]


def test_stages_follow_each_other_and_sum_to_the_night(out: Path) -> None:
    for log in logs(out):
        stages = spans(log["levels"]["data"])

        assert stages[0][0] == datetime.fromisoformat(log["startTime"])
        assert stages[-1][1] == datetime.fromisoformat(log["endTime"])
        assert all(one[1] == other[0] and one[2] != other[2] for one, other in pairwise(stages))
        assert sum(s["seconds"] for s in log["levels"]["data"]) * 1000 == log["duration"]


def test_short_wakes_are_short_apart_and_within_sleep(out: Path) -> None:
    for log in logs(out):
        asleep = [span for span in spans(log["levels"]["data"]) if span[2] != "wake"]
        wakes = spans(log["levels"]["shortData"])

        assert wakes
        assert all(end - start <= timedelta(minutes=3) for start, end, _ in wakes)
        assert all(one[1] < other[0] for one, other in pairwise(wakes))
        assert not any(
            start < woken < end
            for start, end, level in spans(log["levels"]["data"])
            if level == "wake"
            for woken, _, _ in wakes
        )
        assert min(start for start, _, _ in asleep) < wakes[0][0]


def test_minutes_asleep_are_the_stages_without_the_wakes(out: Path) -> None:
    truth = pq.read_table(out / "truth" / "days.parquet").to_pylist()
    expected = {str(d["day"]): d["sleep_minutes"] for d in truth if d["participant"] == "P-001"}

    for log in logs(out):
        stages, wakes = log["levels"]["data"], log["levels"]["shortData"]
        asleep = sum(stage["seconds"] for stage in stages if stage["level"] != "wake")
        asleep -= sum(wake["seconds"] for wake in wakes)
        assert asleep / 60 == expected.pop(log["dateOfSleep"])
        assert asleep // 60 == log["minutesAsleep"]
        assert log["minutesAsleep"] + log["minutesAwake"] == log["timeInBed"]
    assert set(expected.values()) == {0.0}


def test_a_steady_wearer_has_a_night_for_every_day_after_the_first(out: Path) -> None:
    dates = [log["dateOfSleep"] for log in logs(out)]

    assert dates == [str(END - timedelta(days=n)) for n in range(DAYS - 2, -1, -1)]


def test_deep_sleep_comes_early_and_rem_late(out: Path) -> None:
    early = {"deep": 0, "rem": 0}
    late = {"deep": 0, "rem": 0}

    for log in logs(out):
        start, end = (datetime.fromisoformat(log[name]) for name in ("startTime", "endTime"))
        for begun, over, level in spans(log["levels"]["data"]):
            if level in early:
                half = early if begun < start + (end - start) / 2 else late
                half[level] += int((over - begun).total_seconds())
    assert early["deep"] > 1.5 * late["deep"]
    assert late["rem"] > 1.5 * early["rem"]


def test_oxygen_is_measured_each_minute_of_the_night_and_plausible(out: Path) -> None:
    in_bed = {log["dateOfSleep"]: log["timeInBed"] for log in logs(out)}

    nights = [night for content in documents(out, "spo2") for night in content]
    values = np.array([m["value"] for night in nights for m in night["minutes"]])
    assert {n["dateTime"]: len(n["minutes"]) for n in nights} == in_bed
    assert METRICS["spo2"].low <= values.min()
    assert values.max() <= METRICS["spo2"].high
    assert 94 < values.mean() < 98


def test_variability_is_measured_every_five_minutes_of_the_night(out: Path) -> None:
    bounds = {log["dateOfSleep"]: (log["startTime"], log["endTime"]) for log in logs(out)}

    nights = [night for content in documents(out, "hrv") for night in content["hrv"]]
    assert {night["dateTime"] for night in nights} == bounds.keys()
    for night in nights:
        shown = [minute["minute"] for minute in night["minutes"]]
        start, end = bounds[night["dateTime"]]
        assert start <= shown[0] < shown[-1] < end
        assert all(text[15:] in ("0:00.000", "5:00.000") for text in shown)
        for minute in night["minutes"]:
            for name, value in minute["value"].items():
                metric = METRICS[f"hrv_{name}"]
                assert metric.low <= value <= metric.high


def test_breathing_and_skin_temperature_are_given_once_a_night(out: Path) -> None:
    nights = {log["dateOfSleep"] for log in logs(out)}

    breathing = [night for content in documents(out, "breathing-rate") for night in content["br"]]
    skin = [n for content in documents(out, "skin-temperature") for n in content["tempSkin"]]
    assert {night["dateTime"] for night in breathing} == nights
    assert {night["dateTime"] for night in skin} == nights
    for night in breathing:
        rates = [stage["breathingRate"] for stage in night["value"].values()]
        assert len(rates) == 4
        assert all(8 < rate < 25 for rate in rates)
    assert all(-15 <= night["value"]["nightlyRelative"] <= 15 for night in skin)


def test_a_log_id_names_one_night_of_one_person(out: Path) -> None:
    ids = [log["logId"] for code in ("P-001", "P-002") for log in logs(out, code)]

    assert len(ids) == len(set(ids)) > DAYS


def test_rows_are_the_json_that_a_plain_encoder_writes() -> None:
    built = document(
        {"dataset": rows({"rate": NUMBERS[[7, 62, 140]], "spo2": TENTHS[[955, 0, 1000]]})}
    )

    assert built == (
        b'{"dataset":[{"rate":7,"spo2":95.5},{"rate":62,"spo2":0.0},{"rate":140,"spo2":100.0}]}'
    )


def test_a_document_that_holds_nothing_has_no_bytes() -> None:
    assert document([]) == b""
    assert document({}) == b""
