"""Hiding what was measured, and judging what filled it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from lives import DAY, somebody, without

from wearhouse.imputation import Method, Minutes, StateSpace, release, validate
from wearhouse.imputation.masks import APART, Hidden, hide, kind_of, transplant
from wearhouse.imputation.methods import Plain
from wearhouse.imputation.release import class_of, verdict
from wearhouse.imputation.scores import score
from wearhouse.imputation.summary import figures
from wearhouse.imputation.validation import validate_one


def overlaps(hidden: list[Hidden]) -> bool:
    ordered = sorted(hidden, key=lambda one: one.start)
    return any(a.start + a.length + APART > b.start for a, b in pairwise(ordered))


@given(some.integers(0, 2**32 - 1))
def test_hidden_stretches_are_measured_apart_and_few(seed: int) -> None:
    person = without(somebody(days=10), 3_000, 4_000)

    hidden = hide(person, np.random.default_rng(seed))

    assert not overlaps(hidden)
    assert sum(one.length for one in hidden) <= 0.15 * person.observed.sum()
    assert all(person.observed[one.span].mean() >= 0.9 for one in hidden)


@given(some.integers(0, 2**32 - 1))
def test_a_transplanted_gap_has_the_donors_length_and_time_of_day(seed: int) -> None:
    donor = without(without(somebody(days=6), 2_000, 333), 5_000, 17)

    hidden = transplant(somebody(days=6), [donor], np.random.default_rng(seed))

    assert {(one.start % DAY, one.length) for one in hidden} == {(560, 333), (680, 17)}


def test_everybody_hides_stretches_of_every_length() -> None:
    hidden = hide(somebody(days=28), np.random.default_rng(0))

    assert [one.length for one in hidden].count(5) == 40
    assert {one.kind for one in hidden} == {"5", "30", "120", "480", "1440"}


@pytest.mark.parametrize(("length", "kind"), [(1, "5"), (6, "30"), (480, "480"), (900, "1440")])
def test_a_gap_is_judged_with_the_next_longer_class(length: int, kind: str) -> None:
    assert kind_of(length) == kind
    assert class_of(np.array([length]))[0] == ["5", "30", "120", "480", "1440"].index(kind)


def seer(person: Minutes, error: float) -> Method:
    """A way that is off by so much everywhere."""
    return Plain("seer", lambda _: person.value + error)


def test_errors_are_what_they_are() -> None:
    person = somebody()
    rows = score(person, [Hidden(5_000, 30, "30")], seer(person, 3.0), "worn", 0, 0, (0, "fixed"))

    assert rows[0]["absolute"] == pytest.approx(90)
    assert rows[0]["square"] == pytest.approx(270)
    assert rows[0]["error"] == pytest.approx(90)


def two_people() -> list[Minutes]:
    return [
        without(somebody(days=10, seed=one, participant=one), 9_000 + 300 * one, 400)
        for one in (1, 2)
    ]


@pytest.fixture(scope="module")
def scores():
    return validate(two_people(), StateSpace(), rounds=1, draws=4)


def test_every_method_is_scored_on_the_same_gaps(scores) -> None:
    rows = scores.to_pylist()
    by_method: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("participant", "round", "pattern", "scenario", "length"))
        by_method.setdefault(row["method"], []).append(key)

    assert len({tuple(keys) for keys in by_method.values()}) == 1
    assert by_method.keys() == {"ssm-1", "linear", "time-of-day", "tiered"}


def test_the_same_seed_scores_the_same(scores) -> None:
    assert validate(two_people(), StateSpace(), rounds=1, draws=4).equals(scores)


def test_figures_of_a_class_come_with_intervals_and_against_a_baseline(scores) -> None:
    found = figures(scores, "120", "ssm-1", ("linear",))

    assert found.mae.low < found.mae.value < found.mae.high
    assert found.versus["linear"].low < found.versus["linear"].value
    assert 0.7 < found.coverage.value <= 1


def test_a_baseline_has_no_interval(scores) -> None:
    assert np.isnan(figures(scores, "30", "linear").coverage.value)


def test_every_class_gets_a_verdict(scores) -> None:
    found = release(scores, "ssm-1").verdicts

    assert set(found) == {"5", "30", "120", "480", "1440"}
    assert found["1440"].state == "not_validated"


@pytest.mark.parametrize(
    ("mae", "coverage", "factor", "state"),
    [
        (5.0, 0.90, 1.0, "released"),
        (5.1, 0.90, 1.0, "released"),
        (5.11, 0.90, 1.0, "refused"),
        (5.0, 0.84, 1.3, "widened"),
        (5.0, 0.96, 0.8, "widened"),
        (5.0, 0.40, 2.5, "refused"),
        (float("nan"), 0.90, 1.0, "refused"),
    ],
)
def test_a_class_is_released_if_it_is_near_the_better_baseline_and_covers(
    mae: float, coverage: float, factor: float, state: str
) -> None:
    assert verdict("30", 40, mae, 5.0, coverage, factor).state == state


def test_fewer_than_ten_gaps_validate_nothing() -> None:
    assert verdict("30", 9, 1.0, 5.0, 0.9, 1.0).state == "not_validated"


@pytest.mark.parametrize("wrong", [45.0, 180.0])
def test_what_fills_hidden_stretches_knows_nothing_of_them(wrong: float) -> None:
    person = somebody(days=10)
    other = replace(person, value=person.value.copy())
    for one in hide(person, np.random.default_rng([0, 0, person.participant])):
        other.value[one.span] = wrong

    rows = [validate_one(whose, [], StateSpace(), rounds=1, draws=2) for whose in (person, other)]

    filled = ("participant", "scenario", "method", "kind", "length", "filled", "width", "sd_draws")
    told = [[[row[name] for name in filled] for row in side] for side in rows]
    assert told[0] == told[1]
    assert [row["absolute"] for row in rows[0]] != [row["absolute"] for row in rows[1]]
