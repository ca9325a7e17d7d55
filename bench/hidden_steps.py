"""How well totals of steps are modelled when the device was off: worn stretches made unworn."""

from dataclasses import replace

import numpy as np

from wearhouse.imputation import Minutes
from wearhouse.imputation.counting import fill_steps
from wearhouse.imputation.masks import hide
from wearhouse.imputation.scores import gate_of_hidden, hidden_from

ROUNDS, DRAWS = 6, 40
KINDS = ("120", "480")

Row = tuple[str, float, float, float, bool]
"""Class, true total, error of the model and of the time of day, whether it was covered."""


def hidden_steps(people: list[Minutes]) -> list[str]:
    """A line for each length: error of the total, and how often its 90 % interval holds it."""
    rows: list[Row] = []
    for person in people:
        known = person.observed & np.isfinite(person.steps)
        april = replace(person, value=np.where(known, person.value, np.nan))
        for turn in range(ROUNDS):
            rng = np.random.default_rng([turn, person.participant])
            hidden = [one for one in hide(april, rng) if one.kind in KINDS]
            masked = hidden_from(april, hidden)
            off = replace(masked, steps=np.where(masked.observed, april.steps, 0.0))
            coded = gate_of_hidden(masked, hidden, "as_if_worn")
            filled = fill_steps(off, coded, DRAWS, turn)
            ordinary = _ordinary(masked)
            for one in hidden:
                at = np.arange(one.start, one.start + one.length)[known[one.span]]
                place = np.searchsorted(filled.at, at)
                totals = filled.draws[:, place].sum(axis=1, dtype=float)
                if not np.isfinite(totals).all():
                    continue
                true = april.steps[at].sum()
                low, high = np.quantile(totals, (0.05, 0.95))
                rows.append(
                    (
                        one.kind, true, totals.mean() - true, ordinary[at].sum() - true,
                        bool(low <= true <= high),
                    )
                )  # fmt: skip
    return [_told(kind, [row for row in rows if row[0] == kind]) for kind in KINDS]


def _ordinary(person: Minutes) -> np.ndarray:
    """The mean steps of each minute of the day, over minutes that were worn."""
    seen = person.observed & np.isfinite(person.steps)
    count = np.bincount(person.clock[seen], minlength=1_440)
    total = np.bincount(person.clock[seen], person.steps[seen], 1_440)
    return (total / np.maximum(count, 1))[person.clock]


def _told(kind: str, rows: list[Row]) -> str:
    table = np.array([row[1:] for row in rows], float)
    true, ours, plain, covered = table.T
    return (
        f"- {int(kind) // 60} h: {len(rows)} stretches of {true.mean():.0f} steps on average, "
        f"total off by {np.abs(ours).mean():.0f} (bias {ours.mean():+.0f}), the mean of that time "
        f"of day by {np.abs(plain).mean():.0f} (bias {plain.mean():+.0f}); the 90 % interval "
        f"holds {covered.mean():.2f}"
    )
