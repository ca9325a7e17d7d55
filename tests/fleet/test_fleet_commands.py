"""The fleet by command."""

import json
from pathlib import Path

import pytest
from commands import Run
from fleets import quantile, reports


def test_commands_load_curate_and_ask(run: Run, worse: Path) -> None:
    done = [run("fleet", "load", worse), run("fleet", "curate"), run("fleet", "curate")]
    asked = run("fleet", "percentile", "--metric", "battery", "--q", "0.5", "--by", "cohort",
                "--project", "2", "--start", "2026-06-01", "--end", "2026-06-03", "--exact",
                "--json")  # fmt: skip

    rows = json.loads(asked.out)
    cohorts: dict[str, list[float]] = {}
    for one in reports(worse):
        if "2026-06-01" <= f"{one.captured:%Y-%m-%d}" <= "2026-06-03":
            cohorts.setdefault(one.cohort, []).append(one.metrics["battery"])
    assert [one.code for one in done] == [0, 0, 0]
    assert {row["cohort"]: row["value"] for row in rows} == pytest.approx(
        {cohort: quantile(values, 0.5) for cohort, values in cohorts.items()}
    )


def test_a_comparison_names_the_release_that_is_worse(run: Run, tmp_path: Path) -> None:
    made = tmp_path / "made"
    run("fleet", "synth", "--out", made, "--regression", "--devices", "40", "--days", "10")
    run("fleet", "load", made)
    run("fleet", "curate")

    rows = json.loads(run("fleet", "compare", "0.10.0", "--json").out)

    assert {(row["vital"], row["verdict"]) for row in rows if not row["cohort"]} == {
        ("battery_drop", "worse"),
        ("sync_failure", "no difference seen"),
        ("silence", "no difference seen"),
    }


def test_a_folder_without_a_fleet_is_refused(run: Run, tmp_path: Path) -> None:
    ran = run("fleet", "load", tmp_path)

    assert ran.code == 1
    assert "has none of cohorts.csv" in ran.err
