"""The example of "Write a source": it works, it is found, and the page shows it as it is."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from wearhouse.sources.live import Registration, installed

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "wearhouse-source-hello"


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The example as if it were installed."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = project["entry-points"]
    dist = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    dist.mkdir()
    (dist / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n")
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in entries.items())
        for group, entries in groups.items()
    ]
    (dist / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLE)


@pytest.mark.usefixtures("beside")
def test_the_example_is_found_beside_the_sources_that_come_along() -> None:
    found = installed({"hello": Registration("a-client", "a-secret")})

    assert {"hello", "google-health", "oura"} <= found.keys()
    assert "client_id=a-client" in found["hello"].consent_address("s", "c", "https://back")


def test_the_tests_of_the_example_pass() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(EXAMPLE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }

    done = subprocess.run(
        command, cwd=EXAMPLE, env=surroundings, capture_output=True, text=True, timeout=120
    )

    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_the_page_shows_the_example_as_it_is() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    code = "\n".join(
        (EXAMPLE / name).read_text(encoding="utf-8")
        for name in ("wearhouse_hello.py", "test_hello.py", "pyproject.toml")
    )

    shown = re.findall(r"^```(?:python|toml)\n(.*?)^```", page, re.M | re.S)

    assert len(shown) >= 4
    assert all(block in code for block in shown)
