"""The participant × day map, by clicks and by keyboard, in a real Chromium."""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe import faults
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def map_page(signed_in: Page, demo: str) -> Iterator[Page]:
    """The map of the demo, all of its days."""
    page = signed_in.context.new_page()
    page.goto(demo.partition("/login")[0] + "/map?span=all")
    page.get_by_role("grid").wait_for()
    yield page
    page.close()


def painted(grid: Locator) -> int:
    """How many cells were painted."""
    return int(grid.locator("canvas").get_attribute("data-painted") or 0)


def test_every_day_that_is_over_on_the_clock_of_its_person_is_painted(
    map_page: Page, demo: str
) -> None:
    api = demo.partition("/login")[0] + "/api/v1"
    told = map_page.request.get(f"{api}/studies/DEMO/map").json()
    people = map_page.request.get(f"{api}/participants").json()
    first = min(date.fromisoformat(one["first_due"]) for one in told["participants"])
    now = datetime.now(UTC)
    over = [(now.astimezone(ZoneInfo(who["timezone"])).date() - first).days for who in people]
    grid = map_page.get_by_role("grid")

    rows = int(grid.get_attribute("aria-rowcount") or 0) - 1
    columns = int(grid.get_attribute("aria-colcount") or 0) - 1

    assert (rows, columns, painted(grid)) == (4, max(over), sum(over))


def test_a_click_tells_of_a_day_and_leads_to_it(map_page: Page) -> None:
    box = map_page.get_by_role("grid").locator("canvas").bounding_box()
    assert box is not None

    map_page.mouse.click(box["x"] + 104 + 5.5 * 28, box["y"] + 30 + 12)
    expect(map_page.locator(".map-readout")).to_contain_text("P-001")
    map_page.get_by_role("link", name="Open this day").click()

    expect(map_page).to_have_url(re.compile(r"/participants/P-001\?.*from=(\S+)&to=\1"))


def test_a_tap_tells_of_a_day_and_a_second_one_opens_it(
    browser: Browser, signed_in: Page, demo: str
) -> None:
    known = signed_in.context.storage_state()
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, storage_state=known
    )
    page = phone.new_page()
    page.goto(demo.partition("/login")[0] + "/map?span=all")
    page.get_by_role("grid").scroll_into_view_if_needed()
    box = page.get_by_role("grid").locator("canvas").bounding_box()
    assert box is not None
    place = (box["x"] + 104 + 30, box["y"] + 30 + 22 + 12)

    page.touchscreen.tap(*place)
    expect(page.locator(".map-readout")).to_contain_text("P-002")
    assert "/map" in page.url
    assert page.get_by_role("grid").locator("canvas").bounding_box() == box, "it moved"
    page.touchscreen.tap(*place)

    expect(page).to_have_url(re.compile("/participants/P-002"))
    phone.close()


def test_the_keyboard_alone_leads_to_a_day_and_back(map_page: Page) -> None:
    map_page.get_by_role("grid").focus()
    map_page.keyboard.press("Control+Home")
    map_page.keyboard.press("ArrowDown")
    map_page.keyboard.press("ArrowRight")
    expect(map_page.locator(".map-readout")).to_contain_text("P-002")
    said = map_page.get_by_role("gridcell").inner_text()

    map_page.keyboard.press("Enter")

    expect(map_page).to_have_url(re.compile("/participants/P-002"))
    map_page.go_back()
    map_page.get_by_role("grid").wait_for()
    assert re.match(r"\d+ \w+ 20\d\d: \w+", said)


def test_what_the_map_says_of_a_person_is_what_the_api_answers(map_page: Page, demo: str) -> None:
    days = map_page.request.get(
        demo.partition("/login")[0] + "/api/v1/participants/P-002/days"
    ).json()["days"]

    with map_page.expect_download() as saved:
        map_page.get_by_role("link", name="CSV").click()

    with Path(saved.value.path()).open(encoding="utf-8") as file:
        shown = {
            row["day"]: (row["reason"], row["worn_minutes"])
            for row in csv.DictReader(file)
            if row["participant"] == "P-002"
        }
    told = {day["day"]: day for day in days if day["day"] in shown}
    assert len(shown) > 7
    assert {day: reason for day, (reason, _) in shown.items()} == {
        day: one["reason"] for day, one in told.items()
    }
    assert all(
        float(worn) == told[day]["worn_minutes"]
        for day, (_, worn) in shown.items()
        if told[day]["closed"] and told[day]["reason"] != "not_due"
    )


def test_layers_and_alignment_are_links_that_can_be_sent(map_page: Page) -> None:
    map_page.get_by_role("link", name="Reason").click()
    map_page.get_by_label("Align by").select_option("Study day")
    map_page.reload()

    expect(map_page.get_by_role("grid")).to_have_accessible_name(
        "Reason of participants by study day"
    )
    expect(map_page.get_by_role("list", name="What the marks mean")).to_contain_text("Valid")


def test_the_table_says_the_same(map_page: Page) -> None:
    map_page.get_by_role("button", name="Table").click()

    table = map_page.get_by_role("table")
    expect(table.get_by_role("cell", name="Valid").first).to_be_visible()


def test_every_layer_is_accessible(browser: Browser, signed_in: Page, demo: str) -> None:
    context = browser.new_context(storage_state=signed_in.context.storage_state())
    page = context.new_page()
    found = {}
    for layer in ("wear", "sync", "sleep", "valid", "reason"):
        page.goto(demo.partition("/login")[0] + f"/map?span=all&layer={layer}&table=yes")
        page.get_by_role("grid").wait_for()
        found[layer] = faults(page)
    context.close()

    assert found == {layer: [] for layer in found}


def test_the_map_does_not_scroll_a_narrow_page_sideways(map_page: Page) -> None:
    map_page.set_viewport_size({"width": 390, "height": 844})
    map_page.reload()
    map_page.get_by_role("grid").wait_for()

    assert map_page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
