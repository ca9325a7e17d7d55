"""One participant's page and the comparison of several, as somebody reads them in a Chromium."""

import re

import pytest
from axe import faults
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PAGES = [
    "/participants/P-001",
    "/participants/P-001?tab=day",
    "/participants/P-001?tab=day&tables=day",
    "/participants/P-001?tab=wear&map=steps",
    "/participants/P-001?tab=rhythm&begin=noon",
    "/participants/P-001?tab=rhythm&ink=heart&tables=profile,nights,actogram",
    "/participants/P-001?tab=log&log=devices",
    "/compare?participants=P-001,P-002,P-003,P-004&view=multiples",
    "/compare?participants=P-001,P-002,P-003,P-004&align=study",
]


def opened(page: Page, path: str) -> None:
    """Go to a path of the demo that the page is signed in to, and wait for what it shows."""
    address = re.match(r"https?://[^/]+", page.url)
    assert address
    page.goto(address.group(0) + path)
    page.get_by_role("region").first.wait_for()
    expect(page.get_by_text(re.compile("^Loading "))).to_have_count(0)


def test_from_the_list_to_a_day_it_takes_two_clicks_and_back_works(page: Page) -> None:
    page.get_by_role("link", name="P-001", exact=True).click()
    page.get_by_role("list", name="Days").get_by_role("link").nth(3).click()

    expect(page.get_by_role("slider", name=re.compile("Time of day"))).to_be_visible()
    assert "tab=day" in page.url
    page.go_back()
    expect(page.get_by_role("list", name="Days")).to_be_visible()


def test_the_keyboard_reads_a_day(page: Page) -> None:
    opened(page, "/participants/P-001?tab=day")
    cursor = page.get_by_role("slider", name=re.compile("Time of day"))

    cursor.focus()
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")

    expect(cursor).to_have_attribute("aria-valuetext", re.compile("^02:00, heart rate"))
    expect(page.locator(".day-readout")).to_contain_text("02:00")
    expect(page.locator(".day-readout")).to_contain_text("sleep:")


def test_the_pointer_reads_all_lanes_at_once(page: Page) -> None:
    opened(page, "/participants/P-001?tab=day")
    box = page.locator(".day-lanes").bounding_box()
    assert box

    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60)

    expect(page.locator(".day-cursor")).to_have_count(1)
    expect(page.locator(".day-readout")).to_contain_text(re.compile(r"\d\d:\d\d.*worn"))


def test_the_day_that_is_drawn_adds_up_as_the_api_says(page: Page) -> None:
    opened(page, "/participants/P-001?tab=day&tables=day")
    address = page.get_by_role("link", name=re.compile("Download .* as CSV")).get_attribute("href")

    csv = page.request.get(page.url.partition("/participants")[0] + str(address)).text()

    rows = [line.split(",") for line in csv.splitlines()]
    worn = sum(int(row[rows[0].index("worn")]) for row in rows[1:])
    steps = sum(float(row[rows[0].index("steps")] or 0) for row in rows[1:])
    told = page.locator(".day-readout").inner_text()
    assert f"Worn {worn // 60} h {worn % 60} min" in told
    assert f"{steps:,.0f} steps" in told


def test_an_hour_of_the_map_opens_its_day_by_keyboard_alone(page: Page) -> None:
    opened(page, "/participants/P-001?tab=wear")
    page.get_by_role("grid").locator("td[tabindex='0']").focus()

    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(page.get_by_role("slider", name=re.compile("Time of day"))).to_be_visible()


def test_the_address_holds_all_that_the_rhythm_shows(page: Page) -> None:
    opened(page, "/participants/P-001?tab=rhythm")
    page.get_by_role("button", name="From noon").click()
    page.get_by_role("button", name="24 hours").click()
    page.get_by_role("button", name="Heart rate", exact=True).click()

    page.reload()

    actogram = page.get_by_role("img", name=re.compile("^Actogram, .* heart rate in black"))
    expect(actogram).to_be_visible()
    expect(page.get_by_role("button", name="From noon")).to_have_attribute("aria-pressed", "true")


def test_the_regularity_that_is_shown_is_that_of_the_api(page: Page) -> None:
    opened(page, "/participants/P-001?tab=rhythm")
    sleep = page.get_by_role("region", name=re.compile("^Sleep regularity"))
    address = str(sleep.get_by_role("link", name=re.compile("CSV")).get_attribute("href"))

    asked = page.url.partition("/participants")[0] + address.replace("format=csv", "format=json")
    index = page.request.get(asked).json()["regularity"]["index"]

    expect(sleep.locator("dd b").first).to_have_text(f"{index:.0f}")


def test_many_are_read_with_one_cursor(page: Page) -> None:
    opened(page, "/compare?participants=P-001,P-002,P-003,P-004&view=multiples")
    expect(page.get_by_role("img", name=re.compile("^Heart rate of P-"))).to_have_count(4)

    page.get_by_role("slider", name="Time of the cursor").focus()
    page.keyboard.press("PageUp")

    expect(page.locator(".day-cursor")).to_have_count(4)
    expect(page.locator(".compare-cursor output")).to_contain_text("P-004")


@pytest.mark.parametrize("path", PAGES)
def test_the_page_is_accessible(browser: Browser, signed_in: Page, demo: str, path: str) -> None:
    context = browser.new_context(storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(demo.partition("/login")[0])

    opened(page, path)

    assert faults(page) == []
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_the_page_does_not_scroll_sideways_on_a_phone(page: Page, path: str) -> None:
    narrow = page.context.new_page()
    narrow.set_viewport_size({"width": 390, "height": 844})
    narrow.goto(page.url)

    opened(narrow, path)

    assert narrow.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    narrow.close()
