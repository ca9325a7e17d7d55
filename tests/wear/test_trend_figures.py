"""How a study goes: enrolment, and adherence by week since start."""

from datetime import date, timedelta

import pyarrow as pa

from wearhouse.desk.trends import Week, enrolment, weekly
from wearhouse.study import Participant, Study
from wearhouse.wear.days import DAYS
from wearhouse.wear.reasons import CLOSED, Reason

TODAY = date(2026, 3, 29)
"""A day of 23 hours in Berlin: days are counted, not hours."""


def person(number: int, enrolled_on: date | None) -> Participant:
    return Participant(number, f"P-{number}", "S", "Europe/Berlin", enrolled_on)


def study(target: int | None = None) -> Study:
    return Study(1, "S", "Sleep", target=target)


def days(of: dict[int, tuple[date, list[Reason]]]) -> pa.Table:
    """Days in a row with their reasons, of each participant from a date on."""
    rows = [
        dict.fromkeys(DAYS.names)
        | {
            "participant": who,
            "day": first + timedelta(days=place),
            "reason": str(reason),
            "closed": reason in CLOSED,
        }
        for who, (first, reasons) in of.items()
        for place, reason in enumerate(reasons)
    ]
    return pa.Table.from_pylist(rows, schema=DAYS)


def test_enrolment_is_counted_up_by_day_and_who_is_to_come_apart() -> None:
    people = [person(n, TODAY - timedelta(days=ago)) for n, ago in enumerate((40, 40, 3))]
    people += [person(4, TODAY + timedelta(days=1)), person(5, None)]

    found = enrolment(study(), people, TODAY)

    assert [(one.day, one.participants) for one in found.days] == [
        (TODAY - timedelta(days=40), 2),
        (TODAY - timedelta(days=3), 3),
    ]
    assert (found.enrolled, found.planned, found.recent, found.target) == (3, 2, 1, None)


def test_the_day_of_the_target_follows_from_the_last_four_weeks() -> None:
    people = [person(n, TODAY - timedelta(days=n)) for n in range(4)]

    found = enrolment(study(target=7), people, TODAY)

    assert found.reached_on == TODAY + timedelta(days=21)  # 3 more at 4 in 28 days


def test_without_anybody_lately_no_day_is_promised() -> None:
    people = [person(1, TODAY - timedelta(days=60))]

    assert enrolment(study(target=7), people, TODAY).reached_on is None


def test_a_week_counts_from_each_participants_own_start() -> None:
    valid, short, pending = Reason.VALID, Reason.BELOW_THRESHOLD, Reason.PENDING_SYNC
    early, late = TODAY - timedelta(days=20), TODAY - timedelta(days=8)
    table = days({1: (early, [valid] * 7 + [short] * 3), 2: (late, [short] * 7 + [pending])})

    weeks = weekly(table, {1: early, 2: late}, {})

    assert weeks == [
        Week(None, 0, 2, expected=14, closed=14, pending=0, valid=7, adherence=0.5),
        Week(None, 1, 1, expected=4, closed=3, pending=1, valid=0, adherence=0.0),
    ]


def test_a_week_in_which_nothing_is_closed_has_no_adherence() -> None:
    table = days({1: (TODAY, [Reason.PENDING_SYNC])})

    [week] = weekly(table, {1: TODAY}, {})

    assert (week.adherence, week.participants, week.pending) == (None, 0, 1)


def test_days_on_which_nothing_is_expected_are_in_no_week() -> None:
    table = days({1: (TODAY, [Reason.NOT_DUE, Reason.PAUSED, Reason.VALID])})

    [week] = weekly(table, {1: TODAY}, {})

    assert (week.expected, week.valid) == (1, 1)


def test_weeks_by_arm_add_up_to_those_of_all() -> None:
    table = days({n: (TODAY, [Reason.VALID, Reason.LOST][: n % 2 + 1] * 5) for n in range(1, 6)})

    weeks = weekly(
        table, dict.fromkeys(range(1, 6), TODAY), {1: "A", 2: "B", 3: "A", 4: "B", 5: "A"}
    )

    for week in {one.week for one in weeks}:
        of = {one.arm: one for one in weeks if one.week == week}
        assert of[None].closed == sum(of[arm].closed for arm in ("A", "B") if arm in of)
        assert of[None].valid == sum(of[arm].valid for arm in ("A", "B") if arm in of)
