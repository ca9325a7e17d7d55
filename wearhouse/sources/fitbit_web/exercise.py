"""Workouts of Fitbit, from its list of logs and from its summary of a day."""

from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import Json, keyed
from wearhouse.sources.values import Moment, moment, number

NAMES = ("activityName", "name", "activityParentName")


def read_exercise(logs: list[Json], batches: Batches) -> None:
    """An exercise episode of each log."""
    for node in logs:
        log, position = keyed(node), batches.place()
        at, duration = _start(log), number(log.get("duration"))
        if at is None or duration is None or duration <= 0:
            reason = "the exercise does not say when it starts or how long it lasts"
            batches.reject(position, reason, node)
            continue
        label = next((str(log[name]) for name in NAMES if log.get(name)), "")
        batches.episode(
            "exercise",
            at.civil,
            at.civil + round(duration),
            position,
            dated=at.civil,
            label=label,
            log=str(log.get("logId", "")),
            offset=at.offset,
        )


def _start(log: dict[str, Json]) -> Moment | None:
    if "startDate" not in log:
        return moment(log.get("startTime"))
    # Without a start of its own, a log of the day's summary claims midnight.
    stated = log.get("hasStartTime", True)
    return moment(f"{log['startDate']}T{log.get('startTime')}") if stated else None
