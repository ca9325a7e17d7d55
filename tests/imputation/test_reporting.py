"""With and without, side by side."""

from dataclasses import replace

import numpy as np
import pytest
from lives import at, somebody, without

from wearhouse.errors import Invalid
from wearhouse.imputation import Completed, Minutes, Recipe, completed, fill, report
from wearhouse.imputation.reporting import STATISTICS, Column, estimate
from wearhouse.imputation.tipping import Shifted, one_group, shifted, tipping_point, two_groups

RECIPE = Recipe(draws=6)


def gappy(participant: int, seed: int = 0) -> Minutes:
    """A dropout of 10 minutes, an unworn evening, and a gap too long to fill."""
    person = somebody(seed=seed, participant=participant)
    for start, length in ((at(3, 12), 10), (at(5, 18), 300), (at(9, 0), 2_000)):
        person = without(person, start, length)
    return person


def told(person: Minutes) -> Completed:
    return completed(person, *fill(person, RECIPE))


@pytest.fixture(scope="module")
def people() -> list[Completed]:
    return [told(gappy(one, seed=one)) for one in range(1, 5)]


def test_observed_only_is_to_the_last_bit_what_it_was_before_imputing() -> None:
    person = gappy(1)
    before = person.value[np.isfinite(person.value)]

    for line in report([told(person)]):
        if line.column == "observed":
            assert line.estimate.value == STATISTICS[line.statistic](before)


def test_each_column_includes_more_minutes(people) -> None:
    lines = [line for line in report(people) if line.statistic == "mean"]

    measured = sum(len(one.measured) for one in people)
    assert [line.column for line in lines] == ["observed", "dropouts", "non_wear"]
    assert [line.minutes - measured for line in lines] == [0, 4 * 10, 4 * 310]


@pytest.mark.parametrize("column", Column)
def test_a_statistic_sees_the_minutes_of_its_column_and_no_others(people, column: Column) -> None:
    seen = estimate(people[:1], lambda values: float(len(values)), column)

    assert seen.value == len(people[0].measured) + people[0].imputed(column)


def test_the_refused_share_stands_beside_every_figure(people) -> None:
    assert {line.refused_share for line in report(people)} == {2_000 / (14 * 1_440)}


def test_observed_only_misses_no_information(people) -> None:
    assert estimate(people, STATISTICS["mean"], Column.OBSERVED).fmi == 0


def test_of_one_person_the_error_is_that_of_imputing(people) -> None:
    found = estimate(people[:1], STATISTICS["mean"], Column.NON_WEAR)
    draws = [np.mean(people[0].values(Column.NON_WEAR, one)) for one in range(6)]

    assert found.value == pytest.approx(np.mean(draws))
    assert found.se == pytest.approx(np.std(draws, ddof=1) * np.sqrt(7 / 6))


def test_a_figure_made_mostly_of_imputed_minutes_is_flagged(people) -> None:
    few = [replace(one, measured=one.measured[:300]) for one in people]

    flags = {line.column: line.flagged for line in report(few) if line.statistic == "mean"}

    assert flags["non_wear"]
    assert not flags["observed"]


def test_a_report_on_nobody_is_refused() -> None:
    with pytest.raises(Invalid, match="at least one"):
        report([])


def test_people_drawn_differently_often_are_not_mixed(people) -> None:
    odd = replace(people[0], draws=people[0].draws[:3])

    with pytest.raises(Invalid, match="run anew"):
        report([odd, people[1]])


def test_a_shift_moves_draws_of_non_wear_and_nothing_else(people) -> None:
    moved = shifted(people[0], 5.0).draws - people[0].draws

    assert np.allclose(moved[:, people[0].code == 2], 5)
    assert np.all(moved[:, people[0].code == 1] == 0)


def test_a_shift_may_be_kept_to_the_day() -> None:
    person = told(without(somebody(), at(5, 20), 300))

    moved = shifted(person, 5.0, by_day_only=True).draws[0] - person.draws[0]

    assert np.allclose(moved[:120], 5)
    assert np.all(moved[120:] == 0)


def test_the_mean_moves_with_the_share_of_shifted_minutes(people) -> None:
    rows = one_group(people, STATISTICS["mean"], shifts=(0.0, 10.0))

    worn = 14 * 1_440 - 2_000
    gained = rows[1].estimate.value - rows[0].estimate.value
    assert gained == pytest.approx(10 * 300 / worn)


def test_the_tipping_point_is_the_smallest_shift_that_turns_the_conclusion(people) -> None:
    rows = two_groups(people[:2], people[2:], STATISTICS["mean"], shifts=(-900, -300, 0, 300, 900))
    unshifted = next(row.estimate.value for row in rows if row.shift == 0)

    def concludes(found) -> bool:
        return abs(found.value - unshifted) < 10

    assert tipping_point(rows, concludes) == -900


def test_a_conclusion_that_never_turns_has_no_tipping_point(people) -> None:
    rows: list[Shifted] = one_group(people, STATISTICS["mean"])

    assert tipping_point(rows, lambda found: found.value > 0) is None
