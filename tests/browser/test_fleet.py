"""A device engineer looks at a fleet: which release made the battery worse, if any did?"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe import faults
from playwright.sync_api import Browser, Page, expect
from serving import served

pytestmark = pytest.mark.browser

WORSE = "0.10.0"
PAGES = ["", "/devices", "/metrics", "/alerts"]


def said(home: Path, *words: str) -> None:
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "fleet", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@contextmanager
def opened(browser: Browser, home: Path, *made: str) -> Iterator[Page]:
    """A page of somebody who is signed in where a made-up fleet is loaded."""
    folder = home / "made"
    said(home, "synth", "--out", str(folder), "--seed", "7", *made)
    said(home, "load", str(folder))
    said(home, "curate")
    with served(home, "serve", environment={"WEARHOUSE_SCHEDULER": "false"}) as link:
        context = browser.new_context(
            viewport={"width": 1440, "height": 900},
            timezone_id="UTC",
            base_url=link.partition("/login")[0],
        )
        page = context.new_page()
        page.goto(link)
        page.get_by_role("heading", level=1).wait_for()
        yield page
        context.close()


@pytest.fixture(scope="module")
def regressed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A fleet whose newest version drains the battery."""
    with opened(browser, tmp_path_factory.mktemp("regressed"), "--regression") as page:
        yield page


@pytest.fixture(scope="module")
def calm(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A fleet in which no version is worse."""
    with opened(browser, tmp_path_factory.mktemp("calm")) as page:
        yield page


def worse_releases(page: Page) -> list[str]:
    """The releases that the page calls worse in their battery, asked about one after another."""
    page.goto("/fleet")
    comparison = page.get_by_role("region", name="Release comparison", exact=True)
    chooser = comparison.get_by_label("Release", exact=True)
    chooser.wait_for()
    found = []
    for name in chooser.locator("option").all_text_contents():
        chooser.select_option(name)
        finding = comparison.locator(".finding")
        expect(finding).to_contain_text(re.compile(rf"(?:^|between ){re.escape(name)}\b"))
        if re.search(r"is worse than .*battery drop", finding.inner_text()):
            found.append(name)
    return found


def test_the_release_that_made_the_battery_worse_is_found(regressed: Page) -> None:
    assert worse_releases(regressed) == [WORSE]


def test_where_no_release_is_worse_none_is_called_so(calm: Page) -> None:
    assert worse_releases(calm) == []


def test_the_page_says_how_many_reports_the_median_is_of(calm: Page) -> None:
    calm.goto("/fleet?project=1&from=2026-05-28&to=2026-06-30")
    over_time = calm.get_by_role("region", name="battery over time")
    told = calm.request.get(
        "/api/v1/fleet/figures?project=1&metric=battery&start=2026-05-28&end=2026-06-30"
    ).json()["rows"][0]

    expect(over_time).to_contain_text(f"From {told['count']:,} reports")


def test_each_device_counts_once_where_that_is_chosen(calm: Page) -> None:
    calm.goto("/fleet")
    over_time = calm.get_by_role("region", name="battery over time")

    calm.get_by_role("button", name="Each device counts").click()

    expect(over_time).to_contain_text(re.compile(r"From \d+ devices"))
    expect(calm).to_have_url(re.compile("weight=device"))


def test_a_device_is_found_by_an_attribute_and_opened_by_keyboard(calm: Page) -> None:
    calm.goto("/fleet/devices")
    table = calm.get_by_role("table", name="Devices")
    table.wait_for()

    calm.get_by_label("Search").fill("boot_reason:watchdog alpha")

    expect(calm).to_have_url(re.compile("watchdog"))
    expect(table.get_by_role("row").nth(1)).to_contain_text("alpha")
    table.get_by_role("row").nth(1).focus()
    calm.keyboard.press("Enter")
    expect(calm.get_by_role("heading", level=1)).to_contain_text("Device WH")
    expect(calm.get_by_role("region", name="battery timeline")).to_contain_text("report")


def test_values_outside_a_range_that_is_set_are_counted(calm: Page) -> None:
    calm.goto("/fleet/metrics")

    calm.get_by_role("button", name="Change heap_free").click()
    calm.get_by_label("Least value").fill("0")
    calm.get_by_role("button", name="Save").click()

    row = calm.get_by_role("row").filter(has_text="heap_free")
    expect(row).to_contain_text("0 to any")
    outside = calm.request.get("/api/v1/fleet/figures?metric=heap_free").json()["rows"][0]
    assert outside["outside"] > 0
    expect(row).to_contain_text(f"{outside['outside']:,}")


def test_a_rule_is_added_and_told_in_words(calm: Page) -> None:
    calm.goto("/fleet/alerts")

    calm.get_by_role("button", name="Add a rule").click()
    calm.get_by_label("Name").fill("Nothing heard")
    calm.get_by_label("Silent for hours").fill("48")
    calm.get_by_role("button", name="Add", exact=True).click()

    row = calm.get_by_role("table", name="Alert rules").get_by_role("row").nth(1)
    expect(row).to_contain_text("Nothing heard")
    expect(row).to_contain_text("48")


@pytest.mark.parametrize("path", [*PAGES, "/device?project=1&device=1"])
def test_the_pages_of_the_fleet_are_accessible(calm: Page, path: str) -> None:
    calm.goto(f"/fleet{path}")
    calm.get_by_role("heading", level=1).wait_for()
    calm.wait_for_load_state("networkidle")

    assert faults(calm) == []


@pytest.mark.parametrize("path", [*PAGES, "/device?project=1&device=1"])
def test_the_pages_of_the_fleet_do_not_scroll_a_narrow_page_sideways(calm: Page, path: str) -> None:
    calm.set_viewport_size({"width": 390, "height": 844})
    calm.goto(f"/fleet{path}")
    calm.get_by_role("heading", level=1).wait_for()
    calm.wait_for_load_state("networkidle")

    assert calm.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    calm.set_viewport_size({"width": 1440, "height": 900})
