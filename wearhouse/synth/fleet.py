"""A made-up fleet with known truth, as tab-separated files with the traps of a real one.

OUT/cohorts.csv, devices.csv, software_versions.csv, events.csv   as a fleet's service exports them
OUT/truth.json                                                    what is planted, and the counts
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from wearhouse.errors import Conflict, Invalid

COHORTS = ("alpha", "beta", "production", "lab")
HARDWARE = ("evt", "dvt", "pvt")
VERSIONS = ("0.8.0", "0.9.0", "0.9.1", "0.10.0")
WORSE = "0.10.0"
"""The version that drains the battery where a regression is planted."""
IDS_OF = {"0.9.0": 3}
"""Versions that are known under several ids."""
DRAIN, MORE_DRAIN = 12.0, 30.0
"""Tenths of a percent an hour, and with the regression."""
HEAP = 45_000


@dataclass(frozen=True)
class Fleet:
    """What is made up: how many devices and days, and whether a version is worse."""

    devices: int = 34
    days: int = 18
    seed: int = 1
    regression: bool = False
    start: datetime = datetime(2026, 5, 28, tzinfo=UTC)
    project: str = "1"


def write_fleet(out: Path, fleet: Fleet) -> dict[str, Any]:
    """Write a fleet into a new folder; what is true of it, as truth.json says. The same bytes for
    the same seed."""
    for name, number, most in (("devices", fleet.devices, 100_000), ("days", fleet.days, 3_660)):
        if not 1 <= number <= most:
            raise Invalid(f"{name} is {number}; write 1 to {most}.", name)
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise Conflict(f"{out} is not empty; name a new folder for the fleet.", "out")
    except OSError as error:
        raise Invalid(f"{out} cannot be written: {error.strerror}.", "out") from error
    rng = np.random.default_rng(fleet.seed)
    versions = _versions(fleet)
    devices = _devices(fleet, rng)
    _write(out / "cohorts.csv", ("id", "name", "project_id"), _cohorts(fleet))
    _write(out / "devices.csv", tuple(devices[0]), devices)
    _write(out / "software_versions.csv", ("id", "project_id", "version"), versions)
    events = [event for device in devices for event in _events(fleet, device, versions, rng)]
    events.sort(key=lambda event: (event["created_date"], event["device_id"], event["type"]))
    for number, event in enumerate(events, 1):
        event["id"] = number
    _write(out / "events.csv", tuple(events[0]), events)
    truth = {**asdict(fleet), **_truth(fleet, events)}
    (out / "truth.json").write_bytes(orjson.dumps(truth, option=orjson.OPT_INDENT_2))
    return truth


def _truth(fleet: Fleet, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    beats = [event for event in events if event["type"] == "heartbeat"]
    metrics = [orjson.loads(event["event_info"])["metrics"] for event in beats]
    changed = {event["device_id"] for event in beats} - {
        device
        for device, ids in _ids_by_device(beats).items()
        if len({_named(one) for one in ids}) == 1
    }
    return {
        "heartbeats": len(beats),
        "traces": len(events) - len(beats),
        "reporting": len({event["device_id"] for event in beats}),
        "changed_version": len(changed),
        "negative_heap": sum(one["heap_free"] < 0 for one in metrics),
        "worse": WORSE if fleet.regression else None,
        "drain_per_hour": DRAIN,
        "worse_drain_per_hour": MORE_DRAIN if fleet.regression else None,
    }


def _ids_by_device(beats: Sequence[Mapping[str, Any]]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = {}
    for beat in beats:
        found.setdefault(beat["device_id"], set()).add(beat["software_version_id"])
    return found


def _cohorts(fleet: Fleet) -> list[dict[str, Any]]:
    return [
        {"id": number, "name": name, "project_id": fleet.project}
        for number, name in enumerate(COHORTS, 1)
    ]


def _versions(fleet: Fleet) -> list[dict[str, Any]]:
    strings = [string for string in VERSIONS for _ in range(IDS_OF.get(string, 1))]
    return [
        {"id": number, "project_id": fleet.project, "version": string}
        for number, string in enumerate(strings, 1)
    ]


def _named(number: int) -> str:
    strings = [string for string in VERSIONS for _ in range(IDS_OF.get(string, 1))]
    return strings[number - 1]


def _devices(fleet: Fleet, rng: np.random.Generator) -> list[dict[str, Any]]:
    cohorts = rng.permutation(np.arange(fleet.devices) % len(COHORTS)) + 1
    return [
        {
            "id": number,
            "project_id": fleet.project,
            "device_serial": f"WH{fleet.seed:02}{number:06}",
            "cohort_id": int(cohorts[number - 1]),
            "hardware_version": HARDWARE[number % len(HARDWARE)],
        }
        for number in range(1, fleet.devices + 1)
    ]


def _events(
    fleet: Fleet,
    device: Mapping[str, Any],
    versions: Sequence[Mapping[str, Any]],
    rng: np.random.Generator,
) -> Iterator[dict[str, Any]]:
    """A device's reports: hours of silence, days of upload lag, versions that change meanwhile."""
    if device["id"] == fleet.devices and fleet.devices > 1:
        return  # one device never reports
    hours = fleet.days * 24
    first = int(rng.integers(0, max(hours // 3, 1)))
    # Some report for a few hours only, so that reports and devices weigh differently.
    last = first + max(int(hours * rng.beta(2.0, 1.0)), 1) if rng.random() > 0.1 else first + 4
    drain = 1.0 + 0.1 * rng.standard_normal()
    level, at = float(rng.uniform(300, 999)), first
    changes = rng.random() < 0.75
    steps = sorted(rng.uniform(0.15, 0.85, 3))
    charging, gap = False, 1
    upload = fleet.start + timedelta(hours=float(first))
    while at < min(last, hours):
        moment = fleet.start + timedelta(hours=at, minutes=int(device["id"]) % 60)
        gone = (at - first) / max(last - first, 1)
        stage = sum(gone > step for step in steps) if changes else device["id"] % len(VERSIONS)
        version = VERSIONS[stage]
        ids = [one["id"] for one in versions if one["version"] == version]
        charging = level < 100 or (charging and level < 980)
        worse = fleet.regression and version == WORSE
        lost = ((MORE_DRAIN if worse else DRAIN) * drain + 2.0 * rng.standard_normal()) * gap
        level = min(level + 250, 999.0) if charging else max(level - max(lost, 0.0), 0.0)
        active = int(rng.integers(0, 36_000_001))
        # A device uploads about once a day: late is normal, and most of a day comes together.
        while upload < moment:
            upload += timedelta(hours=float(rng.uniform(20, 24)))
        yield {
            "id": 0,
            "project_id": fleet.project,
            "captured_date": _stamp(moment),
            "created_date": _stamp(min(upload, moment + timedelta(hours=24))),
            "type": "heartbeat",
            "software_version_id": ids[int(device["id"]) % len(ids)],
            "device_id": device["id"],
            "event_info": orjson.dumps(
                {
                    "metrics": {
                        "battery": round(level),
                        "charging": charging,
                        "heap_free": int(
                            -rng.integers(1, 2_000) if rng.random() < 0.023
                            else HEAP + 2_000 * rng.standard_normal()
                        ),
                        "active_ms": active,
                        "sleep_ms": 36_000_000 - active,
                        "temperature": round(24 + 4 * float(rng.standard_normal()), 2),
                        "sync_success": int(rng.random() < 0.95),
                        "sync_failure": int(rng.random() < 0.05),
                        "boot_reason": "power" if charging else "watchdog",
                    }
                }
            ).decode(),
        }  # fmt: skip
        if rng.random() < 0.2:
            yield {
                "id": 0,
                "project_id": fleet.project,
                "captured_date": _stamp(moment + timedelta(minutes=7)),
                "created_date": _stamp(min(upload, moment + timedelta(hours=24))),
                "type": "trace",
                "software_version_id": ids[0],
                "device_id": device["id"],
                "event_info": '{"reason": "assert", "pc": "0x08001234"}',
            }
        gap = int(rng.integers(2, 7)) if rng.random() < 0.05 else 1
        at += gap


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f+00")


def _write(file: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, columns, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
