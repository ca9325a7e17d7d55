"""Scores of hidden gaps as figures: by class of gap and method, with bootstrap intervals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.imputation.minutes import Floats

RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval (bootstrap over participants' blocks of two days)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How one method filled one class of hidden gaps; bpm where a unit is due, NaN if none.

    `versus` is the change of MAE against a baseline on the gaps that both fill whole (-0.2: a
    fifth better). `spread` is the SD within gaps of draws over the true one, `single` that of
    points. `widen` would bring the coverage to 90 %.
    """

    kind: str
    method: str
    gaps: int
    minutes: int
    mae: Figure
    rmse: float
    bias: float
    coverage: Figure
    width: float
    mean_coverage: Figure
    spread: Figure
    single: float
    widen: float
    versus: Mapping[str, Figure]


class Resampled(NamedTuple):
    """The block of each row, and how often each block is in each resample (resamples × blocks)."""

    block: np.ndarray
    weights: np.ndarray


def figures(
    scores: pa.Table, kind: str, method: str, against: tuple[str, ...] = (), seed: int = 0
) -> Figures:
    """Summarise the rows of one class ("all": every class) and method of one scenario."""
    rows = scores if kind == "all" else scores.filter(pc.equal(scores["kind"], kind))
    own = rows.filter(pc.equal(rows["method"], method))
    resampled = _resampled(own, seed)
    filled = _column(own, "filled")
    reach, of_gap = _reaches(own)
    covered = np.bincount(of_gap[reach <= 1], minlength=own.num_rows).astype(np.float64)
    bounded = np.bincount(of_gap, minlength=own.num_rows).astype(np.float64)
    meant = _column(own, "mean_covered")
    judged = np.isfinite(meant).astype(float)
    true, drawn = _column(own, "sd_true"), _column(own, "sd_draws")
    shape = np.isfinite(true) & np.isfinite(drawn)
    return Figures(
        kind=kind,
        method=method,
        gaps=own.num_rows,
        minutes=int(np.nansum(filled)),
        mae=_ratio(_column(own, "absolute"), filled, resampled),
        rmse=float(np.sqrt(_over(_column(own, "square"), filled))),
        bias=_over(_column(own, "error"), filled),
        coverage=_ratio(covered, bounded, resampled),
        width=_over(_column(own, "width"), bounded),
        mean_coverage=_ratio(np.nan_to_num(meant), judged, resampled),
        spread=_ratio(np.where(shape, drawn, 0.0), np.where(shape, true, 0.0), resampled),
        single=_over(_column(own, "sd_point"), true),
        widen=float(np.quantile(reach, 0.9)) if len(reach) else float("nan"),
        versus={other: _versus(rows, own, other, resampled) for other in against},
    )


def _resampled(rows: pa.Table, seed: int) -> Resampled:
    blocks = _column(rows, "participant") * 1e6 + _column(rows, "block")
    names, of_row = np.unique(blocks, return_inverse=True)
    many = max(1, len(names))
    rng = np.random.default_rng(seed)
    return Resampled(of_row, rng.multinomial(many, np.full(many, 1 / many), RESAMPLES))


def _versus(rows: pa.Table, own: pa.Table, other: str, resampled: Resampled) -> Figure:
    """The relative change of MAE on identical gaps that both fill whole."""
    theirs = rows.filter(pc.equal(rows["method"], other))
    if own.num_rows != theirs.num_rows or not own.num_rows:
        return Figure(np.nan, np.nan, np.nan)
    both = (_column(own, "filled") == _column(own, "minutes")) & (
        _column(theirs, "filled") == _column(theirs, "minutes")
    )
    a, b = _column(own, "absolute"), _column(theirs, "absolute")
    found = _ratio(np.where(both, a, 0.0), np.where(both, b, 0.0), resampled)
    return Figure(found.value - 1, found.low - 1, found.high - 1)


def _ratio(above: Floats, below: Floats, resampled: Resampled) -> Figure:
    """Sum over sum, with the interval of resampled blocks."""
    value = _over(above, below)
    if not np.isfinite(value):
        return Figure(value, np.nan, np.nan)
    count = resampled.weights.shape[1]
    up = resampled.weights @ np.bincount(resampled.block, np.nan_to_num(above), count)
    down = resampled.weights @ np.bincount(resampled.block, np.nan_to_num(below), count)
    ratios = np.divide(up, down, out=np.full(RESAMPLES, np.nan), where=down > 0)
    low, high = np.nanquantile(ratios, (0.025, 0.975))
    return Figure(value, float(low), float(high))


def _over(above: Floats, below: Floats) -> float:
    total = float(np.nansum(below))
    return float(np.nansum(above)) / total if total > 0 else float("nan")


def _column(rows: pa.Table, name: str) -> Floats:
    column: Floats = rows[name].cast(pa.float64()).to_numpy().astype(np.float64)
    return column


def _reaches(rows: pa.Table) -> tuple[Floats, np.ndarray]:
    """How far every true value is from its point, and in which row."""
    reach = rows["reach"].combine_chunks()
    return reach.flatten().to_numpy(), pc.list_parent_indices(reach).to_numpy()
