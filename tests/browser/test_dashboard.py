"""What a person does with the dashboard, in a real Chromium."""

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser


def test_the_printed_link_opens_the_roster_once(browser: Browser, page: Page, demo: str) -> None:
    stranger = browser.new_page()

    stranger.goto(demo)

    expect(page.get_by_role("link", name=re.compile(r"^P-\d{3}$"))).to_have_count(4)
    expect(stranger.get_by_role("link", name="P-001")).to_have_count(0)
    stranger.close()


def test_zooming_in_shows_a_finer_level_and_the_address_keeps_it(page: Page) -> None:
    page.get_by_role("link", name="P-001").click()
    page.get_by_role("heading", name="P-001", level=1).wait_for()
    page.get_by_role("button", name="7 days").click()
    heart = _panel(page, "Heart rate")
    expect(heart).to_contain_text("1 h means")

    _drag(page, heart, 0.40, 0.46)

    expect(heart).to_contain_text("1 min means")
    assert "from=" in page.url
    page.reload()
    expect(_panel(page, "Heart rate")).to_contain_text("1 min means")
    page.go_back()
    expect(_panel(page, "Heart rate")).to_contain_text("1 h means")


def test_the_table_behind_a_chart_reads_as_the_api_answers(page: Page) -> None:
    page.get_by_role("link", name="P-001").click()
    page.get_by_role("heading", name="P-001", level=1).wait_for()
    heart = _panel(page, "Heart rate")
    link = heart.get_by_role("link", name="CSV")
    of_all = link.get_attribute("href") or ""
    page.get_by_role("button", name="7 days").click()
    expect(link).not_to_have_attribute("href", of_all)
    expect(heart).to_have_attribute("aria-busy", "false")  # until then what stood there stays
    expect(heart).to_contain_text("1 h means")

    heart.get_by_role("button", name="Table").click()

    row = heart.get_by_role("row").nth(1)
    expect(row).to_contain_text(":00")
    shown = [cell.inner_text() for cell in row.get_by_role("cell").all()]
    csv = page.request.get(urljoin(page.url, link.get_attribute("href") or "")).text()
    header, first = (line.split(",") for line in csv.splitlines()[:2])
    answered = dict(zip(header, first, strict=True))
    assert float(shown[1]) == pytest.approx(float(answered["mean"]), abs=0.06)
    assert shown[2:4] == [answered["min"], answered["max"]]
    assert shown[4].replace(",", "") == answered["count"]


def test_two_participants_are_compared_in_one_chart(page: Page) -> None:
    page.get_by_role("checkbox", name=re.compile("P-001")).check()
    page.get_by_role("checkbox", name=re.compile("P-002")).check()

    page.get_by_text("Compare selected (2)").click()

    expect(page).to_have_url(re.compile("compare.*P-001.*P-002"))
    heart = _panel(page, "Heart rate")
    expect(heart.get_by_role("img")).to_have_attribute("aria-label", re.compile("P-001.*P-002"))
    heart.get_by_role("button", name="Table").click()
    expect(heart.get_by_role("cell", name="P-001").first).to_be_visible()


def test_the_keyboard_alone_pans_and_zooms(page: Page) -> None:
    page.get_by_role("link", name="P-001").focus()
    page.keyboard.press("Enter")
    chart = _panel(page, "Heart rate").get_by_role("img")
    chart.wait_for()
    page.get_by_role("button", name="7 days").focus()
    page.keyboard.press("Enter")
    expect(_panel(page, "Heart rate")).to_contain_text("1 h means")
    before = page.url

    page.get_by_role("group", name=re.compile("arrow", re.IGNORECASE)).first.focus()
    page.keyboard.press("ArrowLeft")

    expect(page).not_to_have_url(before)
    panned = page.url
    page.keyboard.press("+")
    expect(page).not_to_have_url(panned)


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_scrolls_sideways(browser: Browser, page: Page, width: int) -> None:
    narrow = page.context.new_page()
    narrow.set_viewport_size({"width": width, "height": 844})
    base = page.url.rstrip("/")

    paths = ("/", "/participants/P-001", "/compare?participants=P-001,P-002", "/imports", "/grants")
    for path in paths:
        narrow.goto(base + path)
        narrow.wait_for_load_state("networkidle")
        sideways = narrow.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert sideways <= 0, path
    narrow.close()


def _panel(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{title}")).first


def _drag(page: Page, panel: Locator, start: float, end: float) -> None:
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    expect(page.get_by_text(re.compile("^Loading "))).to_have_count(0)
    canvas = panel.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, y, steps=8)
    page.mouse.up()
