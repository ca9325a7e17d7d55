"""How well totals of steps are modelled: worn stretches made unworn, filled and compared."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from lives import at, somebody, without

from wearhouse.imputation import Minutes, release
from wearhouse.imputation.counting import METHOD, bounds
from wearhouse.imputation.hidden_steps import BASELINES, KINDS, score_steps
from wearhouse.imputation.masks import hide
from wearhouse.imputation.scores import table_of
from wearhouse.imputation.summary import figures


def walker(number: int = 1, days: int = 20) -> Minutes:
    """Somebody with a gap of two hours in the evening of the fourth day."""
    person = somebody(days=days, seed=number, participant=number)
    return without(person, at(4, 18), 120, steps=0)


@pytest.fixture(scope="module")
def scores() -> pa.Table:
    people = [walker(1), walker(2)]
    rows = score_steps(people[0], people[1:], 2, 20, 0) + score_steps(
        people[1], people[:1], 2, 20, 0
    )
    return table_of(rows)


def test_classes_are_those_of_gaps_that_can_be_unworn(scores: pa.Table) -> None:
    assert list(KINDS.values()) == ["30", "120", "480", "1440"]
    assert set(scores["kind"].to_pylist()) == set(KINDS.values())
    assert set(scores["method"].to_pylist()) == {METHOD, *BASELINES}


def test_an_error_is_that_of_a_gaps_total(scores: pa.Table) -> None:
    assert set(scores["minutes"].to_pylist()) == {1}
    assert max(scores["absolute"].to_pylist()) > 1_000


def test_the_interval_of_totals_covers(scores: pa.Table) -> None:
    found = figures(scores, "all", METHOD, BASELINES)

    assert found.coverage.high >= 0.9
    assert found.coverage.value <= 0.98
    assert found.versus["linear"].value < -0.2


def test_hidden_steps_change_nothing_in_what_fills_them() -> None:
    person = walker(days=12)
    known = person.observed & np.isfinite(person.steps)
    shown = replace(person, value=np.where(known, person.value, np.nan))
    steps = person.steps.copy()
    for one in hide(shown, np.random.default_rng([0, 0, person.participant, 6])):
        steps[one.span] += 0 if one.kind == "5" else 500.0

    before, after = (
        score_steps(who, [], 1, 20, 0) for who in (person, replace(person, steps=steps))
    )

    minutes = [row["length"] for row in before]
    assert [row["error"] for row in after] == pytest.approx(
        [row["error"] - 500 * n for row, n in zip(before, minutes, strict=True)]
    )
    assert [row.get("width") for row in after] == [row.get("width") for row in before]


def test_without_a_day_that_can_lend_a_gap_counts_as_not_filled() -> None:
    rows = score_steps(somebody(days=1), [], 1, 20, 0)

    assert {row["filled"] for row in rows if row["method"] == METHOD} == {0}


def test_counts_whose_interval_does_not_cover_are_refused_not_widened(scores: pa.Table) -> None:
    names = scores.column_names
    far = pa.array([[5.0] if one else None for one in scores["reach"].to_pylist()])
    wide = scores.set_column(names.index("reach"), "reach", far.cast(scores["reach"].type))

    states = {one.state for one in release(wide, METHOD, KINDS, BASELINES, False).verdicts.values()}

    assert "widened" not in states
    assert "refused" in states


@pytest.mark.parametrize("draws", [20, 40])
def test_one_more_draw_lies_within_the_bounds_in_nine_of_ten_cases(draws: int) -> None:
    drawn = np.random.default_rng(0).standard_normal((draws + 1, 20_000))

    low, high = bounds(drawn[:-1])

    assert np.mean((drawn[-1] >= low) & (drawn[-1] <= high)) == pytest.approx(0.9, abs=0.01)
