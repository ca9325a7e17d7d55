"""The public surface, pinned: a change here is a change that users notice."""

from importlib.metadata import entry_points, version

import wearhouse
from wearhouse import store
from wearhouse.sources import installed


def test_the_package_offers_its_version_and_nothing_else() -> None:
    assert wearhouse.__all__ == ["__version__"]
    assert wearhouse.__version__ == version("wearhouse")


def test_the_store_offers_these_names() -> None:
    assert store.__all__ == ["Ask", "Page", "Slices", "Store", "Turns", "Written", "open_store"]


def test_the_program_is_called_wearhouse() -> None:
    [program] = entry_points(group="console_scripts", name="wearhouse")

    assert program.value == "wearhouse.cli:main"


def test_these_sources_are_installed() -> None:
    assert {
        "fitbit-web",
        "wearipedia",
        "fitabase",
        "takeout",
        "oura",
        "apple-health",
    } <= installed().keys()
    assert all(source.name == name for name, source in installed().items())
