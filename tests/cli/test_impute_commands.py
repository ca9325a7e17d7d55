"""Imputation on the command line."""

import json
from pathlib import Path

import pytest
from commands import Run

DAYS = range(1, 16, 2)


@pytest.fixture
def study(run: Run, tmp_path: Path) -> str:
    """Somebody who wore it from noon to two on every other day, but for ten minutes of the third.
    What lies between those days is longer than may be filled."""
    lines = ["participant,metric,t,value"]
    for day in DAYS:
        for minute in range(120):
            if not (day == 5 and 60 <= minute < 70):
                clock = f"{12 + minute // 60}:{minute % 60:02}:00"
                lines.append(f"P-1,heart_rate,2026-03-{day:02}T{clock}Z,{60 + minute % 17}")
    file = tmp_path / "beats.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("study", "create", "S1").code == 0
    done = run("import", file, "--participant", "auto", "--study", "S1", "--timezone", "UTC")
    assert done.code == 0, done.err
    return "S1"


def told(ran: object) -> list[dict]:
    return list(json.loads(ran.out))  # type: ignore[attr-defined]


def test_a_study_is_imputed_reported_and_withdrawn(run: Run, study: str) -> None:
    small = ("--draws", "4", "--rounds", "1", "--workers", "1")
    query = (
        "query", "--participant", "P-1", "--metric", "heart_rate", "--start", "2026-03-05",
        "--end", "2026-03-05", "--resolution", "1d", "--format", "json",
    )  # fmt: skip

    ran = run("impute", "--study", study, *small, "--json")
    assert ran.code == 0, ran.err
    [done] = told(ran)
    [report] = told(run("impute", "report", "--json"))
    with_it = told(run(*query, "--imputed", "include"))
    without = told(run(*query))
    taken = run("impute", "withdraw", done["id"], "--reason", "a trial")
    [listed] = told(run("impute", "list", "--json"))
    after = told(run(*query, "--imputed", "only"))

    assert (done["state"], done["minutes"]) == ("done", 10)
    assert report["counts"]["short"] == 10
    assert [row["imputed_count"] for row in with_it] == [10]
    assert {name: with_it[0][name] for name in without[0]} == without[0]
    assert (taken.code, listed["state"], after) == (0, "withdrawn", [])


def test_a_report_prints_how_gaps_were_filled_in_both_patterns(run: Run, study: str) -> None:
    small = ("--draws", "4", "--rounds", "2", "--workers", "1")
    run("impute", "--study", study, *small)

    ran = run("impute", "report")

    assert ran.code == 0, ran.err
    for word in ("fixed", "ssm-1", "linear", "time-of-day", "tiered", "mean_coverage", "spread"):
        assert word in ran.out, word


def test_a_report_of_nothing_is_one_sentence(run: Run, study: str) -> None:
    ran = run("impute", "report", "--study", study)

    assert (ran.code, ran.err) == (
        1, "wearhouse: Nothing was imputed yet; `wearhouse impute run` does it.\n",
    )  # fmt: skip


def test_classes_are_set_and_shown(run: Run, study: str) -> None:
    run("impute", "classes", "--study", study, "--fill", "5", "--fill", "30")

    rows = told(run("impute", "classes", "--study", study, "--json"))

    assert [row["minutes"] for row in rows if row["filled"]] == [5, 30]
