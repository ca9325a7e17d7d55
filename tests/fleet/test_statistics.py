"""Figures equal what independent arithmetic makes of the files."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fleets import NOON, Kept, Report, quantile, reports

from wearhouse.errors import Invalid, NotFound
from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_folder
from wearhouse.fleet.quantiles import ERROR
from wearhouse.fleet.statistics import Figures, Question, figures
from wearhouse.registry import Registry
from wearhouse.store.clickhouse.fleet import exact as in_clickhouse
from wearhouse.store.fleets import Among, By, FleetStore, Span

QUANTILES = (0.0, 0.01, 0.25, 0.5, 0.9, 1.0)
GROUPS: dict[By, Callable[[Report], str]] = {
    "cohort": lambda one: one.cohort,
    "version": lambda one: one.version,
    "device": lambda one: one.device,
    "day": lambda one: f"{one.captured:%Y-%m-%d}",
    "hour": lambda one: f"{one.captured:%Y-%m-%dT%H}:00:00Z",
    "week": lambda one: f"{one.captured - timedelta(days=one.captured.weekday()):%Y-%m-%d}",
}


@pytest.fixture(scope="module")
def truth(fleet: FleetStore, registry: Registry, made: Path) -> list[Report]:
    """The made-up fleet, loaded and curated; its reports read without Wearhouse."""
    load_folder(fleet, registry, made)
    curate(fleet, registry)
    return reports(made)


@pytest.fixture
def ask(fleet: FleetStore, registry: Registry) -> Callable[..., list[Figures]]:
    def asked(metric: str = "battery", span: Span | None = None, **said: object) -> list[Figures]:
        among = Among(span or Span(), None, {"project": "1"})
        return figures(fleet, registry, Question(metric, among, **said))  # type: ignore[arg-type]

    return asked


def grouped(truth: list[Report], by: By, metric: str = "battery") -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for one in truth:
        found[GROUPS[by](one)].append(one.metrics[metric])
    return found


@pytest.fixture(params=[in_clickhouse.AT_ONCE, 50], ids=["at once", "in parts"])
def values_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many values ClickHouse sorts in memory."""
    monkeypatch.setattr(in_clickhouse, "AT_ONCE", request.param)


@pytest.mark.usefixtures("values_at_once")
@pytest.mark.parametrize("by", GROUPS)
@pytest.mark.parametrize("metric", ["battery", "heap_free", "temperature"])
def test_exact_percentiles_are_those_of_numpy(
    truth: list[Report], ask: Callable[..., list[Figures]], by: By, metric: str
) -> None:
    found = ask(metric, by=(by,), quantiles=QUANTILES, exact=True)

    expected = grouped(truth, by, metric)
    assert {one.group[0] for one in found} == expected.keys()
    for one in found:
        values = expected[one.group[0]]
        assert one.count == len(values)
        assert one.mean == pytest.approx(np.mean(values))
        assert one.quantiles == pytest.approx([quantile(values, q) for q in QUANTILES])


@pytest.mark.usefixtures("truth")
@pytest.mark.parametrize("by", [(), ("version", "day"), ("device", "day"), ("cohort", "hour")])
def test_what_is_read_in_parts_comes_to_the_same(
    ask: Callable[..., list[Figures]], by: tuple[By, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = ask("heap_free", by=by, quantiles=QUANTILES, exact=True)
    monkeypatch.setattr(in_clickhouse, "AT_ONCE", 50)

    in_parts = ask("heap_free", by=by, quantiles=QUANTILES, exact=True)

    for one, other in zip(in_parts, at_once, strict=True):
        assert one.quantiles == pytest.approx(other.quantiles, rel=1e-12)
        assert (one.mean, one.sd) == pytest.approx((other.mean, other.sd))
        counted = [replace(told, quantiles=(), mean=0, sd=0) for told in (one, other)]
        assert counted[0] == counted[1]


@pytest.mark.parametrize("by", [by for by in GROUPS if by != "device"])
@pytest.mark.parametrize("metric", ["battery", "heap_free"])
def test_percentiles_of_sketches_are_within_their_bound(
    truth: list[Report], ask: Callable[..., list[Figures]], by: By, metric: str
) -> None:
    found = ask(metric, by=(by,), quantiles=QUANTILES)

    expected = grouped(truth, by, metric)
    assert {one.group[0] for one in found} == expected.keys()
    for one in found:
        values = np.sort(expected[one.group[0]])
        assert not one.exact
        assert (one.count, one.low, one.high) == (len(values), values[0], values[-1])
        for q, told in zip(QUANTILES, one.quantiles, strict=True):
            place = q * (len(values) - 1)
            beside = values[[int(np.floor(place)), int(np.ceil(place))]]
            bound = 1.001 * ERROR * float(np.abs(beside).max())
            assert told == pytest.approx(quantile(list(values), q), abs=bound)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC)),
        (datetime(2026, 6, 1, 7, tzinfo=UTC), datetime(2026, 6, 3, 19, tzinfo=UTC)),
        (datetime(2026, 6, 1, 7, 13, 20, tzinfo=UTC), datetime(2026, 6, 3, 19, 47, tzinfo=UTC)),
        (datetime(2026, 6, 1, 7, 13, tzinfo=UTC), datetime(2026, 6, 1, 7, 40, tzinfo=UTC)),
        (datetime(2026, 6, 1, 7, 13, tzinfo=UTC), datetime(2026, 6, 1, 9, 40, tzinfo=UTC)),
    ],
    ids=["whole days", "whole hours", "any moment", "within an hour", "over one hour"],
)
def test_any_span_counts_what_was_captured_in_it(
    truth: list[Report], ask: Callable[..., list[Figures]], first: datetime, last: datetime
) -> None:
    [found] = ask(span=Span(first, last), quantiles=(0, 1))

    values = [one.metrics["battery"] for one in truth if first <= one.captured < last]
    assert values
    assert (found.count, found.low, found.high) == (len(values), min(values), max(values))
    assert found.mean == pytest.approx(np.mean(values))


