"""The participant × day map as a table, a row for every day, for files."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from wearhouse.desk.mapping import MapRow
from wearhouse.wear.reasons import REASONS, Reason

MAP = pa.schema(
    [
        ("participant", pa.string()),
        ("day", pa.date32()),
        ("study_day", pa.int32()),  # 1 on the first whole day that is due; null before
        ("worn_minutes", pa.float32()),  # null where none are known yet
        ("asleep_minutes", pa.float32()),  # null where none are known, or not asked for
        ("reason", pa.string()),
    ]
)


def map_table(first: date | None, rows: Sequence[MapRow]) -> pa.Table:
    """The days of these rows (schema MAP), whose cells begin on `first`; those before anything is
    expected of anybody are left out, as on the page."""
    if first is None:
        return MAP.empty_table()
    dues = [np.flatnonzero(row.cells.reason != REASONS.index(Reason.NOT_DUE)) for row in rows]
    begins = min((int(due[0]) for due in dues if len(due)), default=0)
    tables = [MAP.empty_table(), *(_days(first, begins, row) for row in rows)]
    return pa.concat_tables(tables).combine_chunks()


def _days(first: date, begins: int, row: MapRow) -> pa.Table:
    cells, due = row.cells, row.first_due
    days = [first + timedelta(days=n) for n in range(begins, len(cells.reason))]
    number = [(day - due).days + 1 if due and day >= due else None for day in days]
    asleep = [None] * len(days) if cells.asleep is None else cells.asleep[begins:]
    return pa.Table.from_arrays(
        [
            pa.array([row.participant.code] * len(days), pa.string()),
            pa.array(days, pa.date32()),
            pa.array(number, pa.int32()),
            pa.array(cells.worn[begins:], pa.float32(), from_pandas=True),
            pa.array(asleep, pa.float32(), from_pandas=True),
            pa.array([REASONS[place].value for place in cells.reason[begins:]], pa.string()),
        ],
        schema=MAP,
    )
