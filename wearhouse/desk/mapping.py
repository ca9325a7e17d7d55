"""The participant × day map: every day of everybody, as columns that a page can draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.desk.gathering import Sources, Span, gather, judged
from wearhouse.desk.keeping import Kept
from wearhouse.enrolling import judging
from wearhouse.errors import Invalid
from wearhouse.study import Participant, Study
from wearhouse.wear.adherence import reason_places
from wearhouse.wear.definition import Definition

MOST_CELLS = 2_000_000
"""About what a browser holds and draws without a pause."""


@dataclass(frozen=True, slots=True)
class MapAsked:
    """Which days of a study, by which definition (the one in force without a name), as of when.
    Nights only with `sleep`: they are many times more rows."""

    as_of: datetime
    definition: str = ""
    start: date | None = None
    end: date | None = None
    sleep: bool = False


@dataclass(frozen=True)
class Cells:
    """A participant's days from the first of the map to their newest that is over: `reason` holds
    places in REASONS; `worn` minutes, NaN where none are known and the day may still bring some;
    `asleep` minutes of the main sleep, NaN where none are known, None if not asked for."""

    reason: NDArray[np.int8]
    worn: NDArray[np.float32]
    asleep: NDArray[np.float32] | None


@dataclass(frozen=True)
class MapRow:
    """A participant, the first whole day that is expected of them, and their days."""

    participant: Participant
    first_due: date | None
    synced_at: datetime | None
    cells: Cells


@dataclass(frozen=True)
class DayMap:
    """Everybody's days by code, judged by one definition, from `first` on for at most `days`."""

    definition: Definition
    first: date | None
    days: int
    rows: Sequence[MapRow]


def day_map(sources: Sources, study: Study, asked: MapAsked, kept: Kept[DayMap]) -> DayMap:
    """The map of all participants within reach. What holds until something is written is taken
    from what is kept. Invalid if it has too many cells."""
    about = (study.code, asked.definition, asked.start, asked.end, asked.sleep)
    return kept.of(sources, ("map", *about), asked.as_of, lambda: _found(sources, study, asked))


def _found(sources: Sources, study: Study, asked: MapAsked) -> DayMap:
    definition = judging.named(sources.registry, study, asked.definition)
    people = sources.registry.participants(study.code)
    nights_from = None if asked.sleep else date.max
    span = Span(asked.as_of, asked.start, asked.end, nights_from)
    of = gather(sources, study, people, span, [definition])
    if of.asked and of.asked.days * len(people) > MOST_CELLS:
        raise Invalid(f"A map has at most {MOST_CELLS:,} cells; ask for fewer days.", "start")
    cells = _cells(judged(sources, of, definition), asked.sleep)
    none = Cells(np.empty(0, np.int8), np.empty(0, np.float32), None)
    rows = [
        MapRow(who, person.first_due, of.synced_at.get(who.id), cells.get(who.id, none))
        for who, person in zip(people, of.people, strict=True)
    ]
    length = max((len(row.cells.reason) for row in rows), default=0)
    return DayMap(definition, of.asked.first if of.asked else None, length, rows)


def _cells(days: pa.Table, sleep: bool) -> dict[int, Cells]:
    """The cells of each participant, from days (schema DAYS) by participant and day."""
    who = days["participant"].to_numpy()
    ids, starts = np.unique(who, return_index=True)
    ends = np.append(starts, len(who))[1:]
    reason = reason_places(days).astype(np.int8)
    worn = days["worn_minutes"].to_numpy().astype(np.float32)
    open_ = ~days["closed"].to_numpy()
    worn[open_ & (worn == 0)] = np.nan
    asleep = days["asleep_minutes"].to_numpy().astype(np.float32) if sleep else None
    return {
        int(id_): Cells(
            reason[start:end], worn[start:end], None if asleep is None else asleep[start:end]
        )
        for id_, start, end in zip(ids, starts, ends, strict=True)
    }
