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
