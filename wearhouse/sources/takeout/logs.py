"""Logs of sleep and exercise in JSON, with local times."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from wearhouse.samples import Parsed
from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import documents, keyed
from wearhouse.sources.files import File
from wearhouse.sources.fitbit_web.sleep import read_sleep
from wearhouse.sources.takeout.arrays import us_times
from wearhouse.sources.takeout.families import Family
from wearhouse.sources.takeout.survey import Survey
from wearhouse.sources.values import number

LONGEST_MS = 2 * 86_400_000


def read_sleeps(file: File) -> Iterator[Parsed]:
    """Sleep logs; the archive says mainSleep where the API says isMainSleep."""
    batches = Batches("")
    for document in documents(file):
        log = dict(keyed(document.tree))
        log["isMainSleep"] = log.get("mainSleep", log.get("isMainSleep"))
        if (number(log.get("duration")) or 0) > LONGEST_MS:
            batches.reject(batches.place(), "the sleep lasts more than two days", document.tree)
        else:
            read_sleep([log], batches)
        if batches.full:
            yield batches.take()
    if not batches.empty:
        yield batches.take()


def read_exercises(file: File, family: Family, survey: Survey) -> Iterator[Parsed]:
    """Exercises, without those of dates on which a better copy holds any."""
    batches, in_utc = Batches(""), survey.clock(family) == "utc"
    for document in documents(file):
        log, position = keyed(document.tree), batches.place()
        written, duration = log.get("startTime"), number(log.get("duration"))
        times = us_times(pa.array([written if isinstance(written, str) else None], pa.string()))
        t, end = times.cast(pa.int64()).fill_null(0).to_numpy(), duration or 0
        if times.null_count or not 0 < end <= LONGEST_MS:
            reason = "the exercise does not say when it starts, or that it ends within two days"
            batches.reject(position, reason, document.tree)
        elif survey.wanted(family, t, np.array([in_utc]), None).all():
            start = int(t[0])
            batches.episode(
                "exercise", start, start + round(end), position, dated=start,
                label=str(log.get("activityName") or ""), log=str(log.get("logId", "")),
            )  # fmt: skip
    if not batches.empty:
        taken = batches.take()
        yield Parsed(taken.samples, taken.episodes, taken.rejects, "utc" if in_utc else "civil")
