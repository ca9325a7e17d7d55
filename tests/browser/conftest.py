"""The demo, served, and a real Chromium that looks at it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium is installed")
        pytest.skip("no Chromium is installed")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small demo being served; the link that it printed."""
    home = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "demo"]
    size = ["--participants", "4", "--days", "12", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    served = subprocess.Popen(
        [*command, *size], stderr=subprocess.PIPE, text=True, env=environment, cwd=Path.cwd()
    )
    assert served.stderr
    try:
        said = []
        for line in served.stderr:
            said.append(line)
            if link := re.search(r"http://\S+/login\?token=\S+", line):
                break
        else:
            pytest.fail("the demo ended without a link: " + "".join(said))
        yield link.group()
    finally:
        served.terminate()
        served.wait(timeout=30)
        served.stderr.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, demo: str) -> Iterator[Page]:
    """A page whose reader has followed the link."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
    page = context.new_page()
    page.goto(demo)
    page.get_by_role("link", name="P-001").wait_for()
    yield page
    context.close()


@pytest.fixture
def page(signed_in: Page, demo: str) -> Page:
    """The roster, as somebody sees it who is signed in."""
    signed_in.goto(demo.partition("/login")[0])
    signed_in.get_by_role("link", name="P-001").wait_for()
    return signed_in
