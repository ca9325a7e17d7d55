"""Notices of new data: who sent them, and what they are about."""

import json
from datetime import UTC, datetime

import pytest
from doubles.webhooks import Sender, notice

from wearhouse.errors import Invalid
from wearhouse.sources.google_health import webhooks

SECRET = "Bearer a-secret-of-the-study"
BODY = json.dumps(
    [notice("343", "steps", ("2026-03-08T01:29:00Z", "2026-03-08T01:34:00Z"))]
).encode()


def headers(sender: Sender, body: bytes = BODY, name: str = "GOOGLE-HEALTH-API-SIGNATURE") -> dict:
    return {"Authorization": SECRET, name: sender.signature(body)}


@pytest.mark.parametrize("name", ["GOOGLE-HEALTH-API-SIGNATURE", "X-HealthApi-Signature"])
def test_a_signed_notice_is_known_by_either_header(name: str) -> None:
    sender = Sender()
    keys = webhooks.read_keys(sender.key_set())

    assert webhooks.verify(headers(sender, name=name), BODY, SECRET, keys)


def test_a_notice_that_was_altered_is_not_taken() -> None:
    sender = Sender()
    keys = webhooks.read_keys(sender.key_set())

    assert not webhooks.verify(headers(sender), BODY.replace(b"343", b"344"), SECRET, keys)


def test_a_notice_without_the_secret_is_not_taken() -> None:
    sender = Sender()
    keys = webhooks.read_keys(sender.key_set())

    assert not webhooks.verify(headers(sender), BODY, "Bearer another", keys)
    assert not webhooks.verify(headers(sender), BODY, "", keys)


def test_a_signature_by_another_key_of_the_same_number_is_not_taken() -> None:
    keys = webhooks.read_keys(Sender().key_set())

    assert webhooks.signed(headers(Sender()), BODY, keys) is False


def test_a_key_that_is_not_known_yet_is_worth_fetching_the_key_set_again() -> None:
    keys = webhooks.read_keys(Sender(key_id=1).key_set())

    assert webhooks.signed(headers(Sender(key_id=2)), BODY, keys) is None


@pytest.mark.parametrize("text", ["", "!", "AQ==", "AAAAAAAAAAAA", "AQAAAAEwMDAw"])
def test_what_is_no_signature_is_not_taken(text: str) -> None:
    sender = Sender(key_id=1)
    keys = webhooks.read_keys(sender.key_set())
    given = {"Authorization": SECRET, "GOOGLE-HEALTH-API-SIGNATURE": text}

    assert not webhooks.verify(given, BODY, SECRET, keys)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"key":[{"keyId":1,"keyData":{"value":"AA=="}}]}']
)
def test_keys_that_cannot_be_read_are_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="published keys"):
        webhooks.read_keys(content)


def test_the_handshake_is_told_from_notices() -> None:
    assert webhooks.is_handshake(b'{"type":"verification"}')
    assert not webhooks.is_handshake(BODY)
    assert webhooks.known({"authorization": SECRET}, SECRET)
    assert not webhooks.known({}, SECRET)


def test_a_batch_says_who_what_and_when() -> None:
    spans = (
        ("2026-03-08T01:29:00Z", "2026-03-08T01:34:00Z"),
        ("2026-03-08T00:00:00Z", "2026-03-08T00:05:00Z"),
    )
    body = json.dumps([notice("343", "steps", *spans), notice("5", "sleep", operation="DELETE")])

    steps, sleep = webhooks.notices(body.encode())

    assert (steps.subject, steps.data_type) == ("343", "steps")
    assert steps.families == ("activity", "activity_daily")
    assert steps.window is not None
    assert steps.window.start == datetime(2026, 3, 8, tzinfo=UTC)
    assert steps.window.end == datetime(2026, 3, 8, 1, 34, tzinfo=UTC)
    assert (sleep.subject, sleep.deleted, sleep.window) == ("5", True, None)


def test_a_notice_may_state_civil_times_only() -> None:
    told = notice("343", "daily-resting-heart-rate")
    civil = {"startTime": "2026-03-07T00:00:00", "endTime": "2026-03-08T00:00:00"}
    told["data"]["intervals"] = [{"civilIso8601TimeInterval": civil, "civilDateTimeInterval": {}}]

    (one,) = webhooks.notices(json.dumps(told).encode())

    assert one.window is not None
    assert one.window.start.date().isoformat() == "2026-03-07"


def test_a_data_type_that_is_not_read_concerns_no_family() -> None:
    (one,) = webhooks.notices(json.dumps(notice("343", "hydration-log")).encode())

    assert one.families == ()


@pytest.mark.parametrize("body", [b"", b"[", b"7", b'{"data":{}}', b'[{"data":{"dataType":1}}]'])
def test_what_is_no_notice_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid, match="no notice"):
        webhooks.notices(body)
