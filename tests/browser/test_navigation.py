"""The way around the dashboard: grouped pages, and on a phone a button that opens them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def start(signed_in: Page, demo: str) -> Iterator[Page]:
    page = signed_in.context.new_page()
    page.goto(demo.partition("/login")[0] + "/today")
    page.get_by_role("heading", name="Today", level=1).wait_for()
    yield page
    page.close()


def test_every_page_is_one_click_away_and_says_that_it_is_open(start: Page) -> None:
    desk = start.get_by_role("navigation", name="Main").get_by_role("region", name="Desk")

    desk.get_by_role("link", name="Map").click()

    expect(start).to_have_url(re.compile("/map"))
    expect(desk.get_by_role("link", name="Map")).to_have_attribute("aria-current", "page")


def test_on_a_phone_a_button_opens_the_pages_and_coming_somewhere_closes_them(start: Page) -> None:
    start.set_viewport_size({"width": 390, "height": 844})
    pages = start.get_by_role("navigation", name="Main")
    expect(pages).to_be_hidden()

    start.get_by_role("button", name="Today").press("Enter")
    pages.get_by_role("link", name="Trends").press("Enter")

    expect(start.get_by_role("heading", name="Trends", level=1)).to_be_visible()
    expect(pages).to_be_hidden()
    expect(start.get_by_role("button", name="Trends")).to_be_visible()
    assert start.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
