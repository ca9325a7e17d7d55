"""Statistics with and without imputed values, side by side, with what imputing cost.

Statistics come from draws, never from points: each is computed once per draw and combined by
Rubin's rules, first over the minutes of a person, then over people.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from wearhouse.errors import Invalid
from wearhouse.imputation.gating import Code, Gate
from wearhouse.imputation.methods import Filled
from wearhouse.imputation.minutes import Floats, Minutes
from wearhouse.imputation.rubin import Estimate, alone, combine

MOST_IMPUTED = 0.3
MOST_MISSING_INFORMATION = 0.5

Statistic = Callable[[Floats], float]
STATISTICS: dict[str, Statistic] = {
    "mean": lambda x: float(np.mean(x)),
    "p5": lambda x: float(np.quantile(x, 0.05)),
    "p95": lambda x: float(np.quantile(x, 0.95)),
    "sd": lambda x: float(np.std(x)),
}


class Column(IntEnum):
    """What a column of the report includes; each includes those before it."""

    OBSERVED = Code.OBSERVED
    DROPOUTS = Code.DROPOUT
    NON_WEAR = Code.NON_WEAR


@dataclass(frozen=True, slots=True)
class Completed:
    """One participant: what was measured, and the draws of what was not."""

    participant: int
    measured: Floats
    code: NDArray[np.int8]  # of every filled minute
    clock: NDArray[np.int64]  # likewise, the minute of the civil day
    draws: Floats  # (draws, filled minutes)
    refused: int  # minutes that stay missing

    def values(self, column: Column, number: int) -> Floats:
        """All values that a column includes, in one draw."""
        if column == Column.OBSERVED:
            return self.measured
        included = self.code <= column
        return np.concatenate([self.measured, self.draws[number, included]])

    def imputed(self, column: Column) -> int:
        """How many minutes of a column were filled."""
        return int(np.count_nonzero(self.code <= column))


@dataclass(frozen=True, slots=True)
class Line:
    """One statistic in one column. `flagged` where more than 30 % of minutes are imputed, or more
    than half of the information is missing."""

    statistic: str
    column: str
    people: int
    minutes: int
    imputed_share: float
    refused_share: float
    estimate: Estimate
    flagged: bool


def completed(minutes: Minutes, gate: Gate, filled: Filled) -> Completed:
    """Put a participant's measured and filled minutes together, for reports."""
    return Completed(
        participant=minutes.participant,
        measured=minutes.value[minutes.observed],
        code=gate.code[filled.at],
        clock=minutes.clock[filled.at],
        draws=filled.draws.astype(np.float64),
        refused=int(np.count_nonzero(gate.code == Code.REFUSED)),
    )


def report(
    people: Sequence[Completed], statistics: Mapping[str, Statistic] | None = None
) -> list[Line]:
    """Three lines for each statistic: observed only, with dropouts, with supported non-wear.

    Of several people the estimate is their mean, its variance that between them; of one person it
    is descriptive, and its variance is that of imputing alone. Raises Invalid without people.
    """
    return [
        _line(people, name, statistic, column)
        for name, statistic in (statistics or STATISTICS).items()
        for column in Column
    ]


def estimate(people: Sequence[Completed], statistic: Statistic, column: Column) -> Estimate:
    """One statistic of a group in one column, combined over draws."""
    if not people:
        raise Invalid("A report needs at least one participant with measured minutes.")
    if column == Column.OBSERVED:
        return alone(*over_people([statistic(one.measured) for one in people]), _df(people))
    drawn = [over_people(of_draw) for of_draw in by_draw(people, statistic, column)]
    return combine([value for value, _ in drawn], [variance for _, variance in drawn], _df(people))


def by_draw(people: Sequence[Completed], statistic: Statistic, column: Column) -> list[list[float]]:
    """Each person's statistic, for each draw. Raises Invalid where draws differ in number."""
    counts = {len(one.draws) for one in people}
    if len(counts) != 1:
        raise Invalid(f"Participants of one report were drawn {sorted(counts)} times; run anew.")
    return [
        [statistic(one.values(column, number)) for one in people] for number in range(counts.pop())
    ]


def over_people(values: Sequence[float]) -> tuple[float, float]:
    """The mean over people, and the variance of that mean (0 for one person)."""
    variance = float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0
    return float(np.mean(values)), variance


def _df(people: Sequence[Completed]) -> float:
    return float(len(people) - 1) if len(people) > 1 else np.inf


def _line(people: Sequence[Completed], name: str, statistic: Statistic, column: Column) -> Line:
    found = estimate(people, statistic, column)
    imputed = sum(one.imputed(column) for one in people)
    minutes = imputed + sum(len(one.measured) for one in people)
    refused = sum(one.refused for one in people)
    every = refused + sum(len(one.measured) + len(one.code) for one in people)
    share = imputed / minutes
    return Line(
        statistic=name,
        column=column.name.lower(),
        people=len(people),
        minutes=minutes,
        imputed_share=share,
        refused_share=refused / every,
        estimate=found,
        flagged=share > MOST_IMPUTED or found.fmi > MOST_MISSING_INFORMATION,
    )
