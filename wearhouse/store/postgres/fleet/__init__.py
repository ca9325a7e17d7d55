"""A fleet in PostgreSQL: schema `staging` as it came, schema `curated` what is made of it."""

from wearhouse.store.postgres.fleet.store import PostgresFleet

__all__ = ["PostgresFleet"]
