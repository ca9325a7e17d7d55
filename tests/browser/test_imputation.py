"""Imputed values on a participant's page and the runs behind them, in a real Chromium."""

import csv
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axe import faults
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from serving import served

from wearhouse.registry import open_registry

pytestmark = pytest.mark.browser

STUDY, CODE = "FILLED", "P-001"
FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS, GAP_MIN = 8, 10
DAY = f"/participants/{CODE}?metrics=heart_rate&level=1h&from=2026-03-05&to=2026-03-05"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Somebody who wore it from noon to two on eight days, but for ten minutes of the fifth, which
    a run filled, being served; the link that signs in."""
    home = tmp_path_factory.mktemp("filled")
    registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
    registry.create_study(STUDY, "Filled", date(2026, 2, 1))
    registry.enrol(STUDY, CODE, "UTC", date(2026, 2, 1))
    registry.close()
    file = home / "worn.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["participant", "metric", "t", "value"])
        for day in range(DAYS):
            for minute in range(120):
                if day == 4 and 60 <= minute < 60 + GAP_MIN:
                    continue
                at = FIRST + timedelta(days=day, minutes=minute)
                rows.writerow([CODE, "heart_rate", f"{at:%Y-%m-%dT%H:%M:%SZ}", 60 + minute % 17])
    wearhouse(home, "import", str(file), "--participant", "auto", "--study", STUDY,
              "--format", "csv")  # fmt: skip
    wearhouse(home, "impute", "run", "--study", STUDY, "--draws", "4", "--rounds", "1")
    with served(home, "serve", environment={"WEARHOUSE_SCHEDULER": "false"}) as link:
        yield link


def wearhouse(home: Path, *words: str) -> None:
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), *words]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def reader(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """Somebody who is signed in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
    context.new_page().goto(address)
    context.pages[0].get_by_role("heading", level=1).wait_for()
    yield context
    context.close()


@pytest.fixture
def open_page(reader: BrowserContext, address: str) -> Iterator[Page]:
    page = reader.new_page()
    page.goto(address.partition("/login")[0])
    yield page
    page.close()


def went(page: Page, path: str) -> Page:
    """The page at a path, with all that it shows."""
    page.goto(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + path)
    page.get_by_role("region").first.wait_for()
    expect(page.get_by_text(re.compile("^Loading "))).to_have_count(0)
    return page


def heart(page: Page) -> Locator:
    return page.get_by_role("region", name="Heart rate per min")


def switch(page: Page, word: str) -> None:
    chosen = page.get_by_role("group", name="Imputed values").get_by_role("button", name=word)
    chosen.click()
    expect(chosen).to_have_attribute("aria-pressed", "true")
    expect(heart(page)).to_have_attribute("aria-busy", "false")


def cells(page: Page) -> list[list[str]]:
    """The table of the chart, row by row."""
    rows = page.get_by_role("table", name=re.compile("^Heart rate, times in")).get_by_role("row")
    rows.nth(1).wait_for()
    return [row.locator("th, td").all_inner_texts() for row in rows.all()]


def drawn(page: Page) -> str:
    """The picture that the chart is."""
    chart = heart(page).locator("canvas")
    chart.wait_for()
    page.mouse.move(0, 0)
    page.wait_for_timeout(200)  # a frame
    return str(chart.evaluate("canvas => canvas.toDataURL()"))


def test_the_imputed_are_left_out_unless_they_are_asked_for(open_page: Page) -> None:
    page = went(open_page, DAY + "&tables=heart_rate")

    assert cells(page)[0] == ["Time", "Mean, per min", "Min", "Max", "Samples"]
    expect(heart(page)).to_be_visible()
    expect(heart(page).get_by_role("list", name="Measured and imputed")).to_have_count(0)
    expect(heart(page).get_by_role("slider")).to_have_count(0)


def test_switched_on_the_numbers_and_marks_follow_and_off_all_is_as_before(
    open_page: Page,
) -> None:
    page = went(open_page, DAY + "&tables=heart_rate")
    before = drawn(page), cells(page)

    switch(page, "Show with")
    expect(heart(page)).to_contain_text(re.compile(r"measured 110 samples, .*; imputed \d+ min"))
    on = drawn(page), cells(page)
    switch(page, "Leave out")
    expect(heart(page)).not_to_contain_text("imputed")

    assert on[0] != before[0]
    assert on[1][0][5:] == ["Imputed, min", "Mean with imputed", "90 % from", "90 % to"]
    measured = [row[:5] for row in on[1] if row[4] != "0"]
    assert measured == before[1]
    assert [row[5] for row in on[1] if row[4] == "50"] == [str(GAP_MIN)]
    assert (drawn(page), cells(page)) == before


def test_only_what_was_imputed_can_be_shown(open_page: Page) -> None:
    page = went(open_page, DAY + "&tables=heart_rate")

    switch(page, "Only imputed")

    assert cells(page)[0][1] == "Imputed, min"
    assert str(GAP_MIN) in [row[1] for row in cells(page)]
    expect(heart(page)).to_contain_text("imputed only")
    expect(page).to_have_url(re.compile("imputed=only"))


