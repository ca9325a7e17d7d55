"""kill -9 at any moment of a sync: the next one continues where it was, and nothing is lost."""

import multiprocessing
import random
import time
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from builders import read
from cloud import Cloud, connect, intake_of

from wearhouse.registry import open_registry
from wearhouse.sources.live import Family
from wearhouse.store import open_store
from wearhouse.study import Participant
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, sync
from wearhouse.window import DAY_MS, millis

START = datetime(2024, 3, 8, tzinfo=UTC)
DAYS, ROUNDS = 24, 6
CODES = ("anna", "bert", "cleo")


def cloud_at(generation: int) -> Cloud:
    """A cloud that restates the last two days with each generation."""
    cloud = Cloud(trusting=True, clock=lambda: START + timedelta(days=DAYS, hours=generation))
    for code in CODES:
        account = cloud.accounts[code]
        for day in range(DAYS):
            value = 60.0 + (generation if day >= DAYS - 2 else 0)
            for number in range(24):
                t = millis(START) + day * DAY_MS + number * 3_600_000
                account.samples["heart_rate", t] = (0, value)
            account.nights[f"night-{day}"] = (t - 8 * 3_600_000, t, 0)
    return cloud


def opened_in(folder: Path, generation: int) -> tuple[Intake, list[Participant]]:
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    store = open_store(f"chdb://{folder}/store")
    cloud = cloud_at(generation)
    intake = intake_of(store, registry, str(folder / "payloads"), cloud, threads=2, key=KEY)
    return intake, registry.participants()


KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def sync_until_killed(folder: Path, generation: int, told: Connection) -> None:
    """Sync everybody slowly, for as long as this process lives."""
    intake, people = opened_in(folder, generation)
    cloud = intake.consents.sources["cloud"]
    assert isinstance(cloud, Cloud)

    def trouble(_subject: str, _family: Family) -> None:
        time.sleep(0.02)

    cloud.trouble = trouble
    told.send("open")
    while True:
        sync(intake, Request(people))


def test_a_sync_that_is_killed_again_and_again_ends_with_everything(tmp_path: Path) -> None:
    chance = random.Random(7)
    intake, _ = opened_in(tmp_path, 0)
    registry = intake.registry
    study = registry.create_study("S1", "", START.date())
    for code in CODES:
        connect(intake, registry.enrol(study.code, code, "UTC"))
    intake.store.close()
    registry.close()

    for generation in range(1, ROUNDS + 1):
        forks = multiprocessing.get_context("forkserver")
        hear, told = forks.Pipe(duplex=False)
        process = forks.Process(target=sync_until_killed, args=(tmp_path, generation, told))
        process.start()
        told.close()
        assert hear.recv() == "open"
        time.sleep(chance.uniform(0.1, 1.5))
        process.kill()
        process.join()

    intake, people = opened_in(tmp_path, ROUNDS)
    begun = intake.registry.runs.all()
    summary = sync(intake, Request(people))
    attempts = intake.registry.runs.attempts()
    found = {p.code: read(intake.store, "heart_rate", "raw", p.id) for p in people}
    days = {p.code: read(intake.store, "heart_rate", "1d", p.id) for p in people}
    nights = intake.store.episodes(
        ["sleep"], [p.id for p in people], date(2024, 1, 1), date(2025, 1, 1)
    )
    intake.store.close()
    intake.registry.close()
    account = cloud_at(ROUNDS).accounts["anna"]
    assert summary.outcome == "done"
    assert all(run.outcome == "running" for run in begun[:1])
    assert "interrupted" in {attempt.outcome for attempt in attempts}
    assert "running" not in {attempt.outcome for attempt in attempts}
    for code in CODES:
        assert {row["t"]: row["value"] for row in found[code]} == {
            t: value for (_, t), (_, value) in account.samples.items()
        }
        assert [row["count"] for row in days[code]] == [24] * DAYS
    assert nights.num_rows == DAYS * len(CODES)
