"""How wrong the assumption behind imputed non-wear must be before a conclusion changes.

Nothing measured can tell what unworn minutes would have shown. So a shift is added to all draws
of non-wear (dropouts keep theirs), and the result is looked at again (a delta-adjusted, or
tipping-point, analysis; Tackney et al. 2021).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wearhouse.imputation.gating import Code
from wearhouse.imputation.reporting import (
    Column,
    Completed,
    Statistic,
    by_draw,
    estimate,
    over_people,
)
from wearhouse.imputation.rubin import Estimate, combine

SHIFTS = (-10.0, -5.0, 0.0, 5.0, 10.0)
DAY_BEGINS, DAY_ENDS = 480, 1_320


@dataclass(frozen=True, slots=True)
class Shifted:
    """What comes out when non-wear is shifted by so much, in the metric's unit."""

    shift: float
    estimate: Estimate


def shifted(person: Completed, shift: float, by_day_only: bool = False) -> Completed:
    """The participant with every draw of non-wear shifted (only 08:00 to 22:00 if asked)."""
    moved = person.code == Code.NON_WEAR
    if by_day_only:
        moved = moved & (person.clock >= DAY_BEGINS) & (person.clock < DAY_ENDS)
    return replace(person, draws=person.draws + shift * moved)


def one_group(
    people: Sequence[Completed],
    statistic: Statistic,
    shifts: Sequence[float] = SHIFTS,
    by_day_only: bool = False,
) -> list[Shifted]:
    """A statistic of one group with supported non-wear, for each shift."""
    return [
        Shifted(
            shift,
            estimate([shifted(p, shift, by_day_only) for p in people], statistic, Column.NON_WEAR),
        )
        for shift in shifts
    ]


def two_groups(
    treated: Sequence[Completed],
    others: Sequence[Completed],
    statistic: Statistic,
    shifts: Sequence[float] = SHIFTS,
    by_day_only: bool = False,
) -> list[Shifted]:
    """The difference between two groups, the shift applied to the first alone."""
    base = [over_people(drawn) for drawn in by_draw(others, statistic, Column.NON_WEAR)]
    found = []
    for shift in shifts:
        moved = [shifted(person, shift, by_day_only) for person in treated]
        drawn = [over_people(each) for each in by_draw(moved, statistic, Column.NON_WEAR)]
        pairs = list(zip(drawn, base, strict=True))
        found.append(
            Shifted(
                shift,
                combine(
                    [a - b for (a, _), (b, _) in pairs],
                    [u + v for (_, u), (_, v) in pairs],
                    float(len(treated) + len(others) - 2) or np.inf,
                ),
            )
        )
    return found


def tipping_point(rows: Sequence[Shifted], concludes: Callable[[Estimate], bool]) -> float | None:
    """The smallest shift, of those tried, at which the conclusion differs from that at 0; None
    if it never does."""
    unshifted = next(concludes(row.estimate) for row in rows if row.shift == 0)
    turned = [row.shift for row in rows if concludes(row.estimate) != unshifted]
    return min(turned, key=abs, default=None)
