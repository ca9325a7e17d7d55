"""Nights with their stages, and workouts."""

from dataclasses import replace

import msgspec
import pyarrow as pa

from wearhouse.samples import Parsed
from wearhouse.sources.batches import Batches
from wearhouse.sources.columns import lenient
from wearhouse.sources.fitbit_web.sleep import SECOND_MS, Segment, laid_out
from wearhouse.sources.google_health.catalogue import Part
from wearhouse.sources.google_health.page import fault, rows
from wearhouse.sources.google_health.points import minutes_of
from wearhouse.window import MINUTE_MS

STAGES = {"LIGHT": "light", "DEEP": "deep", "REM": "rem"}
CLASSIC = {"ASLEEP": "asleep", "RESTLESS": "restless", "AWAKE": "awake"}


class Interval(msgspec.Struct, frozen=True, rename="camel"):
    """When a session was, and its offsets from UTC."""

    start_time: str
    end_time: str
    start_utc_offset: str | None = None
    end_utc_offset: str | None = None


class Stage(msgspec.Struct, frozen=True, rename="camel"):
    """A stretch of one stage of sleep."""

    start_time: str
    end_time: str
    type: str = ""


class Metadata(msgspec.Struct, frozen=True, rename="camel"):
    """What the vendor thinks of a night."""

    main_sleep: bool | None = None
    nap: bool = False


class Sleep(msgspec.Struct, frozen=True, rename="camel"):
    """A night, or a nap."""

    interval: Interval
    type: str = ""
    stages: list[Stage] = []
    short_awakenings: list[Stage] = []
    metadata: Metadata = Metadata()


class Night(msgspec.Struct, frozen=True, rename="camel"):
    """A point of sleep."""

    sleep: Sleep
    name: str = ""


class Exercise(msgspec.Struct, frozen=True, rename="camel"):
    """A workout."""

    interval: Interval
    exercise_type: str = ""
    display_name: str = ""


class Workout(msgspec.Struct, frozen=True, rename="camel"):
    """A point of exercise."""

    exercise: Exercise
    name: str = ""


class Span(msgspec.Struct, frozen=True, rename="camel"):
    """An interval in UTC ms; `dated` is its end on the clock that its start had."""

    start: int
    end: int
    offset: int | None
    dated: int


def read_sessions(part: Part, content: bytes) -> Parsed:
    """The episodes of a page of sleep or exercise."""
    batches = Batches("")
    for raw in rows(content):
        position = batches.place()
        try:
            if part.kind == "night":
                _night(msgspec.json.decode(raw, type=Night), position, batches)
            else:
                _workout(msgspec.json.decode(raw, type=Workout), position, batches)
        except msgspec.DecodeError as error:
            batches.reject(position, fault(error), raw.decode(errors="replace"))
        except ValueError as error:
            batches.reject(position, str(error), raw.decode(errors="replace"))
    return replace(batches.take(), clock="utc")


def _night(night: Night, position: int, batches: Batches) -> None:
    sleep = night.sleep
    span = _span(sleep.interval)
    segments, unknown = _segments(sleep)
    stages = laid_out(segments)
    log = _log(night.name, span)
    main = False if sleep.metadata.nap else sleep.metadata.main_sleep
    batches.episode(
        "sleep", span.start, span.end, position,
        dated=span.dated, label=sleep.type.lower(), log=log, main=main, offset=span.offset,
    )  # fmt: skip
    for stage in stages:
        t = stage.start * SECOND_MS
        batches.episode(
            "sleep_stage", t, t + stage.seconds * SECOND_MS, position,
            dated=span.dated, label=stage.stage, log=log, main=main, offset=span.offset,
        )  # fmt: skip
    for name in unknown:
        batches.reject(position, f"no sleep stage is called {name!r}", log)


def _workout(workout: Workout, position: int, batches: Batches) -> None:
    exercise = workout.exercise
    span = _span(exercise.interval)
    batches.episode(
        "exercise", span.start, span.end, position,
        dated=span.start,
        label=exercise.exercise_type.lower() or exercise.display_name,
        log=_log(workout.name, span),
        offset=span.offset,
    )  # fmt: skip


def _span(interval: Interval) -> Span:
    start, end = _instants([interval.start_time, interval.end_time])
    if start is None or end is None:
        raise ValueError("the session does not say when it starts and ends")
    if end <= start:
        raise ValueError("the session does not end after it starts")
    offset, later = minutes_of(interval.start_utc_offset), minutes_of(interval.end_utc_offset)
    moved = later - offset if offset is not None and later is not None else 0
    return Span(start, end, offset, end + moved * MINUTE_MS)


def _segments(sleep: Sleep) -> tuple[list[Segment], list[str]]:
    """The stages in the order in which they lie upon each other, and those of unknown names."""
    # "Awake" is a stage of its own in classic sleep, and wakefulness among the others.
    named = CLASSIC if sleep.type == "CLASSIC" else {**CLASSIC, **STAGES, "AWAKE": "wake"}
    found = sorted(sleep.stages, key=lambda stage: stage.start_time) + sleep.short_awakenings
    starts = _instants([stage.start_time for stage in found])
    ends = _instants([stage.end_time for stage in found])
    segments, unknown = [], []
    for stage, start, end in zip(found, starts, ends, strict=True):
        if start is None or end is None or end < start:
            raise ValueError("a stage of the sleep has no time or no length")
        if stage.type not in named:
            unknown.append(stage.type)
            continue
        first = start // SECOND_MS
        segments.append(Segment(first, end // SECOND_MS - first, named[stage.type]))
    return segments, list(dict.fromkeys(unknown))


def _instants(texts: list[str]) -> list[int | None]:
    times = lenient(pa.array(texts, pa.string()), pa.timestamp("ns", "UTC"))
    found: list[int | None] = (
        times.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64()).to_pylist()
    )
    return found


def _log(name: str, span: Span) -> str:
    return name.rpartition("/")[2] or str(span.start)
