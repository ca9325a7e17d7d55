"""The threshold explorer against the same counted one threshold at a time."""

from datetime import timedelta

import pytest
from grids import World, at, counts, nth, synced
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.wear.adherence import weeks
from wearhouse.wear.days import DAYS, Facts, days
from wearhouse.wear.definition import Definition
from wearhouse.wear.presets import DEFAULT
from wearhouse.wear.sensitivity import HALF_HOURS, curve

PLACES = st.tuples(st.integers(1, 3), st.integers(0, 9).map(nth))


@given(
    worn=st.dictionaries(PLACES, st.integers(1, 1440).map(float)),
    steps=st.dictionaries(PLACES, st.integers(0, 9_000).map(float)),
    least_days=st.integers(1, 4),
)
def test_every_point_is_what_counting_gives(
    worn: dict, steps: dict, least_days: int
) -> None:  # fmt: skip
    from dataclasses import replace

    from grids import SOMEBODY

    people = [replace(SOMEBODY, participant=number) for number in (1, 2, 3)]
    world = World(worn, [synced(30, who=number) for number in (1, 2, 3)], people)
    facts = Facts(counts(worn), counts(worn), counts(steps), counts({}), world.facts().syncs)
    table = days(DEFAULT, people, facts, nth(0), nth(9), at(30))
    rows = table.to_pylist()

    for point in curve(table, least_days=least_days).to_pylist():
        kept = [row for row in rows if row["worn_minutes"] >= point["hours"] * 60]
        walked = [row["steps"] for row in kept if row["steps"] is not None]
        people_kept = [
            who for who in (1, 2, 3)
            if sum(row["participant"] == who for row in kept) >= least_days
        ]  # fmt: skip
        assert point["days"] == len(kept)
        assert point["people"] == len(people_kept)
        assert point["days_share"] == pytest.approx(len(kept) / len(rows))
        mean = sum(walked) / len(walked) if walked else None
        assert point["mean_steps"] == (pytest.approx(mean) if walked else None)


def test_nothing_at_all_leaves_an_empty_curve() -> None:
    table = curve(DAYS.empty_table())

    assert table["days"].to_pylist() == [0] * len(HALF_HOURS)
    assert set(table["mean_steps"].to_pylist()) == {None}


def test_days_that_wait_for_a_sync_are_not_on_the_curve() -> None:
    world = World({(1, nth(0)): 700.0, (1, nth(1)): 700.0}, [synced(1, 0)])

    assert curve(world.days(at(2), nth(1)))["days"][0].as_py() == 1


@pytest.mark.parametrize(
    ("numbers", "weekend", "valid"),
    [
        ((1, 2, 3), 0, False),
        ((1, 2, 3, 4), 0, True),
        ((1, 2, 3, 4), 1, False),
        ((1, 2, 3, 6), 1, True),
    ],
)
def test_a_week_is_valid_with_four_valid_days_and_the_weekend_that_is_asked_for(
    numbers: tuple[int, ...], weekend: int, valid: bool
) -> None:
    definition = Definition("w", "t", "s", weekend_least=weekend)
    worn = {(1, nth(number)): 700.0 for number in numbers}  # nth(1) is a Monday
    table = World(worn, [synced(30)]).days(at(30), nth(7))

    [_, week] = weeks(definition, table).to_pylist()

    assert week["week"] == nth(0) + timedelta(days=1)
    assert (week["valid"], week["is_valid"]) == (len(numbers), valid)
