"""The roster: what data there are of each participant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from wearhouse.metrics import METRICS
from wearhouse.store import Ask, Store
from wearhouse.study import Participant
from wearhouse.window import DAY_MS

RECENT = timedelta(days=14)
EPOCH = date(1970, 1, 1)
HEART_RATE = METRICS["heart_rate"]


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is of one metric of one participant."""

    metric: str
    first: date
    last: date
    days: int
    samples: int


@dataclass(frozen=True, slots=True)
class Worn:
    """How many minutes of a civil day hold a heart rate."""

    day: date
    minutes: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the roster."""

    code: str
    study: str
    timezone: str
    enrolled_on: date | None
    withdrawn_on: date | None
    first_sample_at: datetime | None
    last_sample_at: datetime | None
    days_with_data: int
    worn_minutes: list[Worn]
    metrics: list[Extent]


def rows(store: Store, participants: Sequence[Participant]) -> list[Row]:
    """The lines of these participants, in their order."""
    if not participants:
        return []
    ids = [participant.id for participant in participants]
    found: dict[int, list[dict[str, Any]]] = {id_: [] for id_ in ids}
    for row in store.extent(ids).to_pylist():
        found[row["participant"]].append(row)
    extents = {id_: [_extent(row) for row in mine] for id_, mine in found.items()}
    spans = {id_: _span(mine) for id_, mine in found.items()}
    worn = _worn(store, {id_: metrics for id_, metrics in extents.items() if metrics})
    return [
        Row(
            participant.code,
            participant.study,
            participant.timezone,
            participant.enrolled_on,
            participant.withdrawn_on,
            *spans[participant.id],
            max((extent.days for extent in extents[participant.id]), default=0),
            worn.get(participant.id, []),
            extents[participant.id],
        )
        for participant in participants
    ]


def _extent(row: dict[str, Any]) -> Extent:
    first, last = (
        (row[f"{side}_at"] + timedelta(minutes=row[f"{side}_offset"])).date()
        for side in ("first", "last")
    )
    return Extent(row["metric"], first, last, row["days"], row["samples"])


def _span(mine: list[dict[str, Any]]) -> tuple[datetime | None, datetime | None]:
    first = min((row["first_at"] for row in mine), default=None)
    return first, max((row["last_at"] for row in mine), default=None)


def _worn(store: Store, extents: dict[int, list[Extent]]) -> dict[int, list[Worn]]:
    """The last fortnight that holds data, one entry for each day that does."""
    if not extents:
        return {}
    last = {id_: max(extent.last for extent in found) for id_, found in extents.items()}
    low = min(last.values()) - RECENT
    page = store.page(
        Ask(
            metric=HEART_RATE,
            level="1d",
            participants=sorted(extents),
            low=(low - EPOCH).days * DAY_MS,
            high=((max(last.values()) - EPOCH).days + 1) * DAY_MS,
        )
    )
    worn: dict[int, list[Worn]] = {}
    columns = page.rows["participant"], page.rows["t"].cast(pa.int64()), page.rows["minutes"]
    for id_, t, minutes in zip(*(column.to_pylist() for column in columns), strict=True):
        day = EPOCH + timedelta(days=t // DAY_MS)
        if day > last[id_] - RECENT:
            worn.setdefault(id_, []).append(Worn(day, minutes))
    return worn
