"""Facts about participants, minute by minute, and the days made of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from wearhouse.wear.days import SYNCS, Facts, Person, days
from wearhouse.wear.definition import Definition
from wearhouse.wear.minutes import COUNTS
from wearhouse.wear.presets import DEFAULT

FIRST = date(2026, 3, 1)
SOMEBODY = Person(1, "UTC", FIRST)


@dataclass(frozen=True)
class World:
    """What is known: worn minutes by participant and day, and syncs (participant, at, told)."""

    worn: dict[tuple[int, date], float] = field(default_factory=dict)
    syncs: Sequence[tuple[int, datetime, datetime]] = ()
    people: Sequence[Person] = (SOMEBODY,)
    offsets: dict[tuple[int, date], float] = field(default_factory=dict)

    def facts(self) -> Facts:
        worn = counts(self.worn)
        offsets = counts(self.offsets)
        return Facts(worn, worn, counts({}), offsets, syncs(self.syncs))

    def days(
        self,
        as_of: datetime,
        last: date,
        definition: Definition = DEFAULT,
        first: date = FIRST,
    ) -> pa.Table:
        return days(definition, self.people, self.facts(), first, last, as_of)

    def reasons(self, as_of: datetime, last: date, **more: Any) -> list[str]:
        return [row["reason"] for row in self.days(as_of, last, **more).to_pylist()]

    def of(self, **fields: Any) -> "World":
        """The same about somebody else."""
        return replace(self, people=[replace(SOMEBODY, **fields)])


def counts(of: dict[tuple[int, date], float]) -> pa.Table:
    """Counts (schema COUNTS) of participants and days."""
    columns = [who for who, _ in of], [day for _, day in of], list(of.values())
    arrays = [pa.array(c, f.type) for c, f in zip(columns, COUNTS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=COUNTS)


def syncs(of: Iterable[tuple[int, datetime, datetime]]) -> pa.Table:
    """Syncs (schema SYNCS)."""
    rows = list(of)
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SYNCS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SYNCS)


def nth(number: int) -> date:
    """The day of that number, the first is 0."""
    return FIRST + timedelta(days=number)


def at(number: int, hour: int = 12) -> datetime:
    """An hour of the day of that number, UTC."""
    day = nth(number)
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def synced(number: int, hour: int = 12, who: int = 1) -> tuple[int, datetime, datetime]:
    """A sync that was told of at once."""
    return who, at(number, hour), at(number, hour)
