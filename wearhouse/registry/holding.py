"""Which payloads the registry knows."""

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.registry import arriving, tables
from wearhouse.registry.connection import transaction


def digests(engine: Engine) -> set[str]:
    """The digests of all payloads, fetched and pushed."""
    kinds = (tables.payloads, arriving.pushed_payloads)
    with transaction(engine) as rows:
        return {digest for kind in kinds for digest in rows.scalars(sa.select(kind.c.digest))}
