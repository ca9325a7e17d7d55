"""One participant's part of a run: gated, filled, summed up. It runs in a process of its own."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from wearhouse.imputation import Completed, Filled, Gate, Minutes, Recipe, fill, gate
from wearhouse.imputation.counting import fill_steps
from wearhouse.imputation.methods import in_range
from wearhouse.imputation.minutes import DAY_MIN
from wearhouse.imputation.model import believable
from wearhouse.imputation.nightly import Nights, fill_nights, gate_nights
from wearhouse.imputation.ordered import moved, ordered, statistics
from wearhouse.imputation.records import counts, digest, gap_table
from wearhouse.imputation.reporting import STATISTICS, Column
from wearhouse.imputation.tipping import DAY_BEGINS, DAY_ENDS, SHIFTS
from wearhouse.samples import constant
from wearhouse.store.imputed import STEPS, lists_of, step, typed
from wearhouse.window import MINUTE_MS, civil_days, from_millis, locate, millis, zone_named

FILLING = {Column.DROPOUTS: "dropouts", Column.NON_WEAR: "non_wear"}
GAP = ("gap", "start_at", "end_at", "minutes", "gap_minutes", "code", "why")


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is given: a participant's data and how they are filled. `timezone` is of
    nights, whose values stand at midnight."""

    run: int
    metric: str
    data: Minutes | Nights
    recipe: Recipe
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Made:
    """What it gives back: rows for the store (schema IMPUTED), from `low` up to `high` (UTC ms)
    all there is, and what the registry keeps."""

    participant: int
    rows: pa.Table
    low: int
    high: int
    digest: str
    counts: dict[str, int]
    statistics: dict[str, Any]
    gaps: list[dict[str, Any]]


def make(task: Task) -> Made:
    """Do one participant's part."""
    if isinstance(task.data, Nights):
        return _nights(task, task.data)
    return _steps(task, task.data) if task.metric == "steps" else _heart_rate(task, task.data)


def _heart_rate(task: Task, minutes: Minutes) -> Made:
    coded, filled = fill(minutes, task.recipe)
    return _made(task, minutes, coded, filled, minutes.value[minutes.observed])


def _steps(task: Task, minutes: Minutes) -> Made:
    coded = task.recipe.release.gated(gate(minutes, task.recipe.rule))
    filled = _there(fill_steps(minutes, coded, task.recipe.draws, task.recipe.seed))
    known = believable(minutes, coded)
    counted = replace(minutes, metric="steps")
    return _made(task, counted, coded, filled, minutes.steps[known])


def _made(task: Task, minutes: Minutes, coded: Gate, filled: Filled, measured: np.ndarray) -> Made:
    at = (minutes.start + filled.at) * MINUTE_MS
    filled = _held(filled, task.metric)
    person = Completed(
        participant=minutes.participant,
        measured=measured,
        code=coded.code[filled.at],
        clock=minutes.clock[filled.at],
        draws=filled.draws.astype(np.float64),
        refused=int(np.count_nonzero(coded.code == 3)),
    )
    gaps = gap_table(minutes, coded).rename_columns(
        ["participant", "metric", "gap", "start_at", "end_at", *GAP[3:]]
    )
    return Made(
        participant=minutes.participant,
        rows=_rows(task, minutes.participant, at, minutes.offset[filled.at], filled, coded),
        low=minutes.start * MINUTE_MS,
        high=(minutes.start + len(minutes)) * MINUTE_MS,
        digest=digest(minutes),
        counts=counts(coded),
        statistics=summed_up(person, shifts=task.metric == "heart_rate"),
        gaps=gaps.select(list(GAP)).to_pylist(),
    )


def _nights(task: Task, nights: Nights) -> Made:
    verdicts, coded = task.recipe.release, gate_nights(nights)
    coded = verdicts.gated(coded)
    found = fill_nights(nights, coded, task.recipe.draws, task.recipe.seed)
    filled = _held(in_range(verdicts.widened(found, coded), task.metric), task.metric)
    days = nights.first + np.arange(len(nights.value) + 1, dtype=np.int64)
    place = locate(days * DAY_MIN * MINUTE_MS, zone_named(task.timezone))
    starts, offsets = place.utc, place.offset
    grid = Minutes(
        nights.participant, nights.metric, nights.first, nights.value,
        np.full(len(nights.value), np.nan), nights.worn, nights.barred, offsets[:-1],
    )  # fmt: skip
    person = Completed(
        nights.participant, nights.value[np.isfinite(nights.value)], coded.code[filled.at],
        np.zeros(len(filled.at), np.int64), filled.draws.astype(np.float64),
        int(np.count_nonzero(coded.code == 3)),
    )  # fmt: skip
    gaps = gap_table(grid, coded).to_pylist()
    for row in gaps:
        at = millis(row["start"]) // MINUTE_MS - nights.first
        row["start_at"], row["end_at"] = (
            from_millis(int(starts[edge])) for edge in (at, at + row["minutes"])
        )
    return Made(
        participant=nights.participant,
        rows=_rows(task, nights.participant, starts[filled.at], offsets[filled.at], filled, coded),
        low=int(starts[0]),
        high=int(starts[-1]),
        digest=digest(grid),
        counts=counts(coded),
        statistics=summed_up(person, shifts=False),
        gaps=[{name: row[name] for name in GAP} for row in gaps],
    )


