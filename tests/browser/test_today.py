"""Whom a coordinator must contact today, and why: found and done by clicks, and by keys alone.

How many of them each task takes, and how long, is printed (`pytest -s`), not asserted.
"""

import re
from collections.abc import Iterator

import pytest
from coordinating import CALM, SILENT_H, STUDY, TO_CONTACT, Morning
from doing import Doing
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(carla: BrowserContext, morning: Morning) -> Iterator[Page]:
    opened = carla.new_page()
    opened.goto(f"{morning.address}/?study={STUDY}")
    yield opened
    opened.close()


def work_list(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{title}"))


def test_whoever_must_be_contacted_is_there_with_the_reason_on_opening(page: Page) -> None:
    doing = Doing(page, "who must be contacted today, and why")

    sync = work_list(page, "Ask for a sync")
    expect(sync).to_contain_text("Nothing uploaded for 3 days")
    listed = page.locator(".work-list").get_by_role("link", name=re.compile(r"^P-\d{3}$"))

    assert set(listed.all_inner_texts()) == TO_CONTACT
    expect(sync.get_by_role("link")).to_have_text(sorted(SILENT_H, key=lambda c: -SILENT_H[c]))
    doing.done()


def test_whether_somebody_does_not_wear_it_or_does_not_sync_it(page: Page) -> None:
    doing = Doing(page, "P-014: not wearing it, or not syncing it?")

    person = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="P-014"))

    expect(work_list(page, "Ask about wearing it")).to_contain_text("P-014")
    expect(person).to_contain_text(re.compile(r"0 % of the last \d+ closed days are valid"))
    expect(person).to_contain_text(re.compile(r"Good\s*synced (just now|\d+ min ago)"))
    doing.done()


def test_writing_to_everybody_on_a_list_by_clicks(page: Page) -> None:
    doing = Doing(page, "write to everybody who does not sync, by clicks")

    doing.click(work_list(page, "Ask for a sync").get_by_role("button", name="Write to all 2"))
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Would go to 2 people.")
    expect(dialog.get_by_role("region", name="Preview")).to_contain_text("Dear P-008,")
    doing.click(dialog.get_by_role("button", name="Send to 2 people"))
    expect(dialog).to_contain_text("Goes to 2 people.")
    doing.click(dialog.get_by_role("button", name="Close").last)

    expect(work_list(page, "Ask for a sync")).to_contain_text("written to just now")
    doing.done()


def test_whoever_was_written_to_lately_is_held_back_and_it_is_said_why(page: Page) -> None:
    work_list(page, "Ask for a sync").get_by_role("button", name="Write to P-003").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Would go to")
    if "Would go to 1 person" in dialog.inner_text():
        dialog.get_by_role("button", name="Send to 1 person").click()
        expect(dialog).to_contain_text("Goes to 1 person.")
        dialog.get_by_role("button", name="Close").last.click()
        work_list(page, "Ask for a sync").get_by_role("button", name="Write to P-003").click()

    expect(dialog).to_contain_text("P-003 was written to lately")
    expect(dialog.get_by_role("button", name="Send to 0 people")).to_be_disabled()


def test_somebody_is_seen_to_by_keys_alone(page: Page) -> None:
    work_list(page, "Charge").wait_for()
    doing = Doing(page, "see to P-005 with a note, by keys")

    doing.tab_to("Seen to P-005")
    doing.press("Enter")
    expect(page.get_by_label("Note")).to_be_focused()
    page.keyboard.type("phoned; charges it tonight")
    doing.press("Tab", "Tab")
    doing.tab_to("Seen to")
    doing.press("Enter")

    seen = work_list(page, "Seen to")
    expect(seen).to_contain_text("phoned; charges it tonight")
    expect(work_list(page, "Charge")).to_have_count(0)
    doing.tab_to("Back to the list: P-005")
    doing.press("Enter")
    expect(work_list(page, "Charge")).to_contain_text("P-005")
    doing.done()


def test_a_new_link_is_one_click_away(page: Page) -> None:
    doing = Doing(page, "a new link for P-009")

    doing.click(page.get_by_role("button", name="New link for P-009"))

    expect(page.get_by_role("list", name="Invitations")).to_contain_text("P-009")
    doing.done()


def test_where_all_is_well_nobody_needs_you_today(page: Page, morning: Morning) -> None:
    page.goto(f"{morning.address}/today?study={CALM}")

    expect(page.get_by_role("heading", name="Nobody needs you today")).to_be_visible()


def test_on_a_phone_nothing_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    work_list(page, "Ask for a sync").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
