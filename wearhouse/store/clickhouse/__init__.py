"""Samples in ClickHouse: the chDB engine inside this process."""

from wearhouse.store.clickhouse.store import ClickHouseStore

__all__ = ["ClickHouseStore"]
