"""The fleet over HTTP and by command, as the contract names it."""

import json
from pathlib import Path

import pytest
from fleets import quantile, reports
from starlette.testclient import TestClient

from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_folder
from wearhouse.runtime import Wearhouse
from wearhouse.study import Role

BASE = "/api/v1/fleet"


@pytest.fixture(scope="module", autouse=True)
def loaded(wearhouse_open: Wearhouse, worse: Path) -> None:
    load_folder(wearhouse_open.fleet, wearhouse_open.registry, worse)
    curate(wearhouse_open.fleet, wearhouse_open.registry)


def test_a_percentile_is_told_under_its_groups_name(api: TestClient, worse: Path) -> None:
    asked = {"metric": "battery", "q": 0.9, "by": "version", "project": "2", "exact": True}

    rows = api.get(f"{BASE}/percentile", params=asked).json()

    truth = reports(worse)
    assert {row["version"]: row["value"] for row in rows} == pytest.approx(
        {
            version: quantile([t.metrics["battery"] for t in truth if t.version == version], 0.9)
            for version in {t.version for t in truth}
        }
    )
    assert [row["version"] for row in rows] == ["0.8.0", "0.9.0", "0.9.1", "0.10.0"]


def test_bands_over_time_by_version_are_one_question(api: TestClient) -> None:
    asked = {"metric": "battery", "by": ["day", "version"], "start": "2026-06-01",
             "end": "2026-06-03"}  # fmt: skip

    answer = api.get(f"{BASE}/figures", params=asked).json()

    assert answer["q"] == [0.05, 0.25, 0.5, 0.75, 0.95]
    assert {row["group"]["day"] for row in answer["rows"]} == {
        "2026-06-01", "2026-06-02", "2026-06-03",
    }  # fmt: skip
    assert all(sorted(row["quantiles"]) == row["quantiles"] for row in answer["rows"])


def test_a_planted_regression_is_told(api: TestClient) -> None:
    asked = {"release": "0.10.0", "project": "2"}

    answer = api.get(f"{BASE}/releases/compare", params=asked).json()

    told = {(r["cohort"], r["vital"]): r["verdict"] for r in answer["rows"]}
    assert answer["previous"] == "0.9.1"
    assert told["", "battery_drop"] == "worse"


def test_devices_are_searched_by_any_attribute(api: TestClient) -> None:
    everybody = api.get(f"{BASE}/devices", params={"project": "2"}).json()
    wanted = {"project": "2", "cohort": "alpha", "attribute": "boot_reason:watchdog"}

    found = api.get(f"{BASE}/devices", params=wanted).json()

    assert {one["device"] for one in found} == {
        one["device"]
        for one in everybody
        if one["cohort"] == "alpha" and one["metrics"]["boot_reason"] == "watchdog"
    }
    assert 0 < len(found) < len(everybody)


def test_a_timeline_is_the_devices_heartbeats_in_order(api: TestClient, worse: Path) -> None:
    asked = {"project": "2", "device": "7", "limit": 20}

    answer = api.get(f"{BASE}/timeline", params=asked).json()

    truth = sorted(t.captured for t in reports(worse) if t.device == "7")
    told = [one["captured_at"] for one in answer["heartbeats"]]
    assert told == [f"{at:%Y-%m-%dT%H:%M:%S}Z" for at in truth[:20]]
    assert answer["more"] is (len(truth) > 20)


def test_a_range_that_was_changed_is_in_force_at_once_and_audited(
    api: TestClient, wearhouse_open: Wearhouse
) -> None:
    changed = api.patch(f"{BASE}/metrics/heap_free", json={"low": 0, "unit": "By"})
    at_once = api.get(f"{BASE}/percentile", params={"metric": "heap_free", "q": 0}).json()
    api.post(f"{BASE}/curate")
    folded = api.get(f"{BASE}/percentile", params={"metric": "heap_free", "q": 0}).json()

    assert (changed.json()["folded"], changed.json()["unit"]) == (False, "By")
    assert at_once[0]["value"] == folded[0]["value"] >= 0
    assert at_once[0]["outside"] == folded[0]["outside"] > 0
    assert wearhouse_open.registry.audit.found(1)[0]["subject"] == "heap_free"


def test_a_rule_is_added_changed_and_removed(api: TestClient) -> None:
    body = {"name": "Low battery", "kind": "device", "metric": "battery", "below": 200}
    made = api.post(f"{BASE}/alerts", json=body)
    number = made.json()["number"]
    twice = api.post(f"{BASE}/alerts", json=body)
    changed = api.put(f"{BASE}/alerts/{number}", json=body | {"below": 100})
    gone = api.delete(f"{BASE}/alerts/{number}")

    assert (made.status_code, twice.status_code, gone.status_code) == (201, 409, 204)
    assert changed.json()["wording"] == "battery of a device is below 100."
    assert api.get(f"{BASE}/alerts").json() == []


@pytest.mark.parametrize(
    ("path", "asked", "status", "parameter"),
    [
        ("percentile", {"metric": "nope"}, 404, "metric"),
        ("percentile", {"metric": "battery", "q": 50}, 422, "q"),
        ("percentile", {"metric": "boot_reason"}, 422, "metric"),
        ("percentile", {"metric": "battery", "by": "weather"}, 422, "by"),
        ("percentile", {"metric": "battery", "start": "2026-06-02", "end": "2026-06-01"}, 422,
         "end"),
        ("percentile", {"metric": "battery", "start": "soon"}, 422, "start"),
        ("device", {"project": "2", "device": "nobody"}, 404, "device"),
        ("devices", {"attribute": "no colon"}, 422, "attribute"),
        ("releases/compare", {"release": "9.9"}, 404, "version"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_parameter(
    api: TestClient, path: str, asked: dict[str, object], status: int, parameter: str
) -> None:
    answer = api.get(f"{BASE}/{path}", params=asked)

    assert answer.status_code == status
    assert parameter in json.dumps(answer.json())


def test_who_reaches_one_study_sees_its_devices_alone(
    client: TestClient, wearhouse_open: Wearhouse
) -> None:
    wearhouse_open.registry.create_study("REACHED")
    key = wearhouse_open.registry.access.create_key("x", Role.ANALYST, frozenset({"REACHED"}))
    client.headers["Authorization"] = f"Bearer {key}"

    [row] = client.get(f"{BASE}/percentile", params={"metric": "battery"}).json()
    seen = client.get(f"{BASE}/timeline", params={"project": "2", "device": "7"})

    assert row["count"] == 0
    assert client.get(f"{BASE}/devices").json() == []
    assert seen.status_code == 403
