"""The delta load: what arrives, what is restated, what is withdrawn, what is parsed again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import episode, read, samples, values
from cloud import START, Clock, Cloud, connect, nights, run, wear

from wearhouse.levels import ROLLUPS
from wearhouse.runtime import Wearhouse
from wearhouse.sources.live import DeviceReport
from wearhouse.store import Store
from wearhouse.study import Participant
from wearhouse.sync.attempts import Intake
from wearhouse.sync.replay import replay
from wearhouse.sync.watching import watch_devices
from wearhouse.window import DAY_MS, millis

Enrol = Callable[..., Participant]


def test_what_was_granted_arrives_with_its_rollups(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    for day in range(5):
        wear(cloud, anna, day)

    summary = run(intake, anna)

    assert summary.outcome == "done"
    assert values(store, "heart_rate", anna.id) == [60.0] * 5 * 18
    assert [row["count"] for row in read(store, "steps", "1d", anna.id)] == [18] * 5
    assert nights(store, anna) == [f"night-{day}" for day in range(5)]
    assert summary.samples == 2 * 5 * 18


def test_a_second_sync_reads_only_what_may_have_been_restated(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    for day in range(5):
        wear(cloud, anna, day)
    run(intake, anna)
    cloud.asked.clear()

    summary = run(intake, anna)

    heart = [window for _, family, window in cloud.asked if family == "heart"]
    assert [window.start for window in heart] == [START + timedelta(days=2)]
    assert summary.samples == 2 * 2 * 18
    assert summary.withdrawn == 0
    assert len(values(store, "heart_rate", anna.id)) == 5 * 18


def test_a_restatement_changes_exactly_what_was_restated(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna = join()
    for day in range(5):
        wear(cloud, anna, day)
    run(intake, anna)
    before = {level: read(store, "heart_rate", level, anna.id) for level in ROLLUPS}
    wear(cloud, anna, 4, value=90.0)
    clock.now += timedelta(hours=12)

    run(intake, anna)

    after = {level: read(store, "heart_rate", level, anna.id) for level in ROLLUPS}
    restated = millis(START) + 4 * DAY_MS
    assert values(store, "heart_rate", anna.id) == [60.0] * 4 * 18 + [90.0] * 18
    for level in ("1m", "1h", "1d"):
        assert [row for row in after[level] if row["t"] < restated] == [
            row for row in before[level] if row["t"] < restated
        ]
    assert after["1d"][-1]["sum"] == 90.0 * 18


def test_what_the_vendor_withdraws_disappears(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    wear(cloud, anna, 3)
    wear(cloud, anna, 4)
    run(intake, anna)
    cloud.accounts[anna.code].samples.clear()
    cloud.accounts[anna.code].nights.pop("night-4")

    summary = run(intake, anna)

    assert summary.withdrawn > 0
    assert values(store, "heart_rate", anna.id) == []
    assert read(store, "heart_rate", "1d", anna.id) == []
    assert nights(store, anna) == ["night-3"]


def test_a_withdrawal_takes_what_the_source_had_and_leaves_what_others_have(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store
) -> None:
    anna = join()
    wear(cloud, anna, 3)
    wear(cloud, anna, 4)
    run(intake, anna)
    noon = START + timedelta(days=4, hours=12, minutes=5)
    store.write(samples(anna.id, "heart_rate", [70.0] * 9, noon, source="csv"))
    dawn = noon.replace(hour=7)
    night = episode(anna.id, "light", dawn, noon, noon.date(), "csv-night", metric="sleep")
    store.write_episodes(night)
    cloud.accounts[anna.code].samples.clear()
    cloud.accounts[anna.code].nights.clear()

    run(intake, anna)

    low, high = millis(START), millis(START) + 9 * DAY_MS
    tables = ("samples", "shadowed")
    kept = [store.whole(table, "heart_rate", [anna.id], low, high) for table in tables]
    sources = [source for table in kept for source in table["source"].to_pylist()]
    assert sources == ["csv"] * 9
    assert values(store, "heart_rate", anna.id) == [70.0] * 9
    assert nights(store, anna) == ["csv-night"]


@pytest.mark.parametrize("offset", [-720, -300, 0, 330, 345, 840])
def test_days_are_whole_wherever_the_participant_travels(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock, offset: int
) -> None:
    anna = join("Europe/Berlin")
    for day in range(1, 5):
        wear(cloud, anna, day, hours=11, offset=offset)
    for hours in (0, 5, 7, 11, 24):
        clock.now += timedelta(hours=hours)
        run(intake, anna)

    assert len(values(store, "heart_rate", anna.id)) == 4 * 66
    assert [row["count"] for row in read(store, "heart_rate", "1d", anna.id)] == [66] * 4


def test_history_comes_after_all_that_is_fresh_and_a_piece_at_a_time(
    intake: Intake, cloud: Cloud, join: Enrol, clock: Clock
) -> None:
    anna, bert = join(), join()
    clock.now = START + timedelta(days=60)

    run(intake, anna, bert)
    first = intake.registry.syncs.watermark(anna, "cloud", "heart")
    heart = [(who, window.start) for who, family, window in cloud.asked if family == "heart"]
    run(intake, anna, bert)
    run(intake, anna, bert)
    last = intake.registry.syncs.watermark(anna, "cloud", "heart")

    fresh = [code for code, start in heart if start > START + timedelta(days=50)]
    assert [code for code, _ in heart][: len({anna.code, bert.code})] == [anna.code, bert.code]
    assert set(fresh) == {anna.code, bert.code}
    assert first
    assert first.first_on == date(2024, 4, 2)
    assert last
    assert last.first_on == START.date()


def test_since_reads_everything_again_from_that_day(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna = join()
    for day in range(5):
        wear(cloud, anna, day)
    run(intake, anna)
    clock.now += timedelta(days=20)
    run(intake, anna)
    wear(cloud, anna, 1, value=70.0)

    run(intake, anna)
    unnoticed = values(store, "heart_rate", anna.id)
    run(intake, anna, since=START.date())

    assert 70.0 not in unnoticed
    assert values(store, "heart_rate", anna.id).count(70.0) == 18


def test_a_study_that_is_over_is_read_to_its_end_and_then_no_more(
    intake: Intake, cloud: Cloud, store: Store, wearhouse_open: Wearhouse, clock: Clock
) -> None:
    registry = wearhouse_open.registry
    over = registry.create_study(
        f"OVER-{id(clock)}", "", START.date(), START.date() + timedelta(days=2)
    )
    anna = registry.enrol(over.code, "anna", "UTC")
    connect(intake, anna)
    for day in range(5):
        wear(cloud, anna, day)
    clock.now = START + timedelta(days=30)

    run(intake, anna)
    cloud.asked.clear()
    run(intake, anna)

    assert len(values(store, "heart_rate", anna.id)) == 3 * 18
    assert cloud.asked == []


def test_payloads_are_archived_as_received_and_hold_no_token(
    intake: Intake, cloud: Cloud, join: Enrol
) -> None:
    anna = join()
    wear(cloud, anna, 4)

    run(intake, anna)

    attempts = intake.registry.runs.completed(anna, "cloud")
    kept = [one for attempt in attempts for one in intake.registry.syncs.payloads(attempt.id)]
    contents = [intake.payloads.read(one.digest) for one in kept]
    assert len(contents) >= 3
    assert all(one.bytes == len(content) for one, content in zip(kept, contents, strict=True))
    assert any(b"heart_rate" in content for content in contents)
    assert not any(b"access-" in content or b"refresh-" in content for content in contents)


def test_a_replay_comes_to_the_same_data_and_mends_what_a_parser_got_wrong(
    intake: Intake, cloud: Cloud, join: Enrol, store: Store, clock: Clock
) -> None:
    anna = join("America/New_York")
    cloud.bias = 5.0
    for day in range(5):
        wear(cloud, anna, day)
    run(intake, anna)
    wear(cloud, anna, 4, value=90.0, hours=2)
    cloud.accounts[anna.code].nights.pop("night-3")
    clock.now += timedelta(hours=12)
    run(intake, anna)
    wrong = read(store, "heart_rate", "raw", anna.id)

    same = replay(intake, [anna])
    unchanged = read(store, "heart_rate", "raw", anna.id)
    cloud.bias = 0.0
    mended = replay(intake, [anna], "cloud")

    assert (same.problems, mended.problems) == ([], [])
    assert unchanged == wrong
    assert [row["value"] for row in read(store, "heart_rate", "raw", anna.id)] == [
        row["value"] - 5.0 for row in wrong
    ]
    assert nights(store, anna) == ["night-0", "night-1", "night-2", "night-4"]


def test_devices_report_once_however_often_they_are_asked(
    intake: Intake, cloud: Cloud, join: Enrol
) -> None:
    anna = join()
    report = DeviceReport("D-1", "TRACKER", "Band 9", "1.2", 71.0, "HIGH", START, START)
    cloud.accounts[anna.code].devices = [report]

    counts = [watch_devices(intake, [anna]) for _ in range(2)]
    cloud.accounts[anna.code].devices = [
        replace(report, battery_percent=64.0, reported_at=START + timedelta(hours=1))
    ]
    counts.append(watch_devices(intake, [anna]))

    beats = intake.registry.devices.heartbeats(anna)
    assert counts == [1, 0, 1]
    assert [beat.battery_percent for beat in beats] == [71.0, 64.0]
