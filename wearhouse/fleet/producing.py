"""What was pushed, and devices paired with live sources, delivered as any fleet's reports."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import orjson
import pyarrow as pa

from wearhouse.fleet.loading import at_work, load_tables
from wearhouse.registry import Registry
from wearhouse.registry.devices import Heartbeat
from wearhouse.store.fleets import COHORTS, DEVICES, EVENTS, VERSIONS, FleetStore

PUSHED = "pushed"
"""The project of reports that were pushed; `fleet load` may bring their devices and cohorts."""
PAIRED = "paired"
AT_ONCE = 50_000
OVERLAP = timedelta(days=1)
"""Reports are noted when their round ends: from so long before the last one all are taken again."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def take_pushed(fleet: FleetStore, registry: Registry) -> int:
    """Stage the reports that were pushed; how many. One that is given twice is one heartbeat."""
    taken = 0
    while registry.staged.count():
        with at_work(registry):
            rows = registry.staged.waiting(AT_ONCE)
            if not rows.num_rows:
                break
            load_tables(fleet, PUSHED, _pushed(rows))
            registry.staged.taken(rows["id"].to_pylist())
            taken += rows.num_rows
    if taken:
        registry.fleets.set_mark(PUSHED, datetime.now(UTC))
    return taken


def take_paired(fleet: FleetStore, registry: Registry) -> int:
    """Stage what the paired devices of live sources reported since the last time; how many. The
    project is the study, the cohort the site."""
    mark, newest = registry.fleets.mark(PAIRED), registry.devices.newest()
    if newest is None or (mark is not None and newest <= mark):
        return 0
    found = registry.devices.reported((mark or EPOCH + OVERLAP) - OVERLAP)
    with at_work(registry):
        load_tables(fleet, PAIRED, _paired(found))
        registry.fleets.set_mark(PAIRED, newest)
    return len(found)


def device_of(participant: str, source: str = "", device: str = "") -> str:
    """The id of a participant's device, or what the ids of all their devices begin with."""
    return f"{participant}:" + (f"{source}:{device}" if source else "")


def _pushed(rows: pa.Table) -> dict[str, pa.Table]:
    count = rows.num_rows
    version = [one or "" for one in rows["version"].to_pylist()]
    events = {
        "position": pa.array(range(count), pa.uint32()),
        "project": pa.repeat(PUSHED, count),
        "id": pa.repeat("", count),  # a row's number here is no name that a device gave
        "device": rows["device"],
        "type": rows["type"],
        "version": pa.array(version, pa.string()),
        "captured_at": rows["captured_at"].cast(EVENTS.field("captured_at").type, safe=False),
        "created_at": rows["received_at"].cast(EVENTS.field("created_at").type, safe=False),
        "info": rows["record"],
    }
    return {"versions": _versions({(PUSHED, one) for one in version if one}),
            "events": pa.table([events[name] for name in EVENTS.names], schema=EVENTS)}  # fmt: skip


def _paired(found: Sequence[tuple[str, str | None, Heartbeat]]) -> dict[str, pa.Table]:
    events, devices, cohorts = [], {}, set()
    versions: set[tuple[str, str]] = set()
    for position, (study, site, beat) in enumerate(found):
        device = device_of(beat.participant, beat.source, beat.device)
        devices[study, device] = {
            "project": study, "id": device, "serial": beat.device, "cohort": site or "",
            "hardware": beat.model,
        }  # fmt: skip
        if site:
            cohorts.add((study, site))
        if beat.firmware:
            versions.add((study, beat.firmware))
        events.append(
            {
                "position": position, "project": study, "id": "", "device": device,
                "type": "heartbeat", "version": beat.firmware or "",
                "captured_at": beat.reported_at, "created_at": beat.reported_at,
                "info": orjson.dumps({"metrics": _metrics(beat)}).decode(),
            }
        )  # fmt: skip
    sites = [{"project": study, "id": site, "name": site} for study, site in sorted(cohorts)]
    return {
        "cohorts": pa.Table.from_pylist(sites, schema=COHORTS),
        "devices": pa.Table.from_pylist(list(devices.values()), schema=DEVICES),
        "versions": _versions(versions),
        "events": pa.Table.from_pylist(events, schema=EVENTS),
    }


def _metrics(beat: Heartbeat) -> Mapping[str, float | str]:
    """What a paired device said; of what it did not say there is no metric."""
    said: dict[str, float | str] = {}
    if beat.battery_percent is not None and math.isfinite(beat.battery_percent):
        said["battery"] = beat.battery_percent
    if beat.battery_level:
        said["battery_level"] = beat.battery_level
    if beat.synced_at is not None:
        age = (beat.reported_at - beat.synced_at).total_seconds() / 3600
        said["sync_age_h"] = round(max(age, 0.0), 3)
    return said


def _versions(named: set[tuple[str, str]]) -> pa.Table:
    rows = [
        {"project": project, "id": one, "software": "", "version": one}
        for project, one in sorted(named)
    ]
    return pa.Table.from_pylist(rows, schema=VERSIONS)
