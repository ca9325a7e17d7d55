"""Wearipedia itself makes people up, in a Python of its own, and they are imported."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Run

VERSION = "0.1.7"


@pytest.fixture(scope="session")
def wearipedia(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has Wearipedia. Its pins keep it out of ours."""
    place = tmp_path_factory.mktemp("wearipedia") / "venv"
    python = place / "bin" / "python"
    uv = Path(sys.executable).with_name("uv")
    quiet = {"capture_output": True, "text": True}
    made = subprocess.run([uv, "venv", "-q", "-p", sys.executable, place], **quiet)
    if not made.returncode:
        package = f"wearipedia=={VERSION}"
        made = subprocess.run([uv, "pip", "install", "-q", "-p", python, package], **quiet)
    if made.returncode:
        missing = f"Wearipedia cannot be installed: {made.stderr[-500:]}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return python


def beats(file: Path) -> Iterator[float]:
    """Every heart rate in what Wearipedia wrote, found without our reader."""
    waiting = [json.loads(file.read_bytes())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            day = node.get("heart_rate_day") or []
            waiting += day
            for one in node.get("activities-heart-intraday", {}).get("dataset", []):
                yield one["value"]


def test_what_wearipedia_makes_up_is_imported_to_the_last_heart_beat(
    run: Run, wearipedia: Path, tmp_path: Path
) -> None:
    made = run(
        "synth", "--out", "made", "--participants", 2, "--days", 2, "--seed", 4,
        "--end-on", "2026-03-02", "--wearipedia", wearipedia,
    )  # fmt: skip
    assert made.code == 0, made.err
    run("study", "create", "S")

    loaded = run("import", "made", "--participant", "auto", "--study", "S")

    assert loaded.code == 0, loaded.err
    for person in ("P-001", "P-002"):
        written = len(list(beats(tmp_path / "made" / f"intraday_heart_rate_{person}.json")))
        asked = run(
            "query", "--participant", person, "--metric", "heart_rate", "--resolution", "1mo",
            "--start", "2026-01-01", "--end", "2026-12-31", "--format", "json",
        )  # fmt: skip
        assert written == 2 * 86_400
        assert sum(row["count"] for row in json.loads(asked.out)) == written


def test_the_same_seed_makes_up_the_same_people(run: Run, wearipedia: Path, tmp_path: Path) -> None:
    for name in ("one", "other"):
        made = run(
            "synth", "--out", name, "--participants", 1, "--days", 1, "--seed", 4,
            "--end-on", "2026-03-02", "--wearipedia", wearipedia,
        )  # fmt: skip
        assert made.code == 0, made.err

    files = sorted((tmp_path / "one").iterdir())
    assert len(files) > 5
    for file in files:
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()


def test_a_python_without_wearipedia_is_named(run: Run, tmp_path: Path) -> None:
    done = run("synth", "--out", "made", "--wearipedia", sys.executable)

    assert done.code == 1
    assert sys.executable in done.err
    assert "No module named 'wearipedia'" in done.err
    assert not (tmp_path / "made").exists()


def test_a_device_that_wearipedia_does_not_make_up_is_refused(run: Run) -> None:
    done = run("synth", "--out", "made", "--wearipedia", sys.executable, "--device", "abacus")

    assert done.code == 1
    assert "not 'abacus'" in done.err
