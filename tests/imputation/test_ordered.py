"""Statistics of values in order: the same as of all values together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lives import somebody, without

from wearhouse.imputation import Recipe, fill
from wearhouse.imputation.ordered import moved, ordered, statistics
from wearhouse.imputation.reporting import STATISTICS, Column, completed
from wearhouse.imputation.tipping import SHIFTS, shifted
from wearhouse.imputing.making import Task, make

VALUES = st.lists(st.floats(20, 250) | st.integers(40, 190).map(float), max_size=300)


@given(st.lists(VALUES, min_size=1, max_size=4).filter(any), st.sampled_from(SHIFTS))
def test_statistics_of_parts_are_those_of_everything_together(
    parts: list[list[float]], shift: float
) -> None:
    whole = np.concatenate([np.array(part) + (shift if n else 0) for n, part in enumerate(parts)])

    found = statistics(
        [moved(ordered(np.array(part), 70.0), shift if n else 0.0) for n, part in enumerate(parts)]
    )

    expected = {name: statistic(whole) for name, statistic in STATISTICS.items()}
    assert found == pytest.approx(expected, abs=1e-5)


def test_what_a_run_keeps_is_what_the_report_computes_from_values_one_by_one() -> None:
    minutes = somebody(days=8, seed=3)
    for start, length in ((2_000, 12), (5_000, 200), (6_600, 240), (9_100, 90)):
        minutes = without(minutes, start, length)
    recipe = Recipe(draws=3, seed=4)
    coded, filled = fill(minutes, recipe)
    person = completed(minutes, coded, filled)

    kept = make(Task(1, "heart_rate", minutes, recipe)).statistics

    for name, statistic in STATISTICS.items():
        for column, label in ((Column.DROPOUTS, "dropouts"), (Column.NON_WEAR, "non_wear")):
            plain = [statistic(person.values(column, number)) for number in range(3)]
            assert kept[label][name] == pytest.approx(plain, abs=0.01)
        for hours in ("all", "day"):
            for shift in SHIFTS:
                far = shifted(person, shift, hours == "day")
                plain = [statistic(far.values(Column.NON_WEAR, number)) for number in range(3)]
                assert kept["shifted"][hours][f"{shift:g}"][name] == pytest.approx(plain, abs=0.01)
