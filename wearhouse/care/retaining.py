"""How long each study keeps its samples in the store. What is older goes to the archive, or for
good; rollups stay either way."""

from collections.abc import Callable
from datetime import date, datetime

import numpy as np

from wearhouse.care.archiving import Done, archive_before
from wearhouse.errors import Conflict
from wearhouse.registry import Registry
from wearhouse.store import Store
from wearhouse.study import Study


def due_before(study: Study, today: date) -> date | None:
    """The first day that the store keeps: whole civil months, that of today not counted."""
    if study.raw_months is None:
        return None
    month = np.datetime64(today, "M") - study.raw_months
    first: date = month.astype("datetime64[D]").astype(object)
    return first


def retain(
    store: Store,
    registry: Registry,
    root: str,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
) -> list[Done]:
    """Let go what studies no longer keep; nothing if another process is at that already."""
    done = []
    for study in registry.studies():
        before = due_before(study, now.date())
        if before is None:
            continue
        people = {one.id for one in registry.participants(study.code)}
        where = root if study.raw_then == "archive" else ""
        try:
            done.append(archive_before(store, registry, where, before, people, stop=stop))
        except Conflict:
            return done
    return done
