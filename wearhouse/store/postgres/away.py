"""Which days of the store lie in an archive: the index of `store.archive`, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from psycopg.sql import Identifier

from wearhouse.store import merging
from wearhouse.store.archive import Moved, Table
from wearhouse.store.postgres.codes import Codes
from wearhouse.store.postgres.connection import Connections, Session
from wearhouse.store.postgres.shelf import PostgresShelf, instant

TABLES: tuple[Table, ...] = ("samples", "shadowed")


def everything(session: Session) -> list[Moved]:
    """The whole index."""
    return [Moved(*row) for row in session.rows("moved_everything")]


def put(session: Session, codes: Codes, moved: Sequence[Moved]) -> None:
    """Let entries take the place of those of the same months."""
    for one in moved:
        session.run(
            "put_moved", participant=one.participant, metric=codes.metrics[one.metric],
            month=one.month, days=one.days, root=one.root, file=one.file, digest=one.digest,
            shadow=one.shadow, rows=one.rows,
        )  # fmt: skip


def let_go(session: Session, codes: Codes, moved: Moved, copied: Mapping[Table, pa.Table]) -> bool:
    """See Store.let_go; within a transaction that keeps other writers off the participant."""
    if not merging.stands(PostgresShelf(session, codes), moved, copied):
        return False
    days = [str(day) for day in moved.day_numbers().astype("datetime64[D]")]
    for table in TABLES:
        session.run(
            "remove_days", table=Identifier(table), metric=codes.metrics[moved.metric],
            participant=moved.participant, days=days, low=instant(moved.first_ms),
            high=instant(moved.end_ms),
        )  # fmt: skip
    put(session, codes, [moved])
    return True


def relocate(session: Session, codes: Codes, moved: Moved, root: str) -> bool:
    """See Store.relocate; within a transaction that keeps other writers off the participant."""
    day, shelf = moved.first_day, PostgresShelf(session, codes)
    stands = moved in shelf.moved([moved.metric], [moved.participant], day, day + 1)
    if stands:
        put(session, codes, [replace(moved, root=root)])
    return stands


def sweep(connections: Connections) -> None:
    """Give the room of what was let go back."""
    with connections.session() as session, session.patient():
        months = np.unique([one.month for one in everything(session)])
        names = {f"samples_{np.datetime64(int(month), 'M')}".replace("-", "_") for month in months}
        for (name,) in session.rows("vacuumed", names=sorted(names)):
            session.run("vacuum", table=Identifier(*name.split(".")))
