"""Collections of the Oura API v2, as files: an array, one record, or a page of records."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from wearhouse.errors import Unwanted
from wearhouse.samples import Clock, Parsed
from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import Json, documents, keyed, listed, outline
from wearhouse.sources.files import File, Head
from wearhouse.sources.values import Moment, day, moment, number

MINUTE_MS, SECOND_MS, MINUTE_S = 60_000, 1000, 60
LONGEST_INTERVAL_S = 3600
LONGEST_MS = 48 * 60 * MINUTE_MS
PHASES = {"1": "deep", "2": "light", "3": "rem", "4": "wake"}
PHASE_LENGTHS = {"sleep_phase_30_sec": 30 * SECOND_MS, "sleep_phase_5_min": 5 * MINUTE_MS}
MAIN = "long_sleep"

ACTIVITY = {
    "steps": ("daily_steps", 1.0),
    "total_calories": ("daily_calories", 1.0),
    "sedentary_time": ("sedentary_minutes", 1 / MINUTE_S),
    "low_activity_time": ("lightly_active_minutes", 1 / MINUTE_S),
    "medium_activity_time": ("fairly_active_minutes", 1 / MINUTE_S),
    "high_activity_time": ("very_active_minutes", 1 / MINUTE_S),
}

# The keys by which a record of a collection is known, the most telling first.
SIGNS: dict[str, frozenset[str]] = {
    "heart_rate": frozenset({"bpm", "source", "timestamp"}),
    "sleep": frozenset({"bedtime_start", "bedtime_end"}),
    "daily_activity": frozenset({"day", "steps", "active_calories"}),
    "daily_spo2": frozenset({"day", "spo2_percentage"}),
    "daily_readiness": frozenset({"day", "score", "temperature_deviation"}),
    "scores of the day": frozenset({"day", "score", "contributors"}),
    "scores of readiness": frozenset({"summary_date", "score_activity_balance"}),
    "advice on bedtimes": frozenset({"bedtime_window", "status"}),
}
COLLECTIONS = "heart_?rate|sleep|daily_activity|daily_sleep|daily_readiness|readiness|daily_spo2"
PERSON = re.compile(rf"(?:^|[/!])(?:{COLLECTIONS})_([A-Za-z0-9-]+)\.json(?:\.gz)?$")

Record: TypeAlias = dict[str, Json]
CIVIL = -1 << 15
"""Stands for times whose offset is not stated."""

Gathered = dict[int | None, Batches]
"""Batches by the offset of their times; those of None are times in UTC at an unknown place."""


class Oura:
    """Reads Oura's collections; at most the file names the person: sleep_user1.json."""

    name = "oura"
    refines = ""

    def recognises(self, head: Head) -> bool:
        found = outline(head.content)
        if found is None:
            return False
        tops = {path[0] for path in found.paths if len(path) == 1}
        paged = {path[1] for path in found.paths if len(path) == 2 and path[0] == "data"}
        return any(sign <= tops or sign <= paged for sign in SIGNS.values())

    def read(self, file: File) -> Iterator[Parsed]:
        named = PERSON.search(file.name)
        person, position = named[1] if named else "", 0
        gathered: Gathered = defaultdict(lambda: Batches(person))
        for document in documents(file):
            for node in _records(document.tree):
                _read(file.name, node, position, gathered)
                position += 1
            if any(batches.full for batches in gathered.values()):
                yield from _taken(gathered)
        yield from _taken(gathered)


def _records(tree: Json) -> Iterator[Json]:
    page = keyed(tree).get("data")
    yield from listed(page) if isinstance(page, list) else (tree,)


def _read(name: str, node: Json, position: int, gathered: Gathered) -> None:
    record = keyed(node)
    collection = next((one for one, sign in SIGNS.items() if sign <= record.keys()), None)
    if collection in READERS:
        READERS[collection](record, position, gathered)
    elif collection:
        raise Unwanted(f"{name} holds {collection}, nothing to import.")
    else:
        gathered[CIVIL].reject(position, "the record is of no collection that is read", node)


def _taken(gathered: Gathered) -> Iterator[Parsed]:
    for offset, batches in gathered.items():
        if not batches.empty:
            taken = batches.take()
            samples = taken.samples
            if offset not in (None, CIVIL):
                stated = pa.array(np.full(samples.num_rows, offset, np.int16))
                place = samples.column_names.index("offset")
                samples = samples.set_column(place, samples.schema.field("offset"), stated)
            clock: Clock = "utc" if offset is None else "civil"
            yield Parsed(samples, taken.episodes, taken.rejects, clock)


def _moment(node: Json) -> Moment | None:
    """A time as Oura writes it, at times with a space before the offset."""
    return moment(re.sub(r" (?=[-+]\d\d:\d\d$)", "", node)) if isinstance(node, str) else None


