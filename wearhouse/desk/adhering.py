"""Adherence of studies under several definitions side by side, the threshold explorer, and the
days of one participant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa

from wearhouse.desk.gathering import Sources, Span, gather, judged
from wearhouse.desk.keeping import Kept
from wearhouse.enrolling import judging
from wearhouse.study import Participant, Study
from wearhouse.wear.adherence import adherence, total
from wearhouse.wear.days import DAYS
from wearhouse.wear.definition import Definition
from wearhouse.wear.sensitivity import curve

RECENT = timedelta(days=29)
"""How far back nights are read where not all of them are asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which studies, by which definitions (the one in force without a name), over which civil
    days, as of when. Nights of more than the last four weeks only with `all_nights`."""

    as_of: datetime
    study: str | None = None
    definitions: Sequence[str] = ()
    start: date | None = None
    end: date | None = None
    all_nights: bool = False


@dataclass(frozen=True, slots=True)
class Adherence:
    """A study as one definition judges it: all together and each participant, by span (rows of
    the schema ADHERENCE, with codes for numbers)."""

    study: str
    definition: Definition
    together: list[dict[str, Any]]
    participants: list[dict[str, Any]]


def adherences(sources: Sources, wanted: Wanted) -> list[Adherence]:
    """A study, or every study within reach, by each definition."""
    found = []
    for study in _studies(sources, wanted):
        people = sources.registry.participants(study.code)
        codes = {who.id: who.code for who in people}
        for definition, days in _judged(sources, study, people, wanted):
            table = adherence(definition, days)
            rows = [row | {"participant": codes[row["participant"]]} for row in table.to_pylist()]
            together = [_without_name(row) for row in total(definition, table).to_pylist()]
            found.append(Adherence(study.code, definition, together, rows))
    return found


def sensitivity(sources: Sources, wanted: Wanted, least_days: int) -> pa.Table:
    """What is left at each threshold of worn hours (schema CURVE), of all participants that are
    asked for. `least_days` is how many days a participant must keep to be counted."""
    tables = [
        days
        for study in _studies(sources, wanted)
        for _, days in _judged(
            sources, study, sources.registry.participants(study.code), wanted, nights=False
        )
    ]
    return curve(pa.concat_tables([DAYS.empty_table(), *tables]), least_days=least_days)


def days_of(sources: Sources, who: Participant, wanted: Wanted) -> tuple[Definition, pa.Table]:
    """The days of one participant (schema DAYS), and the definition that judges them."""
    study = sources.registry.study_named(who.study)
    [found] = _judged(sources, study, [who], wanted)
    return found


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a participant (schema DAYS) as of an instant, and the definition that judges
    them."""

    as_of: datetime
    definition: Definition
    days: pa.Table


def kept_days(sources: Sources, who: Participant, wanted: Wanted, kept: Kept[Days]) -> Days:
    """The days of one participant, from what is kept for as long as that holds."""
    about = ("days", who.id, *wanted.definitions, wanted.start, wanted.end)
    return kept.of(
        sources, about, wanted.as_of, lambda: Days(wanted.as_of, *days_of(sources, who, wanted))
    )


def _studies(sources: Sources, wanted: Wanted) -> list[Study]:
    if wanted.study:
        return [sources.registry.study_named(wanted.study)]
    return sources.registry.studies()


def _judged(
    sources: Sources,
    study: Study,
    people: Sequence[Participant],
    wanted: Wanted,
    nights: bool = True,
) -> list[tuple[Definition, pa.Table]]:
    names = wanted.definitions or [""]
    definitions = [judging.named(sources.registry, study, name) for name in names]
    nights_from = None if wanted.all_nights else (wanted.end or wanted.as_of.date()) - RECENT
    span = Span(wanted.as_of, wanted.start, wanted.end, nights_from if nights else date.max)
    of = gather(sources, study, people, span, definitions)
    return [(definition, judged(sources, of, definition)) for definition in definitions]


def _without_name(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "participant"}
