"""Small fleets to load, and what independent arithmetic makes of them."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from wearhouse.fleet.curating import Curated, curate
from wearhouse.fleet.loading import Loaded, load_folder
from wearhouse.fleet.statistics import Figures, Question, figures
from wearhouse.registry import Registry
from wearhouse.store.fleets import Among, FleetStore, Span

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
VERSIONS = [("1", "0.8.0"), ("2", "0.9.0"), ("3", "0.9.0"), ("4", "0.10.0")]
DEVICES = [("1", "SER-1", "1"), ("2", "SER-2", "2"), ("3", "SER-3", "1")]
COHORTS = [("1", "alpha"), ("2", "beta")]


@dataclass
class Kept:
    """A store's fleet and its registry. Each test has a project of its own in it."""

    store: FleetStore
    registry: Registry
    project: str
    folder: Path
    made: int = 0
    told: int = 0

    def beat(self, **said: Any) -> dict[str, Any]:
        """A heartbeat of device 1 at noon as a row of events.csv, an event of its own."""
        captured = said.pop("at", NOON)
        self.told += 1
        row = {
            "id": str(self.told), "project_id": self.project,
            "captured_date": captured.isoformat(sep=" "),
            "created_date": (captured + timedelta(hours=12)).isoformat(sep=" "),
            "type": "heartbeat", "software_version_id": "1", "device_id": "1",
            "event_info": json.dumps({"metrics": said.pop("metrics", {"battery": 500})}),
        }  # fmt: skip
        return row | said

    def load(
        self,
        events: Sequence[Mapping[str, Any]] = (),
        devices: Sequence[tuple[str, ...]] = DEVICES,
        cohorts: Sequence[tuple[str, ...]] = COHORTS,
        versions: Sequence[tuple[str, ...]] = VERSIONS,
    ) -> Loaded:
        """Load a folder with these rows."""
        self.made += 1
        folder = self.folder / f"{self.project}-{self.made}"
        folder.mkdir()
        of = self.project
        write(folder / "cohorts.csv", [{"id": i, "name": n, "project_id": of} for i, n in cohorts])
        write(folder / "devices.csv", [
            {"id": i, "project_id": of, "device_serial": s, "cohort_id": c} for i, s, c in devices
        ])  # fmt: skip
        write(folder / "software_versions.csv", [
            {"id": i, "project_id": of, "version": v} for i, v in versions
        ])  # fmt: skip
        write(folder / "events.csv", list(events))
        return load_folder(self.store, self.registry, folder)

    def curate(self) -> Curated:
        """Curate what waits."""
        return curate(self.store, self.registry)

    def take(self, *events: Mapping[str, Any], **others: Any) -> Curated:
        """Load and curate."""
        self.load(events, **others)
        return self.curate()

    def ask(self, metric: str = "battery", **said: Any) -> list[Figures]:
        """Figures of this project."""
        equal = {"project": self.project, **said.pop("equal", {})}
        span = Span(said.pop("start", None), said.pop("end", None))
        return figures(
            self.store, self.registry, Question(metric, Among(span, None, equal), **said)
        )

    def beats(self) -> list[tuple[Any, ...]]:
        """Everything that is curated of this project, in an order of its own."""
        found = []
        devices = self.store.search(Among(equal={"project": self.project}), {}, 1_000)
        for device in devices["device"].to_pylist():
            rows = self.store.timeline(self.project, device, Span(), 10_000).to_pylist()
            found += [
                (device, *(row[n] for n in ("captured_at", "created_at", "serial", "cohort",
                                            "version")),
                 tuple(sorted(json.loads(row["metrics"]).items())))
                for row in rows
            ]  # fmt: skip
        return sorted(found, key=repr)


def write(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as a tab-separated file; without rows there is none."""
    if not rows:
        return
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class Report:
    """A heartbeat as the files say it, read without Wearhouse."""

    device: str
    cohort: str
    version: str
    captured: datetime
    created: datetime
    metrics: Mapping[str, Any]


def reports(folder: Path) -> list[Report]:
    """The heartbeats of a folder."""
    cohorts = {row["id"]: row["name"] for row in rows_of(folder / "cohorts.csv")}
    of = {row["id"]: cohorts[row["cohort_id"]] for row in rows_of(folder / "devices.csv")}
    named = {row["id"]: row["version"] for row in rows_of(folder / "software_versions.csv")}
    return [
        Report(
            row["device_id"], of[row["device_id"]], named[row["software_version_id"]],
            datetime.fromisoformat(row["captured_date"]),
            datetime.fromisoformat(row["created_date"]),
            json.loads(row["event_info"])["metrics"],
        )
        for row in rows_of(folder / "events.csv")
        if row["type"] == "heartbeat"
    ]  # fmt: skip


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a tab-separated file."""
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter="\t"))


def quantile(values: Sequence[float], q: float) -> float:
    """A percentile as numpy says it."""
    return float(np.quantile(np.array(values, float), q))
