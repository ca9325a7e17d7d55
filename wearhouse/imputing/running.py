"""A run: begun or resumed, the model learnt, the verdicts found, everybody filled."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import msgspec

from wearhouse import telemetry
from wearhouse.errors import Conflict, Unavailable
from wearhouse.imputing.request import METHODS, NIGHTLY, Request
from wearhouse.registry import Registry
from wearhouse.registry.imputations import DONE, FAILED, Imputation, Imputations
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store
from wearhouse.study import Participant, Right
from wearhouse.team import audit
from wearhouse.team.acting import Acting
from wearhouse.window import Window

if TYPE_CHECKING:
    from wearhouse.imputation import Minutes, Recipe
    from wearhouse.imputation.crew import Crew
    from wearhouse.imputation.nightly import Nights
    from wearhouse.imputing.making import Made, Task

Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is under way: its record, its people, and the lock that keeps others off."""

    record: Imputation
    request: Request
    people: tuple[Participant, ...]
    lock: tuple[str, str]
    resumed: bool


def begin(acting: Acting, request: Request) -> Run:
    """Note that a run begins, or go on with the same one that was cut short. Conflict while
    another fills that metric of the study."""
    acting.needs(Right.IMPUTE)
    registry, study = acting.registry, request.study
    lock = (f"impute/{study.id}/{request.metric}", new_owner())
    if not registry.locks.take(*lock):
        raise Conflict(f"Another run fills {request.metric} of {study.code} just now.", "metric")
    try:
        people = request.participants or tuple(registry.participants(study.code))
        asked = msgspec.json.encode(request.asked(registry.imputations.classes(study))).decode()
        before = registry.imputations.cut_short(study, request.metric, lock[1])
        if before is not None and _same(before, asked, request):
            return Run(before, request, people, lock, resumed=True)
        values = {
            "metric": request.metric, "method": METHODS[request.metric], "asked": asked,
            "draws": request.draws, "seed": request.seed, "people": len(people),
            "software": f"wearhouse {version('wearhouse')}",
        }  # fmt: skip
        with registry.together():
            number = registry.imputations.begin(study, lock[1], acting.actor.name, values)
            after = {"imputation": number, "metric": request.metric, "people": len(people)}
            audit.record(acting, "impute", None, study.code, after=after, subject=f"run {number}")
        return Run(registry.imputations.named(number), request, people, lock, resumed=False)
    except BaseException:
        registry.locks.release(*lock)
        raise


def carry_on(
    store: Store, registry: Registry, run: Run, workers: int = 0, step: Step = lambda _: None
) -> Imputation:
    """Do what is left of a run. `step` hears of each person. What goes wrong is noted, and the
    same request goes on where it was."""
    from wearhouse.imputation.crew import crew_of

    number = run.record.id
    try:
        with crew_of(workers or _processors()) as crew:
            _fill(store, registry, run, crew, step)
        _settle(store, registry, run)
    except BaseException as error:
        with suppress(Unavailable):
            registry.imputations.end(number, FAILED, str(error) or "interrupted")
        telemetry.imputations.labels("failed").inc()
        raise
    finally:
        with suppress(Unavailable):
            registry.locks.release(*run.lock)
    telemetry.imputations.labels("done").inc()
    return registry.imputations.named(number)


def _same(before: Imputation, asked: str, request: Request) -> bool:
    return (before.asked, before.draws, before.seed) == (asked, request.draws, request.seed)


def _fill(store: Store, registry: Registry, run: Run, crew: "Crew", step: Step) -> None:
    from wearhouse.imputing.making import make

    number, known = run.record.id, registry.imputations
    recipe = _recipe(store, registry, run, crew)
    by_id = {one.id: one for one in run.people}
    done = known.done(number)
    left = [one for one in run.people if one.id not in done]
    step(len(run.people) - len(left))
    tasks = _tasks(store, registry, run, left, recipe, step)
    made: Made
    for made in crew.do(make, tasks):
        _keep(store, registry, run, by_id[made.participant], made)
        step(1)


def _keep(store: Store, registry: Registry, run: Run, who: Participant, made: "Made") -> None:
    metric = run.request.metric
    kept = store.write_imputed(made.rows, metric, who.id, made.low, made.high, keep=True)
    shares = {
        "digest": made.digest, "minutes": kept, "counts": made.counts,
        "statistics": made.statistics,
    }  # fmt: skip
    registry.imputations.share(run.record.id, who, shares, made.gaps)
    if kept < made.rows.num_rows:  # samples came while it was filled
        registry.imputations.overtaken([run.record.id])
    if not registry.locks.renew(*run.lock):
        raise Conflict("Another run has taken over meanwhile.")


