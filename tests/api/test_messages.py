"""Writing to participants over HTTP, with a real mail server behind it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mail import Mailbox, mail_server_running
from starlette.testclient import TestClient

from wearhouse import runtime
from wearhouse.api import create_app
from wearhouse.registry import open_registry
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings
from wearhouse.store import Store
from wearhouse.study import Role

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
ROUTE = "/api/v1/messages"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server_running() as mailbox:
        yield mailbox


@pytest.fixture
def desk(store: Store, mailbox: Mailbox, tmp_path: Path) -> Iterator[Wearhouse]:
    """A study of which one participant has an address; nobody's night is quiet."""
    given = {"home": tmp_path, "smtp": mailbox.url, "smtp_from": "The team <team@lab.example>"}
    settings = Settings(**given, address="https://study.lab.example")
    registry = open_registry(settings.registry_url)
    registry.create_study("S1", "Sleep and light")
    for code in ("ADA", "BOB"):
        registry.enrol("S1", code, "UTC")
    registry.messages.set_rules(registry.study_named("S1"), "1/24h", "00:00-00:00", "en")
    wearhouse = Wearhouse(settings, store, registry)
    yield wearhouse
    wearhouse.close()
    registry.close()


def as_(wearhouse: Wearhouse, role: Role) -> TestClient:
    client = TestClient(create_app(wearhouse), raise_server_exceptions=False)
    key = wearhouse.registry.access.create_key("tests", role)
    client.headers["Authorization"] = f"Bearer {key}"
    return client


@pytest.fixture
def http(desk: Wearhouse) -> TestClient:
    client = as_(desk, Role.COORDINATOR)
    known = {"name": "Ada", "email": "ada@example.org"}
    answer = client.put("/api/v1/participants/ADA/contact?study=S1", json=known)
    assert answer.status_code in (200, 204), answer.text
    return client


def wanted(dry_run: bool, template: str = "sync") -> dict[str, object]:
    people = ["ADA", "BOB"]
    return {"study": "S1", "participants": people, "template": template, "dry_run": dry_run}


def test_a_dry_run_says_who_would_be_written_to_and_sends_nothing(
    http: TestClient, desk: Wearhouse
) -> None:
    letters = http.post(f"{ROUTE}/send", json=wanted(dry_run=True)).json()

    assert [(one["participant"], one["verdict"], one["reason"]) for one in letters] == [
        ("ADA", "now", ""),
        ("BOB", "held", "has no e-mail address"),
    ]
    assert desk.registry.messages.all() == []


def test_what_is_sent_arrives_and_stands_in_the_log_without_its_text(
    http: TestClient, desk: Wearhouse, mailbox: Mailbox
) -> None:
    http.post(f"{ROUTE}/send", json=wanted(dry_run=False))
    runtime._posted(desk)

    [mail] = mailbox.taken
    [logged] = http.get(ROUTE, params={"study": "S1"}).json()
    assert mail["To"] == "ada@example.org"
    assert (logged["participant"], logged["template"], logged["state"]) == ("ADA", "sync", "sent")
    assert "ada@example.org" not in str(logged)
    assert http.get(f"{ROUTE}/outcomes").json()[0]["sent"] == 1


def test_the_page_behind_the_link_stops_messages(
    http: TestClient, desk: Wearhouse, mailbox: Mailbox
) -> None:
    http.post(f"{ROUTE}/send", json=wanted(dry_run=False))
    runtime._posted(desk)
    link = urlsplit(str(mailbox.taken[0]["List-Unsubscribe"]).strip("<>")).path
    stranger = TestClient(create_app(desk))

    asked = stranger.get(link)
    still = desk.registry.contacts.all()[0].opted_out_at
    done = stranger.post(link, content=b"List-Unsubscribe=One-Click")

    assert "Stop messages?" in asked.text
    assert still is None
    assert "No more messages" in done.text
    assert desk.registry.contacts.all()[0].opted_out_at is not None


def test_a_link_that_was_cut_off_leads_to_a_page_that_says_so(http: TestClient) -> None:
    answer = http.get(f"{ROUTE}/opt-out/cut")

    assert answer.status_code == 404
    assert "leads nowhere" in answer.text


def test_a_text_can_be_looked_at_tried_on_oneself_and_changed(
    http: TestClient, mailbox: Mailbox
) -> None:
    own = {"study": "S1", "language": "en", "subject": "Hello {name}", "body": "{opt_out}"}
    kept = http.put(f"{ROUTE}/templates/sync", json=own).json()
    asked = {"study": "S1", "participant": "ADA", "template": "sync"}

    shown = http.post(f"{ROUTE}/preview", json=asked).json()
    http.post(f"{ROUTE}/test", json=asked | {"to": "me@lab.example"})

    assert kept["version"] == 1
    assert shown["subject"] == "Hello Ada"
    assert [(m["To"], m["Subject"]) for m in mailbox.taken] == [("me@lab.example", "Hello Ada")]


