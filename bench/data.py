"""Made-up heart rate: stretches of it in batches, the same for every side."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from wearhouse.samples import SAMPLES, constant

DAY_S = 86_400
LOWEST, HIGHEST = 48, 178


@dataclass(frozen=True)
class Stretch:
    """Heart rate of some participants over some days, one sample every `step_s` seconds."""

    participants: tuple[int, ...]
    starts_at: datetime
    days: int
    step_s: int
    batch_rows: int = 864_000

    @property
    def samples(self) -> int:
        return len(self.participants) * self.days * self._a_day

    @property
    def batches(self) -> int:
        """How many batches the stretch comes in."""
        return len(self._cuts())

    def batch(self, number: int) -> pa.Table:
        """One batch (schema SAMPLES): whole days of one participant, or of several."""
        participants, first, days = self._cuts()[number]
        rows = days * self._a_day
        start = int(self.starts_at.timestamp()) + first * DAY_S
        t = (start + np.arange(rows, dtype=np.int64) * self.step_s) * 1_000
        everyone = len(participants) * rows
        columns = [
            np.repeat(np.array(participants, np.uint32), rows),
            constant("heart_rate", everyone),
            pa.array(np.tile(t, len(participants))).cast(pa.timestamp("ms", "UTC")),
            np.zeros(everyone, np.int16),
            np.concatenate([_beats(rows, participant, first) for participant in participants]),
            constant("fitbit-web", everyone),
            np.full(everyone, start + days * DAY_S, np.uint32),
        ]
        arrays = [c if isinstance(c, pa.Array) else pa.array(c) for c in columns]
        return pa.Table.from_arrays(arrays, schema=SAMPLES)

    @property
    def _a_day(self) -> int:
        return DAY_S // self.step_s

    def _cuts(self) -> list[tuple[tuple[int, ...], int, int]]:
        people = max(1, self.batch_rows // (self._a_day * self.days))
        days = min(self.days, max(1, self.batch_rows // self._a_day))
        return [
            (self.participants[one : one + people], first, min(days, self.days - first))
            for one in range(0, len(self.participants), people)
            for first in range(0, self.days, days)
        ]


def _beats(rows: int, participant: int, first_day: int) -> np.ndarray:
    """Whole beats a minute that move by -1, 0 or +1 from one sample to the next."""
    rng = np.random.default_rng([participant, first_day])
    steps = rng.choice(np.array([-1, 0, 0, 1], np.int32), rows)
    room = HIGHEST - LOWEST
    walk = np.cumsum(steps) + rng.integers(0, room)
    return LOWEST + np.abs((walk + room) % (2 * room) - room).astype(np.float64)


FITABASE = ("mar_heartrate_seconds_merged.csv.gz", "apr_heartrate_seconds_merged.csv.gz")


@dataclass(frozen=True)
class Sizes:
    """How much is loaded and how often each question is asked."""

    month: Stretch
    daily: Stretch
    years: Stretch
    cohort: Stretch
    rounds: int
    repeats: int
    study_participants: int
    study_days: int
    imports: int = 3
    csv: tuple[str, ...] = FITABASE
    json: str = ""  # a file of the folder; all of it if empty


def sizes(name: str) -> Sizes:
    """The sizes called `default`, `quick` or `smallest`."""
    return {"default": _sizes, "quick": _quick, "smallest": _smallest}[name]()


def sizes_every(month_s: int) -> Sizes:
    """The default sizes, with a sample every so many seconds of the month."""
    return _sizes(month_s)


def _sizes(month_s: int = 1, years_s: int = 60, cohort_s: int = 3_600) -> Sizes:
    daily_s = min(month_s, 60)
    return Sizes(
        month=Stretch(tuple(range(1, 11)), _year(2026), 30, month_s),
        daily=Stretch((11,), _year(2026), 10, daily_s, batch_rows=DAY_S // daily_s),
        years=Stretch((12,), _year(2021), 1_826, years_s),
        cohort=Stretch(tuple(range(13, 113)), _year(2025), 365, cohort_s, batch_rows=200_000),
        rounds=5,
        repeats=8,
        study_participants=4,
        study_days=30,
    )


def _quick() -> Sizes:
    shorter = _sizes(20, 3_600, 14_400)
    return replace(shorter, rounds=1, repeats=15, study_participants=1, study_days=7, imports=1)


def _smallest() -> Sizes:
    shorter = _sizes(600, 3_600, 43_200)
    return replace(
        shorter,
        years=replace(shorter.years, days=90),
        daily=replace(shorter.daily, days=2),
        cohort=replace(shorter.cohort, participants=(13, 14), days=40),
        rounds=1,
        imports=1,
        repeats=2,
        study_participants=1,
        study_days=2,
        csv=FITABASE[:1],
        json="intraday_hrv_user1.json.gz",
    )


def _year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)
