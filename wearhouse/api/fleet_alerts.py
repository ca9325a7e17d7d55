"""Alert rules of the fleet, and their incidents."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.answers import Json
from wearhouse.api.deps import TheActing, TheRegistry, needs
from wearhouse.api.fleet import READ
from wearhouse.api.refusals import RESPONSES
from wearhouse.fleet.alerts import Kind, Rule, Statistic, rule_of
from wearhouse.fleet.deciding import put_rule, remove_rule
from wearhouse.fleet.reaching import projects_in_reach
from wearhouse.fleet.telling import wording
from wearhouse.registry.incidents import KeptRule
from wearhouse.study import Right

router = APIRouter(prefix="/fleet", tags=["fleet"], responses=RESPONSES)

KEEP = needs(Right.KEEP)
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Named = Field("", max_length=200)


class RuleBody(BaseModel):
    """A rule: `aggregate` (a statistic over the last `hours`), `device` (each device's newest
    report) or `silent` (no report for `hours`), with a threshold where it compares."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field(min_length=1, max_length=200)
    kind: Kind
    metric: str = Field("", max_length=300)
    statistic: Statistic = "mean"
    q: float = Field(0.5, ge=0, le=1, description="Of a percentile.")
    hours: float = Field(24, gt=0, le=24 * 366)
    above: float | None = None
    below: float | None = None
    project: str = Named
    cohort: str = Named
    version: str = Named
    hardware: str = Named
    start_delay_min: float = Field(0, ge=0, le=60 * 24 * 31)
    resolve_delay_min: float = Field(0, ge=0, le=60 * 24 * 31)
    emails: list[Annotated[str, Field(max_length=320)]] = Field([], max_length=20)
    enabled: bool = True

    def rule(self) -> Rule:
        """The rule itself."""
        said = self.model_dump(exclude={"name", "enabled", "emails"})
        return Rule(**said, emails=tuple(self.emails))


class RuleAnswer(RuleBody):
    """A rule as it is kept, and in words."""

    number: int
    wording: str
    changed_by: str
    changed_at: datetime


class IncidentAnswer(BaseModel):
    """What a rule found: `open`, or `resolved`; without a device it is about all of them."""

    number: int
    rule: str
    project: str
    device: str
    state: str
    value: float | None
    began_at: datetime
    opened_at: datetime | None
    resolved_at: datetime | None


@router.get("/alerts", response_model=list[RuleAnswer], dependencies=[READ])
def get_fleet_rules(registry: TheRegistry) -> Json:
    """Every alert rule within reach."""
    reached = projects_in_reach(registry)
    kept = registry.incidents.rules()
    seen = [one for one in kept if reached is None or rule_of(one).project in reached]
    return Json([_answer(one) for one in seen])


@router.post("/alerts", response_model=RuleAnswer, status_code=201, dependencies=[KEEP])
def post_fleet_rule(body: RuleBody, acting: TheActing) -> Response:
    """Add a rule."""
    made = put_rule(acting, body.name, body.rule(), body.enabled)
    return Json(_answer(made), status_code=201)


@router.put("/alerts/{number}", response_model=RuleAnswer, dependencies=[KEEP])
def put_fleet_rule(number: Number, body: RuleBody, acting: TheActing) -> Json:
    """Change a rule."""
    return Json(_answer(put_rule(acting, body.name, body.rule(), body.enabled, number)))


@router.delete("/alerts/{number}", status_code=204, dependencies=[KEEP])
def delete_fleet_rule(number: Number, acting: TheActing) -> Response:
    """Remove a rule and its incidents."""
    remove_rule(acting, number)
    return Response(status_code=204)


@router.get("/incidents", response_model=list[IncidentAnswer], dependencies=[READ])
def get_fleet_incidents(
    registry: TheRegistry, limit: Annotated[int, Query(ge=1, le=10_000)] = 200
) -> Json:
    """Incidents that opened, the newest first."""
    names = {one.id: one.name for one in registry.incidents.rules()}
    found = registry.incidents.all(limit, projects_in_reach(registry))
    shown = IncidentAnswer.model_fields.keys() - {"number", "rule"}
    return Json(
        [
            {"number": one.id, "rule": names.get(one.rule_id, "")}
            | {name: getattr(one, name) for name in shown}
            for one in found
        ]
    )


def _answer(kept: KeptRule) -> dict[str, Any]:
    rule = rule_of(kept)
    return asdict(rule) | {
        "number": kept.id, "name": kept.name, "enabled": kept.enabled, "wording": wording(rule),
        "changed_by": kept.changed_by, "changed_at": kept.changed_at,
    }  # fmt: skip
