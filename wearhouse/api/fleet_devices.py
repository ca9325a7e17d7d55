"""The fleet's devices, metrics and deliveries."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.answers import Json
from wearhouse.api.deps import TheActing, TheRegistry, TheWearhouse, needs
from wearhouse.api.fleet import READ, TheAsked, span_of
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import Invalid, NotFound
from wearhouse.fleet.curating import curate, form_of
from wearhouse.fleet.deciding import change_metric
from wearhouse.fleet.reaching import needs_project, projects_in_reach
from wearhouse.registry.fleets import FleetMetric
from wearhouse.store.fleets import Among, Span
from wearhouse.study import Right

router = APIRouter(prefix="/fleet", tags=["fleet"], responses=RESPONSES)

LOAD, KEEP, INGESTION = needs(Right.LOAD), needs(Right.KEEP), needs(Right.READ_INGESTION)
MOST_HEARTBEATS = 20_000


class FleetDeviceAnswer(BaseModel):
    """A device with its newest heartbeat. `serial` is its id where no other is known."""

    project: str
    device: str
    serial: str
    cohort: str
    hardware: str
    version: str
    captured_at: datetime
    created_at: datetime
    metrics: dict[str, Any]


class HeartbeatAnswer(BaseModel):
    """What a device reported once; `version` and `cohort` as they were then."""

    captured_at: datetime
    created_at: datetime
    type: str
    version: str
    cohort: str
    hardware: str
    metrics: dict[str, Any]


class FleetTimelineAnswer(BaseModel):
    """A device's heartbeats in the order of time; `more` says that there are others after them."""

    project: str
    device: str
    heartbeats: list[HeartbeatAnswer]
    more: bool


class FacetsAnswer(BaseModel):
    """What devices are told apart by, how many there are, and when the newest report was taken."""

    projects: list[str]
    cohorts: list[str]
    hardwares: list[str]
    versions: list[str]
    devices: int
    newest: datetime | None


class FleetMetricAnswer(BaseModel):
    """A metric of devices. Values outside of `low` to `high` are kept and left out of statistics;
    `folded` says whether the rollups follow that range already."""

    name: str
    title: str
    unit: str
    kind: str
    low: float | None
    high: float | None
    time_series: bool
    attribute: bool
    vital: str
    folded: bool
    first_seen_at: datetime