def _batches(at: Moment, gathered: Gathered) -> Batches:
    return gathered[CIVIL if at.offset is None else at.offset]


def _heart_rate(record: Record, position: int, gathered: Gathered) -> None:
    at, bpm = _moment(record["timestamp"]), number(record["bpm"])
    if at is None or bpm is None:
        gathered[CIVIL].reject(position, "the heart rate has no time or is not a number", record)
    elif at.offset:
        _batches(at, gathered).sample("heart_rate", at.civil, bpm, position)
    else:
        # This collection is in UTC, wherever the person was.
        gathered[None].sample("heart_rate", at.civil, bpm, position)


def _activity(record: Record, position: int, gathered: Gathered) -> None:
    for key, (metric, scale) in ACTIVITY.items():
        _daily(record, record.get(key), metric, position, gathered, scale)


def _readiness(record: Record, position: int, gathered: Gathered) -> None:
    deviation = record["temperature_deviation"]
    _daily(record, deviation, "skin_temperature_variation", position, gathered)


def _spo2(record: Record, position: int, gathered: Gathered) -> None:
    average = keyed(record["spo2_percentage"]).get("average")
    _daily(record, average or None, "daily_spo2", position, gathered)


def _daily(
    record: Record, node: Json, metric: str, position: int, gathered: Gathered, scale: float = 1.0
) -> None:
    date, value = day(record.get("day")), number(node)
    if node is None:
        return
    if date is None:
        gathered[CIVIL].reject(position, "the record does not say of which day", record)
    elif value is None:
        gathered[CIVIL].reject(position, f"{metric} is not a number", record)
    else:
        gathered[CIVIL].sample(metric, date, value * scale, position)


def _sleep(record: Record, position: int, gathered: Gathered) -> None:
    start, end = _moment(record["bedtime_start"]), _moment(record["bedtime_end"])
    kind, name = str(record.get("type") or ""), record.get("id")
    log = name if isinstance(name, str) else str(record["bedtime_start"])
    if kind in ("deleted", "rest"):
        return
    _night(record, kind == MAIN, position, gathered)
    if start is None or end is None or not 0 < _utc(end) - _utc(start) <= LONGEST_MS:
        reason = "the sleep does not end within two days after it starts"
        gathered[CIVIL].reject(position, reason, record)
        return
    batches, shift = _batches(start, gathered), _utc(start) - start.civil
    stages = list(_stages(record))
    label = "stages" if stages else "classic"
    dates = {"dated": end.civil, "main": kind == MAIN, "offset": start.offset, "log": log}
    until = _utc(end) - shift
    batches.episode("sleep", start.civil, until, position, label=label, **dates)  # type: ignore[arg-type]
    for stage, since, length in stages:
        t = start.civil + since
        batches.episode("sleep_stage", t, t + length, position, label=stage, **dates)  # type: ignore[arg-type]
    for key, metric in (("heart_rate", "heart_rate"), ("hrv", "hrv_rmssd")):
        _during(keyed(record.get(key)), metric, position, gathered)


def _utc(at: Moment) -> int:
    return at.civil - (at.offset or 0) * MINUTE_MS


def _night(record: Record, main: bool, position: int, gathered: Gathered) -> None:
    """What is stated once for the main sleep of a day."""
    if not main:
        return
    _daily(record, record.get("average_breath") or None, "breathing_rate", position, gathered)
    _daily(record, record.get("average_hrv") or None, "daily_hrv_rmssd", position, gathered)
    deviation = keyed(record.get("readiness")).get("temperature_deviation")
    _daily(record, deviation, "skin_temperature_variation", position, gathered)


def _stages(record: Record) -> Iterator[tuple[str, int, int]]:
    """Stages, each with how long after the start of the sleep it begins and how long it lasts."""
    key = next((key for key in PHASE_LENGTHS if record.get(key)), None)
    if key is None:
        return
    since = 0
    for phase, group in groupby(str(record[key])):
        length = len(list(group)) * PHASE_LENGTHS[key]
        if phase in PHASES:
            yield PHASES[phase], since, length
        since += length


def _during(series: Record, metric: str, position: int, gathered: Gathered) -> None:
    """A series of values at equal intervals; null and zero stand for none."""
    at, interval = _moment(series.get("timestamp")), number(series.get("interval"))
    values = [number(node) for node in listed(series.get("items"))]
    if at is None or not interval or not 0 < interval <= LONGEST_INTERVAL_S:
        return
    for index, value in enumerate(values):
        if value:
            t = at.civil + round(index * interval * SECOND_MS)
            _batches(at, gathered).sample(metric, t, value, position)


READERS: dict[str | None, Callable[[Record, int, Gathered], None]] = {
    "heart_rate": _heart_rate,
    "sleep": _sleep,
    "daily_activity": _activity,
    "daily_spo2": _spo2,
    "daily_readiness": _readiness,
}
