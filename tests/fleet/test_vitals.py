"""Which release made the battery worse: the planted one, and none where none was planted."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from fleets import NOON, Kept

from wearhouse.errors import NotFound
from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_folder
from wearhouse.fleet.vitals import compare, compared, releases, vitals
from wearhouse.registry import Registry
from wearhouse.store.fleets import Among, FleetStore
from wearhouse.synth.fleet import DRAIN, MORE_DRAIN, VERSIONS, WORSE, Fleet, write_fleet

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def both(fleet: FleetStore, registry: Registry, made: Path, worse: Path) -> None:
    """Project 1 has no regression, project 2 has one."""
    for folder in (made, worse):
        load_folder(fleet, registry, folder)
    curate(fleet, registry)


def of(project: str) -> Among:
    return Among(equal={"project": project})


@pytest.mark.usefixtures("both")
def test_a_planted_regression_is_found_in_the_release_that_has_it(
    fleet: FleetStore, registry: Registry
) -> None:
    verdicts = {}
    for version in VERSIONS[1:]:
        _, rows = compare(fleet, registry, of("2"), version)
        verdicts[version] = {(one.cohort, one.vital): one.verdict for one in rows}

    worse = {(v, *key) for v, every in verdicts.items() for key, one in every.items()
             if one == "worse"}  # fmt: skip
    assert (WORSE, "", "battery_drop") in worse
    assert {(version, vital) for version, _, vital in worse} == {(WORSE, "battery_drop")}


@pytest.mark.usefixtures("both")
def test_noise_is_not_read_as_a_regression(fleet: FleetStore, registry: Registry) -> None:
    verdicts = {
        one.verdict
        for version in VERSIONS[1:]
        for one in compare(fleet, registry, of("1"), version)[1]
    }

    assert verdicts <= {"no difference seen", "too few devices"}
    assert "no difference seen" in verdicts


@pytest.mark.usefixtures("both")
def test_the_drop_an_hour_is_the_one_that_was_made(fleet: FleetStore, registry: Registry) -> None:
    found = {one.version: one for one in vitals(fleet, registry, of("2"), ["version"])}

    for version, one in found.items():
        drain = MORE_DRAIN if version == WORSE else DRAIN
        low, high = one.battery_drop.low, one.battery_drop.high
        assert low is not None
        assert high is not None
        assert low - 1 < drain < high + 1
        assert one.life_h == pytest.approx(1_000 / drain, rel=0.15)


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    wrong = 0
    for _ in range(200):
        rows = []
        for device in range(20):
            own = 12 + 2 * rng.standard_normal()
            for version in ("1", "2"):
                hours = float(rng.integers(5, 200))
                rows.append(
                    {
                        "project": "1", "cohort": "a", "version": version, "device": str(device),
                        "fallen": own * hours + 3 * rng.standard_normal() * np.sqrt(hours),
                        "discharging_h": hours, "hours": hours, "span_h": hours, "synced": 0.0,
                        "unsynced": 0.0,
                    }
                )  # fmt: skip
        found = compared(pa.Table.from_pylist(rows), "2", "1")
        wrong += any(one.verdict in ("worse", "better") for one in found)

    assert wrong <= 20


def test_a_battery_that_is_charged_or_silent_for_long_is_not_discharging(kept: Kept) -> None:
    levels = {0: 500, 1: 490, 2: 900, 3: 880, 20: 100, 21: 90}
    kept.take(*(kept.beat(at=NOON + h * HOUR, metrics={"battery": b}) for h, b in levels.items()))

    [found] = vitals(kept.store, kept.registry, Among(equal={"project": kept.project}))

    assert found.battery_drop.value == pytest.approx((10 + 20 + 10) / 3)
    assert found.battery_drop.low is None
    assert found.operational_h == 6
    assert found.silence.value == pytest.approx(16 / 22)


def test_the_hours_before_an_update_do_not_count_for_the_version_after(kept: Kept) -> None:
    kept.take(
        kept.beat(metrics={"battery": 900}),
        kept.beat(at=NOON + HOUR, metrics={"battery": 100}, software_version_id="4"),
        kept.beat(at=NOON + 2 * HOUR, metrics={"battery": 95}, software_version_id="4"),
    )

    found = {
        one.version: one.battery_drop.value
        for one in vitals(kept.store, kept.registry, of(kept.project))
    }

    assert found == {"0.8.0": None, "0.10.0": 5}


def test_a_device_that_had_several_versions_is_one_device_of_the_whole(kept: Kept) -> None:
    kept.take(
        *(
            kept.beat(at=NOON + n * HOUR, software_version_id=version, metrics={"battery": 900 - n})
            for n, version in enumerate("4422")
        )
    )

    [found] = vitals(kept.store, kept.registry, of(kept.project), ["project"])

    assert (found.silence.devices, found.battery_drop.devices) == (1, 1)


def test_releases_stand_in_the_order_of_their_names(kept: Kept) -> None:
    kept.take(*(kept.beat(at=NOON + n * HOUR, software_version_id=v) for n, v in enumerate("421")))

    found = releases(kept.store, Among(equal={"project": kept.project}))

    assert [one.version for one in found] == ["0.8.0", "0.9.0", "0.10.0"]


def test_the_first_release_has_none_before_it(kept: Kept) -> None:
    kept.take(kept.beat())

    with pytest.raises(NotFound, match="before"):
        compare(kept.store, kept.registry, Among(equal={"project": kept.project}), "0.8.0")


def test_a_made_up_fleet_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_fleet(tmp_path / name, Fleet(devices=3, days=2, seed=9))

    assert [
        (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
        for file in ("events.csv", "devices.csv", "truth.json")
    ] == [True, True, True]
