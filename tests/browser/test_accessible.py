"""Every page, in light and in dark, as axe-core judges it (WCAG 2.2, A and AA)."""

from collections.abc import Iterator

import pytest
from axe import faults
from coordinating import STUDY, Morning
from lab import Lab
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def furnished(lab: Lab) -> Lab:
    """The lab with somebody on several steps of the way."""
    lab.connect("P-008")
    lab.invite("P-009")
    return lab


@pytest.fixture(scope="module")
def team(browser: Browser, coordinator: Page) -> Iterator[BrowserContext]:
    """Somebody of the lab who is signed in."""
    context = browser.new_context(storage_state=coordinator.context.storage_state())
    yield context
    context.close()


@pytest.fixture(scope="module")
def reader(browser: Browser, signed_in: Page) -> Iterator[BrowserContext]:
    """Somebody who is signed in to the demo."""
    context = browser.new_context(storage_state=signed_in.context.storage_state())
    yield context
    context.close()


@pytest.mark.parametrize(
    "path",
    [
        "/today",
        "/roster",
        "/roster?columns=code,site,status,day,sync,battery,week,nights,permission,reason,action",
        "/access",
        "/access?tab=keys",
        "/audit",
        "/account",
        "/participants/P-001",
        "/participants/P-001?tables=heart_rate",
        "/compare?participants=P-001,P-002",
        "/ingestion?tab=imports",
        "/ingestion?tab=quarantine",
        "/store",
        "/nowhere",
    ],
)
def test_a_page_of_the_demo_is_accessible(reader: BrowserContext, demo: str, path: str) -> None:
    page = reader.new_page()
    page.goto(demo.partition("/login")[0] + path)
    page.get_by_role("heading", level=1).wait_for()

    assert faults(page) == []
    page.close()


@pytest.mark.parametrize(
    "path",
    [
        "/grants",
        "/grants?step=invited",
        "/ingestion",
        "/ingestion?tab=runs",
        "/ingestion?tab=runs&run=1",
        "/ingestion?tab=quarantine",
        "/ingestion?participant=P-008",
    ],
)
def test_a_page_of_the_lab_is_accessible(team: BrowserContext, furnished: Lab, path: str) -> None:
    page = team.new_page()
    page.goto(furnished.address + path)
    page.get_by_role("heading", level=1).wait_for()

    assert faults(page) == []
    page.close()


@pytest.mark.parametrize("path", ["/grants", "/ingestion", "/ingestion?participant=P-008"])
def test_no_page_of_the_lab_scrolls_sideways(coordinator: Page, furnished: Lab, path: str) -> None:
    page = coordinator.context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(furnished.address + path)
    page.get_by_role("table").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.close()


def test_the_dialogs_and_the_sheet_are_accessible(team: BrowserContext, furnished: Lab) -> None:
    page = team.new_page()
    page.goto(f"{furnished.address}/grants")
    page.get_by_role("button", name="Revoke P-008").click()
    page.get_by_label("Type P-008").wait_for()
    revoking = faults(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("Participants").fill("P-009 P-999")
    page.get_by_role("button", name="Invite 2 people").click()
    page.get_by_role("alert").wait_for()
    inviting = faults(page)
    page.get_by_label("Participants").fill("P-009")
    page.get_by_role("button", name="Invite 1 person").click()
    page.get_by_role("list", name="Invitations").wait_for()

    assert (revoking, inviting, faults(page)) == ([], [], [])
    page.close()


@pytest.mark.parametrize("path", ["/today", "/roster?view=call"])
def test_a_page_of_the_morning_is_accessible(
    carla: BrowserContext, morning: Morning, path: str
) -> None:
    page = carla.new_page()
    page.goto(f"{morning.address}{path}{'&' if '?' in path else '?'}study={STUDY}")
    page.get_by_role("link", name="P-008").wait_for()

    assert faults(page) == []
    page.close()


def test_the_dialogs_of_the_morning_are_accessible(carla: BrowserContext, morning: Morning) -> None:
    page = carla.new_page()
    page.goto(f"{morning.address}/today?study={STUDY}")
    page.get_by_role("button", name="Write to P-008").click()
    page.get_by_role("region", name="Preview").wait_for()
    writing = faults(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Seen to P-008").click()
    page.get_by_label("Note").wait_for()
    seeing = faults(page)
    page.goto(f"{morning.address}/roster?study={STUDY}")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="The usual").wait_for()
    columns = faults(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Change P-002").click()
    page.get_by_role("button", name="Show contact details").click()
    page.get_by_label("E-mail").wait_for()
    # The button to change somebody stands far to the right, and some headings beneath the code.
    page.locator(".table-scroll").evaluate("at => { at.scrollLeft = 0 }")
    changing = faults(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add participants").click()
    page.get_by_label("Code").wait_for()
    adding = faults(page)
    page.get_by_role("button", name="Paste a list").click()
    page.get_by_role("textbox", name="Participants").fill("P-001\nno code")
    page.get_by_role("button", name="Look at the list").click()
    page.get_by_role("list", name="Refused rows").wait_for()

    found = (writing, seeing, columns, changing, adding, faults(page))
    assert found == ([], [], [], [], [], [])
    page.close()


def test_the_way_in_is_accessible(browser: Browser, lab: Lab) -> None:
    page = browser.new_page()
    page.goto(lab.address)
    page.get_by_role("heading", level=1).wait_for()

    assert faults(page) == []
    page.close()


@pytest.mark.parametrize("end", ["", "x"], ids=["an invitation", "an invitation that is over"])
def test_what_participants_see_is_accessible(browser: Browser, furnished: Lab, end: str) -> None:
    page = browser.new_page()
    page.goto(furnished.invite("P-009") + end)

    assert faults(page) == []
    page.close()
