"""Somebody leaves the study, and the record of it is looked at: by clicks, and by keys alone.

How many of them each task takes, and how long, is printed (`pytest -s`), not asserted.
"""

from collections.abc import Iterator

import pytest
from coordinating import GROWING, LEAVING, Morning
from doing import Doing
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WHY = "moved away"


@pytest.fixture
def page(manager_of_the_morning: Page) -> Iterator[Page]:
    opened = manager_of_the_morning.context.new_page()
    yield opened
    opened.close()


def go_to(page: Page, morning: Morning, code: str) -> None:
    page.goto(f"{morning.address}/participants/{code}?study={GROWING}")
    page.get_by_role("button", name="Withdraw", exact=True).wait_for()


def test_somebody_leaves_and_the_record_of_it_is_shown_by_clicks(
    page: Page, morning: Morning
) -> None:
    code = LEAVING[0]
    go_to(page, morning, code)
    doing = Doing(page, f"withdraw {code} keeping data, and show the record, by clicks")

    doing.click(page.get_by_role("button", name="Withdraw", exact=True))
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").fill(WHY)
    dialog.get_by_label(f"Type {code} to go on").fill(code)
    doing.click(dialog.get_by_role("button", name=f"Withdraw {code}"))
    expect(dialog).to_contain_text("nothing; the data stay")
    doing.click(dialog.get_by_role("link", name="Show it in the audit trail"))

    row = page.get_by_role("row").filter(has_text="withdrew, data kept")
    expect(row).to_contain_text(code)
    expect(row).to_contain_text(WHY)
    doing.done()


def test_somebody_leaves_and_the_record_of_it_is_shown_by_keys_alone(
    page: Page, morning: Morning
) -> None:
    code = LEAVING[1]
    go_to(page, morning, code)
    doing = Doing(page, f"withdraw {code} keeping data, and show the record, by keys")

    doing.tab_to("Withdraw")
    doing.press("Enter")
    page.get_by_role("dialog").get_by_label("Why").wait_for()
    while not page.get_by_label("Why").evaluate("at => at === document.activeElement"):
        doing.press("Tab")
    page.keyboard.type(WHY)
    doing.press("Tab")
    page.keyboard.type(code)
    doing.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("nothing; the data stay")
    doing.tab_to("Show it in the audit trail")
    doing.press("Enter")

    expect(page.get_by_role("row").filter(has_text="withdrew, data kept")).to_contain_text(code)
    doing.done()


def test_nobody_leaves_by_mistake_or_without_a_reason(page: Page, morning: Morning) -> None:
    go_to(page, morning, "G-001")

    page.get_by_role("button", name="Withdraw", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type G-001 to go on").fill("G-001")

    expect(dialog.get_by_role("button", name="Withdraw G-001")).to_be_disabled()