def test_what_is_drawn_with_imputed_is_what_the_api_says(open_page: Page) -> None:
    page = went(open_page, DAY + "&imputed=include&tables=heart_rate")
    address = heart(page).get_by_role("link", name=re.compile("CSV")).get_attribute("href")

    text = page.request.get(re.sub(r"/participants.*", "", page.url) + str(address)).text()

    told = list(csv.DictReader(io.StringIO(text)))
    names = ("imputed_count", "estimate", "low", "high")
    assert [row[5:] for row in cells(page)[1:]] == [[shown(row[n]) for n in names] for row in told]
    minutes = sum(int(row["imputed_count"]) for row in told)
    mean = sum(float(row["imputed_sum"]) for row in told) / minutes
    expect(heart(page)).to_contain_text(f"imputed {minutes} min, mean {shown(mean)} per min")


def shown(value: Any) -> str:
    return f"{float(value):.1f}".removesuffix(".0")


def test_the_keyboard_reads_why_a_gap_stayed_one(open_page: Page) -> None:
    page = went(open_page, DAY)
    page.get_by_role("group", name="Imputed values").get_by_role("button", name="Show with").focus()
    page.keyboard.press("Enter")
    gaps = heart(page).get_by_role("slider", name="Gaps of Heart rate")

    gaps.focus()
    expect(gaps).to_have_attribute("aria-valuetext", re.compile("not filled: a time of day hardly"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    expect(gaps).to_have_attribute(
        "aria-valuetext", re.compile(r"\(10 min\): filled: worn dropout")
    )
    expect(heart(page).locator(".gap-strip output")).to_contain_text("13:00 to 5 Mar 2026, 13:10")


def test_refused_gaps_stand_in_the_table_with_their_reason(open_page: Page) -> None:
    page = went(open_page, DAY + "&imputed=include&tables=heart_rate")

    table = page.get_by_role("table", name=re.compile("^Gaps of Heart rate"))

    expect(table).to_contain_text("not filled: a time of day hardly ever worn")
    expect(table).to_contain_text("filled: worn dropout: at most 15 minutes")


def test_a_run_is_listed_with_what_it_filled_and_refused(open_page: Page) -> None:
    page = went(open_page, f"/imputation?study={STUDY}&run=1&tables=counts")

    first = page.get_by_role("table", name="Imputation runs").get_by_role("row").nth(1)
    expect(first).to_contain_text(re.compile(r"\d+ min"))
    counts = page.get_by_role("table", name="Filled and refused in numbers")
    expect(counts).to_contain_text("worn dropout: at most 15 minutes")
    expect(counts).to_contain_text("a time of day hardly ever worn")
    expect(page.get_by_role("region", name=re.compile("^In three columns"))).to_contain_text(
        "Mean, observed only"
    )


@pytest.mark.parametrize(
    "path",
    [
        f"/imputation?study={STUDY}&run=1&tables=counts,validation,parts,statistics,tipping",
        DAY + "&imputed=include&tables=heart_rate",
        DAY + "&imputed=only",
    ],
)
def test_what_is_shown_of_imputation_is_accessible(
    browser: Browser, reader: BrowserContext, address: str, path: str
) -> None:
    context = browser.new_context(storage_state=reader.storage_state())
    page = context.new_page()
    page.goto(address.partition("/login")[0])

    went(page, path)

    assert faults(page) == []
    context.close()


@pytest.mark.parametrize("path", [f"/imputation?study={STUDY}&run=1", DAY + "&imputed=include"])
def test_it_does_not_scroll_sideways_on_a_phone(open_page: Page, path: str) -> None:
    open_page.set_viewport_size({"width": 390, "height": 844})

    went(open_page, path)

    assert open_page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_run_is_started_compared_and_withdrawn_by_keyboard(open_page: Page) -> None:
    page = went(open_page, f"/imputation?study={STUDY}")
    page.get_by_role("button", name="Start a run").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("About a third of the missing minutes")
    dialog.get_by_label("Draws").fill("3")
    dialog.get_by_label("Seed").fill("7")
    page.keyboard.press("Enter")

    row = page.get_by_role("table", name="Imputation runs").get_by_role("row").nth(1)
    expect(row).to_contain_text("Run 2", timeout=60_000)
    expect(row).to_contain_text("Done", timeout=60_000)
    page.get_by_label("Compare with").select_option("1")
    expect(page.get_by_role("region", name="Run 2 and run 1")).to_contain_text("draws, seed")
    page.get_by_role("button", name="Withdraw run 2").focus()
    page.keyboard.press("Enter")
    dialog.get_by_label("Why").fill("a trial")
    page.keyboard.press("Enter")

    expect(row).to_contain_text("Withdrawn")
    went(page, DAY + "&imputed=include")
    expect(heart(page)).to_contain_text(re.compile(r"imputed \d+ min"))  # run 1 stands again
