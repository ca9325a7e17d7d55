"""What axe-core finds wrong with a page (WCAG 2.2, A and AA)."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(page: Page) -> list[str]:
    """What is wrong with a page as it stands, in light and in dark."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [*_faults(page, "light"), *_faults(page, "dark")]


def _faults(page: Page, scheme: Any) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    if page.locator(
        "html[data-mantine-color-scheme]"
    ).count():  # the dashboard follows a moment later
        page.locator(f"html[data-mantine-color-scheme={scheme}]").wait_for()
    found: Any = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
    )
    return [
        f"{scheme}, {rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
