"""Every participant-day has one reason, and the first that applies."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from grids import FIRST, SOMEBODY, World, at, nth, synced
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.wear.adherence import adherence, total
from wearhouse.wear.clocks import clocks
from wearhouse.wear.days import Person
from wearhouse.wear.presets import DEFAULT
from wearhouse.wear.reasons import CLOSED, UNEXPECTED, Reason

ALWAYS = {(1, nth(n)): 700.0 for n in range(40)}


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [(None, "not_worn"), (1, "below_threshold"), (599, "below_threshold"), (600, "valid")],
)
def test_a_closed_day_is_judged_by_its_worn_minutes(minutes: float | None, reason: str) -> None:
    worn = {} if minutes is None else {(1, FIRST): minutes}

    assert World(worn, [synced(1, 0)]).reasons(at(1), FIRST) == [reason]


def test_a_day_is_closed_by_a_sync_at_its_very_end_and_not_before() -> None:
    before = World(ALWAYS, [(1, at(1, 0) - timedelta(milliseconds=1), at(1, 0))])

    assert before.reasons(at(1), FIRST) == ["pending_sync"]
    assert World(ALWAYS, [synced(1, 0)]).reasons(at(1), FIRST) == ["valid"]


def test_a_day_is_lost_after_a_week_without_a_sync_unless_it_is_valid_already() -> None:
    world = World({(1, nth(0)): 700.0, (1, nth(1)): 200.0}, [synced(1, 20)])

    assert world.reasons(at(8), nth(1)) == ["valid", "pending_sync"]
    assert world.reasons(at(9), nth(1)) == ["valid", "lost"]


def test_a_day_that_meets_the_rule_is_valid_after_a_week_though_no_sync_closed_it() -> None:
    world = World(ALWAYS, [synced(0, 23)])

    assert world.reasons(at(7), FIRST) == ["pending_sync"]
    assert world.reasons(at(8), FIRST) == ["valid"]


def test_a_day_that_a_sync_reached_too_late_is_lost_and_not_called_not_worn() -> None:
    told_late = (1, at(0, 6), at(9))  # on the 9th the newest sync was still that of the 0th
    world = World({}, [told_late, synced(10)])

    assert world.reasons(at(11), nth(3)) == ["lost", "lost", "not_worn", "not_worn"]


def test_without_any_sign_of_a_sync_the_cause_is_unknown_and_not_guessed() -> None:
    assert World().reasons(at(9), nth(3)) == ["unknown", "unknown", "pending_sync", "pending_sync"]


def test_nothing_is_expected_before_the_first_whole_day_and_after_the_last() -> None:
    world = World(ALWAYS, [synced(30)]).of(first_due=nth(1), last_due=nth(2))

    assert world.reasons(at(30), nth(3)) == ["not_due", "valid", "valid", "not_due"]


def test_the_day_of_connection_is_never_counted() -> None:
    world = World(ALWAYS, [synced(30)]).of(connected_on=nth(1))

    assert world.reasons(at(30), nth(2)) == ["valid", "not_due", "valid"]


def test_nobody_is_due_without_a_first_day() -> None:
    assert World(ALWAYS, [synced(30)]).of(first_due=None).reasons(at(30), FIRST) == ["not_due"]


@pytest.mark.parametrize(
    ("field", "reason"), [("barred", "not_authorised"), ("outages", "outage"), ("paused", "paused")]
)
def test_stretches_give_their_days_a_reason(field: str, reason: str) -> None:
    world = World({}, [synced(30)]).of(**{field: [(nth(1), nth(1)), (nth(3), None)]})

    assert world.reasons(at(30), nth(3)) == ["not_worn", reason, "not_worn", reason]


def test_data_that_came_all_the_same_make_a_day_valid_but_not_a_paused_one() -> None:
    worn = World(ALWAYS, [synced(30)])
    stretch = [(nth(0), nth(0))]

    assert worn.of(barred=stretch).reasons(at(30), FIRST) == ["valid"]
    assert worn.of(outages=stretch).reasons(at(30), FIRST) == ["valid"]
    assert worn.of(paused=stretch).reasons(at(30), FIRST) == ["paused"]


def test_days_that_are_not_over_on_the_participants_clock_have_no_row() -> None:
    east = World(ALWAYS, [synced(0)]).of(timezone="Pacific/Auckland")
    west = World(ALWAYS, [synced(0)]).of(timezone="America/New_York")

    assert len(east.reasons(at(0, 20), nth(1))) == 1
    assert len(west.reasons(at(1, 3), nth(1))) == 0


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 1380),
        ("Europe/Berlin", date(2026, 10, 25), 1500),
        ("Australia/Lord_Howe", date(2026, 4, 5), 1470),
        ("Asia/Kathmandu", date(2026, 3, 29), 1440),
    ],
)
def test_days_last_as_long_as_the_clock_makes_them(zone: str, day: date, minutes: int) -> None:
    found = clocks([zone], day, 1, np.array([[np.nan]]))

    assert found.minutes.tolist() == [[minutes]]


def test_a_traveller_stays_abroad_until_they_are_seen_elsewhere() -> None:
    tokyo = 540.0
    world = World(
        ALWAYS,
        [(1, at(1, 15), at(1, 15))],  # midnight in Tokyo, afternoon at home
        offsets={(1, nth(0)): tokyo},
    )

    reasons = [row["reason"] for row in world.days(at(1, 18), nth(1)).to_pylist()]

    assert reasons == ["valid", "valid"]


def test_a_flight_east_cuts_a_day_short() -> None:
    offsets = {(1, nth(0)): 0.0, (1, nth(1)): 540.0, (1, nth(2)): 540.0}
    table = World(ALWAYS, [synced(9)], offsets=offsets).days(at(9), nth(2))

    assert table["day_minutes"].to_pylist() == [900, 1440, 1440]


WORN = st.dictionaries(
    st.tuples(st.integers(1, 3), st.integers(0, 20).map(nth)), st.integers(1, 1440).map(float)
)
MOMENT = st.tuples(st.integers(1, 3), st.integers(0, 22), st.integers(0, 23)).map(
    lambda of: (of[0], at(of[1], of[2]), at(of[1], of[2]))
)
STRETCHES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 5)).map(lambda of: (nth(of[0]), nth(sum(of)))),
    max_size=2,
)
PEOPLE = st.tuples(
    *(
        st.builds(
            Person,
            st.just(number),
            st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]),
            st.none() | st.integers(0, 10).map(nth),
            st.none() | st.integers(8, 20).map(nth),
            paused=STRETCHES,
            barred=STRETCHES,
            outages=STRETCHES,
        )
        for number in (1, 2, 3)
    )
)
WORLDS = st.builds(World, WORN, st.lists(MOMENT, max_size=6), PEOPLE)
AS_OF = st.tuples(st.integers(0, 30), st.integers(0, 23)).map(lambda of: at(*of))


@given(world=WORLDS, as_of=AS_OF)
def test_reasons_sum_to_the_days_and_counts_to_the_expected_days(
    world: World, as_of: datetime
) -> None:
    table = world.days(as_of, nth(20))

    for row in adherence(DEFAULT, table).to_pylist():
        undecided = row["not_authorised"] + row["outage"] + row["unknown"]
        assert row["closed"] + row["pending"] + undecided == row["expected"]
        assert row["closed"] == sum(row[reason] for reason in CLOSED)
        if row["span"] == "whole":
            mine = [d for d in table["participant"].to_pylist() if d == row["participant"]]
            unexpected = sum(row[reason] for reason in UNEXPECTED)
            assert row["expected"] + unexpected == len(mine)


@given(world=WORLDS, as_of=AS_OF)
def test_everybody_together_is_the_sum_of_everybody(world: World, as_of: datetime) -> None:
    table = adherence(DEFAULT, world.days(as_of, nth(20)))

    [whole] = [r for r in total(DEFAULT, table).to_pylist() if r["span"] == "whole"]

    rows = [row for row in table.to_pylist() if row["span"] == "whole"]
    assert whole["valid"] == sum(row["valid"] for row in rows)
    assert whole["expected"] == sum(row["expected"] for row in rows)


@given(world=WORLDS, as_of=AS_OF, display=st.sampled_from([-10, 0, 5, 14]))
def test_the_zone_in_which_an_instant_is_written_changes_nothing(
    world: World, as_of: datetime, display: int
) -> None:
    from datetime import timezone

    elsewhere = as_of.astimezone(timezone(timedelta(hours=display)))

    assert world.days(elsewhere, nth(20)).equals(world.days(as_of, nth(20)))


@given(world=WORLDS, as_of=AS_OF, more=WORN, late=st.integers(0, 30))
def test_data_that_come_late_move_days_only_out_of_pending_lost_and_unknown(
    world: World, as_of: datetime, more: dict[tuple[int, date], float], late: int
) -> None:
    before = world.days(as_of, nth(20)).to_pylist()
    open_ = {Reason.PENDING_SYNC, Reason.LOST, Reason.UNKNOWN}
    waiting = {(row["participant"], row["day"]) for row in before if row["reason"] in open_}
    brought = {place: minutes for place, minutes in more.items() if place in waiting}
    grown = {place: max(minutes, world.worn.get(place, 0)) for place, minutes in brought.items()}
    news = [(who, min(at(late), as_of), min(at(late), as_of)) for who in (1, 2, 3)]
    after = replace(world, worn=world.worn | grown, syncs=[*world.syncs, *news])

    for old, new in zip(before, after.days(as_of, nth(20)).to_pylist(), strict=True):
        assert old["reason"] == new["reason"] or old["reason"] in open_


@given(world=WORLDS, as_of=AS_OF, hours=st.integers(1, 400))
def test_time_alone_never_takes_a_decision_back(world: World, as_of: datetime, hours: int) -> None:
    before = world.days(as_of, nth(20)).to_pylist()
    after = {
        (row["participant"], row["day"]): row["reason"]
        for row in world.days(as_of + timedelta(hours=hours), nth(20)).to_pylist()
    }

    for row in before:
        if row["reason"] != Reason.PENDING_SYNC:
            assert after[row["participant"], row["day"]] == row["reason"]


def test_nobody_at_all_makes_no_days() -> None:
    world = replace(World(), people=[])

    assert world.days(datetime(2026, 4, 1, tzinfo=UTC), nth(3)).num_rows == 0
    assert adherence(DEFAULT, world.days(at(9), nth(3))).num_rows == 0


def test_somebody_is_judged_on_their_own_days_alone() -> None:
    two = replace(
        World(ALWAYS | {(2, FIRST): 10.0}, [synced(30), synced(30, who=2)]),
        people=[replace(SOMEBODY, participant=2), SOMEBODY],
    )

    assert two.reasons(at(30), FIRST) == ["valid", "below_threshold"]
