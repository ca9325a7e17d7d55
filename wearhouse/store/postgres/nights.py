"""Episodes in PostgreSQL: few, so they travel as ordinary rows."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
from psycopg import sql

from wearhouse.samples import EPISODES, NAMES
from wearhouse.store import nights
from wearhouse.store.postgres.codes import Codes
from wearhouse.store.postgres.connection import Connections, Row, Session
from wearhouse.store.postgres.loading import lock
from wearhouse.store.protocol import Slices, Written

ANSWERED = (
    "metric", "participant", "day", "log", "t", "end", "offset", "label", "main", "source", "as_of",
)  # fmt: skip


def between(
    session: Session, metrics: Sequence[str], participants: Sequence[int], first: date, last: date
) -> pa.Table:
    """Episodes of the civil days from first to last."""
    return _table(
        session.rows(
            "episodes",
            metrics=list(metrics),
            participants=list(participants),
            first=first,
            last=last,
        )
    )


def load(
    connections: Connections, codes: Codes, episodes: pa.Table, stated: Slices | None
) -> Written:
    """Take episodes, log by log; see Store.write_episodes."""
    codes.learn(episodes["source"])
    days = episodes.slice(0, 0) if stated is None else stated.table
    people = {p for table in (episodes, days) for p in table["participant"].unique().to_pylist()}
    with connections.transaction() as session:
        lock(session, people)
        kept = _standing(session, episodes, days)
        change = nights.settle_logs(episodes, kept, stated)
        _remove(session, codes, pa.concat_tables([change.withdraw, change.write]))
        session.copy_rows("episodes", ANSWERED, _rows(codes, change.write, ANSWERED))
    return Written(change.write.num_rows, change.withdraw.num_rows)


def _standing(session: Session, episodes: pa.Table, days: pa.Table) -> pa.Table:
    """The logs that arrive as they stand, and what stands on the days that are stated."""
    metrics = nights.families(days if days.num_rows else episodes)
    found = session.rows(
        "episodes_of_logs",
        metrics=metrics,
        participants=episodes["participant"].unique().to_pylist(),
        logs=episodes["log"].unique().to_pylist(),
    )
    standing = [_table(found)]
    if days.num_rows:
        people, dates = days["participant"].unique().to_pylist(), days["day"].to_pylist()
        standing.append(between(session, metrics, people, min(dates), max(dates)))
    return pa.concat_tables(standing).unify_dictionaries()


def _remove(session: Session, codes: Codes, episodes: pa.Table) -> None:
    if episodes.num_rows:
        key = sql.SQL(", ").join(map(sql.Identifier, nights.KEY))
        places = {"table": sql.Identifier("episodes"), "staged": sql.Identifier("staged_episodes")}
        session.run("stage", key=key, **places)
        session.copy_rows("staged_episodes", nights.KEY, _rows(codes, episodes, nights.KEY))
        session.run("remove_episodes")


def _rows(codes: Codes, episodes: pa.Table, columns: Sequence[str]) -> list[Row]:
    coded = {"metric": codes.of_metrics, "source": codes.of_sources}
    found = [coded[c](episodes[c]) if c in coded else episodes[c] for c in columns]
    return list(zip(*(column.to_pylist() for column in found), strict=True))


def _table(rows: Sequence[Row]) -> pa.Table:
    given = list(zip(*rows, strict=True)) if rows else [()] * len(ANSWERED)
    column = dict(zip(ANSWERED, given, strict=True))
    arrays = []
    for f in EPISODES:
        if f.type == NAMES:
            arrays.append(pa.array(column[f.name], pa.string()).dictionary_encode())
        else:
            arrays.append(pa.array(column[f.name], f.type))
    return pa.Table.from_arrays(arrays, schema=EPISODES)
