"""From a work list to a mailbox: who is written to, when, once, and what becomes of it."""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mail import Mailbox, mail_server_running

from wearhouse.enrolling import contacts
from wearhouse.errors import NotAllowed, NotFound, Unavailable
from wearhouse.messages import opting
from wearhouse.messages.caps import Cap
from wearhouse.messages.delivery import mail_server
from wearhouse.messages.outcomes import outcomes
from wearhouse.messages.planning import plan, send
from wearhouse.messages.posting import ABANDONED, TRIES, Post, post
from wearhouse.messages.quiet import QuietHours
from wearhouse.messages.rules import Rules, keep_text, rules_of, set_rules, texts
from wearhouse.messages.templates import Template
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.devices import Heartbeat
from wearhouse.secrets import Secrets, new_key
from wearhouse.study import Actor, Participant, Pause, Role, Study
from wearhouse.team.acting import Acting, acting

KEY = new_key()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ADDRESS = "https://study.lab.example"


@dataclass
class Desk:
    """A study with people, a clock, and a mail server."""

    manager: Acting
    study: Study
    mailbox: Mailbox
    now: datetime = NOON
    invited: list[str] = field(default_factory=list)

    @property
    def registry(self) -> Registry:
        return self.manager.registry

    def enrol(self, code: str, timezone: str = "UTC", **known: str) -> Participant:
        person = self.registry.enrol(self.study.code, code, timezone, date(2026, 1, 1))
        details = {"name": code.title(), "email": f"{code.lower()}@example.org"} | known
        contacts.write(self.manager, person, contacts.contact_of(details))
        return person

    def send(self, *people: Participant, name: str = "sync") -> dict[str, str]:
        letters = send(self.manager, self.study, people, name, self.now)
        return {one.participant.code: one.verdict for one in letters}

    def post(self, mailbox: Mailbox | None = None) -> int:
        server = mail_server((mailbox or self.mailbox).url, "The team <team@lab.example>")
        return post(self.carrier(server), lambda: self.now)

    def carrier(self, server: object) -> Post:
        return Post(
            self.registry,
            self.manager.secrets,
            server,
            ADDRESS,
            self._invite,  # type: ignore[arg-type]
        )

    def _invite(self, person: Participant) -> str:
        self.invited.append(person.code)
        return f"{ADDRESS}/join?invitation={person.code}"

    def states(self) -> list[str]:
        return [one.state for one in self.registry.messages.all()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")
    registry.create_study("S1", "Sleep and light")
    secrets = Secrets(lambda: [KEY])
    actor = Actor("maria", Role.MANAGER, None, "session")
    with mail_server_running() as mailbox:
        yield Desk(acting(actor, registry, secrets), registry.study_named("S1"), mailbox)
    registry.close()


def test_a_message_arrives_filled_in_and_is_noted(desk: Desk) -> None:
    desk.send(desk.enrol("ADA"))

    assert desk.post() == 1

    [mail] = desk.mailbox.taken
    assert mail["To"] == "ada@example.org"
    assert mail["Subject"] == "Sleep and light: please open the app of your watch"
    assert mail.get_content().startswith("Dear Ada,")
    assert desk.states() == ["sent"]
    acts = [entry["act"] for entry in desk.registry.audit.found(100)]
    assert "message.queue" in acts


def test_a_message_is_sent_once_however_often_the_post_goes(desk: Desk) -> None:
    desk.send(desk.enrol("ADA"))

    assert [desk.post() for _ in range(3)] == [1, 0, 0]
    assert len(desk.mailbox.taken) == 1


def test_everybody_is_written_to_in_their_language(desk: Desk) -> None:
    desk.send(desk.enrol("ADA", language="de-CH"), desk.enrol("BOB", language="fr"))

    desk.post()

    subjects = {str(mail["To"]): str(mail["Subject"]) for mail in desk.mailbox.taken}
    assert "bitte die App" in subjects["ada@example.org"]
    assert "please open" in subjects["bob@example.org"]


def test_an_invitation_is_made_when_it_is_sent_not_before(desk: Desk) -> None:
    desk.send(desk.enrol("ADA"), name="invite")
    before = list(desk.invited)

    desk.post()

    assert (before, desk.invited) == ([], ["ADA"])
    assert f"{ADDRESS}/join?invitation=ADA" in desk.mailbox.taken[0].get_content()


def test_a_cap_holds_back_and_says_until_when(desk: Desk) -> None:
    ada = desk.enrol("ADA")
    desk.send(ada)
    desk.post()
    desk.now += timedelta(hours=5)

    [letter] = plan(desk.registry, desk.manager.secrets, desk.study, [ada], "sync", desk.now)

    assert letter.verdict == "held"
    assert "2026-03-03 12:00 UTC" in letter.reason
    desk.now = NOON + timedelta(days=1)
    assert desk.send(ada) == {"ADA": "now"}


def test_a_message_that_waits_counts_against_the_cap(desk: Desk) -> None:
    ada = desk.enrol("ADA")

    assert [desk.send(ada), desk.send(ada)] == [{"ADA": "now"}, {"ADA": "held"}]


def test_a_message_at_night_waits_for_the_morning_of_the_participant(desk: Desk) -> None:
    ada = desk.enrol("ADA", "Asia/Tokyo")  # where it is 21:00
    assert desk.send(ada) == {"ADA": "later"}

    assert desk.post() == 0
    desk.now = datetime(2026, 3, 3, 0, 1, tzinfo=UTC)

    assert desk.post() == 1


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"email": ""}, "no e-mail address"),
        ({"preference": "phone"}, "prefers phone"),
        ({"preference": "none"}, "prefers none"),
    ],
    ids=["no address", "telephone", "nothing"],
)
def test_who_cannot_or_will_not_be_written_to_is_held_back(
    desk: Desk, known: dict[str, str], why: str
) -> None:
    ada = desk.enrol("ADA", **known)

    [letter] = send(desk.manager, desk.study, [ada], "sync", desk.now)

    assert letter.verdict == "held"
    assert why in letter.reason


