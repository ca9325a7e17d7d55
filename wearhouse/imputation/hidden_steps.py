"""How well totals of steps are modelled: worn stretches made unworn, filled and compared.

What counts is the total of a gap: minute by minute the best guess of a metric that is mostly zero
is zero, and says nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wearhouse.imputation.counting import METHOD, bounds, fill_steps
from wearhouse.imputation.gating import Rule
from wearhouse.imputation.masks import KINDS as EVERY
from wearhouse.imputation.masks import Hidden, hide, transplant
from wearhouse.imputation.minutes import DAY_MIN, Floats, Minutes
from wearhouse.imputation.scores import NIGHT_ENDS, gate_of_hidden, hidden_from, pace

BASELINES = ("linear", "time-of-day")
"""The rate of the worn hour on either side, and the mean of each minute of the day."""

KINDS = {length: kind for length, kind in EVERY.items() if length > Rule().short}
"""The classes of gaps that can be supported non-wear."""

AROUND = 60
FAR = 99.0
LEAST_DRAWS = 40
"""Fewer span no interval that holds 90 %, and their mean scatters by itself."""


def score_steps(
    person: Minutes, others: Sequence[Minutes], rounds: int, draws: int, seed: int
) -> list[dict[str, object]]:
    """Hide stretches of which steps are known, zeros of an unworn device in their place; then
    other people's own gaps. Rows of SCORES that count totals: one a gap, in steps."""
    known = person.observed & np.isfinite(person.steps)
    whole = replace(person, value=np.where(known, person.value, np.nan))
    rows: list[dict[str, object]] = []
    for turn in range(rounds):
        rng = np.random.default_rng([seed, turn, person.participant, 6])
        for pattern, hidden in (
            ("fixed", hide(whole, rng)),
            ("transplanted", transplant(whole, others, rng)),
        ):
            chosen = [one for one in hidden if one.kind in KINDS.values()]
            rows += _scored(whole, known, chosen, draws, seed, (turn, pattern))
    return rows


def _scored(
    whole: Minutes,
    known: np.ndarray,
    hidden: Sequence[Hidden],
    draws: int,
    seed: int,
    labels: tuple[int, str],
) -> list[dict[str, object]]:
    masked = hidden_from(whole, hidden)
    off = replace(masked, steps=np.where(masked.observed, whole.steps, 0.0))
    coded = gate_of_hidden(masked, hidden, "as_if_worn")
    filled = fill_steps(off, coded, max(draws, LEAST_DRAWS), seed)
    ordinary = _ordinary(off)
    clock, day = whole.clock, whole.day
    rows: list[dict[str, object]] = []
    for one in hidden:
        at = np.arange(one.start, one.start + one.length)[known[one.span]]
        paths = filled.draws[:, np.searchsorted(filled.at, at)].astype(np.float64)
        true = whole.steps[at]
        guesses = {
            "linear": len(at) * _rate_around(off, one),
            "time-of-day": float(ordinary[at].sum()),
        }
        about = {
            "participant": whole.participant,
            "round": labels[0],
            "pattern": labels[1],
            "scenario": "as_if_worn",
            "kind": one.kind,
            "block": int(day[one.start]) // 2,
            "night": bool(clock[one.start] < NIGHT_ENDS),
            "pace": pace(whole, at),
            "length": one.length,
            "minutes": 1,
        }
        rows.append({**about, "method": METHOD, **_told(true, paths)})
        for name, guess in guesses.items():
            rows.append({**about, "method": name, **_off_by(guess - float(true.sum()))})
    return rows


def _told(true: Floats, paths: Floats) -> dict[str, object]:
    """How far the mean of the totals drawn is off, and how the truth lies in their interval."""
    if not np.isfinite(paths).all():
        return {"filled": 0, "absolute": 0.0, "square": 0.0, "error": 0.0}
    totals, truth = paths.sum(axis=1), float(true.sum())
    middle = float(totals.mean())
    low, high = bounds(totals)
    half = high - middle if truth > middle else middle - low
    reach = abs(truth - middle) / half if half > 0 else FAR * (truth != middle)
    return {
        **_off_by(middle - truth),
        "width": float(high - low),
        "reach": [min(float(reach), FAR)],
        "sd_true": float(true.std()),
        "sd_draws": float(paths.std(axis=1).mean()),
    }


def _off_by(error: float) -> dict[str, object]:
    if not np.isfinite(error):
        return {"filled": 0, "absolute": 0.0, "square": 0.0, "error": 0.0}
    return {"filled": 1, "absolute": abs(error), "square": error**2, "error": error}


def _ordinary(person: Minutes) -> Floats:
    """The mean steps of each minute of the day, over minutes that were worn."""
    seen = person.observed & np.isfinite(person.steps)
    count = np.bincount(person.clock[seen], minlength=DAY_MIN)
    total = np.bincount(person.clock[seen], person.steps[seen], DAY_MIN)
    mean: Floats = np.divide(total, count, out=np.full(DAY_MIN, np.nan), where=count > 0)
    return mean[person.clock]


def _rate_around(person: Minutes, gap: Hidden) -> float:
    """Steps a minute in the worn minutes of the hour before a gap and of the one after."""
    near = np.r_[
        max(0, gap.start - AROUND) : gap.start,
        gap.start + gap.length : min(len(person), gap.start + gap.length + AROUND),
    ]
    near = near[person.observed[near] & np.isfinite(person.steps[near])]
    return float(person.steps[near].mean()) if len(near) else float("nan")
