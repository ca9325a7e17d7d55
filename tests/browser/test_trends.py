"""The trends of a study, by clicks and by keyboard, in a real Chromium."""

import re
from collections.abc import Iterator

import pytest
from axe import faults
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def trends(signed_in: Page, demo: str) -> Iterator[Page]:
    """The trends of the demo."""
    page = signed_in.context.new_page()
    page.goto(demo.partition("/login")[0] + "/trends")
    page.get_by_role("region", name="Enrolment").wait_for()
    yield page
    page.close()


def test_each_trend_is_told_in_a_sentence(trends: Page) -> None:
    expect(trends.get_by_role("region", name="Enrolment")).to_contain_text(
        "4 participants enrolled"
    )
    expect(trends.get_by_role("region", name="Retention")).to_contain_text(
        re.compile(r"\d+ % stay")
    )
    weeks = trends.get_by_role("region", name="Adherence by week")
    expect(weeks).to_contain_text(re.compile(r"week 1.* closed days"))


def test_the_table_of_weeks_adds_up_to_what_the_api_says(trends: Page, demo: str) -> None:
    told = trends.request.get(demo.partition("/login")[0] + "/api/v1/studies/DEMO/trends").json()[
        "weeks"
    ]

    trends.get_by_role("button", name="Table of Adherence by week").click()

    rows = trends.get_by_role("table", name="Adherence by week in numbers").get_by_role("row")
    expect(rows).to_have_count(len(told) + 1)
    cells = rows.nth(1).get_by_role("cell").all_inner_texts()
    first = told[0]
    assert cells[2:] == [
        str(first[name]) for name in ("valid", "closed", "pending", "expected", "participants")
    ]


def test_dragging_the_cut_tells_what_is_left(trends: Page) -> None:
    explorer = trends.get_by_role("region", name="Threshold explorer", exact=True)
    expect(explorer).to_contain_text("At least 10 h of wear")
    bars = explorer.locator(".worn-hours")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    assert box is not None

    trends.mouse.move(box["x"] + box["width"] * 10 / 24, box["y"] + 40)
    trends.mouse.down()
    trends.mouse.move(box["x"] + box["width"] * 24 / 24, box["y"] + 40, steps=5)
    trends.mouse.up()

    expect(explorer).to_contain_text("At least 24 h of wear")
    expect(trends).to_have_url(re.compile("cut=24"))


def test_the_keyboard_alone_moves_the_cut(trends: Page) -> None:
    cut = trends.get_by_label("Worn hours that a day must have")
    cut.focus()

    for _ in range(4):
        trends.keyboard.press("ArrowRight")

    explorer = trends.get_by_role("region", name="Threshold explorer", exact=True)
    expect(explorer).to_contain_text("At least 12 h of wear")
    trends.reload()
    expect(cut).to_have_value("12")


def test_another_definition_joins_those_side_by_side(trends: Page) -> None:
    table = trends.get_by_role("table", name="Adherence by definition")
    expect(table.get_by_role("row")).to_have_count(5)

    trends.get_by_role("combobox", name="Definitions").press("ArrowDown")
    trends.get_by_role("option", name="At least 18 hours of wear").click()

    expect(table.get_by_role("row")).to_have_count(6)


def test_the_trends_are_accessible(browser: Browser, signed_in: Page, demo: str) -> None:
    context = browser.new_context(storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(demo.partition("/login")[0] + "/trends?tables=enrolment,retention,weeks,explorer")
    page.get_by_role("table", name="Adherence by definition").wait_for()

    assert faults(page) == []
    context.close()


def test_the_trends_do_not_scroll_a_narrow_page_sideways(trends: Page) -> None:
    trends.set_viewport_size({"width": 390, "height": 844})
    trends.reload()
    trends.get_by_role("table", name="Adherence by definition").wait_for()

    assert trends.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