def test_who_pauses_or_has_left_is_not_written_to_not_even_from_the_queue(desk: Desk) -> None:
    people = [desk.enrol(code, "Asia/Tokyo") for code in ("ADA", "BOB", "EVE")]
    desk.send(*people)
    desk.registry.pauses.begin(people[0], Pause(date(2026, 3, 3), None, ""))
    with desk.registry.together():
        contacts.opt_out(desk.registry, people[1])
    desk.now += timedelta(hours=14)

    desk.post()

    assert [str(mail["To"]) for mail in desk.mailbox.taken] == ["eve@example.org"]
    assert sorted(desk.states()) == ["dropped", "dropped", "sent"]


def test_the_link_in_a_message_stops_messages(desk: Desk) -> None:
    ada = desk.enrol("ADA")
    desk.send(ada)
    desk.post()
    link = str(desk.mailbox.taken[0]["List-Unsubscribe"]).strip("<>")

    opting.opt_out(desk.registry, desk.manager.secrets, urlsplit(link).path.rpartition("/")[2])

    desk.now += timedelta(days=5)
    assert desk.send(ada) == {"ADA": "held"}
    assert "contact.opt_out" in [entry["act"] for entry in desk.registry.audit.found(100)]


def test_a_link_that_was_made_up_stops_nothing(desk: Desk) -> None:
    desk.enrol("ADA")

    with pytest.raises(NotFound):
        opting.opt_out(desk.registry, desk.manager.secrets, "MQ.made-up")


