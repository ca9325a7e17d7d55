"""The imputed layer in PostgreSQL, as one session sees it."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
from psycopg.sql import SQL, Identifier

from wearhouse.metrics import METRICS
from wearhouse.samples import constant
from wearhouse.store import imputed
from wearhouse.store.postgres import wire
from wearhouse.store.postgres.codes import Codes
from wearhouse.store.postgres.connection import Session
from wearhouse.store.postgres.shelf import instant
from wearhouse.store.protocol import Ask
from wearhouse.window import DAY_MS, EARLIEST, LATEST, millis

TABLES = {"raw": "imputed", "1h": "imputed_1h", "1d": "imputed_1d"}
"""The table of each level of the layer."""

ASIDE = "imputed_aside"
"""The table of what was set aside."""

ASIDE_LEVEL = imputed.aside(0)[:-1]
"""How the names of their levels begin."""

EVERYTHING = 2**40
MINUTES = (
    "metric", "participant", "t", "day", "offset", *imputed.FIGURES, "code", "gap", "run",
)  # fmt: skip
BUCKETS = ("metric", "participant", "t", "day", "offset", "count")


class PostgresLayer:
    """What stands in the layer."""

    def __init__(self, session: Session, codes: Codes) -> None:
        self.session = session
        self.codes = codes

    def fetch(self, ask: Ask, level: str, run: int | None = None) -> tuple[pa.Table, bool]:
        """Rows at a level of the layer in the order of place, and whether more follow; with `run`
        what was set aside of it."""
        fixed, lists = (MINUTES, "draws") if level == "raw" else (BUCKETS, "sums")
        after = ask.after or (-1, 0)
        column = Identifier(lists)
        size = 2 if level == "raw" else 4
        rows, held = self.session.packed(
            "imputed",
            (*fixed, "entries"),
            table=Identifier(TABLES[level] if run is None else ASIDE),
            only=SQL("true") if run is None else SQL("run = {}").format(run),
            lists=column,
            entries=SQL("octet_length({}) / {}").format(column, size),
            metric=self.codes.metrics[ask.metric.name],
            participants=list(ask.participants),
            low=instant(ask.low),
            high=instant(ask.high),
            after_participant=after[0],
            after_t=instant(after[1]),
            limit=ask.limit,
        )
        told = {name: rows[name] for name in fixed if name != "metric"} | {
            "level": constant(level, rows.num_rows),
            "metric": constant(ask.metric.name, rows.num_rows),
            lists: wire.byte_lists(rows["entries"], held, lists),
        }
        return imputed.typed(told, rows.num_rows), rows.num_rows == ask.limit

    def places(self, metric: str, participants: Sequence[int], low: int, high: int) -> pa.Table:
        columns = ("participant", "t", "day", "offset", "run")
        rows, _ = self.session.packed(
            "imputed_places",
            columns,
            metric=self.codes.metrics[metric],
            participants=list(participants),
            low=instant(low),
            high=instant(high),
        )
        return rows

    def days(self, metric: str, participants: Sequence[int], first: int, end: int) -> pa.Table:
        far = imputed.FURTHEST_MS
        rows = self.whole(metric, participants, first * DAY_MS - far, end * DAY_MS + far)
        day = rows["day"].cast(pa.int32())
        return rows.filter(pc.and_(pc.greater_equal(day, first), pc.less(day, end)))

    def whole(self, metric: str, participants: Sequence[int], low: int, high: int) -> pa.Table:
        """Filled minutes (schema IMPUTED) from `low` up to `high` (UTC ms)."""
        ask = Ask(METRICS[metric], "raw", participants, low, high, limit=EVERYTHING)
        return self.fetch(ask, "raw")[0]

    def aside(self, metric: str, participant: int, run: int) -> pa.Table:
        """What was set aside of a run, as it was served."""
        low, high = millis(EARLIEST), millis(LATEST)
        ask = Ask(METRICS[metric], "raw", [participant], low, high, limit=EVERYTHING)
        return self.fetch(ask, "raw", run)[0]

    def extent(self, participants: Sequence[int]) -> pa.Table:
        """What there is of each run, participant and metric (schema EXTENT)."""
        found = self.session.rows(
            "imputed_extent",
            participants=list(participants),
            metrics=list(self.codes.metrics.values()),
        )
        columns = zip(*found, strict=True) if found else ((),) * len(imputed.EXTENT)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, imputed.EXTENT, strict=True)]
        return pa.Table.from_arrays(arrays, schema=imputed.EXTENT)


def columns_of(level: str) -> list[str]:
    """The columns of a level's table."""
    return [*MINUTES, "draws"] if level == "raw" else [*BUCKETS, "sums"]
