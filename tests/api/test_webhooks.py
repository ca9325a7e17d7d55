"""A vendor says that there is something new: who is believed, what is queued, what is fetched."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from builders import values
from doubles.google_health import GoogleHealth as Double
from doubles.serving import served
from listening import (
    PATH,
    WORD,
    YESTERDAY,
    account,
    beat,
    joined,
    message,
    opened_at,
    patiently,
    told,
)
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from wearhouse import runtime, scheduler
from wearhouse.api import create_app
from wearhouse.api.webhooks import MOST
from wearhouse.consent import grants
from wearhouse.registry.notices import Waiting
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Participant, Schedule

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

NOON = YESTERDAY + timedelta(hours=12)


@pytest.fixture
def service() -> Iterator[Double]:
    with Double({"A": account("A")}).running() as double:
        yield double
    assert not double.misunderstood


@pytest.fixture
def wearhouse(service: Double, store: Store, tmp_path: Path) -> Iterator[Wearhouse]:
    with opened_at(service, tmp_path / "home", store) as found:
        yield found


@pytest.fixture
def anna(wearhouse: Wearhouse) -> Participant:
    person = joined(wearhouse, "A")
    wearhouse.store.forget(person.id)  # each test's registry begins to count anew
    return person


@pytest.fixture
def http(wearhouse: Wearhouse) -> Iterator[TestClient]:
    with TestClient(create_app(wearhouse), raise_server_exceptions=False) as client:
        yield client


def queued(wearhouse: Wearhouse) -> list[Waiting]:
    return wearhouse.registry.notices.due(wearhouse.intake.now() + timedelta(days=1))


def fetched(wearhouse: Wearhouse) -> int:
    return scheduler.noticed(wearhouse.intake, wearhouse.schedule)


def sent(http: TestClient, service: Double, body: bytes) -> int:
    return http.post(PATH, content=body, headers=service.sender.headers(body, WORD)).status_code


def figures(http: TestClient, name: str, label: str = "outcome") -> dict[str, float]:
    """Each figure of a name by the value of a label."""
    text = http.get("/metrics").text
    return {
        sample.labels[label]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def test_the_handshake_is_answered_to_whom_knows_the_secret_and_to_nobody_else(
    http: TestClient,
) -> None:
    question = b'{"type":"verification"}'

    known = http.post(PATH, content=question, headers={"Authorization": WORD})
    unknown = http.post(PATH, content=question)
    wrong = http.post(PATH, content=question, headers={"Authorization": "Bearer guess"})

    assert [known.status_code, unknown.status_code, wrong.status_code] == [201, 401, 401]


@pytest.mark.parametrize("name", ["GOOGLE-HEALTH-API-SIGNATURE", "X-HEALTHAPI-SIGNATURE"])
def test_a_signed_notice_is_queued_and_answered_without_a_body(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant, name: str
) -> None:
    body = message(told("A", NOON))

    answer = http.post(PATH, content=body, headers=service.sender.headers(body, WORD, name))

    assert (answer.status_code, answer.content) == (204, b"")
    [waiting] = queued(wearhouse)
    assert (waiting.participant.code, waiting.family) == (anna.code, "heart")
    assert (waiting.first_on, waiting.last_on) == (NOON.date(), NOON.date())


def test_what_is_signed_over_other_bytes_is_refused_and_nothing_is_queued(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    body = message(told("A", NOON))
    headers = service.sender.headers(body, WORD)

    answer = http.post(PATH, content=body + b" ", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert queued(wearhouse) == []


@pytest.mark.parametrize("missing", ["Authorization", "GOOGLE-HEALTH-API-SIGNATURE"])
def test_the_secret_without_a_signature_or_the_other_way_round_is_refused(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant, missing: str
) -> None:
    body = message(told("A", NOON))
    headers = service.sender.headers(body, WORD)
    del headers[missing]

    answer = http.post(PATH, content=body, headers=headers)

    assert answer.status_code == 401
    assert queued(wearhouse) == []


def test_without_a_secret_in_the_settings_nobody_is_believed(
    service: Double, store: Store, tmp_path: Path
) -> None:
    body = message(told("A", NOON))

    with opened_at(service, tmp_path / "other", store, sources={}) as deaf:
        http = TestClient(create_app(deaf))
        empty = http.post(PATH, content=body, headers=service.sender.headers(body, ""))
        some = http.post(PATH, content=body, headers=service.sender.headers(body, WORD))

    assert (empty.status_code, some.status_code) == (401, 401)


def test_a_notice_about_somebody_unknown_is_taken_and_counted(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    before = figures(http, "wearhouse_notices_total").get("unknown", 0)

    assert sent(http, service, message(told("NOBODY", NOON))) == 204

    assert queued(wearhouse) == []
    assert figures(http, "wearhouse_notices_total")["unknown"] == before + 1


def test_a_signed_message_that_cannot_be_read_is_counted_and_not_sent_again(
    http: TestClient, service: Double, wearhouse: Wearhouse
) -> None:
    before = figures(http, "wearhouse_notices_total").get("unreadable", 0)

    assert sent(http, service, b'{"data": 7}') == 204

    assert figures(http, "wearhouse_notices_total")["unreadable"] == before + 1


@pytest.mark.parametrize("chunked", [False, True])
def test_a_message_that_is_too_large_is_refused(http: TestClient, chunked: bool) -> None:
    body = b" " * (MOST + 1)

    answer = http.post(PATH, content=iter([body]) if chunked else body)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_new_key_of_the_vendor_is_fetched_when_it_is_first_seen(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    assert sent(http, service, message(told("A", NOON))) == 204
    service.sender.rotate()
    wearhouse.ear.keyring._asked -= 61  # a minute later

    assert sent(http, service, message(told("A", NOON))) == 204

    assert service.asked.count("GET keys") == 2


def test_unknown_keys_do_not_make_us_ask_the_vendor_again_and_again(
    http: TestClient, service: Double, wearhouse: Wearhouse
) -> None:
    sent(http, service, message(told("A", NOON)))
    body = message(told("A", NOON))
    headers = service.sender.headers(body, WORD)
    service.sender.rotate()
    strange = {**headers, **service.sender.headers(body, WORD)}

    answers = {http.post(PATH, content=body, headers=strange).status_code for _ in range(5)}

    assert answers == {401}
    assert service.asked.count("GET keys") == 1


def test_while_the_keys_cannot_be_had_the_vendor_is_asked_to_come_back(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    service.faults.often, service.faults.kinds = 1.0, ("unavailable",)
    body = message(told("A", NOON))

    answer = http.post(PATH, content=body, headers=service.sender.headers(body, WORD))
    service.faults.often = 0.0

    assert (answer.status_code, answer.json()["code"]) == (503, "source_unavailable")
    assert queued(wearhouse) == []
    assert sent(http, service, body) == 204


def test_many_notices_of_one_family_are_one_fetch_of_one_slice(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    for minutes in range(0, 300, 5):
        at = NOON + timedelta(minutes=minutes)
        beat(service.people["A"], at, 60)
        assert sent(http, service, message(told("A", at), told("A", at))) == 204
    [waiting] = queued(wearhouse)

    fetched(wearhouse)

    [run] = wearhouse.registry.runs.all()
    [attempt] = wearhouse.registry.runs.attempts()
    assert waiting.times == 60
    assert (run.cause, attempt.first_on, attempt.last_on) == ("notice", NOON.date(), NOON.date())
    assert len(values(wearhouse.store, "heart_rate", anna.id)) == 60
    assert queued(wearhouse) == []


def test_an_old_day_that_is_restated_is_read_again_and_no_other(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    old = NOON - timedelta(days=20)
    beat(service.people["A"], old, 70)
    beat(service.people["A"], NOON, 71)

    sent(http, service, message(told("A", old)))
    fetched(wearhouse)

    assert values(wearhouse.store, "heart_rate", anna.id) == [70.0]


def test_what_the_vendor_withdrew_disappears(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    for minute in (0, 1):
        beat(service.people["A"], NOON + timedelta(minutes=minute), 70 + minute)
    sent(http, service, message(told("A", NOON)))
    fetched(wearhouse)
    service.people["A"].withdraw("heart-rate", (NOON + timedelta(minutes=1)).strftime("%H:%M:%S"))

    sent(http, service, message(told("A", NOON, operation="DELETE")))
    fetched(wearhouse)

    assert values(wearhouse.store, "heart_rate", anna.id) == [70.0]


def test_a_notice_that_does_not_say_when_brings_what_is_fresh(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    beat(service.people["A"], NOON, 72)
    silent = told("A", NOON)
    silent["data"]["intervals"] = []

    sent(http, service, message(silent))
    fetched(wearhouse)

    assert values(wearhouse.store, "heart_rate", anna.id) == [72.0]


def test_while_the_vendor_is_down_the_notice_waits_longer_each_time(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    beat(service.people["A"], NOON, 73)
    sent(http, service, message(told("A", NOON)))
    service.gate.revoke("A")

    fetched(wearhouse)
    [waiting] = queued(wearhouse)

    assert waiting.tries == 1
    assert wearhouse.registry.notices.due(wearhouse.intake.now()) == []


def test_a_paused_study_is_not_read_until_it_goes_on(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    beat(service.people["A"], NOON, 74)
    study = wearhouse.registry.study_named(anna.study)
    wearhouse.registry.schedules.set(study, Schedule(study.code, "01:00", "UTC", paused=True))
    sent(http, service, message(told("A", NOON)))

    counts = [fetched(wearhouse)]
    wearhouse.registry.schedules.set(study, Schedule(study.code, "01:00", "UTC"))
    counts.append(fetched(wearhouse))

    assert counts == [0, 1]
    assert values(wearhouse.store, "heart_rate", anna.id) == [74.0]


def test_whoever_revoked_is_not_read_any_more(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    sent(http, service, message(told("A", NOON)))
    grants.revoke(wearhouse.intake.consents, anna, "google-health")

    assert sent(http, service, message(told("A", NOON))) == 204
    fetched(wearhouse)

    assert queued(wearhouse) == []
    assert wearhouse.registry.runs.attempts() == []


def test_what_waits_is_told_to_prometheus(
    http: TestClient, service: Double, wearhouse: Wearhouse, anna: Participant
) -> None:
    sent(http, service, message(told("A", NOON), told("A", NOON, "sleep")))

    assert figures(http, "wearhouse_notices_waiting", "source") == {"google-health": 2.0}


def test_a_notice_over_the_wire_brings_the_data_without_a_nightly_run(
    service: Double, wearhouse: Wearhouse
) -> None:
    anna = joined(wearhouse, "A", days=1)
    wearhouse.store.forget(anna.id)
    body = message(told("A", NOON))

    with served(create_app(wearhouse)) as address, runtime.working(wearhouse):
        patiently(lambda: any(run.outcome == "done" for run in wearhouse.registry.runs.all()))
        beat(service.people["A"], NOON, 75)
        answer = httpx.post(
            address + PATH, content=body, headers=service.sender.headers(body, WORD), timeout=30
        )
        patiently(lambda: values(wearhouse.store, "heart_rate", anna.id) == [75.0])

    assert answer.status_code == 204
    assert [run.cause for run in wearhouse.registry.runs.all()] == ["notice", "night"]
