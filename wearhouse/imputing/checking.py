"""Before anybody's gaps are filled: the model that was learnt from several people, and the verdict
on each class of gaps, from hidden stretches of the study's own data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.errors import Invalid
from wearhouse.imputation import DEFAULT, Minutes, Pooled, StateSpace, fit, release
from wearhouse.imputation.imputing import spread
from wearhouse.imputation.masks import CLASSES
from wearhouse.imputation.minutes import DAY_MIN
from wearhouse.imputation.release import Release, Verdict
from wearhouse.imputation.scores import table_of
from wearhouse.imputation.summary import figures
from wearhouse.imputation.validation import validate_one

PEOPLE, DAYS = 12, 60
"""At most so many people, evenly chosen, and so many of their last days are used."""

OURS = "ssm-1"
COMPARED = (OURS, "linear", "time-of-day", "tiered")


def evenly(people: Sequence[Any]) -> list[Any]:
    """At most PEOPLE of them, evenly chosen."""
    return list(people[:: max(1, -(-len(people) // PEOPLE))])


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
    people: Sequence[Minutes],
    pooled: Pooled,
    rounds: int,
    draws: int,
    seed: int,
    workers: int,
    step: Callable[[int], None],
) -> tuple[Release, list[dict[str, Any]]]:
    """The verdict on every class of gaps, and the figures of each class, method and pattern."""
    method = StateSpace(pooled)
    rows: list[dict[str, object]] = []
    work = partial(_scored, method=method, rounds=rounds, draws=draws, seed=seed)
    pairs = [(one, [other for other in people if other is not one]) for one in people]
    for found in spread(work, pairs, workers):
        rows += found
        step(1)
    rows.sort(key=lambda row: (row["participant"], row["round"]))
    scores = table_of(rows)
    return release(scores, OURS), _told(scores)


def limited(verdicts: Release, classes: Sequence[int] | None) -> Release:
    """Verdicts with every class refused that a study does not let be filled."""
    if classes is None:
        return verdicts
    shut = {
        str(length): Verdict(str(length), "refused", "the study does not fill gaps this long", 0)
        for length in CLASSES
        if length not in classes
    }
    return Release({**verdicts.verdicts, **shut})


def packed(verdicts: Release) -> str:
    """Verdicts as text."""
    told = {kind: asdict(one) for kind, one in verdicts.verdicts.items()}
    return msgspec.json.encode(told).decode()


def unpacked(text: str) -> Release:
    """Verdicts from text."""
    return Release(msgspec.json.decode(text, type=dict[str, Verdict]))


def _scored(
    pair: tuple[Minutes, list[Minutes]], method: StateSpace, rounds: int, draws: int, seed: int
) -> list[dict[str, object]]:
    person, others = pair
    return validate_one(person, others, method, rounds, draws, seed)


def _told(scores: pa.Table) -> list[dict[str, Any]]:
    """What hiding and filling showed, class by class, beside the baselines."""
    told: list[dict[str, Any]] = []
    for pattern in ("fixed", "transplanted"):
        for scenario in ("as_if_worn", "worn"):
            rows = scores.filter(
                pc.and_(
                    pc.equal(scores["pattern"], pattern), pc.equal(scores["scenario"], scenario)
                )
            )
            for kind in (*map(str, CLASSES), "all"):
                for method in COMPARED:
                    found = figures(rows, kind, method, COMPARED[1:] if method == OURS else ())
                    if found.gaps:
                        told.append({"pattern": pattern, "scenario": scenario, **_plain(found)})
    return told


def _plain(found: Any) -> dict[str, Any]:
    """Figures as JSON takes them: no NaN."""
    return {name: _known(value) for name, value in asdict(found).items()}


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value
