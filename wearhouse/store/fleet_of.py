"""The fleet's side of a store that is open."""

from wearhouse.errors import Invalid
from wearhouse.store.fleets import FleetStore
from wearhouse.store.protocol import Store


def fleet_of(store: Store) -> FleetStore:
    """What a store keeps of the fleet, its tables up to date."""
    from wearhouse.store.clickhouse import ClickHouseStore

    if isinstance(store, ClickHouseStore):
        from wearhouse.store.clickhouse.fleet import ClickHouseFleet

        fleet: FleetStore = ClickHouseFleet(store.connection)
    else:
        from wearhouse.store.postgres import PostgresStore

        if not isinstance(store, PostgresStore):
            raise Invalid(f"A {type(store).__name__} keeps no fleet.")
        from wearhouse.store.postgres.fleet import PostgresFleet

        fleet = PostgresFleet(store.connections)
    fleet.migrate()
    return fleet
