"""How well nights are filled: measured ones hidden, and compared with what filled them."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from wearhouse.imputation import release
from wearhouse.imputation.hidden_nights import (
    APART,
    BASELINES,
    KINDS,
    METHOD,
    MOST,
    PLAN,
    score_nights,
)
from wearhouse.imputation.masks import hide
from wearhouse.imputation.nightly import Nights
from wearhouse.imputation.scores import table_of


def sleeper(number: int = 1, nights: int = 60, metric: str = "breathing_rate") -> Nights:
    """Somebody whose nights follow each other slowly."""
    rng = np.random.default_rng(number)
    slow = np.zeros(nights)
    for at in range(1, nights):
        slow[at] = 0.8 * slow[at - 1] + 0.4 * rng.standard_normal()
    none = np.zeros(nights, bool)
    value = 15 + slow + 0.3 * rng.standard_normal(nights)
    return Nights(number, metric, 19_000, value, none, none.copy())


def scored(people: list[Nights], rounds: int = 3) -> pa.Table:
    rows = [
        row
        for one in people
        for row in score_nights(one, [each for each in people if each is not one], rounds, 20, 0)
    ]
    return table_of(rows)


@pytest.fixture(scope="module")
def scores() -> pa.Table:
    return scored([sleeper(number) for number in range(8)])


def released(scores: pa.Table) -> dict[str, str]:
    found = release(scores, METHOD, KINDS, BASELINES).verdicts
    return {kind: verdict.state for kind, verdict in found.items()}


@given(some.integers(0, 2**32 - 1))
def test_hidden_nights_are_measured_apart_and_at_most_a_quarter(seed: int) -> None:
    person = sleeper()
    person.value[20:25] = np.nan

    hidden = hide(person, np.random.default_rng(seed), PLAN, APART, MOST)

    taken = np.zeros(len(person), int)
    for one in hidden:
        assert person.observed[one.start - 1 : one.start + one.length + 1].all()
        taken[one.start - 1 : one.start + one.length] += 1
    assert taken.max() == 1
    assert sum(one.length for one in hidden) <= MOST * person.observed.sum()


def test_every_class_is_hidden_and_filled_by_each_method(scores: pa.Table) -> None:
    fixed = [row for row in scores.to_pylist() if row["pattern"] == "fixed"]

    assert {row["kind"] for row in fixed} == {"1 night", "3 nights", "7 nights"}
    assert {row["method"] for row in fixed} == {METHOD, "linear", "median"}
    assert all(row["filled"] == row["minutes"] == row["length"] for row in fixed)


def test_nights_that_others_miss_are_hidden_as_many_in_a_row() -> None:
    other = sleeper(2)
    other.value[10:14] = other.value[30:32] = np.nan

    rows = score_nights(sleeper(1), [other], 1, 4, 0)

    lengths = [
        row["length"]
        for row in rows
        if row["pattern"] == "transplanted" and row["method"] == METHOD
    ]
    assert sorted(lengths) == [2, 4]


def test_a_hidden_night_changes_nothing_in_what_fills_it() -> None:
    person = sleeper()
    rng = np.random.default_rng([0, 0, person.participant, 5])
    value = person.value.copy()
    for one in hide(person, rng, PLAN, APART, MOST):
        value[one.span] += 4.0

    before, after = (
        score_nights(who, [], 1, 4, 0) for who in (person, replace(person, value=value))
    )

    assert [row["error"] for row in after] == pytest.approx(
        [row["error"] - 4.0 * row["minutes"] for row in before]
    )


def test_nights_that_follow_each_other_are_released(scores: pa.Table) -> None:
    assert released(scores)["1 night"] == "released"


def test_nights_that_a_line_tells_exactly_are_refused() -> None:
    people = [replace(sleeper(one), value=np.linspace(12, 18, 60)) for one in range(4)]

    assert released(scored(people))["3 nights"] == "refused"


def test_too_few_nights_leave_a_class_not_validated() -> None:
    people = [sleeper(one, nights=12) for one in range(3)]

    assert released(scored(people))["7 nights"] == "not_validated"
