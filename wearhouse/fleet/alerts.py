"""Alert rules, and the incidents that they open and close."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import orjson

from wearhouse import telemetry
from wearhouse.errors import Invalid
from wearhouse.fleet.statistics import Question, figures
from wearhouse.registry import Registry
from wearhouse.registry.incidents import Incident, KeptRule
from wearhouse.store.fleets import Among, FleetStore, Span

Kind = Literal["aggregate", "device", "silent"]
Statistic = Literal["mean", "min", "max", "percentile", "count"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
PLACES = ("project", "cohort", "version", "hardware")
MOST = 10_000
"""How many devices one rule finds at most."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is watched. `aggregate`: a statistic of a metric over the last `hours` is above or below
    a threshold. `device`: the newest report of a device, if it is not older than that, is.
    `silent`: a device has reported nothing for `hours`. An incident opens after `start_delay_min`
    of that, and is resolved after `resolve_delay_min` of the contrary."""

    kind: Kind
    metric: str = ""
    statistic: Statistic = "mean"
    q: float = 0.5
    hours: float = 24
    above: float | None = None
    below: float | None = None
    project: str = ""
    cohort: str = ""
    version: str = ""
    hardware: str = ""
    start_delay_min: float = 0
    resolve_delay_min: float = 0
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a rule found just now."""

    project: str
    device: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of incidents: new ones, changes by number, and those that are forgotten."""

    new: tuple[Mapping[str, Any], ...]
    changes: Mapping[int, Mapping[str, Any]]
    forgotten: tuple[int, ...]


def checked(rule: Rule) -> Rule:
    """The rule, if it makes sense; Invalid names what does not."""
    if rule.kind not in KINDS:
        raise Invalid(f"kind is {rule.kind!r}; it can be {', '.join(KINDS)}.", "kind")
    if rule.statistic not in STATISTICS:
        raise Invalid(f"statistic can be {', '.join(STATISTICS)}.", "statistic")
    if not 0 < rule.hours <= 24 * 366:
        raise Invalid("hours is more than 0 and at most a year.", "hours")
    if rule.kind != "silent":
        if not rule.metric:
            raise Invalid("Say which metric is watched.", "metric")
        if (rule.above is None) == (rule.below is None):
            raise Invalid("Give a threshold: either above or below.", "above")
    if not 0 <= rule.q <= 1:
        raise Invalid(f"q is {rule.q:g}; write a fraction from 0 to 1.", "q")
    for name in ("start_delay_min", "resolve_delay_min"):
        if not 0 <= getattr(rule, name) <= 60 * 24 * 31:
            raise Invalid(f"{name} is 0 to a month.", name)
    for address in rule.emails:
        if "@" not in address or any(sign in address for sign in "\r\n, <>"):
            raise Invalid(f"{address!r} is not an e-mail address.", "emails")
    return rule


def document(rule: Rule) -> str:
    """A rule as it is kept."""
    return orjson.dumps(asdict(rule), option=orjson.OPT_SORT_KEYS).decode()


def rule_of(kept: KeptRule) -> Rule:
    """A rule as it was kept; what an earlier release did not know has its default."""
    known = {one.name for one in fields(Rule)}
    said = {name: value for name, value in orjson.loads(kept.document).items() if name in known}
    return Rule(**{**said, "emails": tuple(said.get("emails", ()))})


def finds(fleet: FleetStore, registry: Registry, rule: Rule, now: datetime) -> list[Found]:
    """What a rule finds. Where nothing was reported there is nothing to compare: silence has a
    rule of its own."""
    places = {name: getattr(rule, name) for name in PLACES if getattr(rule, name)}
    since = now - timedelta(hours=rule.hours)
    if rule.kind == "silent":
        among = Among(Span(end=since), equal=places)
        rows = fleet.search(among, {}, MOST, oldest_first=True).to_pylist()
        return [
            Found(row["project"], row["device"], (now - row["captured_at"]).total_seconds() / 3600)
            for row in rows
        ]
    if rule.kind == "device":
        among = Among(Span(start=since), equal=places)
        rows = fleet.search(among, {}, 2**31 - 1).to_pylist()
        values = [(row, _value(row["metrics"], rule.metric)) for row in rows]
        return [
            Found(row["project"], row["device"], value)
            for row, value in values
            if value is not None and beyond(rule, value)
        ][:MOST]
    value = aggregate(fleet, registry, rule, now)
    found = value is not None and beyond(rule, value)
    return [Found(rule.project, "", value)] if found else []


def aggregate(fleet: FleetStore, registry: Registry, rule: Rule, now: datetime) -> float | None:
    """The statistic that an aggregate rule watches; None where nothing was reported."""
    places = {name: getattr(rule, name) for name in PLACES if getattr(rule, name)}
    span = Span(now - timedelta(hours=rule.hours), now)
    q = rule.q if rule.statistic == "percentile" else 0.5
    asked = Question(rule.metric, Among(span, equal=places), quantiles=(q,))
    [one] = figures(fleet, registry, asked)
    if rule.statistic == "count":
        return float(one.count)
    by_name = {"mean": one.mean, "min": one.low, "max": one.high, "percentile": one.quantiles[0]}
    return by_name[rule.statistic]


def beyond(rule: Rule, value: float) -> bool:
    """Whether a value is on the wrong side of the threshold."""
    if rule.above is not None:
        return value > rule.above
    return rule.below is not None and value < rule.below


def step(
    rule: Rule, number: int, known: Sequence[Incident], found: Sequence[Found], now: datetime
) -> Step:
    """What becomes of a rule's incidents that are not resolved, by what it finds now."""
    wait = timedelta(minutes=rule.start_delay_min)
    calm = timedelta(minutes=rule.resolve_delay_min)
    firing = {(one.project, one.device): one for one in found}
    new, changes, forgotten = [], dict[int, Mapping[str, Any]](), []
    for one in known:
        there = firing.pop((one.project, one.device), None)
        if there is not None:
            change: dict[str, Any] = {"value": there.value, "cleared_at": None}
            if one.state == "pending" and now - one.began_at >= wait:
                change |= {"state": "open", "opened_at": now}
            changes[one.id] = change
        elif one.state == "pending":
            forgotten.append(one.id)
        elif now - (one.cleared_at or now) >= calm:
            changes[one.id] = {
                "state": "resolved", "resolved_at": now, "cleared_at": one.cleared_at or now,
            }  # fmt: skip
        elif one.cleared_at is None:
            changes[one.id] = {"cleared_at": now}
    for there in firing.values():
        opened = not wait
        new.append(
            {
                "rule_id": number, "project": there.project, "device": there.device,
                "state": "open" if opened else "pending", "value": there.value, "began_at": now,
                "opened_at": now if opened else None, "told_opened": False, "told_resolved": False,
            }
        )  # fmt: skip
    return Step(tuple(new), changes, tuple(forgotten))


