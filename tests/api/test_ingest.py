"""Devices and apps push samples and reports: what is taken, what is refused, what is doubled."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from builders import NOON, beats, read, values
from prometheus_client.parser import text_string_to_metric_families
from pushing import batch, beating, pushed
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.api.limits import Limits
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Participant, Role

URL = "/api/v1/ingest"


@pytest.fixture
def device(client: TestClient, wearhouse_open: Wearhouse) -> TestClient:
    """The API with a key that may push, and nothing else."""
    key = wearhouse_open.registry.access.create_key("sensor", Role.DEVICE)
    client.headers["Authorization"] = f"Bearer {key}"
    return client


def push(client: TestClient, body: bytes, key: str | None = None) -> Any:
    return client.post(URL, content=body, headers={"Idempotency-Key": key} if key else {})


def test_what_is_pushed_is_in_the_store_when_it_is_answered(
    device: TestClient, store: Store, person: Participant
) -> None:
    body = batch(*(pushed(person.code, number, 60 + number) for number in range(3)))

    answer = push(device, body)

    assert answer.status_code == 202
    assert {**answer.json(), "delivery": 0} == {
        "delivery": 0, "samples": 3, "heartbeats": 0, "quarantined": 0,
    }  # fmt: skip
    assert values(store, "heart_rate", person.id) == [60.0, 61.0, 62.0]
    assert [row["count"] for row in read(store, "heart_rate", "1d", person.id)] == [3]


def test_the_other_samples_of_the_day_stay(
    device: TestClient, store: Store, person: Participant
) -> None:
    push(device, batch(pushed(person.code, 0, 60), pushed(person.code, 10, 61)))
    push(device, batch(pushed(person.code, 5, 70)))

    assert values(store, "heart_rate", person.id) == [60.0, 70.0, 61.0]


def test_a_sample_of_the_same_instant_that_was_sent_later_counts_in_any_order(
    device: TestClient, store: Store, person: Participant
) -> None:
    later = batch(pushed(person.code, 0, 80), sent_at="2026-03-02T09:00:00Z")
    earlier = batch(pushed(person.code, 0, 60), sent_at="2026-03-02T08:00:00Z")

    push(device, later)
    push(device, earlier)

    assert values(store, "heart_rate", person.id) == [80.0]


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_sender_whose_clock_is_far_off_is_taken_at_the_nearest_that_can_be(
    device: TestClient, store: Store, person: Participant, sent_at: str
) -> None:
    answer = push(device, batch(pushed(person.code, 0), sent_at=sent_at))

    assert answer.json()["samples"] == 1
    assert values(store, "heart_rate", person.id) == [60.0]


def test_samples_of_a_vendor_on_the_same_day_are_not_lost(
    device: TestClient, store: Store, person: Participant
) -> None:
    day = [60.0 + number % 30 for number in range(500)]
    store.write(beats(person.id, *day, step=60, source="google-health"))

    push(device, batch(pushed(person.code, 0, 99)))

    low, high = (int(NOON.timestamp() * 1000) + days * 86_400_000 for days in (-2, 2))
    shadowed = store.whole("shadowed", "heart_rate", [person.id], low, high)
    assert values(store, "heart_rate", person.id) == day
    assert shadowed["value"].to_pylist() == [99.0]


def test_the_same_key_with_the_same_body_gets_the_same_answer_and_doubles_nothing(
    device: TestClient, wearhouse_open: Wearhouse, store: Store, person: Participant
) -> None:
    staged = wearhouse_open.registry.staged.count()
    body = batch(pushed(person.code, 0), pushed("NOBODY", 0), heartbeats=(beating(battery=71),))

    answers = [push(device, body, f"key-{person.code}") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["quarantined"] == 1
    assert values(store, "heart_rate", person.id) == [60.0]
    assert wearhouse_open.registry.staged.count() == staged + 1


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    device: TestClient, store: Store, person: Participant
) -> None:
    push(device, batch(pushed(person.code, 0, 60)), f"key-{person.code}")

    answer = push(device, batch(pushed(person.code, 0, 61)), f"key-{person.code}")

    assert (answer.status_code, answer.json()["parameter"]) == (409, "Idempotency-Key")
    assert values(store, "heart_rate", person.id) == [60.0]


def test_two_senders_may_use_the_same_key(
    device: TestClient, wearhouse_open: Wearhouse, store: Store, person: Participant
) -> None:
    push(device, batch(pushed(person.code, 0, 60)), "1")
    other = wearhouse_open.registry.access.create_key("another", Role.DEVICE)
    device.headers["Authorization"] = f"Bearer {other}"

    answer = push(device, batch(pushed(person.code, 1, 61)), "1")

    assert answer.status_code == 202
    assert values(store, "heart_rate", person.id) == [60.0, 61.0]


def test_without_a_key_the_same_bytes_are_taken_once(
    device: TestClient, wearhouse_open: Wearhouse
) -> None:
    staged = wearhouse_open.registry.staged.count()
    body = batch(heartbeats=(beating("SN-BYTES", battery=71),))

    answers = [push(device, body).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert wearhouse_open.registry.staged.count() == staged + 1


BAD = [
    ({"metric": "mood"}, "no metric is called 'mood'"),
    ({"metric": "sleep"}, "sleep is made of episodes, not of samples"),
    ({"participant": "NOBODY"}, "the participant is not known"),
    ({"value": 900}, "heart_rate outside 20 to 250 /min"),
    ({"value": "70"}, "Expected `float`, got `str` - at `$.value`"),
    ({"value": None}, "Expected `float`, got `null` - at `$.value`"),
    ({"t": "yesterday"}, "Invalid RFC3339 encoded datetime - at `$.t`"),
    ({"t": "2200-01-01T00:00:00Z"}, "the time is in the future"),
    ({"t": "1970-01-01T00:00:00Z"}, "the time is before 1990"),
    ({"offset": 1_000}, "Expected `int` <= 900 - at `$.offset`"),
]


@pytest.mark.parametrize(("wrong", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_bad_record_is_quarantined_with_its_reason_and_the_good_ones_are_kept(
    device: TestClient,
    wearhouse_open: Wearhouse,
    store: Store,
    person: Participant,
    wrong: dict[str, Any],
    reason: str,
) -> None:
    bad = {**pushed(person.code, 1), **wrong}

    answer = push(device, batch(pushed(person.code, 0), bad, pushed(person.code, 2)))

    [kept] = wearhouse_open.registry.quarantined(1)
    taken = answer.json()
    assert (taken["samples"], taken["quarantined"]) == (2, 1)
    assert (kept.reason, kept.position) == (reason, 1)
    assert kept.file == f"ingest/{taken['delivery']}/samples"
    assert len(values(store, "heart_rate", person.id)) == 2


def test_a_time_without_a_zone_is_on_the_participants_own_clock(
    device: TestClient, store: Store, enrol: Callable[..., Participant]
) -> None:
    person = enrol("Asia/Kathmandu")
    civil = {**pushed(person.code, 0), "t": "2026-03-01T12:00:00"}

    push(device, batch(civil))

    [row] = read(store, "heart_rate", "raw", person.id)
    assert (row["t"], row["offset"]) == (int(NOON.timestamp() * 1000) - 345 * 60_000, 345)


def test_an_offset_written_with_the_time_is_kept(
    device: TestClient, store: Store, person: Participant
) -> None:
    push(device, batch({**pushed(person.code, 0), "t": "2026-03-01T17:45:00+05:45"}))
    push(device, batch({**pushed(person.code, 60), "offset": -210}))

    rows = read(store, "heart_rate", "raw", person.id)
    assert [(row["t"] // 1000, row["offset"]) for row in rows] == [
        (int(NOON.timestamp()), 345), (int(NOON.timestamp()) + 60, -210),
    ]  # fmt: skip


def test_an_hour_that_does_not_exist_on_the_participants_clock_is_refused(
    device: TestClient, wearhouse_open: Wearhouse, enrol: Callable[..., Participant]
) -> None:
    person = enrol("Europe/Berlin")

    push(device, batch({**pushed(person.code, 0), "t": "2026-03-29T02:30:00"}))

    [kept] = wearhouse_open.registry.quarantined(1)
    assert kept.reason == "that time does not exist in Europe/Berlin"


def test_nothing_is_taken_of_days_after_a_withdrawal(
    device: TestClient, wearhouse_open: Wearhouse, store: Store, person: Participant
) -> None:
    study = person.study
    gone = wearhouse_open.registry.enrol(
        study, f"{person.code}-gone", "Asia/Tokyo", None, NOON.date()
    )
    before = {**pushed(gone.code, 0), "t": "2026-02-28T14:59:59Z"}
    after = {**pushed(gone.code, 0), "t": "2026-02-28T15:00:00Z"}

    answer = push(device, batch(before, after))

    assert (answer.json()["samples"], answer.json()["quarantined"]) == (1, 1)
    assert len(values(store, "heart_rate", gone.id)) == 1


def test_a_code_of_several_studies_needs_the_study(
    device: TestClient, wearhouse_open: Wearhouse, store: Store, person: Participant
) -> None:
    registry = wearhouse_open.registry
    other = registry.create_study(f"{person.study}-TOO")
    twin = registry.enrol(other.code, person.code, "UTC")

    vague = push(device, batch(pushed(person.code, 0)))
    clear = push(device, batch(pushed(person.code, 0), study=other.code))

    assert [answer.json()["samples"] for answer in (vague, clear)] == [0, 1]
    assert registry.quarantined(1)[0].reason.startswith("participants of several studies")
    assert len(values(store, "heart_rate", twin.id)) == 1


def test_heartbeats_are_staged_as_delivered_for_the_fleet(
    device: TestClient, wearhouse_open: Wearhouse
) -> None:
    staged = wearhouse_open.registry.staged
    staged.taken(staged.waiting()["id"].to_pylist())
    wrong = {"device": "SN-2"}
    body = batch(heartbeats=(beating("SN-1", battery=71.5, charging=False, error=None), wrong))

    answer = push(device, body)

    [row] = staged.waiting().to_pylist()
    assert (answer.json()["heartbeats"], answer.json()["quarantined"]) == (1, 1)
    assert (row["device"], row["version"], row["captured_at"]) == ("SN-1", "1.2.3", NOON)
    assert json.loads(row["record"])["metrics"] == {
        "battery": 71.5, "charging": False, "error": None,
    }  # fmt: skip


def test_what_the_fleet_has_taken_is_not_given_again(
    device: TestClient, wearhouse_open: Wearhouse
) -> None:
    staged = wearhouse_open.registry.staged
    push(device, batch(heartbeats=(beating("SN-3", battery=1), beating("SN-3", 1, battery=2))))
    found = staged.waiting()

    staged.taken(found["id"].to_pylist())

    assert found.num_rows >= 2
    assert staged.waiting().num_rows == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"7", b"{", b"{}", b'{"samples": 7}', b'{"samples": []}', b"\xff\xfe",
     b"[" * 9_999, b'{"samples":' + b"[" * 99_999,
     b'{"samples":[],"sent_at":"2026-03-01T12:00:00"}'],
)  # fmt: skip
def test_what_is_no_batch_is_refused_and_nothing_is_kept(
    device: TestClient, wearhouse_open: Wearhouse, body: bytes
) -> None:
    before = wearhouse_open.registry.quarantined(1)

    answer = push(device, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert wearhouse_open.registry.quarantined(1) == before


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(device: TestClient, chunked: bool) -> None:
    body = b" " * 8_000_001

    answer = device.post(URL, content=iter([body]) if chunked else body)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_key_for_devices_may_do_nothing_else(device: TestClient, person: Participant) -> None:
    paths = ("participants", f"participants/{person.code}", "series", "quarantine", "syncs")

    answers = [device.get(f"/api/v1/{path}").status_code for path in paths]

    assert set(answers) == {403}


@pytest.fixture
def narrow(wearhouse_open: Wearhouse) -> Callable[..., TestClient]:
    """The API with other settings."""

    def made(**settings: Any) -> TestClient:
        settings_ = wearhouse_open.settings.model_copy(update=settings)
        app = create_app(replace(wearhouse_open, settings=settings_))
        client = TestClient(app, raise_server_exceptions=False)
        key = wearhouse_open.registry.access.create_key("sensor", Role.DEVICE)
        client.headers["Authorization"] = f"Bearer {key}"
        return client

    return made


def test_whoever_pushes_too_often_is_told_when_to_come_back(
    narrow: Callable[..., TestClient], person: Participant
) -> None:
    client = narrow(ingest_per_minute=2)
    bodies = [batch(pushed(person.code, number)) for number in range(3)]

    answers = [push(client, body) for body in bodies]

    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "too_many"


def test_one_key_does_not_use_up_what_another_may_push() -> None:
    limits = Limits(1)

    limits.spend("a")
    limits.spend("b")

    with pytest.raises(Exception, match="more than 1 a minute"):
        limits.spend("a")


def test_while_too_much_waits_for_the_store_senders_are_told_to_come_back(
    narrow: Callable[..., TestClient], store: Store, person: Participant
) -> None:
    client = narrow()
    inbox = client.app.state.wearhouse.inbox  # type: ignore[attr-defined]
    full = replace(inbox, room=10)
    client.app.state.wearhouse.__dict__["inbox"] = full  # type: ignore[attr-defined]

    answer = push(client, batch(pushed(person.code, 0)))

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert values(store, "heart_rate", person.id) == []


def test_what_was_pushed_is_told_to_prometheus(device: TestClient, person: Participant) -> None:
    def count() -> float:
        families = text_string_to_metric_families(device.get("/metrics").text)
        wanted = {"door": "http", "outcome": "taken"}
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == "wearhouse_deliveries_total" and sample.labels == wanted
        )

    before = count()
    push(device, batch(pushed(person.code, 0)))

    assert count() == before + 1
    assert 'wearhouse_deliveries_waiting{door="http"} 0.0' in device.get("/metrics").text
