"""What somebody does with a page, counted and timed."""

import time

import pytest
from playwright.sync_api import Locator, Page


class Doing:
    """Clicks and keys of one task; how many there were, and how long it took, is printed."""

    def __init__(self, page: Page, task: str) -> None:
        self.page, self.task = page, task
        self.clicks = self.keys = 0
        self.began = time.monotonic()

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def tab_to(self, name: str) -> None:
        """Press Tab until what has the focus is called so."""
        for _ in range(80):
            self.press("Tab")
            if self.page.evaluate(FOCUSED) == name:
                return
        pytest.fail(f"Tab never came to {name!r}")

    def done(self) -> None:
        took = time.monotonic() - self.began
        print(f"\n{self.task}: {self.clicks} clicks, {self.keys} keys, {took:.1f} s")


FOCUSED = """() => {
  const at = document.activeElement
  return at.getAttribute('aria-label') ?? at.textContent.trim()
}"""
