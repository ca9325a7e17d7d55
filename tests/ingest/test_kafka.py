"""Batches from Kafka, as the cluster that librdkafka brings for tests speaks it on the wire."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from builders import values
from confluent_kafka import Consumer, Producer, TopicPartition
from listening import patiently
from pushing import batch, beating, inbox_at, inbox_of, letter, pushed

from wearhouse.broker import GROUP, Line, consuming
from wearhouse.ingest import Inbox, take_all
from wearhouse.store import Store
from wearhouse.study import Participant

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

TOPIC = "wearhouse.ingest"
PARTITIONS = 4


@dataclass
class Cluster:
    """Brokers in this process that speak Kafka's protocol on loopback."""

    producer: Producer
    address: str

    @property
    def line(self) -> Line:
        return Line(f"kafka://{self.address}", TOPIC)

    def send(self, messages: Sequence[tuple[bytes, str]]) -> None:
        for number, (body, key) in enumerate(messages):
            headers = [("Idempotency-Key", key.encode())] if key else []
            self.producer.produce(TOPIC, body, headers=headers, partition=number % PARTITIONS)
        assert self.producer.flush(30) == 0

    def committed(self) -> int:
        """How many messages need not be sent again."""
        consumer = Consumer({"bootstrap.servers": self.address, "group.id": GROUP})
        wanted = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
        offsets = [found.offset for found in consumer.committed(wanted, timeout=10)]
        consumer.close()
        return sum(offset for offset in offsets if offset > 0)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    producer = Producer({"bootstrap.servers": "none", "test.mock.num.brokers": 1, "log_level": 2})
    [broker] = producer.list_topics(timeout=10).brokers.values()
    yield Cluster(producer, f"{broker.host}:{broker.port}")
    producer.flush(5)


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


def found(inbox: Inbox, person: Participant) -> list[float]:
    return values(inbox.store, "heart_rate", person.id)


def test_what_is_published_gets_into_the_store_and_is_committed(
    cluster: Cluster, inbox: Inbox, person: Participant
) -> None:
    cluster.send([(batch(pushed("P", n, 60 + n)), f"m-{n}") for n in range(10)])

    with consuming(inbox, cluster.line):
        patiently(lambda: len(found(inbox, person)) == 10)
        patiently(lambda: cluster.committed() == 10)

    assert found(inbox, person) == [60.0 + n for n in range(10)]


def test_what_was_taken_but_not_committed_comes_again_and_is_not_doubled(
    cluster: Cluster, inbox: Inbox, person: Participant
) -> None:
    body = batch(pushed("P", 0), heartbeats=(beating(battery=7),))
    cluster.send([(body, "m-1"), (body, "m-1"), (batch(pushed("P", 1)), "")])
    take_all(inbox, [letter(body, "m-1", TOPIC, "kafka")])

    with consuming(inbox, cluster.line):
        patiently(lambda: cluster.committed() == 3)
        patiently(lambda: len(found(inbox, person)) == 2)

    assert inbox.registry.staged.count() == 1


def test_a_poisonous_message_is_quarantined_and_committed(
    cluster: Cluster, inbox: Inbox, person: Participant
) -> None:
    cluster.send([(b"{", ""), (b"", ""), (batch(pushed("P", 0)), "")])

    with consuming(inbox, cluster.line):
        patiently(lambda: cluster.committed() == 3)
        patiently(lambda: len(found(inbox, person)) == 1)

    assert len(inbox.registry.quarantined(10)) == 2


def test_while_there_is_no_room_nothing_is_committed(
    cluster: Cluster, inbox: Inbox, person: Participant, tmp_path: Path
) -> None:
    cluster.send([(batch(pushed("P", n)), "") for n in range(3)])
    full = inbox_of(inbox.store, inbox.registry, tmp_path, room=10)

    with consuming(full, cluster.line):
        time.sleep(6)
        committed = cluster.committed()
    with consuming(inbox, cluster.line):
        patiently(lambda: len(found(inbox, person)) == 3)

    assert committed == 0
