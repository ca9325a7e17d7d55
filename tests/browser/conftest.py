"""A demo and a lab, served, and a real Chromium that looks at them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from coordinating import Morning, open_morning
from lab import Lab, open_lab
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from postgres import new_database
from serving import served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]

PATIENCE_MS = 120_000
"""How long a busy machine may take to show what is waited for."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium is installed")
        pytest.skip("no Chromium is installed")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database for a demo."""
    return new_database(tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small demo being served, embedded unless the test says `postgres`; the link it printed."""
    size = ["--participants", "4", "--days", "12"]
    home, environment = tmp_path_factory.mktemp("demo"), {}
    if getattr(request, "param", "embedded") == "postgres":
        url = request.getfixturevalue("database")
        environment = {"WEARHOUSE_STORE": url, "WEARHOUSE_REGISTRY": url}
    with served(home, "demo", *size, environment=environment) as link:
        yield link


@contextmanager
def signing_in(browser: Browser, link: str) -> Iterator[Page]:
    """A page whose reader has followed a link."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(link)
    page.get_by_role("heading", level=1).wait_for()
    yield page
    context.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, demo: str) -> Iterator[Page]:
    """The demo, signed in."""
    with signing_in(browser, demo) as page:
        yield page


@pytest.fixture
def page(signed_in: Page, demo: str) -> Page:
    """The roster, as somebody sees it who is signed in."""
    signed_in.goto(demo.partition("/login")[0] + "/roster")
    signed_in.get_by_role("link", name="P-001").wait_for()
    return signed_in


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab whose participants have accounts at a double of Google Health."""
    with open_lab(tmp_path_factory.mktemp("lab")) as opened:
        yield opened


@pytest.fixture(scope="session")
def coordinator(browser: Browser, lab: Lab) -> Iterator[Page]:
    """The lab's dashboard, signed in."""
    with signing_in(browser, lab.login) as page:
        yield page


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A participant's phone, which never was here."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Morning]:
    with open_morning(tmp_path_factory.mktemp("morning")) as opened:
        yield opened


@pytest.fixture(scope="session")
def carla(browser: Browser, morning: Morning) -> Iterator[BrowserContext]:
    """A coordinator who has signed in."""
    with signing_in(browser, morning.coordinator) as page:
        yield page.context


@pytest.fixture(scope="session")
def manager_of_the_morning(browser: Browser, morning: Morning) -> Iterator[Page]:
    """A manager, who may take files away, let people leave, and knows the arms."""
    with signing_in(browser, morning.manager) as page:
        yield page
