"""Writing to participants from the dashboard, in a real Chromium, to a real mail server."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe import faults
from mail import Mailbox, mail_server_running
from playwright.sync_api import Browser, Page, expect
from serving import served

from wearhouse.enrolling.contacts import Contact, sealed
from wearhouse.registry import open_registry
from wearhouse.secrets import open_secrets

pytestmark = pytest.mark.browser

PATIENCE_S = 90
"""Mail goes out every half minute."""


@dataclass(frozen=True)
class Desk:
    """A study in which three have an address, one of whom wants no messages, and one has none."""

    address: str
    login: str
    mailbox: Mailbox


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home: Path = tmp_path_factory.mktemp("letters")
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    secrets = open_secrets(home, "", None)
    study = registry.create_study("S1", "Sleep and light")
    for code in ("ADA", "BEN", "CAI", "DOV"):
        registry.enrol("S1", code, "UTC")
    for code in ("ADA", "BEN", "CAI"):
        who = registry.participant_named(code, "S1")
        contact = Contact(name=code.title(), email=f"{code.lower()}@example.org")
        registry.contacts.keep(who, sealed(secrets, contact))
    registry.messages.set_rules(study, "1/24h", "00:00-00:00", "en")
    registry.close()
    with mail_server_running() as mailbox:
        environment = {
            "WEARHOUSE_SMTP": mailbox.url,
            "WEARHOUSE_SMTP_FROM": "The team <team@lab.example>",
        }
        with served(home, "serve", environment=environment) as login:
            yield Desk(login.partition("/login")[0], login, mailbox)


@pytest.fixture(scope="module")
def manager(browser: Browser, desk: Desk) -> Iterator[Page]:
    """Somebody of the team, signed in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
    page = context.new_page()
    page.goto(desk.login)
    page.get_by_role("navigation", name="Main").wait_for()
    yield page
    context.close()


@pytest.fixture
def messages(manager: Page, desk: Desk) -> Page:
    """The page on which somebody writes."""
    manager.goto(f"{desk.address}/messages")
    manager.get_by_role("navigation", name="Messages").wait_for()
    return manager


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Messages").get_by_role("link", name=name).click()


def test_a_text_is_changed_looked_at_and_tried_on_oneself(messages: Page, desk: Desk) -> None:
    tab(messages, "Texts")
    messages.get_by_label("Subject").fill("{study}: please open the app, {name}")
    messages.get_by_role("button", name="Preview").click()
    letter = messages.get_by_role("article", name="Preview")
    expect(letter).to_contain_text("Sleep and light: please open the app, Robin Example")
    messages.get_by_role("button", name="Keep as version 1").click()
    expect(messages.get_by_text("Version 1", exact=True)).to_be_visible()

    messages.get_by_label("As it reaches").select_option("ADA")
    messages.get_by_label("Send a test to").fill("me@lab.example")
    messages.get_by_role("button", name="Send test").click()

    expect(messages.get_by_text("A test went to me@lab.example.")).to_be_visible()
    assert [(one["To"], one["Subject"]) for one in desk.mailbox.taken] == [
        ("me@lab.example", "Sleep and light: please open the app, Ada")
    ]


def test_a_text_that_would_tell_a_measured_value_is_refused(messages: Page) -> None:
    tab(messages, "Texts")
    messages.get_by_label("Body").fill("Your heart rate is {heart_rate}. {opt_out}")

    messages.get_by_role("button", name=re.compile("Keep as version")).click()

    expect(messages.get_by_role("alert")).to_contain_text("{heart_rate} cannot be filled in")


