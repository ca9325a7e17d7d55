"""What must be known of a whole archive before one of its files can be read."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.sources.sift import Mask
from wearhouse.sources.takeout.clocks import Timeline, Verdict
from wearhouse.sources.takeout.families import CLOCKS, Clock, Copy, Family
from wearhouse.sources.takeout.users import Span
from wearhouse.window import DAY_MS, MINUTE_MS

EPOCH = "1970-01-01"

Whole = NDArray[np.int64]
Day = int
"""Days since 1970-01-01."""

ORDER: dict[str, tuple[Copy, ...]] = {"exercise": ("google", "json")}
BEST_FIRST: tuple[Copy, ...] = ("json", "named", "google")


def day_number(iso: str) -> Day:
    """The day of a date; of one that does not exist, a day of its month."""
    year, month, day = (int(part) for part in iso.split("-"))
    first = np.datetime64(f"{year:04}-{min(max(month, 1), 12):02}", "D")
    return int((first - np.datetime64(EPOCH)).astype(int)) + day - 1


def date_of(day: Day) -> str:
    """The ISO date of a day."""
    return str(np.datetime64(day, "D"))


def nowhere() -> Timeline:
    """A timeline of an archive that states no offset."""
    return Timeline(np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Survey:
    """Which copies hold which days, which data source is fullest, which clocks were used."""

    days: dict[tuple[str, Copy], frozenset[Day]] = field(default_factory=dict)
    fullest: dict[str, dict[Day, str]] = field(default_factory=dict)
    nights: dict[str, Span] = field(default_factory=dict)
    main: frozenset[str] = frozenset()
    timeline: Timeline = field(default_factory=nowhere)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    last: Day | None = None

    def clock(self, family: Family) -> Clock:
        """The clock of a family's times without a zone."""
        verdict = self.verdicts.get(family.topic) if family.copy == "json" else None
        return verdict.clock if verdict else family.clock

    def dates(self, utc: Whole, zoned: Mask) -> Whole:
        """Midnights of the civil dates that times stand for, where one is given for each day.

        A midnight in UTC stands for its date; any other time in UTC is that of a local midnight.
        """
        offset = self.timeline.at(utc, "utc")[0]
        elsewhere = zoned & (utc % DAY_MS != 0)
        midnights: Whole = (utc + np.where(elsewhere, offset * MINUTE_MS, 0)) // DAY_MS * DAY_MS
        return midnights

    def wanted(
        self, family: Family, t: Whole, in_utc: Mask, sources: pa.ChunkedArray | None
    ) -> Mask:
        """Which rows are not padding, and are of the best copy and the fullest data source."""
        wanted = np.ones(len(t), bool)
        if family.padded and self.last is not None:
            wanted &= t // DAY_MS <= self.last
        order = ORDER.get(family.topic, BEST_FIRST)
        for copy in order[: order.index(family.copy)]:
            held = self.days.get((family.topic, copy))
            if held:
                clock = self._clock_of(family.topic, copy)
                days = self._on(clock, t, in_utc) // DAY_MS
                wanted &= ~np.isin(days, np.fromiter(held, np.int64))
        if sources is not None and family.topic in self.fullest:
            wanted &= self._fullest(self.fullest[family.topic], t, sources)
        return wanted

    def _clock_of(self, topic: str, copy: Copy) -> Clock:
        if copy == "json" and topic in self.verdicts:
            return self.verdicts[topic].clock
        return CLOCKS[topic, copy]

    def _on(self, clock: Clock, t: Whole, in_utc: Mask) -> Whole:
        """Times moved to a clock, where the archive tells how far that is."""
        east = self.timeline.at(t, "utc")[0] * MINUTE_MS
        moved: Whole = np.where(in_utc, t + east, t) if clock == "civil" else t
        return moved

    @staticmethod
    def _fullest(best: dict[Day, str], t: Whole, sources: pa.ChunkedArray) -> Mask:
        column = sources.combine_chunks()
        names = column.dictionary.to_pylist()
        codes = column.indices.fill_null(-1).to_numpy()
        wanted = np.ones(len(t), bool)
        for day in np.unique(t // DAY_MS).tolist():
            if best.get(day) in names:
                wanted &= (t // DAY_MS != day) | (codes == names.index(best[day]))
        return wanted


def fullest(counted: Counter[tuple[Day, str]]) -> dict[Day, str]:
    """The data source with the most rows of each day on which there are several."""
    best: dict[Day, str] = {}
    several: set[Day] = set()
    for day, name in sorted(counted):
        held = best.setdefault(day, name)
        if held != name:
            several.add(day)
            best[day] = max(held, name, key=lambda one: counted[day, one])
    return {day: best[day] for day in several}
