"""Two arms of a study: what is kept of a run says when their difference would turn."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from wearhouse.imputation.reporting import STATISTICS, Completed
from wearhouse.imputation.tipping import SHIFTS, two_groups
from wearhouse.imputing.arms import between_arms
from wearhouse.imputing.making import summed_up
from wearhouse.registry.imputations import Share
from wearhouse.study import Participant


def worn(number: int, level: float) -> Completed:
    """Somebody with 900 measured minutes, and 600 of non-wear that were filled."""
    rng = np.random.default_rng(number)
    clock = rng.integers(0, 1_440, 600)
    measured, draws = rng.normal(level, 5, 900), rng.normal(level, 6, (5, 600))
    return Completed(number, measured, np.full(600, 2, np.int8), clock, draws, 0)


def share(person: Completed, arm: str | None) -> Share:
    who = Participant(person.participant, f"P-{person.participant}", "S1", "UTC", arm=arm)
    return Share(who, "", 600, {}, summed_up(person, shifts=True), datetime.now(UTC))


TREATED = [worn(number, 72 + number) for number in (1, 2, 3)]
OTHERS = [worn(number, 63 + number) for number in (4, 5, 6)]
SHARES = [share(one, "a") for one in TREATED] + [share(one, "b") for one in OTHERS]


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("hours", ["all", "day"])
def test_the_difference_of_arms_is_that_of_all_values_one_by_one(name: str, hours: str) -> None:
    found = {(row["arm"], row["statistic"], row["hours"]): row for row in between_arms(SHARES)}

    plain = two_groups(TREATED, OTHERS, STATISTICS[name], SHIFTS, hours == "day")

    row = found["a", name, hours]
    assert [shift["value"] for shift in row["shifts"]] == pytest.approx(
        [one.estimate.value for one in plain], abs=1e-5
    )
    assert [shift["low"] for shift in row["shifts"]] == pytest.approx(
        [one.estimate.low for one in plain], abs=1e-4
    )


def test_the_shift_that_turns_the_difference_is_named() -> None:
    rows = {(row["arm"], row["statistic"], row["hours"]): row for row in between_arms(SHARES)}

    mean = rows["a", "mean", "all"]
    assert mean["shifts"][2]["low"] > 0
    assert mean["shifts"][0]["low"] < 0
    assert mean["tips_at"] in (-5.0, -10.0)
    assert rows["b", "mean", "all"]["difference"] == pytest.approx(-mean["difference"])


def test_arms_that_are_hidden_are_not_told() -> None:
    hidden = [replace(one, participant=replace(one.participant, arm=None)) for one in SHARES]

    assert between_arms(hidden) == []


def test_an_arm_of_one_person_is_not_compared() -> None:
    assert between_arms([*SHARES[:1], *SHARES[3:]]) == []