def test_a_server_that_is_busy_is_asked_again_later_and_not_for_ever(desk: Desk) -> None:
    desk.send(desk.enrol("ADA"))
    desk.mailbox.replies = ["451 4.7.1 greylisted"] * TRIES

    waits = []
    while desk.states() == ["queued"]:
        desk.post()
        [message] = desk.registry.messages.all()
        waits.append(message.due_at - desk.now)
        desk.now = max(desk.now, message.due_at)

    assert waits[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert desk.states() == ["failed"]
    assert desk.mailbox.taken == []


def test_an_address_that_bounced_is_held_until_it_is_corrected(desk: Desk) -> None:
    ada = desk.enrol("ADA")
    desk.mailbox.refused.add("ada@example.org")
    desk.now = datetime.now(UTC).replace(hour=12) + timedelta(days=1)
    desk.send(ada)
    desk.post()
    desk.now += timedelta(days=20)
    held = desk.send(ada)

    assert desk.states() == ["bounced"]
    assert held == {"ADA": "held"}


def test_nobody_is_written_to_again_when_the_line_broke_after_the_message(desk: Desk) -> None:
    desk.send(desk.enrol("ADA"), desk.enrol("BOB"))
    desk.mailbox.replies = ["DROP"]

    desk.post()
    desk.now += timedelta(hours=2)
    desk.post()

    assert sorted(desk.states()) == ["sent", "unknown"]
    assert len(desk.mailbox.taken) == 1


def test_without_a_mail_server_everything_stays_queued(desk: Desk) -> None:
    desk.send(desk.enrol("ADA"), desk.enrol("BOB"))
    gone = replace(desk.mailbox, port=1)

    with pytest.raises(Unavailable):
        desk.post(gone)
    desk.now += timedelta(minutes=6)

    assert desk.post() == 2


def test_a_message_that_was_being_sent_when_the_process_died_is_not_sent_again(
    desk: Desk,
) -> None:
    desk.send(desk.enrol("ADA"))
    assert desk.registry.messages.take(desk.now) is not None  # and then the process is killed
    desk.now += ABANDONED + timedelta(seconds=1)

    assert desk.post() == 0
    assert desk.states() == ["unknown"]


def taking(url: str, results: "multiprocessing.Queue[int]") -> None:
    registry = open_registry(url)
    taken = 0
    while registry.messages.take(NOON) is not None:
        taken += 1
    results.put(taken)
    registry.close()


def test_of_several_processes_each_message_is_taken_by_one(desk: Desk, tmp_path: Path) -> None:
    desk.send(*(desk.enrol(f"P{number}") for number in range(20)))
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    url = f"sqlite:///{tmp_path}/registry.sqlite"
    workers = [context.Process(target=taking, args=(url, results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    counts = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()

    assert sum(counts) == 20


def test_a_study_may_write_by_its_own_rules_and_in_its_own_words(desk: Desk) -> None:
    ada = desk.enrol("ADA", "Asia/Tokyo")
    rules = Rules((Cap(2, timedelta(days=1)),), QuietHours(*[NOON.time()] * 2), "de")
    set_rules(desk.manager, desk.study, rules)
    text = Template("sync", "de", "Hallo {name}", "{opt_out}")
    first, second = (keep_text(desk.manager, desk.study, text).version for _ in range(2))

    verdicts = [desk.send(ada) for _ in range(3)]
    desk.post()

    assert rules_of(desk.registry, desk.study) == rules
    assert (first, second) == (1, 2)
    assert verdicts == [{"ADA": "now"}, {"ADA": "now"}, {"ADA": "held"}]
    assert str(desk.mailbox.taken[0]["Subject"]) == "Hallo Ada"
    own = [one for one in texts(desk.registry, desk.study) if one.version]
    assert [(one.template, one.version) for one in own] == [(text, 2)]


def test_an_analyst_writes_to_nobody(desk: Desk) -> None:
    ada = desk.enrol("ADA")
    analyst = acting(Actor("ana", Role.ANALYST, None, ""), desk.registry, desk.manager.secrets)

    with pytest.raises(NotAllowed):
        send(analyst, desk.study, [ada], "sync", NOON)
    assert desk.states() == []


def test_what_came_of_messages_is_counted_by_template(desk: Desk) -> None:
    people = [desk.enrol(code) for code in ("ADA", "BOB", "EVE", "ZOE")]
    desk.send(*people)
    desk.post()
    for person, hours in zip(people, (2, 30, 100), strict=False):
        at = NOON + timedelta(hours=hours)
        beat = Heartbeat(person.code, "x", "d", "watch", "m", None, None, None, at, at)
        desk.registry.devices.report(person, beat)

    [outcome] = outcomes(desk.registry, "S1")

    assert (outcome.sent, outcome.within_24h, outcome.within_72h, outcome.untold) == (4, 1, 2, 1)


def test_no_address_is_kept_in_the_clear(desk: Desk, tmp_path: Path) -> None:
    desk.send(desk.enrol("ADA"))
    desk.post()

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("registry.sqlite*"))

    assert b"ada@example.org" not in kept
