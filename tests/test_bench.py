import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("psycopg")

ROOT = Path(__file__).parents[1]


def test_the_smallest_bench_measures_every_side_and_they_agree(tmp_path):
    file = tmp_path / "report.json"

    subprocess.run(
        [sys.executable, "-m", "bench", "--smallest",
         "--json", file, "--shared", tmp_path / "none"],
        cwd=ROOT, check=True, capture_output=True, timeout=300,
    )  # fmt: skip

    measured = {one["name"]: one["figures"] for one in json.loads(file.read_text())["measures"]}
    hourly = measured["1 participant, 30 d hourly"]
    assert {"wearhouse", "duckdb", "http"} <= hourly.keys()
    assert all(seconds > 0 for figures in hourly.values() for seconds in figures)


def test_the_smallest_bench_of_the_stores_asks_them_side_by_side(tmp_path):
    file = tmp_path / "report.json"

    subprocess.run(
        [sys.executable, "-m", "bench.stores", "--smallest", "--json", file],
        cwd=ROOT, check=True, capture_output=True, timeout=300,
    )  # fmt: skip

    report = json.loads(file.read_text())
    measured = {one["name"]: one for one in report["measures"]}
    hourly = measured["1 participant, 30 d hourly"]
    assert {"embedded", "postgresql"} <= hourly["figures"].keys()
    assert hourly["ratios"]["postgresql"] > 0
