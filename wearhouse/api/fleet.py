"""The fleet's figures: percentiles, distributions, vitals, releases."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.answers import Json
from wearhouse.api.deps import TheRegistry, TheWearhouse, needs
from wearhouse.api.fleet_answers import (
    FiguresAnswer,
    FleetComparisonAnswer,
    HistogramRow,
    PercentileRow,
    ReleaseAnswer,
    VitalsRow,
)
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import Invalid
from wearhouse.fleet import statistics, vitals
from wearhouse.fleet.quantiles import ERROR
from wearhouse.fleet.reaching import projects_in_reach
from wearhouse.fleet.statistics import Question, Weight
from wearhouse.registry import Registry
from wearhouse.store.fleets import Among, By, Span
from wearhouse.study import Right
from wearhouse.window import edge

router = APIRouter(prefix="/fleet", tags=["fleet"], responses=RESPONSES)

READ = needs(Right.READ)
PLACES = ("project", "cohort", "version", "hardware", "type", "device")


class Asked(BaseModel):
    """Which heartbeats: a span on the UTC clock, and what they must be of."""

    model_config = ConfigDict(extra="ignore")

    start: str | None = Field(None, max_length=40, description="A date or an instant, UTC.")
    end: str | None = Field(None, max_length=40, description="A date includes that whole day.")
    project: str | None = Field(None, max_length=200)
    cohort: str | None = Field(None, max_length=200)
    version: str | None = Field(None, max_length=200, description="VERSION or SOFTWARE VERSION.")
    hardware: str | None = Field(None, max_length=200)
    type: str | None = Field(None, max_length=100, description="Of the report, as heartbeat.")
    device: str | None = Field(None, max_length=200, description="Its id, with the project.")

    def among(self, registry: Registry) -> Among:
        """The same as the store is asked."""
        said = {name: getattr(self, name) for name in PLACES}
        equal = {name: value for name, value in said.items() if value is not None}
        return Among(span_of(self.start, self.end), projects_in_reach(registry), equal)


def span_of(start: str | None, end: str | None) -> Span:
    """A span as it is written; Invalid if it ends before it starts."""
    zone = ZoneInfo("UTC")
    span = Span(
        edge(start, "start").at(zone) if start else None, edge(end, "end").at(zone) if end else None
    )
    if span.start and span.end and span.start >= span.end:
        raise Invalid(f"The span ends ({span.end}) before it starts ({span.start}).", "end")
    return span


def the_asked(
    start: Annotated[
        str | None, Query(max_length=40, description="A date, an instant: UTC.")
    ] = None,
    end: Annotated[str | None, Query(max_length=40, description="A date is included.")] = None,
    project: Annotated[str | None, Query(max_length=200)] = None,
    cohort: Annotated[str | None, Query(max_length=200)] = None,
    version: Annotated[str | None, Query(max_length=200)] = None,
    hardware: Annotated[str | None, Query(max_length=200)] = None,
    type: Annotated[str | None, Query(max_length=100, description="Of the report.")] = None,
    device: Annotated[str | None, Query(max_length=200)] = None,
) -> Asked:
    return Asked(
        start=start, end=end, project=project, cohort=cohort, version=version, hardware=hardware,
        type=type, device=device,
    )  # fmt: skip


TheAsked = Annotated[Asked, Depends(the_asked)]
Metric = Annotated[str, Query(min_length=1, max_length=300, description="As devices report it.")]
Groups = Annotated[list[By], Query(max_length=3, description="Groups; may be given often.")]
Weighting = Annotated[Weight, Query(description="What counts as one: a report, or a device.")]
Exact = Annotated[bool, Query(description="From every report rather than from sketches.")]


def percentile_rows(asked: Question, found: Sequence[statistics.Figures]) -> list[dict[str, Any]]:
    """A percentile as rows that are named by their groups."""
    return [
        {by: one.group[place] for place, by in enumerate(asked.by)}
        | {
            "value": one.quantiles[0], "count": one.count, "outside": one.outside,
            "error": 0.0 if one.exact else ERROR,
        }
        for one in found
    ]  # fmt: skip


@router.get("/percentile", response_model=list[PercentileRow], dependencies=[READ])
def get_fleet_percentile(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    asked: TheAsked,
    metric: Metric,
    q: Annotated[float, Query(description="From 0 to 1.")] = 0.5,
    by: Groups = [],  # noqa: B006
    weight: Weighting = "report",
    exact: Exact = False,
) -> Json:
    """A percentile of a metric, of each group."""
    question = Question(metric, asked.among(registry), by, (q,), weight, exact)
    found = statistics.figures(wearhouse.fleet, registry, question)
    return Json(percentile_rows(question, found))


@router.get("/figures", response_model=FiguresAnswer, dependencies=[READ])
def get_fleet_figures(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    asked: TheAsked,
    metric: Metric,
    q: Annotated[list[float], Query(max_length=20)] = [0.05, 0.25, 0.5, 0.75, 0.95],  # noqa: B006
    by: Groups = [],  # noqa: B006
    weight: Weighting = "report",
    exact: Exact = False,
) -> Json:
    """Count, mean, range and percentiles of a metric, of each group."""
    question = Question(metric, asked.among(registry), by, q, weight, exact)
    known = registry.fleets.metric(metric)
    found = statistics.figures(wearhouse.fleet, registry, question)
    is_exact = all(one.exact for one in found)
    rows = [_group(question, one) | _figures(one) for one in found]
    return Json(
        {
            "metric": metric, "title": known.title, "unit": known.unit, "weight": weight, "q": q,
            "exact": is_exact, "error": 0.0 if is_exact else ERROR, "rows": rows,
        }
    )  # fmt: skip


@router.get("/histogram", response_model=list[HistogramRow], dependencies=[READ])
def get_fleet_histogram(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    asked: TheAsked,
    metric: Metric,
    bars: Annotated[int, Query(ge=1, le=200)] = 40,
    by: Groups = [],  # noqa: B006
    weight: Weighting = "report",
) -> Json:
    """How a metric's values are distributed, in bars of one width."""
    question = Question(metric, asked.among(registry), by, (0.5,), weight, bars=bars)
    found = statistics.figures(wearhouse.fleet, registry, question)
    return Json(
        [
            _group(question, one)
            | {"count": one.count, "outside": one.outside, "bars": list(map(asdict, one.bars))}
            for one in found
        ]
    )


