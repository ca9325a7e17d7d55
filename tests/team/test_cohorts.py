"""Cohorts: who is in them, who was, and that a rule unblinds nobody."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from wearhouse.enrolling import cohorts, enrolment
from wearhouse.enrolling.cohorts import Rule, rule_of
from wearhouse.enrolling.entrants import Entrant
from wearhouse.errors import Conflict, Invalid
from wearhouse.study import Participant, Role, Status, Study
from wearhouse.team.acting import Acting

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
FIXED = "FIXED"


@pytest.fixture
def people(manager: Acting, study: Study) -> list[Participant]:
    rows = [
        Entrant("P-1", site="NORTH", enrolled_on=date(2026, 3, 1)),
        Entrant("P-2", site="SOUTH", enrolled_on=date(2026, 3, 5)),
        Entrant("P-3"),
    ]
    return enrolment.enrol(manager, study, rows, "UTC")


def members(manager: Acting, study: Study, rule: Rule) -> list[str]:
    made = cohorts.create(manager, study, "C", "", rule)
    return [one.participant for one in cohorts.history(manager, made, NOW)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(), ["P-1", "P-2", "P-3"]),
        (Rule(sites=("NORTH",)), ["P-1"]),
        (Rule(enrolled_from=date(2026, 3, 5)), ["P-2"]),
        (Rule(enrolled_until=date(2026, 3, 4)), ["P-1"]),
        (Rule(sites=("NORTH", "SOUTH"), statuses=(Status.ACTIVE,)), ["P-1", "P-2"]),
        (Rule(statuses=(Status.WITHDRAWN,)), []),
        (Rule(timezones=("Asia/Kathmandu",)), []),
    ],
)
def test_a_rule_takes_those_for_whom_all_of_it_holds(
    manager: Acting, study: Study, people: list[Participant], rule: Rule, expected: list[str]
) -> None:
    assert members(manager, study, rule) == expected


def test_who_leaves_a_cohort_stays_in_its_history(
    manager: Acting, study: Study, people: list[Participant]
) -> None:
    made = cohorts.create(manager, study, "N", "", Rule(sites=("NORTH",)))
    cohorts.history(manager, made, NOW)
    enrolment.change(manager, people[0], {"site": "SOUTH"})
    enrolment.change(manager, people[1], {"site": "NORTH"})

    one, two = cohorts.history(manager, made, NOW)

    assert (one.participant, one.left_at is None) == ("P-1", False)
    assert (two.participant, two.left_at is None) == ("P-2", True)
    assert one.left_at == two.entered_at


def test_asking_again_changes_nothing_where_nothing_changed(
    manager: Acting, study: Study, people: list[Participant]
) -> None:
    made = cohorts.create(manager, study, "ALL", "", Rule())

    first = cohorts.history(manager, made, NOW)

    assert cohorts.history(manager, made, NOW) == first


def test_a_fixed_cohort_is_put_together_by_hand(
    manager: Acting, study: Study, people: list[Participant]
) -> None:
    made = cohorts.create(manager, study, FIXED, "", None)
    cohorts.assign(manager, made, people[:2])
    cohorts.assign(manager, made, people[1:])

    now = [one.participant for one in cohorts.history(manager, made, NOW) if not one.left_at]

    assert now == ["P-2", "P-3"]


def test_nobody_is_put_into_a_cohort_that_a_rule_makes(
    manager: Acting, study: Study, people: list[Participant]
) -> None:
    made = cohorts.create(manager, study, "ALL", "", Rule())

    with pytest.raises(Conflict):
        cohorts.assign(manager, made, people)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", '{"arm": ["A"]}', '{"sites": "NORTH"}', '{"statuses": ["odd"]}']
)
def test_a_rule_that_makes_no_sense_is_refused_and_arms_are_none_of_its_words(text: str) -> None:
    with pytest.raises(Invalid):
        rule_of(text)


def test_who_reaches_one_site_sees_its_members_only(
    team: Callable[..., Acting], manager: Acting, study: Study, people: list[Participant]
) -> None:
    made = cohorts.create(manager, study, "ALL", "", Rule())

    found = cohorts.history(team(Role.COORDINATOR, "S1/SOUTH"), made, NOW)

    assert [one.participant for one in found] == ["P-2"]
    assert len(cohorts.history(manager, made, NOW)) == 3
