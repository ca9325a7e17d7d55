"""What was taken gets into the store once, whatever happens on the way."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import read, values
from postgres import Cluster, new_cluster, remove
from pushing import batch, beating, inbox_at, inbox_of, letter, pushed

from wearhouse.errors import Conflict, StoreUnavailable
from wearhouse.ingest import Inbox, forget_old, settle, settle_soon, take, take_all
from wearhouse.ingest.turns import Turns
from wearhouse.registry import open_registry
from wearhouse.registry.arriving import deliveries
from wearhouse.registry.erasing import Erasing
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store, open_store
from wearhouse.study import Participant

Body = Callable[..., bytes]


@pytest.fixture
def inbox(wearhouse_open: Wearhouse, store: Store, tmp_path: Path) -> Inbox:
    return inbox_of(store, wearhouse_open.registry, tmp_path)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    cluster = new_cluster()
    yield cluster
    remove(cluster)


def test_deliveries_that_wait_are_settled_together_in_the_order_they_came(
    inbox: Inbox, person: Participant
) -> None:
    for number in range(5):
        take(inbox, letter(batch(pushed(person.code, number, 60 + number))))

    assert [settle(inbox), settle(inbox)] == [5, 0]
    assert values(inbox.store, "heart_rate", person.id) == [60.0, 61.0, 62.0, 63.0, 64.0]
    assert inbox.registry.deliveries.queues() == {}


def test_what_was_pushed_is_archived_as_it_was_written_for_each_person_alone(
    inbox: Inbox, enrol: Callable[..., Participant]
) -> None:
    anna, bert = enrol(), enrol()
    body = (
        f'{{"samples": [{{"participant":"{anna.code}", "metric":"heart_rate", '
        f'"t":"2026-03-01T12:00:00Z","value":6.10e1, "note":"as written"}},'
        f'{{"participant":"{bert.code}","metric":"steps","t":"2026-03-01T12:00:00Z","value":7}}]}}'
    ).encode()
    take(inbox, letter(body))
    settle(inbox)

    kept = {
        person.code: b"".join(
            inbox.payloads.read(digest) for digest in inbox.registry.deliveries.payloads(person)
        )
        for person in (anna, bert)
    }

    assert b'"value":6.10e1, "note":"as written"}' in kept[anna.code]
    assert bert.code.encode() not in kept[anna.code]
    assert b'"value":7}' in kept[bert.code]


def test_a_delivery_that_cannot_be_settled_is_set_aside_and_the_others_are_not(
    inbox: Inbox, person: Participant
) -> None:
    receipts = [take(inbox, letter(batch(pushed(person.code, n)))) for n in range(3)]
    spoilt = sa.update(deliveries).where(deliveries.c.id == receipts[1].delivery)
    with inbox.registry.engine.begin() as rows:
        rows.execute(spoilt.values(body=b"not what was written"))

    assert settle(inbox) == 2

    [kept] = inbox.registry.quarantined(1)
    assert len(values(inbox.store, "heart_rate", person.id)) == 2
    assert kept.file == f"ingest/{receipts[1].delivery}"
    assert kept.reason.startswith("It could not be settled")


def test_who_a_sample_belongs_to_is_decided_when_it_is_taken(
    inbox: Inbox, wearhouse_open: Wearhouse, enrol: Callable[..., Participant], person: Participant
) -> None:
    late = f"{person.code}-late"
    take(inbox, letter(batch(pushed(person.code, 0), pushed(late, 0))))
    newcomer = wearhouse_open.registry.enrol(person.study, late, "UTC")

    settle(inbox)

    assert values(inbox.store, "heart_rate", newcomer.id) == []
    assert len(values(inbox.store, "heart_rate", person.id)) == 1


def test_several_that_settle_at_once_settle_each_delivery_once(
    inbox: Inbox, tmp_path: Path, person: Participant
) -> None:
    for number in range(40):
        take(inbox, letter(batch(pushed(person.code, number, 60 + number % 9))))
    others = [inbox_of(inbox.store, inbox.registry, tmp_path) for _ in range(4)]
    threads = [threading.Thread(target=settle, args=(other,)) for other in others]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(inbox)

    raw = values(inbox.store, "heart_rate", person.id)
    assert raw == [60.0 + number % 9 for number in range(40)]
    assert [row["count"] for row in read(inbox.store, "heart_rate", "1d", person.id)] == [40]


def test_keys_are_forgotten_after_a_month(inbox: Inbox, person: Participant) -> None:
    first = letter(batch(pushed(person.code, 0)), "month")
    second = letter(batch(pushed(person.code, 1)), "month")
    take(inbox, first)
    settle(inbox)
    old = datetime.now(UTC) - timedelta(days=31)
    with inbox.registry.engine.begin() as rows:
        of_it = sa.update(deliveries).where(deliveries.c.key == "month")
        rows.execute(of_it.values(settled_at=old))

    forget_old(inbox)

    assert inbox.registry.deliveries.receipt(second) is None


def test_of_messages_that_share_an_id_the_first_counts_and_the_other_is_quarantined(
    inbox: Inbox, person: Participant
) -> None:
    same = letter(batch(pushed(person.code, 0, 60)), person.code, door="nats")
    other = letter(batch(pushed(person.code, 0, 61)), person.code, door="nats")

    take_all(inbox, [same, same, other])
    take_all(inbox, [other, same])
    settle(inbox)

    [kept] = inbox.registry.quarantined(1)
    assert values(inbox.store, "heart_rate", person.id) == [60.0]
    assert "came before with another body" in kept.reason
    with pytest.raises(Conflict):
        take(inbox, other)


def test_messages_that_cannot_be_read_do_not_stand_in_the_way(
    inbox: Inbox, person: Participant
) -> None:
    good = letter(batch(pushed(person.code, 0)), door="nats")
    bad = [letter(body, door="nats") for body in (b"", b"\0\xff", b"{}", b"[" * 5_000)]

    take_all(inbox, [*bad, good, *bad])
    settle(inbox)

    assert len(values(inbox.store, "heart_rate", person.id)) == 1
    assert {kept.file.partition("/")[0] for kept in inbox.registry.quarantined(4)} == {"ingest"}


@pytest.mark.parametrize("store", ["embedded"], indirect=True)
def test_a_store_that_goes_away_in_the_middle_loses_nothing(
    cluster: Cluster, tmp_path: Path, store: Store
) -> None:
    away = open_store(cluster.new_database())
    with inbox_at(away, tmp_path) as inbox:
        inbox.registry.create_study("S")
        person = inbox.registry.enrol("S", "P", "UTC")
        take(inbox, letter(batch(pushed("P", 0, 60))))
        settle(inbox)
        cluster.stop()

        take(inbox, letter(batch(pushed("P", 1, 61))))
        with pytest.raises(StoreUnavailable):
            settle(inbox)
        settle_soon(inbox)
        take(inbox, letter(batch(pushed("P", 2, 62))))
        waiting = inbox.registry.deliveries.queues()["http"].deliveries
        cluster.start()
        again = inbox_of(away, inbox.registry, tmp_path)

        assert waiting == 2
        assert settle(again) == 2
        assert values(away, "heart_rate", person.id) == [60.0, 61.0, 62.0]
        away.close()


def test_after_a_failure_nobody_tries_for_a_while(inbox: Inbox, person: Participant) -> None:
    take(inbox, letter(batch(pushed(person.code, 0))))
    inbox.turns.failed()

    assert settle(inbox) == 0
    assert settle(inbox_of(inbox.store, inbox.registry, Path(inbox.payloads._root))) == 1


def test_only_a_few_wait_for_their_turn() -> None:
    turns, began, ends = Turns(), threading.Barrier(5), threading.Event()
    answers: list[bool] = []

    def wait() -> None:
        with turns.taken() as ours:
            answers.append(ours)
            if ours:
                ends.wait(10)

    first = threading.Thread(target=wait)
    first.start()
    while not answers:
        pass

    def queue() -> None:
        began.wait()
        wait()

    others = [threading.Thread(target=queue) for _ in range(4)]
    for thread in others:
        thread.start()
    began.wait()
    while len(answers) < 2:
        pass
    ends.set()
    for thread in (first, *others):
        thread.join()

    assert sorted(answers) == [False, True, True, True, True]


def test_the_queue_is_there_after_a_restart(store: Store, tmp_path: Path) -> None:
    with inbox_at(store, tmp_path) as inbox:
        inbox.registry.create_study("S")
        inbox.registry.enrol("S", "P", "UTC")
        take(inbox, letter(batch(pushed("P", 0), heartbeats=(beating(battery=7),))))

    again = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")

    assert again.deliveries.queues()["http"].deliveries == 1
    assert again.staged.waiting()["device"].to_pylist() == ["SN-1"]
    again.close()


def test_of_somebody_who_was_erased_while_it_waited_nothing_is_settled(
    wearhouse_open: Wearhouse, inbox: Inbox, enrol: Callable[..., Participant]
) -> None:
    gone, stays = enrol(), enrol()
    theirs = (pushed(gone.code, 0), pushed(gone.code, 1, 900))
    take(inbox, letter(batch(*theirs, pushed(stays.code, 0))))
    Erasing(inbox.registry.engine).erase(gone)

    settle(inbox)

    assert gone.code not in {kept.person for kept in inbox.registry.quarantined(1_000)}
    assert values(inbox.store, "heart_rate", gone.id) == []
    assert len(values(inbox.store, "heart_rate", stays.id)) == 1
