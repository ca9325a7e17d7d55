"""kill -9 at any moment of a run: asked for again it goes on, and ends as if nothing had been."""

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from pathlib import Path

from builders import FOREVER
from studies_with_gaps import at_work, enrolled

from wearhouse.imputing.request import Request
from wearhouse.imputing.running import begin, carry_on
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.imputations import Imputation
from wearhouse.store import Store, open_store

KILLS = 4
PEOPLE = KILLS + 1
"""A process that waits to be killed does one of them at most, so that somebody is always left."""


def opened_in(folder: Path) -> tuple[Store, Registry]:
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    return open_store(f"chdb://{folder}/store", None, registry.imputations.overtaken), registry


def request(registry: Registry) -> Request:
    return Request(registry.study_named("S1"), draws=4, rounds=1)


def impute_until_killed(folder: Path, told: Connection) -> None:
    """Go on with the run and say how far it is; after one person wait for the end."""
    heard: list[int] = []

    def step(number: int) -> None:
        heard.append(number)
        told.send(number)
        if len(heard) > 1:  # the first time it says how many were done before
            time.sleep(600)

    store, registry = opened_in(folder)
    run = begin(at_work(registry), request(registry))
    told.send("open")
    carry_on(store, registry, run, 1, step)


def whole(store: Store, registry: Registry) -> list[dict]:
    people = [who.id for who in registry.participants()]
    rows = store.whole_imputed("heart_rate", people, *FOREVER)
    return rows.drop_columns("run").to_pylist()


def finished(folder: Path) -> tuple[Imputation, list[dict], list[Imputation]]:
    store, registry = opened_in(folder)
    ended = carry_on(store, registry, begin(at_work(registry), request(registry)), 1)
    rows, runs = whole(store, registry), registry.imputations.all()
    store.close()
    registry.close()
    return ended, rows, runs


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    chance = random.Random(11)
    folders = tmp_path / "killed", tmp_path / "whole"
    for folder in folders:
        folder.mkdir()
        store, registry = opened_in(folder)
        enrolled(store, registry, registry.create_study("S1"), PEOPLE)
        store.close()
        registry.close()

    for number in range(KILLS):
        forks = multiprocessing.get_context("forkserver")
        hear, told = forks.Pipe(duplex=False)
        process = forks.Process(target=impute_until_killed, args=(folders[0], told))
        process.start()
        told.close()
        assert hear.recv() == "open"
        if number:
            assert hear.recv() <= number
        time.sleep(chance.uniform(0.0, 0.4))
        process.kill()
        process.join()

    ended, rows, runs = finished(folders[0])
    straight, expected, _ = finished(folders[1])
    assert (ended.state, ended.finished, len(runs)) == ("done", PEOPLE, 1)
    assert ended.data_hash == straight.data_hash
    assert (ended.pooled, ended.verdicts) == (straight.pooled, straight.verdicts)
    assert len(rows) > 0
    assert rows == expected
