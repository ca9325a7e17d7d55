"""Any figure of any metric over any span, by group: from sketches, or exactly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, get_args

import numpy as np

from wearhouse.errors import Invalid
from wearhouse.fleet.curating import as_folded, form_of
from wearhouse.fleet.ordering import natural
from wearhouse.fleet.quantiles import Bar, histogram, quantiles
from wearhouse.registry import Registry
from wearhouse.registry.fleets import FleetMetric
from wearhouse.store.fleets import GROUPS, Among, By, FleetStore

Weight = Literal["report", "device"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)
MOST_QUANTILES = 20


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a metric. Weighted by `report`, every report counts as much as any other;
    by `device`, every device does: it stands with the median of its reports. `quantiles` are
    fractions from 0 to 1."""

    metric: str
    among: Among
    by: Sequence[By] = ()
    quantiles: Sequence[float] = (0.5,)
    weight: Weight = "report"
    exact: bool = False
    bars: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group. `count` is of reports, or of devices if those are weighted;
    `outside` of reports that lie outside the metric's range. Without any, the rest is None."""

    group: tuple[str, ...]
    count: int
    outside: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    quantiles: tuple[float | None, ...]
    exact: bool
    bars: tuple[Bar, ...] = ()


def figures(fleet: FleetStore, registry: Registry, asked: Question) -> list[Figures]:
    """The figures of each group, in the order of their names; without groups always one.
    NotFound if no device ever reported the metric, Invalid if it is no number."""
    _check(asked)
    metric = registry.fleets.metric(asked.metric)
    if metric.kind == "string":
        raise Invalid(f"{metric.name} is text; there are no figures of it.", "metric")
    if asked.weight == "device":
        found = list(_by_device(fleet, metric, asked))
    elif is_exact(metric, asked):
        found = list(_exact(fleet, metric, asked))
    else:
        found = list(_sketched(fleet, metric, asked))
    if not asked.by and not found:
        return [Figures((), 0, 0, None, None, None, None, (None,) * len(asked.quantiles), True)]
    return sorted(found, key=lambda one: _natural(one.group))


def is_exact(metric: FleetMetric, asked: Question) -> bool:
    """Whether every report must be looked at: asked for, or because no rollup has the answer."""
    of_device = "device" in asked.by or "device" in asked.among.equal
    folded = metric.time_series and metric.folded == form_of(metric)
    return asked.exact or of_device or not folded


def _check(asked: Question) -> None:
    if len(asked.quantiles) > MOST_QUANTILES:
        raise Invalid(f"At most {MOST_QUANTILES} percentiles are told at once.", "q")
    for q in asked.quantiles:
        if not 0 <= q <= 1:
            raise Invalid(f"q is {q:g}; write a fraction from 0 to 1.", "q")
    for by in asked.by:
        if by not in GROUPS:
            raise Invalid(f"by is {by!r}; it can be {', '.join(GROUPS)}.", "by")
    span = asked.among.span
    if span.start and span.end and span.start >= span.end:
        raise Invalid(f"The span ends ({span.end}) before it starts ({span.start}).", "end")
    if asked.bars and asked.exact:
        raise Invalid("A histogram is made from sketches; leave out exact.", "exact")


def _sketched(fleet: FleetStore, metric: FleetMetric, asked: Question) -> Iterator[Figures]:
    rows = fleet.sketches(asked.among, as_folded(metric), asked.by)
    names = [f"by_{by}" for by in asked.by]
    listed = sorted(rows.to_pylist(), key=lambda row: _group(row, names))
    for group, parts in groupby(listed, key=lambda row: _group(row, names)):
        several = list(parts)
        count = sum(part["count"] for part in several)
        outside = sum(part["outside"] for part in several)
        filled = [part for part in several if part["count"]]
        if not filled:
            if outside:
                yield _nothing(group, outside, asked)
            continue
        low, high = min(p["min"] for p in filled), max(p["max"] for p in filled)
        bins = np.concatenate([np.array(p["bins"], np.int64) for p in filled])
        counts = np.concatenate([np.array(p["counts"], np.int64) for p in filled])
        total, squares = sum(p["sum"] for p in filled), sum(p["sumsq"] for p in filled)
        yield Figures(
            group, count, outside, total / count, _sd(count, total, squares), low, high,
            tuple(quantiles(bins, counts, low, high, asked.quantiles)), exact=False,
            bars=tuple(histogram(bins, counts, low, high, asked.bars)) if asked.bars else (),
        )  # fmt: skip


def _exact(fleet: FleetStore, metric: FleetMetric, asked: Question) -> Iterator[Figures]:
    # Devices of two projects may have one id; they are two groups of one name.
    apart: list[By] = ["project"] if "device" in asked.by and "project" not in asked.by else []
    by = [*asked.by, *apart]
    rows = fleet.exact(asked.among, as_folded(metric), by, asked.quantiles)
    names = [f"by_{by}" for by in asked.by]
    for row in rows.to_pylist():
        group, count = _group(row, names), row["count"]
        if not count:
            if row["outside"] or not asked.by:
                yield _nothing(group, row["outside"], asked)
            continue
        yield Figures(
            group, count, row["outside"], row["sum"] / count,
            _sd(count, row["sum"], row["sumsq"]), row["min"], row["max"],
            tuple(row["quantiles"][: len(asked.quantiles)]), exact=True,
        )  # fmt: skip


def _by_device(fleet: FleetStore, metric: FleetMetric, asked: Question) -> Iterator[Figures]:
    """Each device stands with its median (and for the mean with its mean)."""
    by: list[By] = [*(one for one in asked.by if one != "device"), "device", "project"]
    every = fleet.exact(asked.among, as_folded(metric), list(dict.fromkeys(by)), [0.5])
    inner = [f"by_{one}" for one in asked.by]
    rows = every.to_pylist()
    rows.sort(key=lambda row: _group(row, inner))
    for group, of_it in groupby(rows, key=lambda row: _group(row, inner)):
        several = list(of_it)
        outside = sum(row["outside"] for row in several)
        devices = [row for row in several if row["count"]]
        if not devices:
            yield _nothing(group, outside, asked)
            continue
        medians = np.array([row["quantiles"][0] for row in devices])
        means = np.array([row["sum"] / row["count"] for row in devices])
        bars: tuple[Bar, ...] = ()
        if asked.bars:
            counts, edges = np.histogram(medians, asked.bars)
            bars = tuple(
                Bar(float(a), float(b), int(n))
                for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)
            )
        yield Figures(
            group, len(devices), outside, float(means.mean()),
            float(means.std(ddof=1)) if len(means) > 1 else None,
            float(medians.min()), float(medians.max()),
            tuple(float(q) for q in np.quantile(medians, list(asked.quantiles))), exact=True,
            bars=bars,
        )  # fmt: skip


def _nothing(group: tuple[str, ...], outside: int, asked: Question) -> Figures:
    empty = (None,) * len(asked.quantiles)
    return Figures(group, 0, outside, None, None, None, None, empty, exact=True)


def _sd(count: int, total: float, squares: float) -> float | None:
    if count < 2:
        return None
    return float(np.sqrt(max(squares - total * total / count, 0.0) / (count - 1)))


def _group(row: dict[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(row[name] for name in names)


def _natural(group: tuple[str, ...]) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """Names in the order that people expect: 0.9 before 0.10."""
    return tuple(natural(name) for name in group)
