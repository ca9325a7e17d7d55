"""What is staged becomes heartbeats, metrics and rollups: only of the hours that are touched."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wearhouse.fleet.loading import at_work
from wearhouse.registry import Registry
from wearhouse.registry.fleets import FleetMetric
from wearhouse.store.fleets import Clocks, FleetStore, Folded

LOADS_AT_ONCE = 50
ONCE = {"Float64": "number", "Int64": "number", "UInt64": "number", "Bool": "boolean",
        "String": "string"}  # fmt: skip
VITALS = (
    ("battery", re.compile(r"^(battery|battery_?(pct|perc|percent|percentage|soc)(_pct)?"
                           r"|soc|state_of_charge)$", re.I)),
    ("synced", re.compile(r"^sync_?success(es|ful)?$", re.I)),
    ("unsynced", re.compile(r"^sync_?fail(ure|ures|ed)?$", re.I)),
)  # fmt: skip
"""What a metric is taken to say of a device, until somebody decides otherwise."""


@dataclass(frozen=True, slots=True)
class Curated:
    """What a run of curation did."""

    loads: int = 0
    heartbeats: int = 0
    quarantined: int = 0
    skipped: int = 0
    hours: int = 0
    metrics: int = 0


def curate(
    fleet: FleetStore,
    registry: Registry,
    clocks: Clocks | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Curated:
    """Curate every load that waits, and fold what is not folded as its metric asks. Conflict if
    somebody is at it already. Done again it comes to the same."""
    done = Curated()
    with at_work(registry):
        while loads := fleet.pending()[:LOADS_AT_ONCE]:
            with fleet.together():
                taken, hours = fleet.take(loads, clocks or Clocks())
                known = learn(fleet, registry, sorted(hours), loads[0].load, now())
                tell_battery(fleet, registry)
                fleet.fold(sorted(hours), known)
                fleet.settle(taken, now())
            done = Curated(
                done.loads + len(taken),
                done.heartbeats + sum(one.curated for one in taken),
                done.quarantined + sum(one.quarantined for one in taken),
                done.skipped + sum(one.skipped for one in taken),
                done.hours + len(hours),
                len(known),
            )
        fold_changed(fleet, registry)
    return done


def learn(
    fleet: FleetStore, registry: Registry, hours: Sequence[int], since_load: int, now: datetime
) -> list[Folded]:
    """Note the metrics that are reported for the first time, or in a new kind; those to fold."""
    found = fleet.kinds(hours, since_load) if hours else {}
    known = {one.name: one for one in registry.fleets.metrics()}
    taken = {one.vital for one in known.values()}
    for name, kinds in sorted(found.items()):
        if len(name) > 300:
            continue
        old = known.get(name)
        every = kinds | (kinds_of(old) if old else frozenset())
        if old and every == kinds_of(old):
            continue
        values = {"kinds": " ".join(sorted(every)), "kind": kind_of(every)}
        if old is not None:
            registry.fleets.put_metric(name, values)
            continue
        number = values["kind"] in ("number", "boolean")
        fits = (v for v, form in VITALS if number and form.match(name) and v not in taken)
        vital = next(fits, "")
        taken.add(vital)
        otherwise = {
            "title": name, "unit": "", "low": None, "high": None, "time_series": number,
            "attribute": not number, "vital": vital, "folded": "", "first_seen_at": now,
        }  # fmt: skip
        registry.fleets.put_metric(name, values, otherwise)
    metrics = registry.fleets.metrics()
    for one in metrics:
        # New to the rollups as a whole: it was never reported before these hours.
        if one.time_series and one.name not in known:
            registry.fleets.put_metric(one.name, {"folded": form_of(one)})
    return [as_folded(one) for one in metrics if one.time_series]


def kinds_of(metric: FleetMetric) -> frozenset[str]:
    """The JSON kinds that a metric's values had; ClickHouse named them its own way once."""
    return frozenset(ONCE.get(kind, kind) for kind in metric.kinds.split())


def kind_of(kinds: frozenset[str]) -> str:
    """number, boolean, string, or mixed."""
    plain = {kind if kind in ("number", "boolean") else "string" for kind in kinds}
    return next(iter(plain)) if len(plain) == 1 else "mixed"


def fold_changed(fleet: FleetStore, registry: Registry) -> int:
    """Fold everything again if a metric's range or switch is not what it was folded with; how many
    hours."""
    metrics = registry.fleets.metrics()
    tell_battery(fleet, registry)
    changed = [one for one in metrics if one.time_series and one.folded != form_of(one)]
    if not changed:
        return 0
    hours = sorted(fleet.hours())
    fleet.fold(hours, [as_folded(one) for one in metrics if one.time_series])
    for one in metrics:
        registry.fleets.put_metric(one.name, {"folded": form_of(one) if one.time_series else ""})
    return len(hours)


def tell_battery(fleet: FleetStore, registry: Registry) -> None:
    """Tell the store which metric is the battery."""
    metrics = registry.fleets.metrics()
    fleet.set_battery(next((as_folded(one) for one in metrics if one.vital == "battery"), None))


def as_folded(metric: FleetMetric) -> Folded:
    """A metric as the store folds it."""
    return Folded(metric.name, metric.low, metric.high)


def form_of(metric: FleetMetric) -> str:
    """What a metric's rollups depend on."""
    return f"{metric.low}..{metric.high}"
