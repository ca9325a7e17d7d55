"""What Prometheus is told never names anybody."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from wearhouse import telemetry
from wearhouse.api.border import Border
from wearhouse.study import Participant

OURS = [
    value
    for value in vars(telemetry).values()
    if hasattr(value, "_labelnames") and hasattr(value, "_documentation")
]
PERSONAL = {"participant", "person", "user", "code", "id", "study", "device", "serial", "email",
            "key", "path", "url", "name"}  # fmt: skip


def test_no_label_names_a_person() -> None:
    labels = {label for metric in OURS for label in metric._labelnames}

    assert labels
    assert labels.isdisjoint(PERSONAL)


def test_every_number_says_what_it_is() -> None:
    assert all(metric._name.startswith("wearhouse_") and metric._documentation for metric in OURS)


def test_requests_are_counted_by_the_template_of_their_route(
    api: TestClient, person: Participant
) -> None:
    api.get(f"/api/v1/participants/{person.code}")
    api.get("/api/v1/participants/P-SOMEBODY-ELSE")
    api.get("/wp-login.php")

    text = api.get("/metrics").text

    routes = {
        sample.labels["route"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if "route" in sample.labels
    }
    assert any(route.endswith("/participants/{code}") for route in routes)
    assert person.code not in text
    assert "SOMEBODY" not in text
    assert "wp-login" not in text


def test_counters_that_alerts_watch_are_told_before_they_first_count() -> None:
    told = generate_latest(telemetry.REGISTRY).decode()

    assert 'wearhouse_messages_total{outcome="unknown"}' in told
    assert 'wearhouse_syncs_total{outcome="failed"}' in told


def test_an_export_is_counted_by_how_whoever_asked_came_in(
    api: TestClient, person: Participant
) -> None:
    before = _exports("key")
    asked = {"participant": person.code, "metric": "steps", "start": "2026-03-01",
             "end": "2026-03-02"}  # fmt: skip

    read = api.get("/api/v1/series", params=asked)
    between = _exports("key")
    left = api.get("/api/v1/series", params=asked | {"format": "csv"})

    assert (read.status_code, left.status_code) == (200, 200)
    assert (between, _exports("key")) == (before, before + 1)


def _exports(via: str) -> float:
    counted: float = telemetry.exports.labels(via)._value.get()
    return counted


def test_an_answer_that_is_broken_off_counts_as_an_error() -> None:
    async def breaking(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise OSError("the archive is gone")

    client = TestClient(Border(breaking), raise_server_exceptions=False)
    counted = telemetry.requests.labels("GET", "none", 500)._value
    before = counted.get()

    client.get("/anything")

    assert counted.get() == before + 1
