"""Sleep of Apple Health: single stretches of stages, joined into nights of one source."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wearhouse.sources.batches import Batches
from wearhouse.sources.fitbit_web.sleep import Segment, laid_out

MINUTE_MS, HOUR_MS, DAY_MS, SECOND_MS = 60_000, 3_600_000, 86_400_000, 1000
STAGES = {
    "AsleepCore": "light", "AsleepDeep": "deep", "AsleepREM": "rem", "Awake": "wake",
    "AsleepUnspecified": "asleep", "Asleep": "asleep",
}  # fmt: skip
IN_BED = "InBed"
STAGED = {"light", "deep", "rem"}


@dataclass(frozen=True)
class Stretch:
    """One stage from one UTC ms to another, with the minutes east of UTC at both."""

    start: int
    end: int
    start_offset: int
    end_offset: int
    stage: str
    position: int


Night = list[Stretch]


def read_nights(stretches: dict[int, list[Stretch]], ranks: list[int], batches: Batches) -> None:
    """A sleep with its stages for each night; of nights that overlap, the better source's."""
    found = [(ranks[source], night) for source in stretches for night in _nights(stretches[source])]
    found.sort(key=lambda one: (one[0], _start(one[1]) - _end(one[1])))
    starts: list[int] = []
    ends: list[int] = []
    kept: list[Night] = []
    for _, night in found:
        at = bisect_left(starts, _start(night))
        overlaps = (at and ends[at - 1] > _start(night)) or (
            at < len(starts) and starts[at] < _end(night)
        )
        if not overlaps:
            starts.insert(at, _start(night))
            ends.insert(at, _end(night))
            kept.append(night)
    main = _longest(kept)
    for night in sorted(kept, key=_start):
        _take(night, id(night) in main, batches)


def _nights(stretches: list[Stretch]) -> Iterator[Night]:
    night: Night = []
    for stretch in sorted(stretches, key=lambda one: one.start):
        if night and stretch.start - _end(night) > HOUR_MS:
            yield from _asleep(night)
            night = []
        night.append(stretch)
    yield from _asleep(night)


def _asleep(night: Night) -> Iterator[Night]:
    if any(stretch.stage != "wake" for stretch in night):
        yield night


def _start(night: Night) -> int:
    return min(stretch.start for stretch in night)


def _end(night: Night) -> int:
    return max(stretch.end for stretch in night)


def _longest(nights: list[Night]) -> set[int]:
    """The longest night of each civil date: the export does not tell naps from main sleep."""
    of_day: dict[int, list[Night]] = defaultdict(list)
    for night in nights:
        last = max(night, key=lambda stretch: stretch.end)
        of_day[(last.end + last.end_offset * MINUTE_MS) // DAY_MS].append(night)
    return {id(max(group, key=lambda one: _end(one) - _start(one))) for group in of_day.values()}


def _take(night: Night, main: bool, batches: Batches) -> None:
    start, end = _start(night), _end(night)
    first, last = min(night, key=lambda one: one.start), max(night, key=lambda one: one.end)
    offset, position = first.start_offset, first.position
    dated = end + (last.end_offset - offset) * MINUTE_MS
    log = str(np.datetime64(start, "ms"))
    try:
        stages = laid_out(
            [
                Segment(one.start // SECOND_MS, (one.end - one.start) // SECOND_MS, one.stage)
                for one in night
            ]
        )
    except ValueError as error:
        batches.reject(position, str(error), log)
        return
    kind = "stages" if STAGED & {one.stage for one in night} else "classic"
    batches.episode(
        "sleep", start, end, position, dated=dated, label=kind, log=log, main=main, offset=offset
    )
    for stage in stages:
        t = stage.start * SECOND_MS
        batches.episode(
            "sleep_stage", t, t + stage.seconds * SECOND_MS, position,
            dated=dated, label=stage.stage, log=log, main=main, offset=offset,
        )  # fmt: skip
