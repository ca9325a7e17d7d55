"""A participant's devices leave the fleet with them."""

from wearhouse.fleet.curating import as_folded
from wearhouse.fleet.loading import at_work
from wearhouse.fleet.producing import PAIRED, device_of
from wearhouse.registry import Registry
from wearhouse.store import Store
from wearhouse.store.fleet_of import fleet_of
from wearhouse.study import Participant


def forget_devices(store: Store, registry: Registry, participant: Participant) -> int:
    """Remove what the devices of a participant reported, from the rollups too; how many
    heartbeats. Conflict if the fleet is being loaded or curated just now."""
    if registry.fleets.mark(PAIRED) is None:
        return 0
    fleet = fleet_of(store)
    with at_work(registry):
        whose = device_of(participant.code)
        hours = fleet.hours_of(participant.study, whose)
        with fleet.together():
            removed = fleet.forget(participant.study, whose)
            metrics = [as_folded(one) for one in registry.fleets.metrics() if one.time_series]
            fleet.fold(sorted(hours), metrics)
        fleet.wipe()
    return removed