def watch(fleet: FleetStore, registry: Registry, now: datetime) -> int:
    """Ask every rule that is enabled; how many incidents are open then."""
    total = 0
    telemetry.fleet_incidents.clear()
    telemetry.fleet_rule_value.clear()
    for kept in registry.incidents.rules():
        rule = rule_of(kept)
        if not kept.enabled or not _is_reported(registry, rule):
            continue
        done = step(
            rule, kept.id, registry.incidents.unresolved(kept.id),
            finds(fleet, registry, rule, now), now,
        )  # fmt: skip
        with registry.together():
            for number, change in done.changes.items():
                registry.incidents.change(number, change)
            for values in done.new:
                registry.incidents.add(values)
            for number in done.forgotten:
                registry.incidents.remove(number)
        left = [one for one in registry.incidents.unresolved(kept.id) if one.state == "open"]
        total += len(left)
        telemetry.fleet_incidents.labels(kept.name).set(len(left))
        if rule.kind == "aggregate":
            value = aggregate(fleet, registry, rule, now)
            telemetry.fleet_rule_value.labels(kept.name).set(math.nan if value is None else value)
    return total


def _is_reported(registry: Registry, rule: Rule) -> bool:
    """Whether a rule's metric was ever reported; one that was not yet can wait."""
    known = {one.name for one in registry.fleets.metrics()}
    return rule.kind == "silent" or rule.metric in known


def _value(metrics: str, name: str) -> float | None:
    value = orjson.loads(metrics).get(name)
    return float(value) if isinstance(value, int | float) else None
