"""Batches: where a parser of documents puts what it finds until there is enough to hand over."""

from typing import Any

import orjson
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.samples import (
    PARSED_EPISODES,
    PARSED_SAMPLES,
    Parsed,
    constant,
    rejects,
)

ENOUGH = 250_000
LONGEST_RECORD = 500

Array = NDArray[Any]


class Batches:
    """Samples, episodes and rejects of one person, gathered record by record or in columns."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.records = 0
        self._rows = 0
        self._columns: list[pa.Table] = []
        self._samples: list[tuple[str, int, int | None, float, int]] = []
        self._episodes: list[dict[str, str | int | bool | None]] = []
        self._rejects: list[tuple[str, int, str, str]] = []

    def place(self, count: int = 1) -> int:
        """The position of the next record, having counted it (or `count` of them)."""
        position = self.records
        self.records += count
        return position

    def sample(self, metric: str, t: int, value: float, position: int) -> None:
        self._samples.append((metric, t, None, value, position))
        self._rows += 1

    def column(self, metric: str, t: Array, value: pa.Array, position: Array) -> None:
        """Many samples of one metric: civil ms, values, positions."""
        rows = len(t)
        table = pa.Table.from_arrays(
            [
                constant(self.person, rows),
                constant(metric, rows),
                pa.array(t).cast(pa.timestamp("ms")),
                pa.nulls(rows, pa.int16()),
                value,
                pa.array(position),
            ],
            schema=PARSED_SAMPLES,
        )
        self._columns.append(table)
        self._rows += rows

    def episode(
        self,
        metric: str,
        t: int,
        end: int,
        position: int,
        *,
        dated: int,
        label: str,
        log: str,
        main: bool | None = None,
        offset: int | None = None,
    ) -> None:
        self._episodes.append(
            {
                "person": self.person,
                "metric": metric,
                "t": t,
                "end": end,
                "offset": offset,
                "dated": dated,
                "label": label,
                "log": log,
                "main": main,
                "position": position,
            }
        )
        self._rows += 1

    def reject(self, position: int, reason: str, record: object) -> None:
        try:
            text = record if isinstance(record, str) else orjson.dumps(record).decode()
        except orjson.JSONEncodeError:  # it is nested deeper than can be written again
            text = str(position)
        self._rejects.append((self.person, position, reason, text[:LONGEST_RECORD]))
        self._rows += 1

    @property
    def full(self) -> bool:
        return self._rows >= ENOUGH

    @property
    def empty(self) -> bool:
        return self._rows == 0

    def take(self) -> Parsed:
        """Everything gathered so far, which is thereby handed over."""
        samples = [*self._columns, self._loose()]
        parsed = Parsed(
            pa.concat_tables(samples).unify_dictionaries().combine_chunks(),
            pa.Table.from_pylist(self._episodes, schema=PARSED_EPISODES),
            rejects(self._rejects),
        )
        self._columns, self._samples, self._episodes, self._rejects = [], [], [], []
        self._rows = 0
        return parsed

    def _loose(self) -> pa.Table:
        if not self._samples:
            return PARSED_SAMPLES.empty_table()
        metric, t, offset, value, position = zip(*self._samples, strict=True)
        person = constant(self.person, len(t))
        columns = [
            pa.array(column, type=kind.type)
            for column, kind in zip(
                (metric, t, offset, value, position), list(PARSED_SAMPLES)[1:], strict=True
            )
        ]
        return pa.Table.from_arrays([person, *columns], schema=PARSED_SAMPLES)