def _tasks(
    store: Store,
    registry: Registry,
    run: Run,
    people: list[Participant],
    recipe: "Recipe",
    step: Step,
) -> "Iterator[Task]":
    from wearhouse.imputing import gathering
    from wearhouse.imputing.making import Task

    metric, number = run.request.metric, run.record.id
    for who in people:
        window = gathering.span_of(store, who, run.request)
        if window is None:
            nothing = {"digest": "", "minutes": 0, "counts": {}, "statistics": {}}
            registry.imputations.share(number, who, nothing, [])
            step(1)
        elif metric in NIGHTLY:
            nights = gathering.nights(store, registry, who, metric, window)
            yield Task(number, metric, nights, recipe, who.timezone)
        else:
            yield Task(number, metric, gathering.minutes(store, registry, who, window), recipe)


def _recipe(store: Store, registry: Registry, run: Run, crew: "Crew") -> "Recipe":
    """How gaps are filled: as noted with the run, else learnt and judged now, and noted."""
    from wearhouse.imputation import DEFAULT, Recipe, StateSpace
    from wearhouse.imputation.crew import ALONE
    from wearhouse.imputation.pooled import from_json, to_json
    from wearhouse.imputing import checking

    record, request, known = run.record, run.request, registry.imputations
    chosen: list[Minutes] | list[Nights] = []
    pooled = from_json(record.pooled.encode()) if record.pooled else None
    if request.metric != "heart_rate":
        pooled = DEFAULT  # which no other metric uses
    elif pooled is None:
        before = known.newest(request.study, request.metric)
        if request.learn:
            chosen = beats = _minutes(store, registry, run)
            pooled = checking.learnt(beats)
        elif before is not None and before.pooled:
            pooled = from_json(before.pooled.encode())
        else:
            pooled = DEFAULT
        known.note(record.id, pooled=to_json(pooled).decode())
    judging = checking.judging_of(request.metric, pooled)
    if record.verdicts:
        verdicts = checking.unpacked(record.verdicts, judging.kinds)
    else:
        by_night = request.metric in NIGHTLY
        chosen = chosen or (_nights if by_night else _minutes)(store, registry, run)
        verdicts, figures = checking.judged(
            chosen, judging, request.rounds, record.draws, record.seed,
            ALONE if by_night else crew, lambda _: None,
        )  # fmt: skip
        if not by_night:
            verdicts = checking.limited(verdicts, known.classes(request.study))
        told = msgspec.json.encode(figures).decode()
        known.note(record.id, verdicts=checking.packed(verdicts), validation=told)
    method = StateSpace(pooled)
    return Recipe(method=method, release=verdicts, draws=record.draws, seed=record.seed)


def _minutes(store: Store, registry: Registry, run: Run) -> "list[Minutes]":
    """The people that a model is learnt from and judged on."""
    from wearhouse.imputing import checking, gathering

    some = checking.evenly(_measured(store, run))
    return [checking.lately(gathering.minutes(store, registry, *pair)) for pair in some]


def _nights(store: Store, registry: Registry, run: Run) -> "list[Nights]":
    """The people on whom the filling of nights is judged."""
    from wearhouse.imputing import checking, gathering

    metric = run.request.metric
    some = checking.evenly(_measured(store, run), checking.SLEEPERS)
    return [gathering.nights(store, registry, who, metric, window) for who, window in some]


def _measured(store: Store, run: Run) -> list[tuple[Participant, Window]]:
    """The people of whom there is something, and its span."""
    from wearhouse.imputing import gathering

    there = [(one, gathering.span_of(store, one, run.request)) for one in run.people]
    return [(one, window) for one, window in there if window is not None]


def _settle(store: Store, registry: Registry, run: Run) -> None:
    """End a run whose people are all done, and tell earlier ones of which nothing is left."""
    number, known = run.record.id, Imputations(registry.engine)  # whoever began it reaches less
    shares = known.shares(number)
    told = "".join(f"{share.participant.id} {share.digest}\n" for share in shares)
    known.end(number, DONE, data_hash=hashlib.sha256(told.encode()).hexdigest())
    study, metric = run.request.study.code, run.request.metric
    others = [one for one in known.all(study) if one.metric == metric and one.id != number]
    whose = {
        share.participant.id for one in others for share in known.shares(one.id)
    }  # fmt: skip
    there = set(store.imputed_extent(sorted(whose))["run"].to_pylist()) if whose else set()
    known.replaced([one.id for one in others if one.minutes and one.id not in there])


def _processors() -> int:
    return max(1, len(os.sched_getaffinity(0)))