@router.get("/vitals", response_model=list[VitalsRow], dependencies=[READ])
def get_fleet_vitals(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    asked: TheAsked,
    by: Annotated[list[By], Query(max_length=3)] = ["cohort", "version"],  # noqa: B006
) -> Json:
    """Battery life, syncs, silence and hours of each cohort and version."""
    found = vitals.vitals(wearhouse.fleet, registry, asked.among(registry), by)
    return Json(list(map(asdict, found)))


@router.get("/releases", response_model=list[ReleaseAnswer], dependencies=[READ])
def get_fleet_releases(wearhouse: TheWearhouse, registry: TheRegistry, asked: TheAsked) -> Json:
    """Every version that was reported: since when, until when, by how many devices."""
    found = vitals.releases(wearhouse.fleet, asked.among(registry))
    return Json([asdict(one) for one in found])


@router.get("/releases/compare", response_model=FleetComparisonAnswer, dependencies=[READ])
def get_fleet_comparison(
    wearhouse: TheWearhouse,
    registry: TheRegistry,
    asked: TheAsked,
    release: Annotated[str, Query(min_length=1, max_length=200, description="The version.")],
    previous: Annotated[
        str | None, Query(max_length=200, description="Else the one before.")
    ] = None,
) -> Json:
    """A version's vitals against those of the version before, in each cohort and in all."""
    among = asked.among(registry)
    before, found = vitals.compare(wearhouse.fleet, registry, among, release, previous)
    return Json({"version": release, "previous": before, "rows": list(map(asdict, found))})


def _group(question: Question, one: statistics.Figures) -> dict[str, Any]:
    return {"group": dict(zip(question.by, one.group, strict=True))}


def _figures(one: statistics.Figures) -> dict[str, Any]:
    names = ("count", "outside", "mean", "sd", "low", "high")
    return {name: getattr(one, name) for name in names} | {"quantiles": list(one.quantiles)}
