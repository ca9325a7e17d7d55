"""Taking back: a run's values withdrawn, and the classes of gaps that a study lets be filled."""

from collections.abc import Sequence

from wearhouse import audit
from wearhouse.acting import Acting
from wearhouse.errors import Conflict, Invalid
from wearhouse.imputing.request import CLASSES
from wearhouse.registry.imputations import WITHDRAWN, Imputation
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store
from wearhouse.study import Right, Study
from wearhouse.window import MINUTE_MS, millis


def withdraw(acting: Acting, store: Store, number: int, reason: str = "") -> Imputation:
    """Take a run's values out of the imputed layer; its record stays. Conflict while it is at
    work, or if it was withdrawn before."""
    acting.needs(Right.IMPUTE)
    registry = acting.registry
    run = registry.imputations.named(number)
    study = registry.study_named(run.study)
    acting.reaches(study.code, None)
    if run.state == WITHDRAWN:
        raise Conflict(f"Imputation {number} was withdrawn before.", "run")
    lock = (f"impute/{study.id}/{run.metric}", new_owner())
    if not registry.locks.take(*lock):
        raise Conflict(f"A run fills {run.metric} of {study.code} just now.", "run")
    try:
        removed = _removed(store, run, [one.id for one in registry.participants(study.code)])
        with registry.together():
            registry.imputations.withdrawn(number)
            told = {"imputation": number, "metric": run.metric, "minutes": removed}
            subject = f"run {number}"
            audit.record(
                acting, "impute.withdraw", None, study.code, after=told, reason=reason,
                subject=subject,
            )  # fmt: skip
    finally:
        registry.locks.release(*lock)
    return registry.imputations.named(number)


def set_classes(acting: Acting, study: Study, classes: Sequence[int] | None) -> None:
    """Let runs from now on fill only gaps of these lengths (minutes; each stands for gaps up to it
    that are longer than the one before), or all that validate."""
    acting.needs(Right.EDIT_STUDY)
    acting.reaches(study.code, None)
    strange = sorted(set(classes or ()) - set(CLASSES))
    if strange:
        known = ", ".join(map(str, CLASSES))
        raise Invalid(f"{strange[0]} is no class of gaps; these are: {known} minutes.", "class")
    known_before = acting.registry.imputations.classes(study)
    with acting.registry.together():
        acting.registry.imputations.set_classes(study, classes)
        audit.record(
            acting, "impute.classes", None, study.code,
            {"classes": _words(known_before)}, {"classes": _words(classes)},
        )  # fmt: skip


def _words(classes: Sequence[int] | None) -> str:
    return "all that validate" if classes is None else " ".join(map(str, sorted(classes)))


def _removed(store: Store, run: Imputation, people: Sequence[int]) -> int:
    """How many minutes of the run were in the layer and are not any more."""
    removed = 0
    for row in store.imputed_extent(people).to_pylist():
        if row["run"] != run.id or row["metric"] != run.metric:
            continue
        low, high = millis(row["first_at"]), millis(row["last_at"]) + MINUTE_MS
        there = store.whole_imputed(run.metric, [row["participant"]], low, high)
        others = there.filter([one != run.id for one in there["run"].to_pylist()])
        store.write_imputed(others, run.metric, row["participant"], low, high)
        removed += there.num_rows - others.num_rows
    return removed
