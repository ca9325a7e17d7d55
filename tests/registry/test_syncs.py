"""Runs, attempts, watermarks and locks, as the registry keeps them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from wearhouse.errors import Conflict
from wearhouse.registry import Registry, connection, open_registry, tables
from wearhouse.registry.locks import PROCESS, alive, new_owner
from wearhouse.registry.syncs import Counts, Watermark
from wearhouse.study import Participant

NOW = datetime(2024, 3, 4, 12, tzinfo=UTC)
MARK = Watermark(date(2024, 3, 1), NOW)
COUNTS = Counts(samples=10, episodes=2, written=9, withdrawn=1, quarantined=3)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def anna(registry: Registry) -> Participant:
    registry.create_study("S1")
    return registry.enrol("S1", "anna", "Europe/Berlin")


def begin(registry: Registry, person: Participant, family: str = "heart") -> tuple[int, int]:
    run = registry.syncs.begin("command", new_owner())
    days = (date(2024, 3, 1), date(2024, 3, 4))
    return run, registry.syncs.attempt(run, person, "cloud", family, *days, person.timezone)


def end(
    registry: Registry, person: Participant, attempt: int, owner: str, family: str = "heart"
) -> None:
    registry.syncs.done(
        attempt, person, "cloud", family, COUNTS, MARK, (f"sync/{person.id}", owner)
    )


def test_a_watermark_moves_with_its_attempt(registry: Registry, anna: Participant) -> None:
    owner = new_owner()
    registry.locks.take(f"sync/{anna.id}", owner)
    run, attempt = begin(registry, anna)

    end(registry, anna, attempt, owner)
    registry.syncs.end(run, "done")

    [line] = registry.runs.all()
    [tried] = registry.runs.attempts(sync=run)
    assert registry.syncs.watermarks(anna, "cloud") == {"heart": MARK}
    assert (line.outcome, line.attempts, line.failed, line.samples) == ("done", 1, 0, 10)
    assert (tried.outcome, tried.withdrawn, tried.participant) == ("done", 1, "anna")


def test_who_lost_the_lock_moves_nothing(registry: Registry, anna: Participant) -> None:
    _, attempt = begin(registry, anna)
    registry.locks.take(f"sync/{anna.id}", new_owner())

    with pytest.raises(Conflict):
        end(registry, anna, attempt, "somebody else")

    assert registry.syncs.watermarks(anna, "cloud") == {}
    assert registry.runs.attempts()[0].outcome == "running"


def test_who_is_behind_are_those_whose_newest_attempt_failed(
    registry: Registry, anna: Participant
) -> None:
    owner = new_owner()
    registry.locks.take(f"sync/{anna.id}", owner)
    study = registry.study_named("S1")
    _, first = begin(registry, anna)
    registry.syncs.failed(first, "Cloud answers 503.")
    behind = registry.runs.behind(study)
    _, second = begin(registry, anna)
    end(registry, anna, second, owner)

    assert behind == {anna.id}
    assert registry.runs.behind(study) == set()


def test_a_lock_belongs_to_one_until_it_is_released(registry: Registry) -> None:
    first, second = new_owner(), new_owner()

    taken = [registry.locks.take("x", owner) for owner in (first, second, first)]
    registry.locks.release("x", second)
    still = registry.locks.renew("x", first)
    registry.locks.release("x", first)

    assert taken == [True, False, True]
    assert still
    assert registry.locks.take("x", second)


def test_a_lock_that_expired_is_taken_over(registry: Registry) -> None:
    first, second = new_owner(), new_owner()
    registry.locks.take("x", first, timedelta(seconds=-1))

    assert registry.locks.take("x", second)
    assert not registry.locks.renew("x", first)


def test_the_lock_of_a_process_that_died_here_is_taken_over_at_once(registry: Registry) -> None:
    child = subprocess.run(
        [sys.executable, "-c", "from wearhouse.registry.locks import *; print(new_owner())"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    dead = child.stdout.strip()
    registry.locks.take("x", dead)
    run = registry.syncs.begin("night", dead)

    assert registry.locks.take("x", new_owner())
    registry.syncs.begin("night", new_owner())
    assert {line.id: line.outcome for line in registry.runs.all()}[run] == "interrupted"


def test_nobody_can_tell_of_another_machine_but_of_an_earlier_process_of_the_same_number() -> None:
    here, pid, process, word = new_owner().rsplit(":", 3)

    assert int(pid) == os.getpid()
    assert process == PROCESS
    assert alive(f"{here}:{pid}:{process}:{word}")
    assert alive(f"elsewhere:1:{process}:{word}")
    assert not alive(f"{here}:{pid}:earlier:{word}")


def test_a_quarantine_of_files_survives_the_way_there_and_back(
    registry: Registry, anna: Participant
) -> None:
    record = {"person": "anna", "position": 3, "reason": "the value is not a number", "record": "x"}
    load = registry.begin_load(registry.study_named("S1").id, "anna.csv", "csv")
    registry.quarantine(load, "anna.csv", [record])
    _, attempt = begin(registry, anna)
    registry.syncs.quarantine(attempt, "cloud/heart", [record, record])
    both = [one.file for one in registry.quarantined(10)]

    connection.migrate(registry.engine, "0001")
    names = sa.inspect(registry.engine).get_table_names()
    connection.migrate(registry.engine)

    assert both == ["cloud/heart", "anna.csv"]
    assert "attempts" not in names
    assert [one.file for one in registry.quarantined(10)] == ["anna.csv"]
    assert set(sa.inspect(registry.engine).get_table_names()) >= tables.metadata.tables.keys()
