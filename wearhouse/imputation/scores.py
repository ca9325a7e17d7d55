"""How well hidden minutes were filled, one row for each hidden gap and method."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, TypeVar

import numpy as np
import pyarrow as pa
from scipy.special import stdtrit

from wearhouse.imputation.gating import Code, Gate, Why, gaps
from wearhouse.imputation.masks import Grid, Hidden
from wearhouse.imputation.methods import Filled, Method
from wearhouse.imputation.minutes import Floats, Minutes
from wearhouse.imputation.nightly import Nights

Scenario = Literal["as_if_worn", "worn"]
"""Whether hidden minutes pose as non-wear, or as a dropout in which steps show the device worn."""

SCORES = pa.schema(
    [
        ("participant", pa.uint32()),
        ("round", pa.int32()),
        ("pattern", pa.string()),  # fixed, or transplanted from other people
        ("scenario", pa.string()),
        ("method", pa.string()),
        ("kind", pa.string()),  # the class of length
        ("block", pa.int64()),  # two civil days, the unit of the bootstrap
        ("night", pa.bool_()),  # begins before 6 in the morning
        ("pace", pa.float64()),  # steps a minute while it was measured, null if not known
        ("length", pa.int32()),
        ("minutes", pa.int32()),  # measured ones, with which the fill is compared
        ("filled", pa.int32()),  # of those
        ("absolute", pa.float64()),  # sums over filled minutes
        ("square", pa.float64()),
        ("error", pa.float64()),
        ("width", pa.float64()),
        ("reach", pa.list_(pa.float32())),  # distance from the point, in half widths (log scale)
        ("mean_covered", pa.bool_()),  # the 90 % interval of the gap's mean, from draws
        ("sd_true", pa.float64()),
        ("sd_point", pa.float64()),
        ("sd_draws", pa.float64()),
    ]
)

NIGHT_ENDS = 360

Whose = TypeVar("Whose", Minutes, Nights)


def hidden_from(person: Whose, hidden: Sequence[Hidden]) -> Whose:
    """The participant without the values of hidden stretches."""
    value = person.value.copy()
    for one in hidden:
        value[one.span] = np.nan
    return replace(person, value=value)


def gate_of_hidden(masked: Grid, hidden: Sequence[Hidden], scenario: Scenario) -> Gate:
    """A gate that lets only hidden minutes through."""
    number, length = gaps(masked.observed)
    why = np.where(masked.observed, Why.MEASURED, Why.UNSUPPORTED).astype(np.int8)
    code = np.where(masked.observed, Code.OBSERVED, Code.REFUSED).astype(np.int8)
    worn = scenario == "worn"
    for one in hidden:
        why[one.span] = Why.EVIDENCE if worn else Why.SUPPORTED
        code[one.span] = Code.DROPOUT if worn else Code.NON_WEAR
    return Gate(code, why, number, length)


def score(
    minutes: Minutes,
    hidden: Sequence[Hidden],
    method: Method,
    scenario: Scenario,
    draws: int,
    seed: int,
    labels: tuple[int, str],
) -> list[dict[str, object]]:
    """Fill hidden stretches by a method that cannot see them, and compare. Rows of SCORES."""
    masked = hidden_from(minutes, hidden)
    coded = gate_of_hidden(masked, hidden, scenario)
    filled = method.fill(masked, coded, draws, seed)
    place = np.full(len(minutes), -1)
    place[filled.at] = np.arange(len(filled.at))
    clock, day = minutes.clock, minutes.day
    rows: list[dict[str, object]] = []
    for one in hidden:
        at = np.arange(one.start, one.start + one.length)
        at = at[np.isfinite(minutes.value[at])]
        rows.append(
            {
                "participant": minutes.participant,
                "round": labels[0],
                "pattern": labels[1],
                "scenario": scenario,
                "method": method.name,
                "kind": one.kind,
                "block": int(day[one.start]) // 2,
                "night": bool(clock[one.start] < NIGHT_ENDS),
                "pace": pace(minutes, at),
                "length": one.length,
                "minutes": len(at),
                **compared(minutes.value[at], filled, place[at]),
            }
        )
    return rows


def compared(truth: Floats, filled: Filled, place: np.ndarray) -> dict[str, object]:
    """What a row of SCORES says of one gap: its true values, and their places in what was filled
    (-1: not filled)."""
    has = place >= 0
    has[has] = np.isfinite(filled.value[place[has]])
    truth, place = truth[has], place[has]
    point, low, high = filled.value[place], filled.low[place], filled.high[place]
    error = point - truth
    paths = filled.draws[:, place].astype(np.float64)
    drawn = len(paths) > 1 and len(truth) > 0
    with np.errstate(invalid="ignore"):
        half = np.where(truth > point, np.log(high / point), np.log(point / low))
        reach = np.abs(np.log(truth / point)) / half
    bounded = len(reach) > 0 and bool(np.isfinite(reach).all())
    return {
        "filled": len(truth),
        "absolute": float(np.abs(error).sum()),
        "square": float((error**2).sum()),
        "error": float(error.sum()),
        "width": float((high - low).sum()) if bounded else None,
        "reach": reach.astype(np.float32) if bounded else None,
        "mean_covered": _mean_covered(truth, paths) if drawn else None,
        "sd_true": float(truth.std()) if len(truth) else None,
        "sd_point": float(point.std()) if len(truth) else None,
        "sd_draws": float(paths.std(axis=1).mean()) if drawn else None,
    }


def pace(minutes: Minutes, at: np.ndarray) -> float | None:
    """Steps a minute, over those of these minutes of which steps are known; None of none."""
    steps = minutes.steps[at]
    steps = steps[np.isfinite(steps)]
    return float(steps.mean()) if len(steps) else None


def _mean_covered(truth: Floats, paths: Floats) -> bool:
    gap_means = paths.mean(axis=1)
    m = len(gap_means)
    reach = stdtrit(m - 1, 0.95) * np.sqrt((1 + 1 / m) * gap_means.var(ddof=1))
    return bool(abs(gap_means.mean() - truth.mean()) <= reach)


def table_of(rows: list[dict[str, object]]) -> pa.Table:
    """Rows of score as a table."""
    return pa.Table.from_pylist(rows, schema=SCORES)
