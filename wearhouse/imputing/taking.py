"""Taking back: a run's values withdrawn, and the classes of gaps that a study lets be filled."""

from collections.abc import Sequence

from wearhouse.errors import Conflict, Invalid
from wearhouse.imputing.request import CLASSES
from wearhouse.imputing.restoring import put_back
from wearhouse.registry import Registry
from wearhouse.registry.imputations import WITHDRAWN, Imputation
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store
from wearhouse.study import Right, Study
from wearhouse.team import audit
from wearhouse.team.acting import Acting


def withdraw(acting: Acting, store: Store, number: int, reason: str = "") -> Imputation:
    """Take a run's values out of the imputed layer; its record stays. What it had taken the place
    of stands again. Conflict while it is at work, or if it was withdrawn before."""
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
        done = put_back(store, registry, run, lambda: _renew(registry, lock))
        back = [f"{minutes:,} of run {one}" for one, minutes in sorted(done.back.items())]
        detail = f"Minutes that stand again: {', '.join(back)}." if back else ""
        with registry.together():
            registry.imputations.withdrawn(number, detail)
            told = {
                "imputation": number, "metric": run.metric, "minutes": done.removed,
                "restored": {str(one): minutes for one, minutes in sorted(done.back.items())},
            }  # fmt: skip
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


def _renew(registry: Registry, lock: tuple[str, str]) -> None:
    """Keep a lock while it takes longer."""
    if not registry.locks.renew(*lock):
        raise Conflict("Another run has taken over meanwhile; withdraw again when it is done.")
