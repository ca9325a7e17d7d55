"""Imputation runs: what was filled, how well, and what follows; starting one, taking it back."""

from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from wearhouse.api.answers import Json
from wearhouse.api.deps import TheActing, TheRegistry, TheStore, TheWearhouse, needs
from wearhouse.api.imputation_answers import (
    ComparisonAnswer,
    GapAnswer,
    ImputationAnswer,
    ReportAnswer,
)
from wearhouse.api.refusals import RESPONSES
from wearhouse.errors import Unavailable, WearhouseError
from wearhouse.imputing.request import CLASSES, DRAWS, ROUNDS, Request
from wearhouse.registry import Registry
from wearhouse.runtime import Wearhouse
from wearhouse.study import Right, Study

router = APIRouter(tags=["imputations"], responses=RESPONSES)

READ, IMPUTE = needs(Right.READ), needs(Right.IMPUTE)
Code = Annotated[str, Field(min_length=1, max_length=64)]
StudyCode = Annotated[str | None, Query(max_length=64, description="A study's code.")]
OneStudy = Annotated[str, Query(max_length=64, description="A study's code.")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class NewImputation(BaseModel):
    """What to fill: one metric of a study, of everybody without codes, of all days without dates.
    The same request goes on with a run that was cut short."""

    study: Code
    metric: Annotated[str, Field(max_length=64)] = "heart_rate"
    participants: list[Code] = Field([], max_length=5_000)
    start: date | None = Field(None, ge=date(1990, 1, 1), le=date(2099, 12, 31))
    end: date | None = Field(None, ge=date(1990, 1, 1), le=date(2099, 12, 31))
    draws: int = Field(DRAWS, ge=2, le=100)
    seed: int = Field(0, ge=0, le=2**31 - 1)
    rounds: int = Field(ROUNDS, ge=1, le=20, description="How often stretches are hidden.")
    learn: bool = Field(False, description="Learn the model anew from this study.")


class Withdrawal(BaseModel):
    """Why a run is withdrawn."""

    reason: Annotated[str, Field(max_length=2_000)] = ""


class ClassesAnswer(BaseModel):
    """Lengths of gaps (minutes) that a study lets be filled where they validate; null: all."""

    study: str
    classes: list[int] | None
    known: list[int]


class NewClasses(BaseModel):
    """Lengths of gaps (minutes) to let be filled from now on; null: all that validate."""

    classes: list[int] | None = Field(max_length=len(CLASSES))


@router.get("/imputations", dependencies=[READ])
def get_imputations(
    registry: TheRegistry,
    study: StudyCode = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> list[ImputationAnswer]:
    """Every run, the newest first."""
    from wearhouse.imputing import telling  # it computes, and takes a while to import

    if study is not None:
        registry.study_named(study)
    found = registry.imputations.all(study, limit)
    return [ImputationAnswer.model_validate(telling.described(run)) for run in found]


@router.post("/imputations", status_code=202, dependencies=[IMPUTE])
def post_imputation(
    new: NewImputation, acting: TheActing, wearhouse: TheWearhouse
) -> ImputationAnswer:
    """Begin to fill the gaps of a study."""
    from wearhouse.imputing import running, telling

    study = acting.registry.study_named(new.study)
    people = acting.registry.participants_named(new.participants, study.code)
    first, last = (day.isoformat() if day else None for day in (new.start, new.end))
    request = Request(
        study, new.metric, tuple(people), first, last, new.draws, new.seed, new.rounds, new.learn
    )
    run = running.begin(acting, request)
    wearhouse.fills.begin(_carry_on, wearhouse, acting.registry, run)
    return ImputationAnswer.model_validate(telling.described(run.record))


@router.get("/imputations/classes", dependencies=[READ])
def get_imputed_classes(registry: TheRegistry, study: OneStudy) -> ClassesAnswer:
    """Which lengths of gaps a study lets be filled."""
    return _classes(registry, registry.study_named(study))


@router.put("/imputations/classes", dependencies=[needs(Right.EDIT_STUDY)])
def put_imputed_classes(new: NewClasses, acting: TheActing, study: OneStudy) -> ClassesAnswer:
    """Let only gaps of some lengths be filled from now on, or all that validate."""
    from wearhouse.imputing import taking

    of = acting.registry.study_named(study)
    taking.set_classes(acting, of, new.classes)
    return _classes(acting.registry, of)


@router.get("/imputations/comparison", response_model=ComparisonAnswer, dependencies=[READ])
def get_comparison(
    registry: TheRegistry,
    one: Annotated[int, Query(ge=1, le=2**31 - 1)],
    other: Annotated[int, Query(ge=1, le=2**31 - 1)],
) -> Json:
    """Two runs side by side."""
    from wearhouse.imputing import telling

    return Json(telling.compare(registry, one, other))


@router.get("/imputations/{number}", response_model=ReportAnswer, dependencies=[READ])
def get_imputation(number: Number, registry: TheRegistry) -> Json:
    """What a run did: verdicts and the checks behind them, minutes by reason, statistics in three
    columns, tipping points of a group and between arms."""
    from wearhouse.imputing import telling

    return Json(telling.report(registry, number))


@router.get("/imputations/{number}/gaps", dependencies=[READ])
def get_gaps(
    number: Number,
    registry: TheRegistry,
    participant: Annotated[str, Query(max_length=64, description="A participant's code.")],
) -> list[GapAnswer]:
    """Every gap that a run found of a participant, with its code and reason."""
    run = registry.imputations.named(number)
    who = registry.participant_named(participant, run.study)
    return [GapAnswer.model_validate(gap) for gap in registry.imputations.gaps(number, who)]


@router.post("/imputations/{number}/withdraw", dependencies=[IMPUTE])
def withdraw_imputation(
    number: Number, said: Withdrawal, acting: TheActing, store: TheStore
) -> ImputationAnswer:
    """Take a run's values out of the imputed layer; its record stays. What an earlier run had there
    stands again, but for minutes that were measured meanwhile."""
    from wearhouse.imputing import taking, telling

    done = taking.withdraw(acting, store, number, said.reason)
    return ImputationAnswer.model_validate(telling.described(done))


def _carry_on(wearhouse: Wearhouse, registry: Registry, run: Any) -> None:
    """Do what is left of a run; what goes wrong is noted with it."""
    from wearhouse.imputing import running

    def step(_people: int) -> None:
        if wearhouse.intake.stop.is_set():
            raise Unavailable("The service stopped; the same run, asked for again, goes on.")

    with suppress(WearhouseError):
        running.carry_on(wearhouse.store, registry, run, step=step)


def _classes(registry: Registry, study: Study) -> ClassesAnswer:
    now = registry.imputations.classes(study)
    return ClassesAnswer(
        study=study.code, classes=None if now is None else list(now), known=list(CLASSES)
    )
