"""A synthetic study with known truth, loaded as its files are loaded anywhere."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq

from wearhouse.imports import Request, import_files
from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Study


def load(wearhouse: Wearhouse, folder: Path, code: str) -> Study:
    """Create the study of a folder under a code, enrol its people, import their payloads on the
    clock of each zone they were in, and report what their devices said when they synced."""
    registry = wearhouse.registry
    made = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    study = registry.create_study(code, made["title"], day(made["starts_on"]), day(made["ends_on"]))
    syncs = pq.read_table(folder / "truth" / "syncs.parquet").to_pylist()
    for person in made["participants"]:
        who = registry.enrol(
            code, person["code"], person["time_zone"],
            day(person["enrolled_on"]), day(person["withdrawn_on"]),
        )  # fmt: skip
        payloads = folder / "payloads" / who.code
        for zone in sorted({file.parent for file in payloads.rglob("*.json.gz")}):
            clock = str(zone.relative_to(payloads))
            request = Request(zone, study, who, "fitbit-web", clock)
            import_files(wearhouse.store, registry, request)
        for sync in syncs:
            if sync["participant"] == who.code:
                report(wearhouse, who, sync["synced_at"])
    return study


def report(wearhouse: Wearhouse, who: Participant, synced_at: datetime, **more: object) -> None:
    """Let a participant's watch say that it synced."""
    said = {
        "participant": who.code, "source": "fitbit-web", "device": f"W-{who.code}",
        "kind": "tracker", "model": "Charge 6", "firmware": None, "battery_percent": None,
        "battery_level": None, "synced_at": synced_at, "reported_at": synced_at,
    }  # fmt: skip
    wearhouse.registry.devices.report(who, Heartbeat(**(said | more)))  # type: ignore[arg-type]


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def morning(day: date, hour: int = 10) -> datetime:
    """An instant of a civil day that is that day's on every clock from Boston to Auckland."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
