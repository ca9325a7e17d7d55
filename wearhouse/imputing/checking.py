"""Before anybody's gaps are filled: the model that was learnt from several people, and the verdict
on each class of gaps, from hidden stretches of the study's own data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.errors import Invalid
from wearhouse.imputation import (
    BASELINES,
    DEFAULT,
    Minutes,
    Pooled,
    StateSpace,
    counting,
    fit,
    hidden_nights,
    hidden_steps,
    release,
)
from wearhouse.imputation.crew import Crew
from wearhouse.imputation.masks import KINDS
from wearhouse.imputation.minutes import DAY_MIN
from wearhouse.imputation.nightly import Nights
from wearhouse.imputation.release import Release, Verdict
from wearhouse.imputation.scores import table_of
from wearhouse.imputation.strata import by_participant, strata
from wearhouse.imputation.summary import figures
from wearhouse.imputation.validation import BETTER, validate_one
from wearhouse.imputing.request import NIGHTLY

PEOPLE, DAYS = 12, 60
"""At most so many people, evenly chosen, and so many of their last days are used."""

SLEEPERS = 200
"""As PEOPLE, of nights, all of which are used."""

Rows = list[dict[str, object]]
Score = Callable[[Any, Sequence[Any], int, int, int], Rows]
"""Rows of SCORES of one person, with the gaps of others: rounds, draws, seed."""


@dataclass(frozen=True, slots=True)
class Judging:
    """How the gaps of a metric are judged: what fills them, beside what, in which classes; by the
    better of `decisive` and whether an interval that does not cover can be widened."""

    method: str
    baselines: tuple[str, ...]
    decisive: tuple[str, ...]
    kinds: Mapping[int, str]
    widens: bool
    score: Score


def judging_of(metric: str, pooled: Pooled) -> Judging:
    """How a metric's gaps are judged. Counts are not widened: zeros cannot be."""
    if metric in NIGHTLY:
        names = hidden_nights.BASELINES
        score: Score = hidden_nights.score_nights
        return Judging(hidden_nights.METHOD, names, names, hidden_nights.KINDS, True, score)
    if metric == "steps":
        names = hidden_steps.BASELINES
        score = hidden_steps.score_steps
        return Judging(counting.METHOD, names, names, hidden_steps.KINDS, False, score)
    method = StateSpace(pooled)
    score = partial(_beats, method)
    return Judging(method.name, tuple(BASELINES), BETTER, KINDS, True, score)


def evenly(people: Sequence[Any], most: int = PEOPLE) -> list[Any]:
    """At most so many of them, evenly chosen."""
    return list(people[:: max(1, -(-len(people) // most))])


def lately(minutes: Minutes) -> Minutes:
    """The last DAYS days of a participant."""
    first = max(0, len(minutes) - DAYS * DAY_MIN)
    names = ("value", "steps", "worn", "barred", "offset")
    cut = {name: getattr(minutes, name)[first:] for name in names}
    return replace(minutes, start=minutes.start + first, **cut)


def learnt(people: list[Minutes]) -> Pooled:
    """The model fitted to these people; the default where nobody has enough."""
    try:
        return fit(people)
    except Invalid:
        return DEFAULT


def judged(
    people: Sequence[Minutes] | Sequence[Nights],
    judging: Judging,
    rounds: int,
    draws: int,
    seed: int,
    crew: Crew,
    step: Callable[[int], None],
) -> tuple[Release, list[dict[str, Any]]]:
    """The verdict on every class of gaps, and the figures of each class, method and pattern."""
    rows: Rows = []
    work = partial(_scored, judging.score, rounds=rounds, draws=draws, seed=seed)
    pairs = [(one, [other for other in people if other is not one]) for one in people]
    for found in crew.do(work, pairs):
        rows += found
        step(1)
    rows.sort(key=lambda row: (row["participant"], row["round"]))
    scores = table_of(rows)
    ours = judging.method, judging.kinds, judging.decisive, judging.widens
    return release(scores, *ours), _told(scores, judging)


def limited(verdicts: Release, classes: Sequence[int] | None) -> Release:
    """Verdicts with every class refused that a study does not let be filled."""
    if classes is None:
        return verdicts
    shut = {
        kind: Verdict(kind, "refused", "the study does not fill gaps this long", 0)
        for length, kind in verdicts.kinds.items()
        if length not in classes
    }
    return replace(verdicts, verdicts={**verdicts.verdicts, **shut})


def packed(verdicts: Release) -> str:
    """Verdicts as text."""
    told = {kind: asdict(one) for kind, one in verdicts.verdicts.items()}
    return msgspec.json.encode(told).decode()


def unpacked(text: str, kinds: Mapping[int, str]) -> Release:
    """Verdicts from text."""
    return Release(msgspec.json.decode(text, type=dict[str, Verdict]), kinds)


def _beats(
    method: StateSpace,
    person: Minutes,
    others: Sequence[Minutes],
    rounds: int,
    draws: int,
    seed: int,
) -> Rows:
    return validate_one(person, others, method, rounds, draws, seed)


def _scored(score: Score, pair: tuple[Any, list[Any]], rounds: int, draws: int, seed: int) -> Rows:
    return score(*pair, rounds, draws, seed)


def _told(scores: pa.Table, judging: Judging) -> list[dict[str, Any]]:
    """What hiding and filling showed, class by class, beside the baselines; then of the method
    alone in each stratum and of each participant (by id)."""
    told: list[dict[str, Any]] = []
    for pattern in ("fixed", "transplanted"):
        for scenario in ("as_if_worn", "worn"):
            rows = scores.filter(
                pc.and_(
                    pc.equal(scores["pattern"], pattern), pc.equal(scores["scenario"], scenario)
                )
            )
            setting = {"pattern": pattern, "scenario": scenario}
            told += _by_kind(rows, judging, (judging.method, *judging.baselines), setting)
            for name, part in strata(rows):
                told += _by_kind(part, judging, (judging.method,), {**setting, "stratum": name})
            for who, part in by_participant(rows):
                told += _by_kind(part, judging, (judging.method,), {**setting, "participant": who})
    return told


def _by_kind(
    rows: pa.Table, judging: Judging, methods: Sequence[str], about: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    for kind in (*judging.kinds.values(), "all"):
        for method in methods:
            against = judging.baselines if method == judging.method else ()
            found = figures(rows, kind, method, against)
            if found.gaps:
                yield {**about, **_plain(found)}


def _plain(found: Any) -> dict[str, Any]:
    """Figures as JSON takes them: no NaN."""
    return {name: _known(value) for name, value in asdict(found).items()}


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value
