"""From when to when days are expected of participants, and when nothing could be read."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from wearhouse.desk.people import Known, person
from wearhouse.registry.syncs import Watermark
from wearhouse.sources.live import Family
from wearhouse.study import Grant, Participant, Pause, State, Study
from wearhouse.wear.days import Person

FAMILIES = {
    name: (
        Family("heart", ("heart_rate",), timedelta(days=1), "heart.read"),
        Family("sleep", ("sleep", "sleep_stage"), timedelta(days=1), "sleep.read"),
    )
    for name in ("cloud", "ring")
}
BOTH = frozenset({"heart.read", "sleep.read"})
ENROLLED, CONNECTED, READ = date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 12)
ANNA = Participant(1, "anna", "S", "Europe/Berlin", ENROLLED)
STUDY = Study(1, "S", "Sleep")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def grant(state: State, source: str = "cloud", scopes: frozenset[str] = BOTH) -> Grant:
    """A grant that was given on the day of connection, if it ever was."""
    never = state in (State.NONE, State.INVITED)
    return Grant(ANNA, source, state, scopes, granted_at=None if never else noon(CONNECTED))


def judged(
    *grants: Grant,
    who: Participant = ANNA,
    study: Study = STUDY,
    first_data: date | None = None,
    read: Sequence[str] = (),
    failing: Sequence[str] = (),
    pauses: Sequence[Pause] = (),
) -> Person:
    """The participant; the heart rate of the sources in `read` was read up to READ."""
    marks = {(1, source, "heart"): Watermark(ENROLLED, noon(READ)) for source in read}
    known = Known(
        {1: grants}, {1: pauses}, marks, {(1, source, "heart") for source in failing}, FAMILIES
    )
    return person(known, study, who, first_data)


def test_without_a_grant_days_are_expected_from_the_day_after_enrolment() -> None:
    found = judged(first_data=date(2026, 2, 1))

    assert (found.first_due, found.last_due) == (date(2026, 3, 2), None)
    assert (found.barred, found.outages) == ([], [])


def test_whoever_was_never_enrolled_is_expected_after_their_first_data() -> None:
    nobody = Participant(1, "anna", "S", "UTC")

    assert judged(who=nobody, first_data=CONNECTED).first_due == date(2026, 3, 6)
    assert judged(who=nobody).first_due is None


def test_a_window_of_their_own_begins_on_its_first_day() -> None:
    later = Participant(1, "anna", "S", "UTC", ENROLLED, starts_on=date(2026, 3, 20))

    assert judged(who=later).first_due == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("who", "study", "last"),
    [
        ({"withdrawn_on": date(2026, 4, 1)}, {}, date(2026, 3, 31)),
        ({"ends_on": date(2026, 4, 1)}, {}, date(2026, 4, 1)),
        ({}, {"ends_on": date(2026, 5, 1)}, date(2026, 5, 1)),
        ({"ends_on": date(2026, 6, 1)}, {"ends_on": date(2026, 5, 1)}, date(2026, 5, 1)),
    ],
)
def test_whatever_ends_first_ends_what_is_expected(
    who: dict[str, date], study: dict[str, date], last: date
) -> None:
    someone = Participant(1, "anna", "S", "UTC", ENROLLED, **who)

    assert judged(who=someone, study=Study(1, "S", "Sleep", **study)).last_due == last


@pytest.mark.parametrize("state", [State.NONE, State.INVITED])
def test_before_the_first_grant_nothing_is_authorised(state: State) -> None:
    assert judged(grant(state)).barred == [(ENROLLED, None)]


def test_days_between_enrolment_and_connection_are_not_authorised() -> None:
    found = judged(grant(State.ACTIVE))

    assert found.barred == [(ENROLLED, CONNECTED - timedelta(days=1))]
    assert found.connected_on == CONNECTED


def test_data_from_before_a_second_consent_show_the_first() -> None:
    found = judged(grant(State.ACTIVE), first_data=date(2026, 3, 2))

    assert found.connected_on == date(2026, 3, 2)


def test_after_a_grant_ended_nothing_is_authorised_from_the_last_day_that_was_read() -> None:
    ended = judged(grant(State.EXPIRED), read=["cloud"])

    assert ended.barred[-1] == (READ, None)


def test_another_grant_that_works_keeps_days_authorised() -> None:
    found = judged(grant(State.REVOKED), grant(State.ACTIVE, "ring"), read=["cloud"])

    assert found.barred == [(ENROLLED, CONNECTED - timedelta(days=1))]


def test_a_grant_without_the_heart_rate_does_not_authorise_days() -> None:
    sleep_only = grant(State.PARTIAL, scopes=frozenset({"sleep.read"}))
    heart_only = grant(State.PARTIAL, scopes=frozenset({"heart.read"}))

    assert judged(sleep_only).barred[-1] == (CONNECTED, None)
    assert judged(heart_only).barred[-1][1] is not None


def test_what_fails_is_an_outage_from_the_last_day_that_was_read() -> None:
    found = judged(grant(State.ACTIVE), read=["cloud"], failing=["cloud"])

    assert found.outages == [(READ, None)]


def test_one_source_that_works_is_no_outage() -> None:
    two = grant(State.ACTIVE), grant(State.ACTIVE, "ring")

    assert judged(*two, read=["cloud", "ring"], failing=["cloud"]).outages == []


def test_a_grant_that_ended_is_no_outage() -> None:
    assert judged(grant(State.EXPIRED), read=["cloud"], failing=["cloud"]).outages == []


def test_pauses_are_taken_over() -> None:
    pause = Pause(date(2026, 3, 8), None, "holiday")

    assert judged(pauses=[pause]).paused == [(date(2026, 3, 8), None)]
