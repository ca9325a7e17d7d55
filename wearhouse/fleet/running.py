"""The fleet's round: take what producers have, curate what waits, ask the rules, tell of it."""

import math
from datetime import datetime

from wearhouse import telemetry
from wearhouse.fleet.alerts import watch
from wearhouse.fleet.curating import curate
from wearhouse.fleet.producing import PAIRED, PUSHED, take_paired, take_pushed
from wearhouse.fleet.telling import tell
from wearhouse.messages.delivery import MailServer
from wearhouse.registry import Registry
from wearhouse.store.fleets import FleetStore

FILES = "files"
"""What is marked when files were loaded, so that a round looks whether they wait."""


def is_wanted(registry: Registry) -> bool:
    """Whether there is a fleet at all: without one no tables are made."""
    marks = (PUSHED, PAIRED, FILES)
    return (
        any(registry.fleets.mark(one) for one in marks)
        or registry.staged.count() > 0
        or registry.devices.newest() is not None
    )


def go_round(
    fleet: FleetStore, registry: Registry, server: MailServer | None, now: datetime
) -> int:
    """One round; how many incidents are open."""
    take_pushed(fleet, registry)
    take_paired(fleet, registry)
    if fleet.pending():
        curate(fleet, registry)
    is_open = watch(fleet, registry, now)
    measure(fleet)
    if server is not None:
        tell(registry, server, now)
    return is_open


def measure(fleet: FleetStore) -> None:
    """Set the figures that Prometheus sees."""
    facets = fleet.facets(None)
    devices, newest = facets["devices"], facets["newest"]
    assert isinstance(devices, int)
    telemetry.fleet_devices.set(devices)
    telemetry.fleet_newest.set(newest.timestamp() if isinstance(newest, datetime) else math.nan)
    telemetry.fleet_loads_waiting.set(len(fleet.pending()))
