"""Gate, fill and record: one participant, or many at once."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial

import msgspec

from wearhouse.imputation.crew import crew_of
from wearhouse.imputation.gating import Gate, Rule, gate
from wearhouse.imputation.methods import Filled, Method
from wearhouse.imputation.minutes import Minutes
from wearhouse.imputation.model import StateSpace
from wearhouse.imputation.records import Imputed, Run, counts, digest, gap_table, imputed_table
from wearhouse.imputation.release import Release

DRAWS = 20


@dataclass(frozen=True, slots=True)
class Recipe:
    """How gaps are filled: everything but the data and the people."""

    method: Method = field(default_factory=StateSpace)
    rule: Rule = field(default_factory=Rule)
    release: Release = field(default_factory=Release)
    draws: int = DRAWS
    seed: int = 0


def run_of(metric: str, recipe: Recipe) -> Run:
    """What is to be stored of a run, so that it can be made again."""
    method = recipe.method
    parameters = {
        "pooled": asdict(method.pooled) if isinstance(method, StateSpace) else None,
        "rule": asdict(recipe.rule),
        "verdicts": {kind: asdict(one) for kind, one in recipe.release.verdicts.items()},
    }
    return Run(
        metric=metric,
        method=method.name,
        parameters=msgspec.json.encode(parameters).decode(),
        draws=recipe.draws,
        seed=recipe.seed,
    )


def impute(minutes: Minutes, recipe: Recipe) -> Imputed:
    """Code every minute of one participant and fill those that may be filled."""
    coded, filled = fill(minutes, recipe)
    return Imputed(
        participant=minutes.participant,
        digest=digest(minutes),
        gaps=gap_table(minutes, coded),
        samples=imputed_table(minutes, coded, filled),
        counts=counts(coded),
    )


def fill(minutes: Minutes, recipe: Recipe) -> tuple[Gate, Filled]:
    """The same as arrays: what each minute is, and what was filled."""
    coded = recipe.release.gated(gate(minutes, recipe.rule))
    filled = recipe.method.fill(minutes, coded, recipe.draws, recipe.seed)
    return coded, recipe.release.widened(filled, coded)


def impute_all(
    people: Iterable[Minutes],
    recipe: Recipe,
    workers: int = 1,
    done: Container[int] = frozenset(),
) -> Iterator[Imputed]:
    """Impute people one by one or in processes of their own, each as soon as it is finished.

    Participants in `done` are left out, so a run that was cut short goes on where it was. What
    comes out does not depend on the number of workers, apart from the order.
    """
    waiting = (one for one in people if one.participant not in done)
    with crew_of(workers) as crew:
        yield from crew.do(partial(impute, recipe=recipe), waiting)
