"""However it storms, the data converge, within the quota. The full size: endurance.py."""

from pathlib import Path

from endurance import Size, endure, right


def test_a_storm_of_faults_and_kills_ends_in_what_a_calm_run_brings(tmp_path: Path) -> None:
    report = endure(Size(participants=6, days=3, kills=3, rounds=2), tmp_path)

    assert right(report), report
    assert min(report.interrupted, report.failed, report.quarantined) > 0
    assert min(report.samples, report.episodes) > 0
    assert report.most_of_person > 10
