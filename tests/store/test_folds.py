"""Folding, apart from any store: sketches, and rows that merge."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from builders import NOON, beats
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.levels import ROLLUPS
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.store.clickhouse.loading import ClickHouseShelf
from wearhouse.store.rollups import bucket_days, fold, fold_days
from wearhouse.store.sketches import bin_of, quantile

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


def sketched(row: dict, q: float) -> float:
    return quantile(np.array(row["bins"], np.int64), np.array(row["counts"], np.int64), q)


def nearest(values: list[float], q: float) -> float:
    return sorted(values)[int(q * (len(values) - 1))]


@given(values=st.lists(st.floats(20, 250), min_size=1, max_size=200), q=st.sampled_from(QUANTILES))
def test_a_quantile_is_off_by_at_most_one_percent(values: list[float], q: float) -> None:
    rows = fold(beats(1, *values, step=1)).to_pylist()

    [day] = [row for row in rows if row["level"] == "1d"]

    assert sketched(day, q) == pytest.approx(nearest(values, q), rel=0.0101)


@given(values=st.lists(st.floats(-1e6, 1e6).filter(lambda v: abs(v) > 1e-6), min_size=1))
def test_every_bin_lies_within_one_percent_of_its_values(values: list[float]) -> None:
    bins = bin_of(np.array(values))

    for value, bin_ in zip(values, bins, strict=True):
        assert quantile(np.array([bin_]), np.array([1]), 0.5) == pytest.approx(value, rel=0.0101)


def test_zero_is_exactly_zero_and_nothing_is_not_a_number() -> None:
    assert quantile(bin_of(np.zeros(3)), np.ones(3, np.int64), 0.5) == 0.0
    assert np.isnan(quantile(np.array([], np.int64), np.array([], np.int64), 0.5))


@given(values=st.lists(st.integers(80, 800), min_size=2, max_size=60), q=st.sampled_from(QUANTILES))
def test_sketches_of_days_merge_into_that_of_the_month(values: list[int], q: float) -> None:
    quarters = [value / 4 for value in values]
    days = fold(beats(1, *quarters, step=36_000, start=datetime(2026, 3, 1, tzinfo=UTC)))
    of_days = days.filter(pc.equal(days["level"].cast(pa.string()), "1d"))

    [month] = fold_days(of_days, "1mo").to_pylist()

    assert month["count"] == sum(month["counts"]) == len(values)
    assert sketched(month, q) == pytest.approx(nearest(quarters, q), rel=0.0101)


def test_sketches_are_kept_from_the_hour_up(tmp_path: Path) -> None:
    store = ClickHouseStore(f"chdb://{tmp_path}/store")
    store.migrate()

    store.write(beats(1, *(60.0 + number % 50 for number in range(4_000)), step=2))

    day = (NOON - datetime(1970, 1, 1, tzinfo=UTC)).days
    shelf = ClickHouseShelf(store.connection, store.marks.away)
    for level in ROLLUPS:
        rows = shelf.rollups(level, ["heart_rate"], [1], day - 40, day + 40)
        kept, sketched_ = rows["count"].to_pylist(), [sum(c) for c in rows["counts"].to_pylist()]
        assert sketched_ == ([0] * len(kept) if level == "1m" else kept)
    store.close()


@pytest.mark.parametrize(
    ("day", "week", "month"),
    [("2026-03-01", "2026-02-23", "2026-03-01"), ("2024-12-31", "2024-12-30", "2024-12-01"),
     ("1970-01-01", "1969-12-29", "1970-01-01"), ("2024-02-29", "2024-02-26", "2024-02-01")],
)  # fmt: skip
def test_weeks_begin_on_monday_and_months_on_the_first(day: str, week: str, month: str) -> None:
    days = np.array([day], "datetime64[D]").astype(np.int32)

    for level, expected in (("1w", week), ("1mo", month)):
        [first] = bucket_days(days, level)  # type: ignore[arg-type]
        assert str(np.datetime64(int(first), "D")) == expected
