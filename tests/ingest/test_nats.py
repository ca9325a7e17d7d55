"""Batches from a real NATS JetStream server: nothing lost, nothing doubled."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import values
from jetstream import STREAM, SUBJECT, Server, new_server
from listening import patiently
from nats.js import JetStreamContext
from pushing import batch, beating, inbox_at, inbox_of, letter, pushed

from wearhouse.broker import Line, consuming
from wearhouse.errors import Invalid
from wearhouse.ingest import Inbox, take_all
from wearhouse.store import Store
from wearhouse.study import Participant

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = new_server(tmp_path_factory.mktemp("nats"))
    yield server
    server.stop()


@pytest.fixture
def server(shared_server: Server) -> Server:
    """A server on which nothing was published yet."""

    async def emptied(stream: JetStreamContext) -> None:
        if STREAM in {found.config.name for found in await stream.streams_info()}:
            await stream.delete_stream(STREAM)

    shared_server.asked(emptied)
    return shared_server


@pytest.fixture
def inbox(store: Store, tmp_path: Path) -> Iterator[Inbox]:
    with inbox_at(store, tmp_path) as made:
        made.registry.create_study("S")
        yield made


@pytest.fixture
def person(inbox: Inbox) -> Participant:
    person = inbox.registry.enrol("S", "P", "UTC")
    inbox.store.forget(person.id)  # each test's registry begins to count anew
    return person


def line(server: Server) -> Line:
    return Line(server.url, SUBJECT, STREAM)


def found(inbox: Inbox, person: Participant) -> list[float]:
    return values(inbox.store, "heart_rate", person.id)


def test_what_is_published_gets_into_the_store_and_is_acknowledged(
    server: Server, inbox: Inbox, person: Participant
) -> None:
    server.send([(batch(pushed("P", n, 60 + n)), f"m-{n}") for n in range(10)])

    with consuming(inbox, line(server)):
        patiently(lambda: len(found(inbox, person)) == 10)
        patiently(lambda: server.unacknowledged() == 0)

    assert found(inbox, person) == [60.0 + n for n in range(10)]


def test_the_stream_is_made_where_there_is_none(
    server: Server, inbox: Inbox, person: Participant
) -> None:
    with consuming(inbox, line(server)):
        patiently(lambda: STREAM in server.asked(streams))
        server.send([(batch(pushed("P", 0)), "")])
        patiently(lambda: len(found(inbox, person)) == 1)


async def streams(stream: JetStreamContext) -> set[str | None]:
    return {one.config.name for one in await stream.streams_info()}


def test_what_was_taken_but_not_acknowledged_is_delivered_again_and_not_doubled(
    server: Server, inbox: Inbox, person: Participant
) -> None:
    body = batch(pushed("P", 0), heartbeats=(beating(battery=7),))
    server.send([(body, "m-1"), (batch(pushed("P", 1)), "")])
    take_all(inbox, [letter(body, "m-1", SUBJECT, "nats")])

    with consuming(inbox, line(server)):
        patiently(lambda: len(found(inbox, person)) == 2)
        patiently(lambda: server.unacknowledged() == 0)

    assert inbox.registry.staged.count() == 1


def test_a_message_without_an_id_that_is_published_twice_is_taken_once(
    server: Server, inbox: Inbox, person: Participant
) -> None:
    body = batch(pushed("P", 0), heartbeats=(beating(battery=7),))
    server.send([(body, ""), (body, ""), (body, "")])

    with consuming(inbox, line(server)):
        patiently(lambda: len(found(inbox, person)) == 1)
        patiently(lambda: server.unacknowledged() == 0)

    assert inbox.registry.staged.count() == 1


def test_a_poisonous_message_is_quarantined_and_acknowledged(
    server: Server, inbox: Inbox, person: Participant
) -> None:
    server.send([(b"{", ""), (b"\0\xff", ""), (batch(pushed("P", 0)), ""), (b"[]", "")])

    with consuming(inbox, line(server)):
        patiently(lambda: len(found(inbox, person)) == 1)
        patiently(lambda: server.unacknowledged() == 0)

    assert len(inbox.registry.quarantined(10)) == 3


def test_while_there_is_no_room_messages_stay_with_the_broker(
    server: Server, inbox: Inbox, person: Participant, tmp_path: Path
) -> None:
    server.send([(batch(pushed("P", n)), "") for n in range(3)])
    full = inbox_of(inbox.store, inbox.registry, tmp_path, room=10)

    with consuming(full, line(server)):
        time.sleep(3)
        waiting = server.unacknowledged()
    with consuming(inbox, line(server)):
        patiently(lambda: len(found(inbox, person)) == 3)

    assert waiting == 3


def test_a_broker_that_goes_away_is_found_again(
    tmp_path_factory: pytest.TempPathFactory, inbox: Inbox, person: Participant
) -> None:
    server = new_server(tmp_path_factory.mktemp("nats"))
    server.send([(batch(pushed("P", 0)), "")])

    with consuming(inbox, line(server)):
        patiently(lambda: len(found(inbox, person)) == 1)
        server.stop()
        server.start()
        server.send([(batch(pushed("P", 1)), "")])
        patiently(lambda: len(found(inbox, person)) == 2)
    server.stop()


def test_a_broker_that_comes_later_is_waited_for(
    tmp_path_factory: pytest.TempPathFactory, inbox: Inbox, person: Participant
) -> None:
    server = new_server(tmp_path_factory.mktemp("nats"))
    server.stop()

    with consuming(inbox, line(server)):
        time.sleep(0.5)
        server.start()
        server.send([(batch(pushed("P", 0)), "")])
        patiently(lambda: len(found(inbox, person)) == 1)
    server.stop()


def test_waiting_for_a_broker_ends_when_it_is_asked_to(inbox: Inbox) -> None:
    began = datetime.now(UTC)

    with consuming(inbox, Line("nats://127.0.0.1:1")):
        time.sleep(0.5)

    assert datetime.now(UTC) - began < timedelta(seconds=60)


@pytest.mark.parametrize("url", ["", "amqp://host", "nats:", "127.0.0.1:4222"])
def test_a_broker_of_another_kind_is_refused(inbox: Inbox, url: str) -> None:
    with pytest.raises(Invalid, match="A broker's URL looks like"), consuming(inbox, Line(url)):
        pass
