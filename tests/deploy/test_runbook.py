"""Every alert has a paragraph in the runbook, and every paragraph an alert."""

from pathlib import Path

from test_alerts import ALERTS

RUNBOOK = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text()


def test_the_runbook_has_a_paragraph_for_each_alert() -> None:
    headings = [line[4:] for line in RUNBOOK.splitlines() if line.startswith("### ")]

    assert sorted(headings) == sorted(ALERTS)
