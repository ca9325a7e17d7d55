"""Sleep logs of Fitbit: version 1.2 with stages, version 1.0 with a value for every minute."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from wearhouse.metrics import STAGES
from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import Json, keyed, listed
from wearhouse.sources.values import civil, moment, number

SECOND_MS = 1000
MINUTE_S = 60
DAY_S = 86_400
LONGEST_S = 2 * DAY_S
CLASSIC = {1.0: "asleep", 2.0: "restless", 3.0: "awake"}


@dataclass(frozen=True)
class Segment:
    """A stage from a wall time on, in seconds."""

    start: int
    seconds: int
    stage: str


def read_sleep(logs: list[Json], batches: Batches) -> None:
    """A sleep episode of each log, and its stages laid out so that they do not overlap."""
    for node in logs:
        log, position = keyed(node), batches.place()
        start, end = civil(log.get("startTime")), _end(log)
        if start is None or end is None:
            batches.reject(position, "the sleep does not say when it starts and ends", node)
            continue
        try:
            stages = laid_out(_segments(log, start // SECOND_MS))
        except ValueError as error:
            batches.reject(position, str(error), node)
            continue
        if end <= start:
            batches.reject(position, "the sleep does not end after it starts", node)
            continue
        main, name = log.get("isMainSleep"), str(log.get("logId", ""))
        is_main = main if isinstance(main, bool) else None
        kind = str(log.get("type") or "classic")
        batches.episode(
            "sleep", start, end, position, dated=end, label=kind, log=name, main=is_main
        )
        for stage in stages:
            t = stage.start * SECOND_MS
            until = t + stage.seconds * SECOND_MS
            batches.episode(
                "sleep_stage", t, until, position,
                dated=end, label=stage.stage, log=name, main=is_main,
            )  # fmt: skip


def laid_out(segments: list[Segment]) -> list[Segment]:
    """The same stretch of time with one stage at every second: of two, the one given last."""
    if not segments:
        return []
    first = min(segment.start for segment in segments)
    last = max(segment.start + segment.seconds for segment in segments)
    if last - first > LONGEST_S:
        raise ValueError("the stages span more than two days")
    stages = [*dict.fromkeys(segment.stage for segment in segments)]
    painted = np.zeros(last - first, np.int8)
    for segment in segments:
        start = segment.start - first
        painted[start : start + segment.seconds] = 1 + stages.index(segment.stage)
    edges = [0, *(np.flatnonzero(np.diff(painted)) + 1).tolist(), len(painted)]
    return [
        Segment(first + start, end - start, stages[painted[start] - 1])
        for start, end in pairwise(edges)
        if end > start and painted[start]
    ]


def _end(log: dict[str, Json]) -> int | None:
    start, duration = civil(log.get("startTime")), number(log.get("duration"))
    stated = civil(log.get("endTime"))
    if stated is not None or start is None or duration is None:
        return stated
    return start + round(duration)


def _segments(log: dict[str, Json], start: int) -> list[Segment]:
    levels = keyed(log.get("levels"))
    if not levels:
        return _minutes(listed(log.get("minuteData")), start)
    stages = sorted(map(_segment, listed(levels.get("data"))), key=lambda stage: stage.start)
    # Wakes of up to three minutes lie on top of the stages that they interrupt.
    return stages + [_segment(node) for node in listed(levels.get("shortData"))]


def _segment(node: Json) -> Segment:
    entry = keyed(node)
    at = moment(entry.get("dateTime") or entry.get("datetime"))
    seconds, stage = number(entry.get("seconds")), entry.get("level")
    if at is None or seconds is None or seconds < 0:
        raise ValueError("a stage of the sleep has no time or no length")
    if stage not in STAGES:
        raise ValueError(f"no sleep stage is called {stage!r}")
    return Segment(at.civil // SECOND_MS, round(seconds), str(stage))


def _minutes(nodes: list[Json], start: int) -> list[Segment]:
    segments: list[Segment] = []
    earliest = start
    for entry in map(keyed, nodes):
        at, value = _clock(entry.get("dateTime"), start), number(entry.get("value"))
        stage = CLASSIC.get(value) if value is not None else None
        if at is None or stage is None:
            raise ValueError("a minute of the sleep has no time or no known value")
        # The minutes carry no date: one that steps back is of the next day.
        while at < earliest:
            at += DAY_S
        segments.append(Segment(at, MINUTE_S, stage))
        earliest = at
    return segments


def _clock(node: Json, start: int) -> int | None:
    midnight = civil(f"1970-01-01T{node}")
    if midnight is None:
        return None
    return start - start % DAY_S + midnight // SECOND_MS
