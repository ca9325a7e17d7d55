"""Taking part: one by one, pasted, from a file; changed, paused, resumed."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.enrolling import contacts, enrolment, studies
from wearhouse.enrolling.contacts import Contact
from wearhouse.enrolling.entrants import Entrant, listed
from wearhouse.errors import BadRows, Conflict, Invalid, NotAllowed, NotFound
from wearhouse.study import Participant, Pause, Role, Status, Study, status_on
from wearhouse.team import audit
from wearhouse.team.acting import Acting

Team = Callable[..., Acting]

CSV = """code,timezone,site,arm,starts_on,ends_on,name,email,language
P-1,Europe/Berlin,NORTH,A,2026-03-01,2026-05-01,Ada,ada@example.org,de
P-2,,SOUTH,B,,,,,
"""


@pytest.fixture
def person(manager: Acting, study: Study) -> Participant:
    [made] = enrolment.enrol(manager, study, [Entrant("P-1", site="NORTH")], "UTC")
    return made


def test_a_csv_file_enrols_everybody_with_contact_details(manager: Acting, study: Study) -> None:
    ada, other = enrolment.enrol(manager, study, listed(CSV), "Asia/Kathmandu")

    assert (ada.timezone, ada.site, ada.arm) == ("Europe/Berlin", "NORTH", "A")
    assert (ada.starts_on, ada.ends_on) == (date(2026, 3, 1), date(2026, 5, 1))
    assert (other.timezone, other.site) == ("Asia/Kathmandu", "SOUTH")
    assert contacts.read(manager, ada).email == "ada@example.org"
    assert contacts.of(manager.registry, manager.secrets, other) is None


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_columns_stand_in_any_order_with_any_usual_mark_between(between: str) -> None:
    text = f"site{between}code\nNORTH{between}P-1\n"

    assert listed(text) == [Entrant("P-1", site="NORTH")]


def test_a_pasted_list_has_a_code_on_each_line() -> None:
    assert listed("P-1\r\n\n  P-2 \n") == [Entrant("P-1"), Entrant("P-2")]


@given(st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True), min_size=1,
                unique=True))  # fmt: skip
def test_a_list_and_a_file_of_the_same_codes_say_the_same(codes: list[str]) -> None:
    if codes[0].lower() == "code":
        return

    assert listed("\n".join(codes)) == listed("\n".join(["code", *codes]))


def test_every_bad_row_is_named_and_nobody_is_enrolled(manager: Acting, study: Study) -> None:
    text = "code,site,timezone,starts_on,email\nP-1,NORTH,,,\nP 2,,,,\nP-3,,Mars/Base,,\nP-1,,,,\n"
    text += "P-4,,,yesterday,\nP-5,,,,nobody\nP-6,,,,,,\n"

    with pytest.raises(BadRows) as refusal:
        listed(text)

    assert [row for row, _ in refusal.value.problems] == [2, 3, 4, 5, 6, 7]
    assert "nobody" not in str(refusal.value)


def test_whoever_is_there_already_and_unknown_sites_are_named_by_row(
    manager: Acting, study: Study, person: Participant
) -> None:
    people = [Entrant("P-9"), Entrant("P-1"), Entrant("P-8", site="MOON"), Entrant("P-7", arm="Z")]

    with pytest.raises(BadRows) as refusal:
        enrolment.enrol(manager, study, people, "UTC")

    assert [row for row, _ in refusal.value.problems] == [2, 3, 4]
    assert manager.registry.codes(study) == {"P-1"}


@pytest.mark.parametrize("text", ["", "\n \n", "code,shoe\nP-1,43", "code,code\nP-1,P-2"])
def test_a_list_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        listed(text)


def test_what_a_participant_was_before_stays_in_the_history(
    manager: Acting, person: Participant
) -> None:
    changed = enrolment.change(
        manager, person, {"timezone": "Asia/Kathmandu", "ends_on": date(2026, 5, 1)}, "moved"
    )

    entry = audit.history(manager, changed)[0]

    assert (changed.timezone, changed.ends_on) == ("Asia/Kathmandu", date(2026, 5, 1))
    assert entry["before"] == {"timezone": "UTC", "ends_on": None}
    assert entry["after"] == {"timezone": "Asia/Kathmandu", "ends_on": "2026-05-01"}


@pytest.mark.parametrize(
    "values",
    [{"timezone": "Mars/Base"}, {"site": "MOON"}, {"code": "P-2"}, {"withdrawn_on": None},
     {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 4, 1)}],
)  # fmt: skip
def test_a_change_that_makes_no_sense_changes_nothing(
    manager: Acting, person: Participant, values: dict[str, object]
) -> None:
    with pytest.raises((Invalid, NotFound)):
        enrolment.change(manager, person, values)

    assert manager.registry.participant_named("P-1") == person


def test_a_participant_pauses_until_they_resume(manager: Acting, person: Participant) -> None:
    enrolment.pause(manager, person, date(2026, 3, 10), reason="holiday")
    enrolment.resume(manager, person, date(2026, 3, 15))

    assert manager.registry.pauses.of(person) == [
        Pause(date(2026, 3, 10), date(2026, 3, 14), "holiday")
    ]


def test_pauses_do_not_overlap(manager: Acting, person: Participant) -> None:
    enrolment.pause(manager, person, date(2026, 3, 10), date(2026, 3, 12))

    with pytest.raises(Conflict):
        enrolment.pause(manager, person, date(2026, 3, 12))
    enrolment.pause(manager, person, date(2026, 3, 13))

    with pytest.raises(Conflict):
        enrolment.pause(manager, person, date(2027, 1, 1))


def test_who_resumes_before_the_pause_began_never_paused(
    manager: Acting, person: Participant
) -> None:
    enrolment.pause(manager, person, date(2026, 3, 10))
    enrolment.resume(manager, person, date(2026, 3, 10))

    assert manager.registry.pauses.of(person) == []


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 2, 28), Status.PLANNED),
        (date(2026, 3, 1), Status.ACTIVE),
        (date(2026, 3, 10), Status.PAUSED),
        (date(2026, 3, 12), Status.PAUSED),
        (date(2026, 3, 13), Status.ACTIVE),
        (date(2026, 5, 1), Status.ACTIVE),
        (date(2026, 5, 2), Status.COMPLETED),
    ],
)
def test_where_a_participant_is_in_the_study_follows_from_the_days(
    day: date, status: Status
) -> None:
    person = Participant(1, "P-1", "S1", "UTC", starts_on=date(2026, 3, 1),
                         ends_on=date(2026, 5, 1))  # fmt: skip

    assert status_on(person, [Pause(date(2026, 3, 10), date(2026, 3, 12))], day) == status


def test_who_has_withdrawn_is_that_and_nothing_else() -> None:
    person = Participant(1, "P-1", "S1", "UTC", withdrawn_on=date(2026, 3, 11))

    found = [status_on(person, [Pause(date(2026, 3, 1))], date(2026, 3, day)) for day in (10, 11)]

    assert found == [Status.PAUSED, Status.WITHDRAWN]


def test_the_status_is_that_of_their_own_clock(manager: Acting, study: Study) -> None:
    today = datetime.now(UTC).date()
    zones = ["Pacific/Kiritimati", "Etc/GMT+12"]  # 26 hours apart: one of them is another day
    rows = [Entrant(f"P-{n}", zone, starts_on=today) for n, zone in enumerate(zones)]
    people = enrolment.enrol(manager, study, rows, "UTC")

    found = enrolment.standings(manager, people)

    assert found["S1", "P-0"]["status"] == Status.ACTIVE
    hour = datetime.now(UTC).hour
    expected = Status.PLANNED if hour < 12 else Status.ACTIVE
    assert found["S1", "P-1"]["status"] == expected


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MONITOR, Role.ENGINEER])
def test_who_may_not_edit_enrols_nobody(team: Team, study: Study, role: Role) -> None:
    with pytest.raises(NotAllowed):
        enrolment.enrol(team(role), study, [Entrant("P-1")], "UTC")


def test_to_end_the_blinding_takes_a_reason_and_is_noted(manager: Acting, study: Study) -> None:
    with pytest.raises(Invalid, match="why"):
        studies.change(manager, study, {"blinded": False})

    studies.change(manager, study, {"blinded": False}, "data lock")

    [entry] = audit.entries(manager, act="study.unblind")
    assert (entry["before"], entry["after"]) == ({"blinded": True}, {"blinded": False})


@pytest.mark.parametrize(
    "contact",
    [Contact(email="ada"), Contact(email="a@b"), Contact(phone="call me"),
     Contact(language="German"), Contact(preference="pigeon"), Contact(name="A\nB")],
)  # fmt: skip
def test_contact_details_that_make_no_sense_are_refused_without_repeating_them(
    manager: Acting, person: Participant, contact: Contact
) -> None:
    with pytest.raises(Invalid) as refusal:
        contacts.write(manager, person, contact)

    assert refusal.value.parameter in contacts.DETAILS
    for word in (contact.email, contact.phone, contact.name):
        assert not word or word not in str(refusal.value)


def test_who_opted_out_stays_so_when_details_change(manager: Acting, person: Participant) -> None:
    contacts.write(manager, person, Contact(email="ada@example.org"))
    contacts.opt_out(manager.registry, person)

    contacts.write(manager, person, Contact(email="ada@example.com"))

    assert contacts.read(manager, person).opted_out_at is not None


def test_details_can_be_encrypted_again(manager: Acting, person: Participant) -> None:
    contacts.write(manager, person, Contact("Ada", "ada@example.org"))
    before = manager.registry.contacts.of(person)

    assert contacts.encrypt_again(manager.registry, manager.secrets) == 1

    assert manager.registry.contacts.of(person) != before
    assert contacts.read(manager, person).name == "Ada"


def test_a_change_of_nothing_is_refused_in_words(manager: Acting, study: Study) -> None:
    with pytest.raises(Invalid, match="Say what is to be changed"):
        studies.change(manager, study, {})
