"""What the desk keeps: exact about what people do, a little late about what comes in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from wearhouse.desk.gathering import Sources
from wearhouse.desk.keeping import Kept
from wearhouse.runtime import Wearhouse
from wearhouse.study import Study
from wearhouse.team import audit

AS_OF = datetime(2026, 3, 4, 9, 5, tzinfo=UTC)


@dataclass
class Desk:
    """Counts how often something is found anew."""

    sources: Sources
    kept: Kept[int]
    times: int = 0
    during: Callable[[], None] = field(default=lambda: None)

    def ask(self, at: datetime = AS_OF) -> int:
        def make() -> int:
            self.times += 1
            self.during()
            return self.times

        return self.kept.of(self.sources, "all", at, make)


@pytest.fixture
def desk(wearhouse_open: Wearhouse) -> Callable[[float], Desk]:
    sources = Sources(wearhouse_open.store, wearhouse_open.registry, {})
    return lambda lag: Desk(sources, Kept(timedelta(seconds=lag)))


def arrival(wearhouse: Wearhouse) -> None:
    """Something a sync writes, by another connection as a worker would."""
    wearhouse.registry.locks.take(f"lock-{datetime.now(UTC)}", "host:1:process:word")


def test_nothing_is_found_again_while_nothing_is_written(desk: Callable[[float], Desk]) -> None:
    one = desk(0)

    assert [one.ask(), one.ask()] == [1, 1]


def test_without_lag_an_arrival_shows_at_once(
    desk: Callable[[float], Desk], wearhouse_open: Wearhouse
) -> None:
    one = desk(0)
    one.ask()
    arrival(wearhouse_open)

    assert one.ask() == 2


def test_an_arrival_may_take_the_lag_to_show(
    desk: Callable[[float], Desk], wearhouse_open: Wearhouse
) -> None:
    patient, hasty = desk(3_600), desk(0.000_001)
    for one in (patient, hasty):
        one.ask()
    arrival(wearhouse_open)

    assert (patient.ask(), hasty.ask()) == (1, 2)


def test_what_people_do_shows_at_once_whatever_the_lag(
    desk: Callable[[float], Desk], wearhouse_open: Wearhouse
) -> None:
    one = desk(3_600)
    one.ask()
    audit.note(wearhouse_open.registry, "study.change", actor="Ada", via="session")

    assert one.ask() == 2


def test_a_day_that_ends_shows_at_once_whatever_the_lag(desk: Callable[[float], Desk]) -> None:
    one = desk(3_600)
    one.ask()

    assert one.ask(AS_OF + timedelta(minutes=15)) == 2


def test_who_asks_while_it_is_found_anew_gets_what_was_kept(
    desk: Callable[[float], Desk], wearhouse_open: Wearhouse
) -> None:
    one = desk(0.000_001)
    one.ask()
    arrival(wearhouse_open)
    begun, go_on = Event(), Event()
    one.during = lambda: (begun.set(), go_on.wait(60))[0]
    slow = Thread(target=one.ask)
    slow.start()
    begun.wait(60)

    meanwhile = one.ask()
    go_on.set()
    slow.join()

    assert meanwhile == 1
    assert one.ask() == 2


def test_another_study_is_found_for_itself(desk: Callable[[float], Desk], study: Study) -> None:
    one = desk(3_600)
    one.ask()

    assert one.kept.of(one.sources, study.code, AS_OF, lambda: 7) == 7
