"""Hide what was measured, fill it, compare: on a study's own data, before anything is released."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.imputation.masks import KINDS, Hidden, hide, transplant
from wearhouse.imputation.methods import BASELINES, Method
from wearhouse.imputation.minutes import Minutes
from wearhouse.imputation.release import Release, verdict
from wearhouse.imputation.scores import Scenario, score, table_of
from wearhouse.imputation.summary import figures

ROUNDS = 3
BETTER = ("linear", "time-of-day")
"""The baselines that a class is judged by: the better of them."""

SCENARIOS: tuple[Scenario, ...] = ("as_if_worn", "worn")


def validate(
    people: Sequence[Minutes],
    method: Method,
    rounds: int = ROUNDS,
    draws: int = 20,
    seed: int = 0,
    scenarios: Sequence[Scenario] = SCENARIOS,
    progress: Callable[[int], None] | None = None,
) -> pa.Table:
    """Score a method and the baselines on the same hidden gaps of everybody. A table of SCORES.

    Each round hides stretches of 5 minutes to 24 hours, then anew other people's own gaps. The
    scenario `worn` hides only stretches of which steps are known. Masks depend on the seed alone.
    """
    rows: list[dict[str, object]] = []
    for person in people:
        others = [one for one in people if one.participant != person.participant]
        rows += validate_one(person, others, method, rounds, draws, seed, scenarios)
        if progress is not None:
            progress(1)
    return table_of(rows)


def validate_one(
    person: Minutes,
    others: Sequence[Minutes],
    method: Method,
    rounds: int = ROUNDS,
    draws: int = 20,
    seed: int = 0,
    scenarios: Sequence[Scenario] = SCENARIOS,
) -> list[dict[str, object]]:
    """One person's part of a validation, with the gaps of others. Rows of SCORES."""
    rows: list[dict[str, object]] = []
    for turn in range(rounds):
        for pattern, hidden in _patterns(person, others, turn, seed).items():
            for scenario in scenarios:
                asked = _with_steps(person, hidden) if scenario == "worn" else hidden
                for way in (method, *BASELINES.values()):
                    rows += score(person, asked, way, scenario, draws, seed, (turn, pattern))
    return rows


def release(
    scores: pa.Table,
    method: str,
    kinds: Mapping[int, str] = KINDS,
    baselines: Sequence[str] = BETTER,
    widens: bool = True,
) -> Release:
    """The verdict on every class of gap, from the scores of gaps that pose as non-wear.

    Without `widens` a class whose interval does not cover is refused.
    """
    rows = scores.filter(pc.equal(scores["scenario"], "as_if_worn"))
    verdicts = {}
    for kind in kinds.values():
        mine = figures(rows, kind, method)
        better = min(figures(rows, kind, name).mae.value for name in baselines)
        factor = mine.widen if widens else np.nan
        verdicts[kind] = verdict(
            kind, mine.gaps, mine.mae.value, better, mine.coverage.value, factor
        )
    return Release(verdicts, kinds)


def _patterns(
    person: Minutes, others: Sequence[Minutes], turn: int, seed: int
) -> dict[str, list[Hidden]]:
    rng = np.random.default_rng([seed, turn, person.participant])
    return {"fixed": hide(person, rng), "transplanted": transplant(person, others, rng)}


def _with_steps(person: Minutes, hidden: Sequence[Hidden]) -> list[Hidden]:
    unknown = person.observed & ~np.isfinite(person.steps)
    return [one for one in hidden if not unknown[one.span].any()]