def test_weighting_by_device_is_another_question_than_by_report(
    truth: list[Report], ask: Callable[..., list[Figures]]
) -> None:
    [by_report], [by_device] = ask(exact=True), ask(weight="device")

    medians = [quantile(values, 0.5) for values in grouped(truth, "device").values()]
    assert by_device.count == len(medians) == 33
    assert by_device.quantiles[0] == pytest.approx(quantile(medians, 0.5))
    assert by_device.quantiles != by_report.quantiles


def test_negative_heap_is_kept_flagged_and_left_out_once_there_is_a_range(
    truth: list[Report],
    ask: Callable[..., list[Figures]],
    fleet: FleetStore,
    registry: Registry,
) -> None:
    registry.fleets.put_metric("heap_free", {"low": 0.0})
    [at_once] = ask("heap_free", quantiles=(0,))
    curate(fleet, registry)
    [folded] = ask("heap_free", quantiles=(0,))
    registry.fleets.put_metric("heap_free", {"low": None})
    curate(fleet, registry)

    heap = [one.metrics["heap_free"] for one in truth]
    negative = sum(value < 0 for value in heap)
    least = min(value for value in heap if value >= 0)
    assert negative > 50
    for found in (at_once, folded):
        assert (found.count, found.outside) == (len(heap) - negative, negative)
        assert found.quantiles == (least,)
    assert (at_once.exact, folded.exact) == (True, False)


def test_most_devices_change_their_version_and_late_is_normal(truth: list[Report]) -> None:
    lag = [(one.created - one.captured).total_seconds() / 3600 for one in truth]
    versions = defaultdict(set)
    for one in truth:
        versions[one.device].add(one.version)

    assert 8 < quantile(lag, 0.5) < 16
    assert 20 < quantile(lag, 0.95) <= max(lag) <= 24
    assert sum(len(known) > 1 for known in versions.values()) > 20


def test_milliseconds_that_are_off_by_ten_are_told_as_they_came(
    truth: list[Report], ask: Callable[..., list[Figures]]
) -> None:
    [active], [asleep] = ask("active_ms", exact=True), ask("sleep_ms", exact=True)

    assert {one.metrics["active_ms"] + one.metrics["sleep_ms"] for one in truth} == {36_000_000}
    assert active.mean is not None
    assert asleep.mean is not None
    assert active.mean + asleep.mean == pytest.approx(36_000_000)


def test_a_value_that_is_null_is_no_value(kept: Kept) -> None:
    kept.take(kept.beat(metrics={"battery": None, "rest": 1}), kept.beat(device_id="2"))

    assert (kept.ask()[0].count, kept.ask(exact=True)[0].count) == (1, 1)


def test_zero_is_a_value(kept: Kept) -> None:
    kept.take(kept.beat(metrics={"battery": 0}), kept.beat(device_id="2"))

    assert kept.ask(quantiles=(0, 0.5, 1))[0].quantiles == (0, 250, 500)


def test_a_span_without_reports_has_no_percentile(kept: Kept) -> None:
    kept.take(kept.beat())
    later = NOON + timedelta(days=100)

    for exact in (False, True):
        [found] = kept.ask(start=later, exact=exact)
        assert (found.count, found.quantiles, found.mean) == (0, (None,), None)
    assert kept.ask(start=later, by=("version",)) == []


@pytest.mark.parametrize("q", [-0.1, 1.1, 50])
def test_a_percentile_is_a_fraction(kept: Kept, q: float) -> None:
    kept.take(kept.beat())

    with pytest.raises(Invalid, match="from 0 to 1"):
        kept.ask(quantiles=(q,))


def test_a_metric_that_nobody_reported_is_not_found(kept: Kept) -> None:
    with pytest.raises(NotFound, match="nothing_like_it"):
        kept.ask("nothing_like_it")


def test_text_has_no_figures(kept: Kept) -> None:
    kept.take(kept.beat(metrics={"battery": 1, "boot_reason": "power"}))

    with pytest.raises(Invalid, match="text"):
        kept.ask("boot_reason")


def test_a_histogram_counts_every_report_once(
    truth: list[Report], ask: Callable[..., list[Figures]]
) -> None:
    [found] = ask(bars=20)

    values = [one.metrics["battery"] for one in truth]
    assert sum(bar.count for bar in found.bars) == len(values)
    assert (found.bars[0].low, found.bars[-1].high) == (min(values), max(values))
