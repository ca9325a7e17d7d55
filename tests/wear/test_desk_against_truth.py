"""The desk says of every participant-day of a synthetic study what really happened."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest
from studies import load, morning

from wearhouse.desk.gathering import Gathered, Sources, Span, gather, judged
from wearhouse.runtime import Wearhouse
from wearhouse.study import Study
from wearhouse.synth import write_study
from wearhouse.synth.cast import SCENARIOS
from wearhouse.wear.adherence import adherence
from wearhouse.wear.definition import Definition
from wearhouse.wear.presets import DEFAULT

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")

END = date(2025, 11, 10)
DAYS = 21  # the clocks of Berlin and Boston both change in these
AS_OF = morning(END + timedelta(days=1))


@dataclass(frozen=True)
class Loaded:
    """A study as it was made and as it was loaded."""

    study: Study
    sources: Sources
    truth: list[dict[str, Any]]

    def of(self, scenario: str) -> list[dict[str, Any]]:
        return [row for row in self.truth if row["scenario"] == scenario]

    def tolerance(self, place: tuple[str, date]) -> float:
        """Minutes by which a night may differ. In an hour that passes twice the vendor's times,
        which have no zone, do not say to which pass a short wake belongs."""
        long = {(r["participant"], r["day"]) for r in self.truth if r["day_minutes"] > 1440}
        return 5.0 if place in long else 1e-6

    def gathered(self, as_of: datetime = AS_OF, **more: Any) -> Gathered:
        people = self.sources.registry.participants(self.study.code)
        span = Span(as_of, END - timedelta(days=DAYS - 1), END, **more)
        return gather(self.sources, self.study, people, span, [DEFAULT])

    def judged(self, definition: Definition = DEFAULT, **more: Any) -> list[dict[str, Any]]:
        """Every day with the participant's code."""
        of = self.gathered(**more)
        codes = {who.id: who.code for who in of.participants}
        rows = judged(self.sources, of, definition).to_pylist()
        return [row | {"code": codes[row["participant"]]} for row in rows]


@pytest.fixture(scope="module")
def loaded(wearhouse_open: Wearhouse, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tmp_path_factory.mktemp("study") / "made"
    write_study(folder, len(SCENARIOS), DAYS, 7, END)
    study = load(wearhouse_open, folder, "TRUTH")
    truth = pq.read_table(folder / "truth" / "days.parquet").to_pylist()
    sources = Sources(wearhouse_open.store, wearhouse_open.registry, {})
    return Loaded(study, sources, truth)


def by_day(rows: list[dict[str, Any]], *columns: str) -> dict[tuple[str, date], Any]:
    return {
        (row.get("code", row["participant"]), row["day"]): tuple(row[c] for c in columns)
        for row in rows
    }


def test_every_reason_is_that_of_the_truth(loaded: Loaded) -> None:
    found = by_day(loaded.judged(), "reason")

    assert found == by_day(loaded.truth, "reason")
    assert len({reason for (reason,) in found.values()}) >= 6


def test_worn_minutes_and_the_length_of_days_are_those_of_the_truth(loaded: Loaded) -> None:
    found = by_day(loaded.judged(), "worn_minutes", "day_minutes")

    assert found == by_day(loaded.truth, "worn_minutes", "day_minutes")
    assert {length for _, length in found.values()} >= {900, 1440, 1500}


def test_steps_are_those_of_the_truth_and_missing_where_nothing_was_worn(loaded: Loaded) -> None:
    found = by_day(loaded.judged(), "steps", "worn_minutes")

    for place, (steps, worn) in by_day(loaded.truth, "steps", "worn_minutes").items():
        assert found[place] == ((steps if worn else None), worn)


def test_minutes_asleep_are_those_of_the_truth(loaded: Loaded) -> None:
    by_date = Definition("by-date", "Nights by the date on which they end", "a test",
                         night_split=1_440)  # fmt: skip
    found = by_day(loaded.judged(by_date), "asleep_minutes")

    for place, (minutes,) in by_day(loaded.truth, "sleep_minutes").items():
        assert (found[place][0] or 0) == pytest.approx(minutes, abs=loaded.tolerance(place))


def test_a_night_from_noon_to_noon_is_the_same_unless_it_is_slept_by_day(loaded: Loaded) -> None:
    found = {
        place: minutes for place, (minutes,) in by_day(loaded.judged(), "asleep_minutes").items()
    }

    for row in loaded.truth:
        shift = timedelta(days=row["scenario"] == "night_shift")
        if row["day"] + shift <= END:
            minutes = found[row["participant"], row["day"] + shift] or 0
            place = row["participant"], row["day"]
            tolerance = loaded.tolerance(place)
            assert minutes == pytest.approx(row["sleep_minutes"], abs=tolerance)


def test_adherence_is_valid_over_closed_of_the_truth(loaded: Loaded) -> None:
    of = loaded.gathered()
    codes = {who.id: who.code for who in of.participants}
    table = adherence(DEFAULT, judged(loaded.sources, of, DEFAULT))

    found = {(codes[row["participant"]], row["span"]): row for row in table.to_pylist()}

    for code in codes.values():
        for span, length in (("7d", 7), ("whole", DAYS)):
            truth = Counter(
                row["reason"]
                for row in loaded.truth
                if row["participant"] == code and row["day"] > END - timedelta(days=length)
            )
            row = found[code, span]
            decided = ("valid", "below_threshold", "not_worn", "lost")
            closed = sum(truth[reason] for reason in decided)
            assert row["closed"] == closed
            assert row["pending"] == truth["pending_sync"]
            assert row["expected"] == length - truth["not_due"]
            assert row["valid"] == truth["valid"]
            assert row["adherence"] == (truth["valid"] / closed if closed else None)


def test_a_week_later_what_was_pending_is_lost(loaded: Loaded) -> None:
    days = loaded.judged(as_of=AS_OF + timedelta(days=8))

    before = by_day(loaded.truth, "reason")
    after = by_day(days, "reason")
    moved = {(before[place][0], after[place][0]) for place in before}
    assert {pair for pair in moved if pair[0] != pair[1]} == {("pending_sync", "lost")}


def test_days_that_are_not_over_are_not_judged(loaded: Loaded) -> None:
    days = loaded.judged(as_of=morning(END))

    assert max(row["day"] for row in days) == END - timedelta(days=1)
