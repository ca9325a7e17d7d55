"""Scores of hidden gaps as figures: by class of gap and method, with bootstrap intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

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


def figures(
    scores: pa.Table, kind: str, method: str, against: tuple[str, ...] = (), seed: int = 0
) -> Figures:
    """Summarise the rows of one class ("all": every class) and method of one scenario."""
    rows = scores if kind == "all" else scores.filter(pc.equal(scores["kind"], kind))
    own = rows.filter(pc.equal(rows["method"], method))
    rng = np.random.default_rng(seed)
    filled = _column(own, "filled")
    reach = _reaches(own)
    covered = np.array([float(np.sum(part <= 1)) for part in reach])
    bounded = np.array([float(len(part)) for part in reach])
    meant = _column(own, "mean_covered")
    judged = np.isfinite(meant).astype(float)
    true, drawn = _column(own, "sd_true"), _column(own, "sd_draws")
    shape = np.isfinite(true) & np.isfinite(drawn)
    blocks = _blocks(own)
    whole = np.concatenate(reach) if reach else np.empty(0)
    return Figures(
        kind=kind,
        method=method,
        gaps=own.num_rows,
        minutes=int(np.nansum(filled)),
        mae=_ratio(_column(own, "absolute"), filled, blocks, rng),
        rmse=float(np.sqrt(_over(_column(own, "square"), filled))),
        bias=_over(_column(own, "error"), filled),
        coverage=_ratio(covered, bounded, blocks, rng),
        width=_over(_column(own, "width"), bounded),
        mean_coverage=_ratio(np.nan_to_num(meant), judged, blocks, rng),
        spread=_ratio(np.where(shape, drawn, 0.0), np.where(shape, true, 0.0), blocks, rng),
        single=_over(_column(own, "sd_point"), true),
        widen=float(np.quantile(whole, 0.9)) if len(whole) else float("nan"),
        versus={other: _versus(rows, method, other, rng) for other in against},
    )


def _versus(rows: pa.Table, method: str, other: str, rng: np.random.Generator) -> Figure:
    """The relative change of MAE on identical gaps that both fill whole."""
    mine, theirs = (rows.filter(pc.equal(rows["method"], name)) for name in (method, other))
    if mine.num_rows != theirs.num_rows or not mine.num_rows:
        return Figure(np.nan, np.nan, np.nan)
    both = (_column(mine, "filled") == _column(mine, "minutes")) & (
        _column(theirs, "filled") == _column(theirs, "minutes")
    )
    a, b = _column(mine, "absolute")[both], _column(theirs, "absolute")[both]
    found = _ratio(a, b, _blocks(mine)[both], rng)
    return Figure(found.value - 1, found.low - 1, found.high - 1)


def _ratio(above: Floats, below: Floats, blocks: np.ndarray, rng: np.random.Generator) -> Figure:
    """Sum over sum, with the interval of resampled blocks."""
    value = _over(above, below)
    if not np.isfinite(value) or not len(blocks):
        return Figure(value, np.nan, np.nan)
    _, of_block = np.unique(blocks, return_inverse=True)
    count = int(of_block.max()) + 1
    up = np.bincount(of_block, np.nan_to_num(above), count)
    down = np.bincount(of_block, np.nan_to_num(below), count)
    weights = rng.multinomial(count, np.full(count, 1 / count), RESAMPLES)
    totals = weights @ down
    ratios = np.divide(weights @ up, totals, out=np.full(RESAMPLES, np.nan), where=totals > 0)
    low, high = np.nanquantile(ratios, (0.025, 0.975))
    return Figure(value, float(low), float(high))


def _over(above: Floats, below: Floats) -> float:
    total = float(np.nansum(below))
    return float(np.nansum(above)) / total if total > 0 else float("nan")


def _column(rows: pa.Table, name: str) -> Floats:
    column: Floats = rows[name].cast(pa.float64()).to_numpy().astype(np.float64)
    return column


def _reaches(rows: pa.Table) -> list[Floats]:
    return [
        np.empty(0) if part is None else np.asarray(part, float)
        for part in rows["reach"].to_pylist()
    ]


def _blocks(rows: pa.Table) -> np.ndarray:
    return _column(rows, "participant") * 1e6 + _column(rows, "block")