def _rows(
    task: Task, who: int, at: np.ndarray, offset: np.ndarray, filled: Filled, coded: Gate
) -> pa.Table:
    size, count = step(task.metric), len(at)

    def steps(values: np.ndarray) -> pa.Array:
        return pa.array(np.clip(np.rint(values / size), 0, STEPS).astype(np.int16))

    days = civil_days(at, offset)
    return typed(
        {
            "level": constant("raw", count),
            "metric": constant(task.metric, count),
            "participant": pa.array(np.full(count, who, np.uint32)),
            "t": pa.array(at).cast(pa.timestamp("ms", "UTC")),
            "day": pa.array(days.astype("datetime64[D]"), pa.date32()),
            "offset": pa.array(offset.astype(np.int16)),
            "median": steps(filled.value),
            "mean": steps(filled.mean),
            "sd": steps(filled.sd),
            "low": steps(filled.low),
            "high": steps(filled.high),
            "code": pa.array(coded.code[filled.at].astype(np.int16)),
            "gap": pa.array(coded.gap[filled.at].astype(np.uint32)),
            "run": pa.array(np.full(count, task.run, np.uint32)),
            "draws": lists_of(np.rint(filled.draws.T / size).astype(float), pa.int16()),
        },
        count,
    )


def _held(filled: Filled, metric: str) -> Filled:
    """Draws as the store keeps them, so that reports and rollups are made of the same ones."""
    size = step(metric)
    held = np.clip(np.rint(filled.draws / size), 0, STEPS) * size
    return replace(filled, draws=held.astype(np.float64))


def _there(filled: Filled) -> Filled:
    """Only what the method had a value for."""
    has = np.isfinite(filled.value)
    columns = {name: getattr(filled, name)[has] for name in ("at", "value", "mean", "sd")}
    return replace(
        filled, **columns, low=filled.low[has], high=filled.high[has], draws=filled.draws[:, has]
    )


def summed_up(person: Completed, shifts: bool) -> dict[str, Any]:
    """Each statistic of a participant: of what was measured, and with each draw."""
    if not len(person.measured):
        return {}
    told: dict[str, Any] = {
        "measured": len(person.measured),
        "refused": person.refused,
        "imputed": {name: person.imputed(column) for column, name in FILLING.items()},
        "observed": {
            name: round(statistic(person.measured), 6) for name, statistic in STATISTICS.items()
        },
    }
    centre = float(np.mean(person.measured))
    measured = ordered(person.measured, centre)
    non_wear = person.code == Column.NON_WEAR
    by_day = (person.clock >= DAY_BEGINS) & (person.clock < DAY_ENDS)
    short, night, day = ~non_wear, non_wear & ~by_day, non_wear & by_day
    drawn: dict[str, list[dict[str, float]]] = {name: [] for name in FILLING.values()}
    tried: dict[str, dict[str, list[dict[str, float]]]] = {
        hours: {f"{shift:g}": [] for shift in SHIFTS} for hours in ("all", "day")
    }
    for draw in person.draws:
        brief, nights, days = (ordered(draw[part], centre) for part in (short, night, day))
        drawn["dropouts"].append(statistics([measured, brief]))
        drawn["non_wear"].append(statistics([measured, brief, nights, days]))
        for shift in SHIFTS if shifts else ():
            later = moved(days, shift)
            for hours, early in (("all", moved(nights, shift)), ("day", nights)):
                found = statistics([measured, brief, early, later])
                tried[hours][f"{shift:g}"].append(found)
    told |= {name: _columns(rows) for name, rows in drawn.items()}
    if shifts and len(person.code):
        told["shifted"] = {
            hours: {shift: _columns(rows) for shift, rows in of_shifts.items()}
            for hours, of_shifts in tried.items()
        }
    return told


def _columns(rows: list[dict[str, float]]) -> dict[str, list[float]]:
    return {name: [round(row[name], 6) for row in rows] for name in STATISTICS}
