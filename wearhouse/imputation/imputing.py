"""Gate, fill and record: one participant, or many at once."""

import os
import threading
from collections.abc import Callable, Container, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import TypeVar

import msgspec

from wearhouse.errors import Unavailable
from wearhouse.imputation.gating import Gate, Rule, gate
from wearhouse.imputation.methods import Filled, Method
from wearhouse.imputation.minutes import Minutes
from wearhouse.imputation.model import StateSpace
from wearhouse.imputation.records import Imputed, Run, counts, digest, gap_table, imputed_table
from wearhouse.imputation.release import Release

DRAWS = 20

T = TypeVar("T")
R = TypeVar("R")


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
    yield from spread(partial(impute, recipe=recipe), waiting, workers)


def spread(work: Callable[[T], R], items: Iterable[T], workers: int = 1) -> Iterator[R]:
    """Work on items one by one or in processes of their own; each answer as soon as it is there.

    At most two items a worker are held in memory. Raises Unavailable where a worker was killed.
    """
    waiting = iter(items)
    if workers <= 1:
        yield from map(work, waiting)
        return
    # A forked child would inherit an embedded store's threads in the middle of their work.
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_end_with_parent
    ) as pool:
        running: set[Future[R]] = set()
        while True:
            free = 2 * workers - len(running)
            running |= {pool.submit(work, one) for one in islice(waiting, free)}
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            try:
                yield from (one.result() for one in finished)
            except BrokenProcessPool:
                raise Unavailable(
                    "A process that imputes ended before its time; start the run again, it goes "
                    "on where it was."
                ) from None


def _end_with_parent() -> None:
    """Let this process end when the one that started it is gone, even if that was killed."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
