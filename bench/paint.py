"""python -m bench.paint: how long until a large study's pages stand, in a real Chromium.

The study of `bench.desk`, served; each page is opened anew, its scripts in the browser's cache as
on any morning but the first. The time is the page's own, from the start of its navigation until
the frame in which what it is for stands: the last work list, the roster's first row, the painted
map.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from bench import desk, machine
from wearhouse.registry import open_registry
from wearhouse.study import Role

STANDS = {
    "/": "document.querySelector('main .work-list, main .all-well')",
    "/roster?study=LARGE": "document.querySelector('main tbody tr a')",
    "/map?study=LARGE": "performance.getEntriesByName('map-painted').length > 0",
    "/map?study=LARGE&span=all": "performance.getEntriesByName('map-painted').length > 0",
}
"""What is true of a page once what it is for can be seen."""


def painted_ms(page: Page, path: str, stands: str) -> float:
    """How long after the start of its navigation a page stood."""
    page.goto(path, wait_until="commit")
    shown = page.wait_for_function(f"({stands}) ? performance.now() : false", timeout=60_000)
    return float(shown.json_value())


def main() -> None:
    """Make the study, serve it, open its pages."""
    parser = argparse.ArgumentParser(prog="python -m bench.paint", description=__doc__)
    parser.add_argument("--participants", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, sync_playwright() as play:
        home = Path(folder)
        desk.fill(home, asked.participants, asked.days)
        registry = open_registry(f"sqlite:///{home / 'registry.sqlite'}")
        login = registry.access.create_login("bench", Role.MANAGER)
        registry.close()
        chromium = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        with desk.served(home) as address:
            context = chromium.new_context(
                base_url=address, viewport={"width": 1440, "height": 900}, bypass_csp=True
            )
            context.new_page().goto(f"/login?token={login}")
            print(f"{machine.facts()}\n{asked.participants:,} participants, {asked.days} days")
            print(f"{'':<30} {'p50':>7} {'p95':>7} {'longest':>7} {'first':>7}  ms")
            for path, stands in STANDS.items():
                page = context.new_page()
                first, *took = [painted_ms(page, path, stands) for _ in range(asked.rounds + 1)]
                page.close()
                middle, most = np.percentile(took, [50, 95])
                print(f"{path:<30} {middle:7.0f} {most:7.0f} {max(took):7.0f} {first:7.0f}")
        chromium.close()


if __name__ == "__main__":
    main()
