"""How things stand: the figures that nobody counts as they happen, taken when somebody asks."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

import pyarrow.compute as pc

from wearhouse import telemetry
from wearhouse.errors import Unavailable
from wearhouse.registry import Registry
from wearhouse.registry.imputations import STATES
from wearhouse.store import Store
from wearhouse.study import OPEN, Grant, State

GOOD_FOR_S = 30.0
"""How long figures are not taken again: two who watch do not make the work twice."""

AT_MOST = 0.05
"""The share of the time that taking them may take: of a large store that is long."""

A_WEEK = timedelta(days=7)
REASONS = 20
UNKNOWN = float("nan")

ALONE = (
    telemetry.store_bytes,
    telemetry.store_samples,
    telemetry.store_bytes_per_sample,
    telemetry.rollups_stale,
    telemetry.never_linked,
    telemetry.stalest_participant,
    telemetry.last_sync,
)
"""The figures without labels, each not known unless it is told."""

_taking = Lock()
_good_until: dict[str, float] = {}


def measure(registry: Registry, store: Store, now: datetime) -> None:
    """Set the figures to what registry and store say. Where one does not answer they are not
    known, which is not the same as none."""
    with _taking:
        clock = time.monotonic()
        if clock < _good_until.get(store.url, clock):
            return
        try:
            _sizes(store)
            _people(registry, store, now)
            _work(registry)
        except Unavailable:
            for figure in ALONE:
                figure.set(UNKNOWN)
            return
        took = time.monotonic() - clock
        _good_until[store.url] = clock + max(GOOD_FOR_S, took / AT_MOST)


def forget() -> None:
    """Take the figures anew whenever they are asked for next."""
    _good_until.clear()


def _sizes(store: Store) -> None:
    stats = store.stats()
    raw = stats.filter(pc.equal(stats["level"], "raw"))
    size, samples = pc.sum(stats["bytes"]).as_py() or 0, pc.sum(raw["rows"]).as_py() or 0
    telemetry.store_bytes.set(size)
    telemetry.store_samples.set(samples)
    telemetry.store_bytes_per_sample.set(size / samples if samples else UNKNOWN)
    # Every level of a metric has the same days behind.
    behind: dict[str, int] = {}
    for row in stats.select(["metric", "stale"]).to_pylist():
        behind[row["metric"]] = max(behind.get(row["metric"], 0), row["stale"] or 0)
    telemetry.rollups_stale.set(sum(behind.values()))


def _people(registry: Registry, store: Store, now: datetime) -> None:
    grants = registry.grants.all()
    states = Counter(grant.state for grant in grants)
    for state in State:
        telemetry.grants.labels(state).set(states[state])
    telemetry.never_linked.set(sum(_never_linked(grant, now) for grant in grants))
    is_open = [grant for grant in grants if grant.state in OPEN]
    loaded = registry.figures.loaded_at()
    begun = [grant.granted_at for grant in is_open if grant.granted_at]
    last = max([at for at in (loaded, min(begun, default=None)) if at], default=None)
    telemetry.last_sync.set(last.timestamp() if is_open and last else UNKNOWN)
    telemetry.stalest_participant.set(_silence(registry, store, is_open, now))
    _reasons(registry.figures.reasons())


def _work(registry: Registry) -> None:
    """Runs of the imputer, and the fleet's incidents, by whichever process they were found."""
    runs = registry.figures.imputations()
    for state in STATES:
        telemetry.imputation_runs.labels(state).set(runs.get(state, 0))
    telemetry.fleet_incidents.clear()
    for rule, incidents in registry.figures.incidents().items():
        telemetry.fleet_incidents.labels(rule).set(incidents)


def _never_linked(grant: Grant, now: datetime) -> bool:
    asked = grant.invited_at
    return grant.granted_at is None and asked is not None and asked < now - A_WEEK


def _silence(registry: Registry, store: Store, grants: Sequence[Grant], now: datetime) -> float:
    """Seconds since the newest sign of the one of whom it is the oldest; not known of nobody."""
    newest = {grant.participant.id: grant.granted_at for grant in grants}
    extent = store.extent(sorted(newest)) if newest else None
    found = extent.select(["participant", "last_at"]).to_pylist() if extent is not None else []
    told = [(row["participant"], row["last_at"]) for row in found]
    for person, at in (*told, *registry.devices.synced_at().items()):
        if person in newest and at is not None:
            newest[person] = max(newest[person] or at, at)
    ages = [(now - at).total_seconds() for at in newest.values() if at is not None]
    return max(max(ages), 0.0) if ages else UNKNOWN


def _reasons(counts: dict[str, int]) -> None:
    telemetry.quarantine.clear()
    often = Counter(counts).most_common()
    for reason, records in often[:REASONS]:
        telemetry.quarantine.labels(reason).set(records)
    if rest := sum(records for _, records in often[REASONS:]):
        telemetry.quarantine.labels("other").set(rest)
