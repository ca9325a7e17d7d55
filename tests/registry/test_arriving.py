"""Queues in the registry: notices that become one, deliveries that are taken once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres import new_database
from pushing import batch, beating, letter

from wearhouse.errors import Conflict
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.letters import Delivery
from wearhouse.registry.notices import PATIENCE, About, Waiting
from wearhouse.study import Participant

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUIET = timedelta(seconds=20)
MARCH = [date(2026, 3, day) for day in range(1, 29)]


@pytest.fixture(params=["sqlite", "postgres"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    url = {"sqlite": "sqlite:///{}/registry.sqlite".format, "postgres": new_database}
    registry = open_registry(url[request.param](tmp_path))
    registry.create_study("S")
    yield registry
    registry.close()


@pytest.fixture
def anna(registry: Registry) -> Participant:
    return registry.enrol("S", "anna", "UTC")


def heart(person: Participant, first: date | None = None, last: date | None = None) -> About:
    return About(person, "google-health", "heart", first, last)


def only(registry: Registry, now: datetime = NOW + timedelta(days=9)) -> Waiting:
    [waiting] = registry.notices.due(now)
    return waiting


def test_a_notice_is_due_once_nothing_more_has_come_for_a_while(
    registry: Registry, anna: Participant
) -> None:
    registry.notices.put([heart(anna)], NOW, QUIET)
    registry.notices.put([heart(anna)], NOW + QUIET / 2, QUIET)

    due = [len(registry.notices.due(NOW + QUIET * factor)) for factor in (1, 1.4, 1.5)]

    assert due == [0, 0, 1]


def test_notices_that_keep_coming_do_not_put_it_off_for_ever(
    registry: Registry, anna: Participant
) -> None:
    for number in range(60):
        registry.notices.put([heart(anna)], NOW + number * QUIET / 2, QUIET)

    due = [len(registry.notices.due(NOW + PATIENCE + after)) for after in (-QUIET, timedelta())]

    assert due == [0, 1]


def test_what_is_said_while_it_is_fetched_stays_to_be_fetched(
    registry: Registry, anna: Participant
) -> None:
    registry.notices.put([heart(anna)], NOW, QUIET)
    begun = only(registry)
    registry.notices.put([heart(anna)], NOW, QUIET)

    registry.notices.fetched(begun)
    still = only(registry)
    registry.notices.fetched(still)

    assert registry.notices.due(NOW + timedelta(days=9)) == []


def test_after_a_failure_new_notices_do_not_hurry_it(registry: Registry, anna: Participant) -> None:
    registry.notices.put([heart(anna)], NOW, QUIET)
    registry.notices.later(only(registry), NOW)
    registry.notices.later(only(registry), NOW)
    registry.notices.put([heart(anna)], NOW, QUIET)

    due = [len(registry.notices.due(NOW + timedelta(seconds=after))) for after in (119, 120)]

    assert due == [0, 1]


def test_the_pauses_between_failures_are_no_longer_than_six_hours(
    registry: Registry, anna: Participant
) -> None:
    registry.notices.put([heart(anna)], NOW, QUIET)

    for _ in range(40):
        registry.notices.later(only(registry), NOW)

    assert only(registry, NOW + timedelta(hours=6)).tries == 40


SPANS = st.lists(
    st.one_of(st.none(), st.tuples(st.sampled_from(MARCH), st.sampled_from(MARCH)).map(sorted)),
    min_size=1, max_size=6,
)  # fmt: skip


def test_whatever_was_said_in_whatever_order_all_of_its_days_are_fetched(
    registry: Registry, anna: Participant
) -> None:
    @given(SPANS)
    @settings(max_examples=30)
    def holds(spans: list[tuple[date, date] | None]) -> None:
        for span in spans:
            registry.notices.put([heart(anna, *(span or ()))], NOW, QUIET)

        waiting = only(registry)
        registry.notices.fetched(waiting)

        named = [span for span in spans if span]
        assert waiting.times == len(spans)
        assert waiting.fresh is (None in spans)
        assert waiting.first_on == min((first for first, _ in named), default=None)
        assert waiting.last_on == max((last for _, last in named), default=None)

    holds()


def test_notices_are_queued_all_or_none(registry: Registry, anna: Participant) -> None:
    nobody = Participant(999, "nobody", "S", "UTC")

    with pytest.raises(Exception, match="registry could not answer"):
        registry.notices.put([heart(anna), heart(nobody)], NOW, QUIET)

    assert registry.notices.due(NOW + timedelta(days=9)) == []


def taken(key: str, body: bytes = b"{}", number: int = 1) -> Delivery:
    beat = {
        "position": 0, "device": f"SN-{number}", "captured_at": NOW, "type": "heartbeat",
        "version": None, "record": "{}",
    }  # fmt: skip
    return Delivery(letter(body, key), b"packed", 1, 0, [beat], [])


def test_deliveries_are_taken_all_or_none(registry: Registry) -> None:
    registry.deliveries.take([taken("a", b"1")])

    with pytest.raises(Conflict):
        registry.deliveries.take([taken("b"), taken("a", b"2")])

    assert registry.deliveries.queues()["http"].deliveries == 1
    assert registry.staged.count() == 1


def test_of_two_that_take_the_same_at_once_only_one_does(registry: Registry) -> None:
    receipts = [registry.deliveries.take([taken("a")]) for _ in range(2)]

    assert receipts[0] == receipts[1]
    assert registry.staged.count() == 1


def test_what_waits_is_given_in_portions_of_a_size_and_never_none(registry: Registry) -> None:
    for number in range(4):
        registry.deliveries.take([taken(f"{number}", b"x" * 100, number)])

    sizes = [len(registry.deliveries.waiting(most)) for most in (1, 100, 250, 1_000)]

    assert sizes == [1, 1, 2, 4]


def test_a_delivery_of_heartbeats_alone_does_not_wait(registry: Registry) -> None:
    body = batch(heartbeats=(beating(battery=7),))
    registry.deliveries.take([Delivery(letter(body), None, 1, 0, taken("x").heartbeats, [])])

    assert registry.deliveries.queues() == {}
    assert registry.staged.waiting()["device"].to_pylist() == ["SN-1"]