class FleetMetricChange(BaseModel):
    """What is to be different; what is not said stays."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    title: str = Field("", max_length=300)
    unit: str = Field("", max_length=40)
    low: float | None = None
    high: float | None = None
    time_series: bool = True
    attribute: bool = False
    vital: str = Field("", max_length=16, description="battery, synced, unsynced, or nothing.")


class FleetLoadAnswer(BaseModel):
    """A delivery and what became of it."""

    load: int
    source: str
    path: str
    state: str
    cohorts: int
    devices: int
    versions: int
    events: int
    curated: int
    quarantined: int
    skipped: int
    started_at: datetime
    staged_at: datetime | None
    curated_at: datetime | None


class RefusedAnswer(BaseModel):
    """An event that is no heartbeat, and why."""

    load: int
    position: int
    project: str
    device: str
    captured_at: datetime | None
    reason: str
    record: str


class CuratedAnswer(BaseModel):
    """What a run of curation did."""

    loads: int
    heartbeats: int
    quarantined: int
    skipped: int
    hours: int
    metrics: int


Limit = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/devices", response_model=list[FleetDeviceAnswer], dependencies=[READ])
def get_fleet_devices(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    asked: TheAsked,
    attribute: Annotated[
        list[str], Query(max_length=10, description="METRIC:VALUE of the newest heartbeat.")
    ] = [],  # noqa: B006
    silent_hours: Annotated[float | None, Query(gt=0, le=100_000)] = None,
    limit: Limit = 500,
) -> Json:
    """Devices whose newest heartbeat is like this; those silent for so long, the longest first."""
    wanted = {}
    for one in attribute:
        name, colon, value = one.partition(":")
        if not colon:
            raise Invalid(f"{one!r} is no METRIC:VALUE.", "attribute")
        wanted[name] = value
    among = asked.among(registry)
    equal = {name: value for name, value in among.equal.items() if name != "type"}
    span = among.span
    if silent_hours is not None:
        before = datetime.now(UTC) - timedelta(hours=silent_hours)
        span = Span(span.start, min(before, span.end or before))
    rows = wearhouse.fleet.search(
        Among(span, among.projects, equal), wanted, limit, silent_hours is not None
    )
    return Json([_device(row) for row in rows.to_pylist()])


@router.get("/device", response_model=FleetDeviceAnswer, dependencies=[READ])
def get_fleet_device(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    project: Annotated[str, Query(max_length=200)],
    device: Annotated[str, Query(max_length=200)],
) -> Json:
    """One device with its newest heartbeat."""
    needs_project(registry, project)
    among = Among(equal={"project": project, "device": device})
    found = wearhouse.fleet.search(among, {}, 1).to_pylist()
    if not found:
        raise NotFound(f"Project {project} has no device {device!r} that ever reported.", "device")
    return Json(_device(found[0]))


@router.get("/timeline", response_model=FleetTimelineAnswer, dependencies=[READ])
def get_fleet_timeline(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    project: Annotated[str, Query(max_length=200)],
    device: Annotated[str, Query(max_length=200)],
    start: Annotated[str | None, Query(max_length=40)] = None,
    end: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_HEARTBEATS)] = 5_000,
) -> Json:
    """A device's heartbeats over a span, from its start."""
    needs_project(registry, project)
    span = span_of(start, end)
    rows = wearhouse.fleet.timeline(project, device, span, limit + 1).to_pylist()
    beats = [_named(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Json({"project": project, "device": device, "heartbeats": beats, "more": more})


@router.get("/facets", response_model=FacetsAnswer, dependencies=[READ])
def get_fleet_facets(wearhouse: TheWearhouse, registry: TheRegistry) -> Json:
    """Projects, cohorts, hardware and versions of devices as they are now."""
    return Json(wearhouse.fleet.facets(projects_in_reach(registry)))


@router.get("/metrics", response_model=list[FleetMetricAnswer], dependencies=[READ])
def get_fleet_metrics(registry: TheRegistry) -> Json:
    """Every metric that devices ever reported."""
    return Json([_metric(one) for one in registry.fleets.metrics()])


@router.patch("/metrics/{name}", response_model=FleetMetricAnswer, dependencies=[KEEP])
def patch_fleet_metric(
    name: Annotated[str, Path(max_length=300)], change: FleetMetricChange, acting: TheActing
) -> Json:
    """Change a metric's title, unit, range, switches, or what it says of a device."""
    return Json(_metric(change_metric(acting, name, change.model_dump(exclude_unset=True))))


@router.get("/loads", response_model=list[FleetLoadAnswer], dependencies=[INGESTION])
def get_fleet_loads(wearhouse: TheWearhouse, registry: TheRegistry, limit: Limit = 100) -> Json:
    """What was delivered, the newest first."""
    needs_project(registry, "")
    return Json([asdict(one) for one in wearhouse.fleet.loads(limit)])


@router.get("/quarantine", response_model=list[RefusedAnswer], dependencies=[INGESTION])
def get_fleet_refused(wearhouse: TheWearhouse, registry: TheRegistry, limit: Limit = 100) -> Json:
    """Events that are no heartbeats, with the reason, the newest first."""
    rows = wearhouse.fleet.quarantined(projects_in_reach(registry), limit)
    return Json(rows.to_pylist())


@router.post("/curate", response_model=CuratedAnswer, dependencies=[LOAD])
def post_fleet_curate(wearhouse: TheWearhouse, acting: TheActing) -> Json:
    """Curate what waits, and fold what changed."""
    needs_project(acting.registry, "")
    return Json(asdict(curate(wearhouse.fleet, wearhouse.registry)))


def _device(row: dict[str, Any]) -> dict[str, Any]:
    return _named(row) | {"serial": row["serial"] or row["device"]}


def _named(row: dict[str, Any]) -> dict[str, Any]:
    software, version = row.pop("software"), row["version"]
    named = f"{software} {version}" if software else version
    return row | {"version": named, "metrics": orjson.loads(row["metrics"])}


def _metric(one: FleetMetric) -> dict[str, Any]:
    return asdict(one) | {"folded": one.time_series and one.folded == form_of(one)}
