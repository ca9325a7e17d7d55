"""A round of the fleet: what waits is curated, rules are asked, and figures are told."""

from contextlib import closing
from pathlib import Path

from fleets import NOON, Kept
from prometheus_client import generate_latest

from wearhouse.fleet.running import FILES, go_round, is_wanted
from wearhouse.registry import open_registry
from wearhouse.telemetry import REGISTRY


def test_a_round_curates_what_waits(kept: Kept) -> None:
    kept.load([kept.beat(), kept.beat(device_id="2")])

    go_round(kept.store, kept.registry, None, NOON)

    told = generate_latest(REGISTRY).decode()
    assert len(kept.beats()) == 2
    assert "wearhouse_fleet_loads_waiting 0.0" in told
    assert "wearhouse_fleet_newest_timestamp_seconds 1.78" in told


def test_without_a_fleet_there_is_no_round(tmp_path: Path) -> None:
    with closing(open_registry(f"sqlite:///{tmp_path}/registry.sqlite")) as registry:
        before = is_wanted(registry)
        registry.fleets.set_mark(FILES, NOON)
        after = is_wanted(registry)

    assert (before, after) == (False, True)


def test_devices_are_told_apart_by_what_they_are_now(kept: Kept) -> None:
    kept.take(kept.beat(), kept.beat(device_id="2", software_version_id="4"))

    facets = kept.store.facets([kept.project])

    assert facets["devices"] == 2
    assert facets["projects"] == [kept.project]
    assert facets["cohorts"] == ["alpha", "beta"]
    assert facets["versions"] == ["0.10.0", "0.8.0"]
