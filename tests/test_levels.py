"""Which level answers."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.errors import Invalid
from wearhouse.levels import LEVELS, by_budget, by_span, is_kept, level_named, points
from wearhouse.metrics import METRICS

SECOND = timedelta(seconds=1)
spans = st.timedeltas(SECOND, timedelta(days=3_650))
metrics = st.sampled_from([m for m in METRICS.values() if m.kind != "episode"])


@pytest.mark.parametrize(
    ("days", "up_to", "beyond"),
    [(1, "raw", "1h"), (7, "1h", "1d"), (30, "1d", "1w"), (90, "1w", "1mo")],
)
def test_by_span_each_level_ends_with_its_last_whole_day(
    days: int, up_to: str, beyond: str
) -> None:
    assert by_span(timedelta(days=days)) == up_to
    assert by_span(timedelta(days=days) + SECOND) == beyond


@given(span=spans, metric=metrics, budget=st.integers(1, 100_000))
def test_by_budget_the_finest_level_that_keeps_to_it_answers(span, metric, budget) -> None:
    level = by_budget(span, metric, budget)

    finer = LEVELS[: LEVELS.index(level)]
    assert all(points(other, span, metric) > budget for other in finer)
    assert level == "1mo" or points(level, span, metric) <= budget


@given(one=spans, other=spans)
def test_a_longer_span_is_never_answered_from_a_finer_level(one, other) -> None:
    short, long = sorted((one, other))

    assert LEVELS.index(by_span(short)) <= LEVELS.index(by_span(long))


@pytest.mark.parametrize(
    ("metric", "kept"),
    [
        ("heart_rate", ["1m", "1h", "1d", "1w", "1mo"]),
        ("steps", ["1h", "1d", "1w", "1mo"]),
        ("daily_steps", ["1d", "1w", "1mo"]),
    ],
)
def test_a_level_no_coarser_than_the_metric_is_not_kept(metric: str, kept: list[str]) -> None:
    assert [level for level in LEVELS if is_kept(level, METRICS[metric])] == kept


@pytest.mark.parametrize("name", ["1y", "", "RAW", "1 m"])
def test_what_is_not_a_level_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        level_named(name)

    assert refusal.value.parameter == "resolution"
