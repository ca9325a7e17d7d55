"""The audit trail: nothing in it can be changed unseen, and nothing is left out of it."""

import multiprocessing
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.chain import START, Link, link, verify
from wearhouse.enrolling import contacts, enrolment
from wearhouse.enrolling.contacts import Contact
from wearhouse.enrolling.entrants import Entrant
from wearhouse.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.connection import transaction
from wearhouse.study import Role, Study
from wearhouse.team import audit
from wearhouse.team.acting import Acting

MANY = 25


def chained(number: int) -> list[Link]:
    links: list[Link] = []
    for n in range(1, number + 1):
        links.append(link(n, links[-1].digest if links else START, {"act": f"act {n}"}))
    return links


def test_a_trail_as_it_was_written_is_sound() -> None:
    found = verify(chained(5))

    assert (found.sound, found.entries) == (True, 5)


@given(st.integers(1, 6), st.integers(1, 6), st.sampled_from(["change", "forge", "drop", "swap"]))
def test_whatever_is_changed_shows(length: int, place: int, how: str) -> None:
    links = chained(length)
    at = min(place, length) - 1
    if how == "change":
        links[at] = Link(at + 1, links[at].content.replace("act ", "axe "), links[at].digest)
    elif how == "forge":  # with a digest that fits, which the next entry does not know
        links[at] = link(at + 1, "f" * 64 if at == 0 else links[at - 1].digest, {"act": "forged"})
        if at == length - 1 and at > 0:
            return  # the newest entry is guarded by the head, which a file does not hold
    elif how == "drop":
        del links[at]
        if at == length - 1:
            return
    elif length > 1:
        links[0], links[-1] = links[-1], links[0]
    else:
        return

    assert not verify(links).sound


def test_entries_are_chained_in_the_registry(registry: Registry) -> None:
    for n in range(3):
        audit.note(registry, "test", actor=f"a{n}", via="job")

    found = registry.audit.verdict()

    assert (found.sound, found.entries) == (True, 3)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'nobody'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_entries WHERE number = 2",
    ],
)
def test_the_database_itself_refuses_to_change_entries(registry: Registry, statement: str) -> None:
    for n in range(3):
        audit.note(registry, "test", actor=f"a{n}", via="job")

    with (
        pytest.raises(Unavailable, match="never changed"),
        transaction(registry.engine) as rows,
    ):
        rows.execute(sa.text(statement))

    assert registry.audit.verdict().entries == 3


def _tear_down_the_guard(registry: Registry) -> None:
    names = {"sqlite": ["audit_entries_UPDATE", "audit_entries_DELETE"]}
    postgres = ["audit_entries_stay ON audit_entries"]
    with transaction(registry.engine) as rows:
        for name in names.get(registry.engine.dialect.name, postgres):
            rows.execute(sa.text(f"DROP TRIGGER {name}"))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE audit_entries SET actor = 'nobody' WHERE number = 2", "not what was written"),
        ("UPDATE audit_entries SET content = '{}' WHERE number = 2", "not what was written"),
        ("DELETE FROM audit_entries WHERE number = 2", "Entry 2 is missing"),
        ("DELETE FROM audit_entries WHERE number = 3", "ends at entry 2 and should at 3"),
    ],
)
def test_who_gets_round_the_database_is_seen(
    registry: Registry, statement: str, problem: str
) -> None:
    for n in range(3):
        audit.note(registry, "test", actor=f"a{n}", via="job")
    _tear_down_the_guard(registry)
    with transaction(registry.engine) as rows:
        rows.execute(sa.text(statement))

    found = registry.audit.verdict()

    assert not found.sound
    assert problem in found.problem


def test_an_entry_is_kept_with_its_act_or_neither_is(manager: Acting, study: Study) -> None:
    enrolment.enrol(manager, study, [Entrant("P-1")], "UTC")
    before = manager.registry.audit.verdict().entries

    with pytest.raises(NotFound), manager.registry.together():
        _enrol_and_fail(manager, study)

    assert manager.registry.audit.verdict().entries == before
    assert manager.registry.codes(study) == {"P-1"}


def _enrol_and_fail(manager: Acting, study: Study) -> None:
    enrolment.enrol(manager, study, [Entrant("P-2")], "UTC")
    manager.registry.study_named("nowhere")


def _append(url: str, who: str) -> None:
    registry = open_registry(url)
    for _ in range(MANY):
        audit.note(registry, "test", actor=who, via="job")
    registry.close()


