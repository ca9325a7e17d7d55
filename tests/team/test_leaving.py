"""Leaving a study: what goes, what stays, and the receipt."""

from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from cloud import Cloud

from wearhouse.consent import grants
from wearhouse.consent.invitations import Consents, invite
from wearhouse.enrolling import contacts, enrolment
from wearhouse.enrolling.contacts import Contact
from wearhouse.enrolling.entrants import Entrant
from wearhouse.errors import Conflict, Invalid, NotAllowed, NotFound
from wearhouse.leaving.withdrawing import Leaving, leave
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.sources.http import open_client
from wearhouse.study import Actor, Participant, Role, State, Study
from wearhouse.team import audit
from wearhouse.team.acting import Acting, acting

ON = date(2026, 3, 10)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def consents(manager: Acting, cloud: Cloud) -> Iterator[Consents]:
    client = open_client()
    yield Consents(manager.registry, manager.secrets, {"cloud": cloud}, client, "http://here")
    client.close()


@pytest.fixture
def person(manager: Acting, study: Study, consents: Consents) -> Participant:
    """Somebody with contact details and a grant that works."""
    one = Entrant("P-1", enrolled_on=date(2026, 3, 1), contact=Contact("Ada", "ada@example.org"))
    [made] = enrolment.enrol(manager, study, [one], "UTC")
    link = invite(consents, made, "cloud").link
    [word] = parse_qs(urlsplit(link).query)["invitation"]
    grants.accept(consents, word, "account-7")
    return made


def account_of(manager: Acting, person: Participant) -> tuple[object, object]:
    table = tables.grants
    asked = sa.select(table.c.token, table.c.subject).where(table.c.participant_id == person.id)
    with transaction(manager.registry.engine) as rows:
        token, subject = rows.execute(asked).one()
    return token, subject


def test_who_stops_keeps_their_data_and_contact_details_and_nothing_is_fetched(
    manager: Acting, consents: Consents, person: Participant
) -> None:
    receipt = leave(manager, consents, person, Leaving.KEEP, ON, "moved away")

    left = manager.registry.participant_named("P-1")
    assert left.withdrawn_on == ON
    assert manager.registry.grants.of(left, "cloud").state == State.REVOKED
    assert contacts.read(manager, left).name == "Ada"
    assert (receipt.revoked, receipt.removed) == (("cloud",), {})


def test_who_parts_leaves_nothing_behind_that_leads_to_them(
    manager: Acting, consents: Consents, person: Participant
) -> None:
    receipt = leave(manager, consents, person, Leaving.PART, ON, "asked for it")

    with pytest.raises(NotFound):
        contacts.read(manager, person)
    assert account_of(manager, person) == (None, None)
    assert receipt.removed == {"contacts": 1, "vendor_accounts": 1}
    assert any("Backups" in note for note in receipt.notes)


def test_who_stopped_before_can_part_later(
    manager: Acting, consents: Consents, person: Participant
) -> None:
    leave(manager, consents, person, Leaving.KEEP, ON, "moved away")
    left = manager.registry.participant_named("P-1")

    receipt = leave(manager, consents, left, Leaving.PART, date(2026, 4, 1), "asked for it")

    assert receipt.withdrawn_on == ON
    assert manager.registry.participant_named("P-1").withdrawn_on == ON


def test_nobody_stops_twice(manager: Acting, consents: Consents, person: Participant) -> None:
    leave(manager, consents, person, Leaving.KEEP, ON, "moved away")

    with pytest.raises(Conflict):
        leave(
            manager, consents, manager.registry.participant_named("P-1"), Leaving.KEEP, ON, "again"
        )


@pytest.mark.parametrize(("on", "reason"), [(ON, " "), (date(2026, 2, 1), "moved away")])
def test_leaving_takes_a_reason_and_a_day_in_the_study(
    manager: Acting, consents: Consents, person: Participant, on: date, reason: str
) -> None:
    with pytest.raises(Invalid):
        leave(manager, consents, person, Leaving.KEEP, on, reason)

    assert manager.registry.participant_named("P-1").withdrawn_on is None


def test_a_coordinator_lets_people_stop_but_destroys_nothing(
    team: Callable[..., Acting], consents: Consents, person: Participant
) -> None:
    coordinator = team(Role.COORDINATOR)

    with pytest.raises(NotAllowed):
        leave(coordinator, consents, person, Leaving.PART, ON, "asked for it")

    assert leave(coordinator, consents, person, Leaving.KEEP, ON, "moved away")


def test_the_receipt_names_earlier_exports_that_hold_their_data(
    manager: Acting, consents: Consents, person: Participant, study: Study
) -> None:
    [other] = enrolment.enrol(manager, study, [Entrant("P-2")], "UTC")
    audit.export(manager, [person, other], "heart_rate as csv")
    audit.export(manager, [other], "steps as csv")

    receipt = leave(manager, consents, person, Leaving.KEEP, ON, "moved away")

    assert [name.partition(" ")[2] for name in receipt.exports] == ["heart_rate as csv"]


def test_the_receipt_names_exports_of_people_whom_the_coordinator_does_not_reach(
    manager: Acting, consents: Consents, person: Participant, study: Study
) -> None:
    registry = manager.registry
    registry.enrolments.change(person, study, {"site": "NORTH"})
    audit.export(manager, [person], "heart_rate as csv")
    here = frozenset({f"{study.code}/NORTH"})
    coordinator = acting(Actor("carla", Role.COORDINATOR, here), registry, manager.secrets)
    person = registry.participant_named(person.code)

    receipt = leave(coordinator, consents, person, Leaving.KEEP, ON, "moved away")

    assert [name.partition(" ")[2] for name in receipt.exports] == ["heart_rate as csv"]


def test_the_trail_holds_the_receipt_and_no_contact_details(
    manager: Acting, consents: Consents, person: Participant
) -> None:
    leave(manager, consents, person, Leaving.PART, ON, "asked for it")

    [entry] = audit.entries(manager, act="participant.part")

    assert entry["after"]["removed"] == {"contacts": 1, "vendor_accounts": 1}
    assert entry["reason"] == "asked for it"
    assert "ada@example.org" not in str(entry)