def test_from_a_dry_run_to_the_letter_by_keyboard_alone(messages: Page, desk: Desk) -> None:
    before = len(desk.mailbox.taken)
    messages.get_by_label("Participants", exact=True).focus()
    messages.keyboard.type("ADA DOV")
    messages.get_by_role("button", name="Dry run for 2 people").focus()
    messages.keyboard.press("Enter")
    status = messages.get_by_text("Would go to 1 person, 1 person held back.")
    expect(status).to_be_visible()
    expect(messages.get_by_role("cell", name="has no e-mail address")).to_be_visible()
    assert len(desk.mailbox.taken) == before

    messages.get_by_role("button", name="Send to 1 person").focus()
    messages.keyboard.press("Enter")
    expect(messages.get_by_text("1 person will be written to.")).to_be_visible()

    until = time.monotonic() + PATIENCE_S
    while len(desk.mailbox.taken) == before and time.monotonic() < until:
        messages.wait_for_timeout(250)
    assert desk.mailbox.taken[-1]["To"] == "ada@example.org"
    messages.goto(f"{desk.address}/messages?tab=log")
    row = messages.get_by_role("row", name=re.compile("ADA"))
    expect(row).to_contain_text("Sent")
    expect(row).to_contain_text("Device tells of no sync")


def test_who_was_written_to_is_held_back_until_a_moment_that_is_named(
    messages: Page, desk: Desk
) -> None:
    messages.get_by_label("Participants", exact=True).fill("CAI")
    messages.get_by_role("button", name="Dry run for 1 person").click()
    messages.get_by_role("button", name="Send to 1 person").click()
    expect(messages.get_by_text("1 person will be written to.")).to_be_visible()

    messages.get_by_role("button", name="Dry run for 1 person").click()

    expect(messages.get_by_text("Would go to 0 people, 1 person held back.")).to_be_visible()
    expect(messages.get_by_role("row", name=re.compile("CAI"))).to_contain_text(
        re.compile(r"was written to lately, until \d")
    )


def test_who_opted_out_is_held_back_and_let_in_only_with_their_word(
    messages: Page, desk: Desk
) -> None:
    said = {"study": "S1", "out": True, "reason": "told us"}
    told = messages.request.put(
        f"{desk.address}/api/v1/messages/opted-out/BEN",
        data=said,
        headers={"X-Wearhouse-CSRF": "1", "Origin": desk.address},
    )
    assert told.status == 204
    messages.get_by_label("Participants", exact=True).fill("BEN")
    messages.get_by_role("button", name="Dry run for 1 person").click()
    expect(messages.get_by_role("cell", name="wants no messages")).to_be_visible()

    tab(messages, "Opted out")
    messages.get_by_role("button", name="Write to BEN again").click()
    messages.get_by_label("How they asked for it").fill("by telephone")
    messages.get_by_role("button", name="Write again", exact=True).click()

    expect(messages.get_by_role("heading", name="Nobody has opted out")).to_be_visible()


def test_automation_is_off_until_it_is_turned_on_with_a_reason(messages: Page) -> None:
    tab(messages, "Rules")
    automation = messages.get_by_role("region", name="Automation")
    expect(automation).to_contain_text("Off")

    automation.get_by_role("button", name="Turn on").click()
    expect(messages.get_by_role("button", name="Turn on", exact=True)).to_be_disabled()
    messages.get_by_label("Reason").fill("agreed with the team")
    messages.keyboard.press("Enter")

    expect(automation).to_contain_text("On")
    automation.get_by_role("button", name="Turn off").click()
    messages.get_by_label("Reason").fill("again by hand")
    messages.keyboard.press("Enter")
    expect(automation).to_contain_text("Off")


def test_rules_that_make_no_sense_are_refused_in_words(messages: Page) -> None:
    tab(messages, "Rules")
    messages.get_by_label("Quiet hours").fill("at night")

    messages.get_by_role("button", name="Keep rules").click()

    expect(messages.get_by_role("alert")).to_contain_text("write it as 20:00-09:00")


def test_the_pages_of_messages_are_accessible(browser: Browser, manager: Page, desk: Desk) -> None:
    context = browser.new_context(storage_state=manager.context.storage_state())
    page = context.new_page()
    found = {}
    for name in ("write", "texts", "rules", "log", "out"):
        page.goto(f"{desk.address}/messages?tab={name}&to=ADA,DOV")
        page.get_by_role("heading", level=1).wait_for()
        if name == "write":
            page.get_by_role("button", name="Dry run for 2 people").click()
            page.get_by_role("table").wait_for()
        found[name] = faults(page)
        page.set_viewport_size({"width": 390, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, name
        page.set_viewport_size({"width": 1440, "height": 900})
    context.close()

    assert found == {name: [] for name in found}
