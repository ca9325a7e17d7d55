"""Real people of the Fitabase export: worn minutes, valid days and steps, counted again from
the files with nothing of ours."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from wearhouse.desk.adhering import Adherence, Wanted, adherences, days_of
from wearhouse.desk.gathering import Sources
from wearhouse.imports import Request, import_files
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")

ZONE = "America/New_York"
FILES = ("mar_heartrate_seconds_merged", "apr_heartrate_seconds_merged")
FIRST, LAST = date(2016, 3, 12), date(2016, 5, 13)
AS_OF = datetime(2016, 5, 14, 12, tzinfo=UTC)  # nobody's last day is lost yet
CLOCK = "%m/%d/%Y %I:%M:%S %p"


@dataclass(frozen=True)
class Real:
    """The export as loaded, and the minutes that its files hold, by person and day."""

    sources: Sources
    people: list[Participant]
    minutes: dict[str, dict[date, set[str]]]
    last: dict[str, datetime]

    def days(self, who: Participant) -> list[dict[str, Any]]:
        wanted = Wanted(AS_OF, who.study, (), FIRST, LAST)
        return days_of(self.sources, who, wanted)[1].to_pylist()

    def adherence(self) -> Adherence:
        [found] = adherences(self.sources, Wanted(AS_OF, "REAL", (), FIRST, LAST))
        return found


@pytest.fixture(scope="module")
def real(wearhouse_open: Wearhouse, shared: Path) -> Real:
    registry = wearhouse_open.registry
    study = registry.create_study("REAL")
    minutes: dict[str, dict[date, set[str]]] = defaultdict(lambda: defaultdict(set))
    last: dict[str, datetime] = {}
    for name in FILES:
        place = shared / "fitabase" / f"{name}.csv.gz"
        import_files(wearhouse_open.store, registry, Request(place, study, None, "fitabase", ZONE))
        for person, text in _rows(place):
            moment = datetime.strptime(text, CLOCK)
            minutes[person][moment.date()].add(moment.strftime("%H:%M"))
            last[person] = max(last.get(person, moment), moment)
    sources = Sources(wearhouse_open.store, registry, {})
    return Real(sources, registry.participants("REAL"), minutes, last)


def _rows(place: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(place, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield row["Id"], row["Time"]


def test_worn_minutes_of_every_day_are_those_of_the_files(real: Real) -> None:
    for who in real.people:
        found = {row["day"]: row["worn_minutes"] for row in real.days(who) if row["worn_minutes"]}

        assert found == {day: len(held) for day, held in real.minutes[who.code].items()}


def test_valid_days_are_those_of_six_hundred_minutes(real: Real) -> None:
    whole = {r["participant"]: r for r in real.adherence().participants if r["span"] == "whole"}

    assert len(whole) == 4
    for code, row in whole.items():
        first = min(real.minutes[code])
        closed = {day for day in real.minutes[code] if first < day < real.last[code].date()}
        valid = [day for day in closed if len(real.minutes[code][day]) >= 600]
        assert row["valid"] == len(valid)
        assert row["below_threshold"] == len(closed) - len(valid)


def test_days_without_a_heart_rate_between_others_were_not_worn(real: Real) -> None:
    for who in real.people:
        days = real.minutes[who.code]
        gaps = {
            row["day"]
            for row in real.days(who)
            if row["reason"] == "not_worn"
        }  # fmt: skip

        last = real.last[who.code].date()
        every = {row["day"] for row in real.days(who) if min(days) < row["day"] < last}
        assert gaps == every - days.keys()
