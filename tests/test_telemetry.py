"""What Prometheus is told never names anybody."""

from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from wearhouse import telemetry
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
