"""Adherence and definitions on the command line, over a demo whose truth lies beside it."""

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from commands import Run, runs_in


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A home with a small demo, and what runs commands there."""
    folder = tmp_path_factory.mktemp("demo")
    run = runs_in(folder / "home", folder)
    made = run("demo", "--no-serve", "--participants", 5, "--days", 12)
    assert made.code == 0, made.err
    return folder / "home", run


def test_adherence_of_the_demo_is_that_of_its_truth(demo: tuple[Path, Run]) -> None:
    home, run = demo
    truth = pq.read_table(home / "demo" / "truth" / "days.parquet").to_pylist()
    first = min(row["day"] for row in truth)

    # The study's last day is yesterday, which may not be over yet on every clock.
    last = sorted({row["day"] for row in truth})[-2]
    ran = run("adherence", "--json", "--start", first, "--end", last)

    assert ran.code == 0, ran.err
    rows = {row["participant"]: row for row in json.loads(ran.out)}
    assert rows.keys() == {row["participant"] for row in truth}
    for code, row in rows.items():
        reasons = Counter(
            day["reason"] for day in truth if day["participant"] == code and day["day"] <= last
        )
        assert (row["valid"], row["pending"]) == (reasons["valid"], reasons["pending_sync"])
        assert row["below_threshold"] == reasons["below_threshold"]
        assert row["not_worn"] == reasons["not_worn"]


def test_adherence_is_a_table_for_people_with_all_counts(demo: tuple[Path, Run]) -> None:
    _, run = demo

    ran = run("adherence", "--study", "DEMO", "--definition", "twelve-hours")

    assert "P-001" in ran.out
    assert "DEMO, twelve-hours:" in ran.err
    assert all(word in ran.err for word in (" valid", " closed", " pending", " expected"))


def test_a_definition_of_ones_own_is_chosen_from_a_file(demo: tuple[Path, Run]) -> None:
    home, run = demo
    ours = {"name": "ours", "title": "Ours", "source": "the protocol", "least": 300}
    (home.parent / "ours.json").write_text(json.dumps(ours), encoding="utf-8")

    chosen = run("definition", "choose", "ours.json")
    again = run("definition", "choose", "ten-hours")
    listed = json.loads(run("definition", "list", "--study", "DEMO", "--json").out)

    assert (chosen.code, again.code) == (0, 1)
    assert "why" in again.err
    assert [row["name"] for row in listed if row["in_force"]] == ["ours"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("adherence", "--definition", "hope"),
        ("adherence", "--study", "NOWHERE"),
        ("adherence", "--start", "2026-03-02", "--end", "2026-03-01"),
        ("definition", "choose", "hope"),
        ("definition", "choose", "nowhere.json"),
    ],
)
def test_what_makes_no_sense_fails_with_one_sentence(
    demo: tuple[Path, Run], arguments: tuple[str, ...]
) -> None:
    _, run = demo

    ran = run(*arguments)

    assert ran.code == 1
    assert ran.err.count("\n") == 1
