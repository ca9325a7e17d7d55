"""A fleet in ClickHouse: staged as it came, curated, folded."""

from wearhouse.store.clickhouse.fleet.store import ClickHouseFleet

__all__ = ["ClickHouseFleet"]
