"""Pushed reports and paired devices are heartbeats as any fleet's."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient

from wearhouse.fleet.curating import curate
from wearhouse.fleet.forgetting import forget_devices
from wearhouse.fleet.producing import PUSHED, take_paired, take_pushed
from wearhouse.fleet.statistics import Question, figures
from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.store.fleets import Among, Span
from wearhouse.study import Participant

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(microsecond=0)


def reported(device: str, at: datetime, battery: float | None = 50.0) -> Heartbeat:
    return Heartbeat("P", "oura", device, "ring", "Gen3", "2.1", battery, "High", at - HOUR, at)


def level(wearhouse: Wearhouse, project: str) -> tuple[int, float | None]:
    asked = Question("battery", Among(equal={"project": project}), exact=True)
    [found] = figures(wearhouse.fleet, wearhouse.registry, asked)
    return found.count, found.quantiles[0]


def test_a_pushed_report_becomes_a_heartbeat(api: TestClient, wearhouse_open: Wearhouse) -> None:
    batch = {
        "heartbeats": [
            {"device": "PUSHED-1", "captured_at": (NOW - HOUR).isoformat(), "version": "3.1",
             "metrics": {"battery": 77.5, "charging": True}},
        ]
    }  # fmt: skip
    headers = {"Idempotency-Key": "one-of-the-fleet"}
    assert api.post("/api/v1/ingest", json=batch, headers=headers).status_code == 202

    taken = take_pushed(wearhouse_open.fleet, wearhouse_open.registry)
    curate(wearhouse_open.fleet, wearhouse_open.registry)
    again = take_pushed(wearhouse_open.fleet, wearhouse_open.registry)

    beats = wearhouse_open.fleet.timeline(PUSHED, "PUSHED-1", Span(), 10).to_pylist()
    assert (taken, again) == (1, 0)
    assert [(one["version"], json.loads(one["metrics"])["battery"]) for one in beats] == [
        ("3.1", 77.5)
    ]


def test_a_paired_device_is_in_the_fleet_under_its_study(
    wearhouse_open: Wearhouse, person: Participant
) -> None:
    registry = wearhouse_open.registry
    for hours in (3, 2, 1):
        registry.devices.report(person, reported("RING-1", NOW - hours * HOUR, 90.0 - hours))

    take_paired(wearhouse_open.fleet, registry)
    curate(wearhouse_open.fleet, registry)
    nothing_new = take_paired(wearhouse_open.fleet, registry)

    [device] = wearhouse_open.fleet.search(
        Among(equal={"project": person.study}), {"battery_level": "High"}, 10
    ).to_pylist()
    assert nothing_new == 0
    assert level(wearhouse_open, person.study) == (3, 88.0)
    assert device["device"] == f"{person.code}:oura:RING-1"
    assert (device["serial"], device["hardware"], device["version"]) == ("RING-1", "Gen3", "2.1")


def test_what_a_paired_device_does_not_say_is_no_metric(
    wearhouse_open: Wearhouse, person: Participant
) -> None:
    registry = wearhouse_open.registry
    registry.devices.report(person, reported("RING-2", NOW + HOUR, None))

    take_paired(wearhouse_open.fleet, registry)
    curate(wearhouse_open.fleet, registry)

    [beat] = wearhouse_open.fleet.timeline(
        person.study, f"{person.code}:oura:RING-2", Span(), 10
    ).to_pylist()
    assert json.loads(beat["metrics"]) == {"battery_level": "High", "sync_age_h": 1.0}


def test_an_erased_participant_takes_their_devices_along(
    wearhouse_open: Wearhouse, enrol: Callable[..., Participant]
) -> None:
    registry = wearhouse_open.registry
    gone, stays = enrol(), enrol()
    for hours, who in ((2, gone), (1, stays)):
        beat = reported(f"RING-OF-{who.code}", NOW + (5 - hours) * HOUR, 10.0 * hours)
        registry.devices.report(who, beat)
    take_paired(wearhouse_open.fleet, registry)
    curate(wearhouse_open.fleet, registry)
    assert level(wearhouse_open, gone.study)[0] == 2

    removed = forget_devices(wearhouse_open.store, registry, gone)

    sketched = Question("battery", Among(equal={"project": gone.study}))
    [folded] = figures(wearhouse_open.fleet, registry, sketched)
    assert removed == 1
    assert level(wearhouse_open, gone.study) == (1, 10.0)
    assert (folded.count, folded.low) == (1, 10.0)