def test_a_text_with_a_measured_value_is_refused(http: TestClient) -> None:
    own = {"study": "S1", "language": "en", "subject": "x", "body": "{heart_rate} {opt_out}"}

    answer = http.put(f"{ROUTE}/templates/sync", json=own)

    assert answer.status_code == 422
    assert "heart_rate" in answer.json()["detail"]


def test_without_a_mail_server_nothing_is_queued(http: TestClient, desk: Wearhouse) -> None:
    silent = replace(desk, settings=Settings(home=desk.settings.home))
    client = as_(silent, Role.COORDINATOR)

    answer = client.post(f"{ROUTE}/send", json=wanted(dry_run=False))

    assert answer.status_code == 422
    assert "WEARHOUSE_SMTP" in answer.json()["detail"]
    assert desk.registry.messages.all() == []


def test_reminders_go_out_by_themselves_only_where_that_was_turned_on(
    http: TestClient, desk: Wearhouse
) -> None:
    runtime._remind(desk)
    off = desk.registry.messages.all()
    http.get("/api/v1/participants")
    desk.registry.enrolments.change_study(
        desk.registry.study_named("S1"),
        {"automation": True, "starts_on": datetime.now(UTC).date()},
    )
    runtime._remind(desk)
    runtime._remind(desk)

    assert off == []
    queued = desk.registry.messages.all()
    assert [(one.participant, one.cause) for one in queued] == [("ADA", "by itself")]


def test_a_draft_is_shown_as_an_invented_person_would_get_it(desk: Wearhouse) -> None:
    silent = replace(desk, settings=Settings(home=desk.settings.home))
    draft = {"language": "en", "subject": "{code}: hello", "body": "{name}, {study} {opt_out}"}
    asked = {"study": "S1", "template": "sync", "draft": draft}

    shown = as_(silent, Role.COORDINATOR).post(f"{ROUTE}/preview", json=asked).json()

    assert shown["subject"] == "P-EXAMPLE: hello"
    assert shown["body"].startswith("Robin Example, Sleep and light")


def test_a_draft_reaches_nobody(http: TestClient) -> None:
    draft = {"language": "en", "subject": "Draft for {name}", "body": "{opt_out}"}
    asked = {"study": "S1", "participant": "ADA", "template": "sync", "draft": draft}

    shown = http.post(f"{ROUTE}/preview", json=asked).json()

    texts = http.get(f"{ROUTE}/templates?study=S1").json()
    assert shown["subject"] == "Draft for Ada"
    assert {one["version"] for one in texts} == {0}


def test_who_was_written_to_lately_is_held_back_until_a_moment(http: TestClient) -> None:
    http.post(f"{ROUTE}/send", json=wanted(dry_run=False))

    letters = http.post(f"{ROUTE}/send", json=wanted(dry_run=True)).json()

    [ada] = [one for one in letters if one["participant"] == "ADA"]
    until = datetime.fromisoformat(ada["until"])
    assert ada["verdict"] == "held"
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)


def test_who_opted_out_is_listed_and_let_in_again_with_a_reason(
    http: TestClient, desk: Wearhouse
) -> None:
    said = {"study": "S1", "out": True, "reason": "told us by telephone"}
    out = http.put(f"{ROUTE}/opted-out/ADA", json=said)
    listed = http.get(f"{ROUTE}/opted-out?study=S1").json()
    silently = http.put(f"{ROUTE}/opted-out/ADA", json={"study": "S1", "out": False})
    again = http.put(f"{ROUTE}/opted-out/ADA", json=said | {"out": False})

    assert (out.status_code, silently.status_code, again.status_code) == (204, 422, 204)
    assert [one["participant"] for one in listed] == ["ADA"]
    assert http.get(f"{ROUTE}/opted-out?study=S1").json() == []
    trail = as_(desk, Role.MANAGER).get("/api/v1/audit").json()["entries"]
    assert {"contact.opt_out", "contact.opt_in"} <= {entry["act"] for entry in trail}


def test_nobody_without_contact_details_can_opt_out(http: TestClient) -> None:
    said = {"study": "S1", "out": True}

    assert http.put(f"{ROUTE}/opted-out/BOB", json=said).status_code == 404