def test_threads_that_write_at_once_make_one_chain(url: str, registry: Registry) -> None:
    threads = [
        threading.Thread(
            target=lambda n=n: [audit.note(registry, "test", actor=str(n), via="job")
                                for _ in range(MANY)]
        )
        for n in range(4)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = registry.audit.verdict()

    assert (found.sound, found.entries) == (True, 4 * MANY)


def test_processes_that_write_at_once_make_one_chain(url: str, registry: Registry) -> None:
    spawned = multiprocessing.get_context("spawn")
    processes = [spawned.Process(target=_append, args=(url, str(n))) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    found = registry.audit.verdict()

    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert (found.sound, found.entries) == (True, 3 * MANY)


def test_an_exported_trail_is_verified_without_a_registry(manager: Acting, tmp_path: Path) -> None:
    for n in range(3):
        audit.note(manager.registry, "test", actor=f"a{n}", via="job")
    file = tmp_path / "trail.jsonl"
    file.write_bytes(b"".join(audit.exported(manager)))

    found = audit.verify_file(file)

    assert (found.sound, found.entries) == (True, 4)
    assert found.digest == manager.registry.audit.verdict().digest


def test_a_changed_line_of_an_exported_trail_shows(manager: Acting, tmp_path: Path) -> None:
    for n in range(3):
        audit.note(manager.registry, "test", actor=f"a{n}", via="job")
    file = tmp_path / "trail.jsonl"
    lines = list(audit.exported(manager))
    file.write_bytes(b"".join([lines[0], lines[1].replace(b"a1", b"zz"), *lines[2:]]))

    found = audit.verify_file(file)

    assert (found.entries, found.problem) == (1, "Entry 2 is not what was written.")


@pytest.mark.parametrize("text", ["nonsense", "{}", '{"content": 1, "digest": 2}', "[]"])
def test_what_is_no_trail_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "trail.jsonl"
    file.write_text(text)

    with pytest.raises(Invalid, match="Line 1"):
        audit.verify_file(file)


def test_an_entry_says_who_what_before_and_after_and_why(manager: Acting, study: Study) -> None:
    [person] = enrolment.enrol(manager, study, [Entrant("P-1", site="NORTH")], "UTC")
    enrolment.change(manager, person, {"site": "SOUTH", "timezone": "UTC"}, "moved house")

    entry = audit.entries(manager, act="participant.change")[0]

    told = {name: entry[name] for name in ("actor", "role", "via", "participant", "study")}
    assert told == {
        "actor": "maria", "role": "manager", "via": "session", "participant": "P-1", "study": "S1",
    }  # fmt: skip
    assert (entry["before"], entry["after"]) == ({"site": "NORTH"}, {"site": "SOUTH"})
    assert entry["reason"] == "moved house"


def test_looking_at_contact_details_is_noted_and_they_are_not_in_the_trail(
    manager: Acting, study: Study
) -> None:
    [person] = enrolment.enrol(manager, study, [Entrant("P-1")], "UTC")
    contacts.write(manager, person, Contact("Ada", "ada@example.org"))
    contacts.read(manager, person)

    entries = audit.entries(manager, participant="P-1", act="contact")

    assert [entry["act"] for entry in entries] == ["contact.read", "contact.change"]
    assert b"ada@example.org" not in orjson.dumps(entries)
    assert set(entries[1]["after"]) == {"name", "email"}


def test_a_refused_act_leaves_no_entry(manager: Acting, study: Study) -> None:
    [person] = enrolment.enrol(manager, study, [Entrant("P-1")], "UTC")
    before = manager.registry.audit.verdict().entries

    with pytest.raises(Conflict):
        enrolment.resume(manager, person, date(2026, 3, 1))

    assert manager.registry.audit.verdict().entries == before


def test_only_who_may_read_the_trail_reads_it(team: Callable[..., Acting]) -> None:
    with pytest.raises(NotAllowed):
        audit.entries(team(Role.COORDINATOR))


def test_who_may_not_know_arms_exports_no_trail(team: Callable[..., Acting]) -> None:
    with pytest.raises(NotAllowed):
        list(audit.exported(team(Role.MONITOR)))


def test_who_reaches_one_site_reads_of_its_people_only(
    team: Callable[..., Acting], study: Study
) -> None:
    people = [Entrant("P-1", site="NORTH"), Entrant("P-2", site="SOUTH")]
    enrolment.enrol(team(), study, people, "UTC")

    found = audit.entries(team(Role.MONITOR, "S1/NORTH"))

    assert {entry["participant"] for entry in found} == {"P-1"}
