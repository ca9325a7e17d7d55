"""Samples in PostgreSQL: with TimescaleDB where the server has it, plain where it has not."""

from wearhouse.store.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
