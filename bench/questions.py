"""The questions that every side is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bench.data import DAY_S, Sizes, Stretch
from wearhouse.levels import Level
from wearhouse.series import Resolution

POINTS_A_DAY = 86_400
MAX_POINTS = 2_000

Table = Literal["rollup", "raw"]


@dataclass(frozen=True)
class Question:
    """A span of some participants of a stretch at one level. `resolution` is what Wearhouse is
    asked for, `level` is what answers and what the peers are asked for."""

    name: str
    stretch: Stretch
    people: int
    days: int
    resolution: Resolution
    level: Level

    def turn(self, number: int) -> tuple[list[int], datetime, datetime]:
        """Participants, start and end: other people and other days at every turn."""
        everyone = self.stretch.participants
        first = number * self.people % len(everyone)
        participants = [everyone[(first + i) % len(everyone)] for i in range(self.people)]
        later = number % (self.stretch.days - self.days + 1)
        start = self.stretch.starts_at + timedelta(days=later)
        return sorted(participants), start, start + timedelta(days=self.days)


@dataclass(frozen=True)
class Answered:
    """How long each ask took, and what came back: rows, and the samples that they stand for."""

    seconds: list[float]
    rows: int
    samples: int


def questions(sizes: Sizes) -> list[Question]:
    """Every question, named by what it asks for."""
    month, years, cohort = sizes.month, sizes.years, sizes.cohort
    days = min(POINTS_A_DAY * month.step_s // DAY_S, month.days)
    points = f"{days * DAY_S // month.step_s:,}"
    ten, people = len(month.participants), len(cohort.participants)
    return [
        Question(f"1 participant, {days} d raw ({points} points)", month, 1, days, "raw", "raw"),
        Question("1 participant, 30 d hourly", month, 1, 30, "1h", "1h"),
        Question(f"{ten} participants, 30 d daily", month, ten, 30, "1d", "1d"),
        Question(f"1 participant, {_span(years)}, auto", years, 1, years.days, "auto", "1d"),
        Question(
            f"{people} participants, {_span(cohort)} daily", cohort, people, cohort.days, "1d", "1d"
        ),
    ]


def _span(stretch: Stretch) -> str:
    years = stretch.days // 365
    return f"{years} y" if years else f"{stretch.days} d"
