"""What people decide about the fleet: its metrics and its alert rules. All of it is audited."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from wearhouse.errors import Conflict, Invalid
from wearhouse.fleet.alerts import Rule, checked, document, rule_of
from wearhouse.fleet.reaching import needs_project
from wearhouse.registry.fleets import FleetMetric
from wearhouse.registry.incidents import KeptRule
from wearhouse.study import Right
from wearhouse.team import audit
from wearhouse.team.acting import Acting

CHANGEABLE = ("title", "unit", "low", "high", "time_series", "attribute", "vital")
VITALS = ("", "battery", "synced", "unsynced")


def change_metric(acting: Acting, name: str, changes: Mapping[str, Any]) -> FleetMetric:
    """Change what is known of a metric. With another range the next curation folds it again; until
    then it is answered from the heartbeats themselves."""
    acting.needs(Right.KEEP)
    needs_project(acting.registry, "")
    fleets = acting.registry.fleets
    old = fleets.metric(name)
    values = {one: value for one, value in changes.items() if one in CHANGEABLE}
    low, high = values.get("low", old.low), values.get("high", old.high)
    if low is not None and high is not None and low > high:
        raise Invalid(f"The range ends ({high:g}) below where it begins ({low:g}).", "low")
    if values.get("time_series") and old.kind == "string":
        raise Invalid(f"{name} is text; it cannot be a time series.", "time_series")
    vital = values.get("vital", old.vital)
    if vital not in VITALS:
        raise Invalid(f"vital can be {', '.join(filter(None, VITALS))} or nothing.", "vital")
    other = [one.name for one in fleets.metrics() if one.vital == vital and one.name != name]
    if vital and other:
        raise Conflict(f"{other[0]} says {vital} already.", "vital")
    with acting.registry.together():
        if values:
            fleets.put_metric(name, values)
        before = {one: getattr(old, one) for one in values}
        audit.record(acting, "fleet.metric", before=before, after=values, subject=name)
    return fleets.metric(name)


def put_rule(
    acting: Acting, name: str, rule: Rule, enabled: bool = True, number: int | None = None
) -> KeptRule:
    """Add an alert rule, or change the one of a number."""
    acting.needs(Right.KEEP)
    needs_project(acting.registry, rule.project)
    plain = name.strip()
    if not plain or len(plain) > 200 or not plain.isprintable():
        raise Invalid("A rule's name has 1 to 200 letters.", "name")
    checked(rule)
    incidents = acting.registry.incidents
    before: dict[str, Any] = {}
    if number is not None:
        old = incidents.rule(number)
        needs_project(acting.registry, rule_of(old).project)
        before = {"name": old.name, "enabled": old.enabled, **asdict(rule_of(old))}
    kept = {
        "name": plain, "kind": rule.kind, "document": document(rule), "enabled": enabled,
        "changed_by": acting.actor.name,
    }  # fmt: skip
    with acting.registry.together():
        made = incidents.put_rule(number, kept)
        after = {"name": plain, "enabled": enabled, **asdict(rule)}
        audit.record(acting, "fleet.rule", before=_plain(before), after=_plain(after),
                     subject=plain)  # fmt: skip
    return made


def remove_rule(acting: Acting, number: int) -> None:
    """Remove an alert rule and its incidents."""
    acting.needs(Right.KEEP)
    old = acting.registry.incidents.rule(number)
    needs_project(acting.registry, rule_of(old).project)
    with acting.registry.together():
        acting.registry.incidents.remove_rule(number)
        audit.record(acting, "fleet.rule.remove", subject=old.name)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the trail keeps them: how many are written to, not who."""
    plain = {name: value for name, value in values.items() if name != "emails"}
    return plain | {"emails": len(values["emails"])} if "emails" in values else plain
