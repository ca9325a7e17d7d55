"""The command that erases a participant."""

import json
from pathlib import Path

from commands import Run

HEART = "participant,metric,t,value\n{0},heart_rate,2026-03-01T12:00:00Z,61\n{0},heart_rate,?,62\n"


def test_erasing_somebody_prints_what_was_removed(run: Run, tmp_path: Path) -> None:
    run("study", "create", "S1")
    for code in ("anna", "bert"):
        run("participant", "add", code)
        (tmp_path / f"{code}.csv").write_text(HEART.format(code))
        run("import", tmp_path / f"{code}.csv", "--participant", code)

    done = run("erase", "--participant", "anna", "--reason", "asked for it", "--json")

    [receipt] = json.loads(done.out)
    left = json.loads(run("participant", "list", "--json").out)
    history = json.loads(run("audit", "list", "--json").out)
    assert (done.code, receipt["participant"], receipt["reason"]) == (0, "anna", "asked for it")
    assert receipt["rows"] > 0
    assert receipt["registry"]["quarantine"] == receipt["registry"]["participants"] == 1
    assert [row["code"] for row in left] == ["bert"]
    assert "participant.erase" in [entry["act"] for entry in history]


def test_erasing_takes_a_reason_and_somebody_who_is_there(run: Run) -> None:
    run("study", "create", "S1")

    no_reason = run("erase", "--participant", "anna")
    nobody = run("erase", "--participant", "anna", "--reason", "asked for it")

    assert (no_reason.code, nobody.code) == (2, 1)
    assert "'anna'" in nobody.err
