"""Traces: which spans a request and a sync leave at a real OTLP/HTTP receiver, and that none names
anybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from builders import beats
from doubles.google_health import GoogleHealth as Double
from doubles.receiver import Quiet, receiving
from listening import YESTERDAY, account, beat, joined, opened_at
from mail import mail_server_running
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient

from wearhouse import tracing
from wearhouse.errors import Invalid
from wearhouse.messages.delivery import composed, connected, deliver, mail_server
from wearhouse.messages.templates import Text
from wearhouse.store import Store
from wearhouse.study import Participant
from wearhouse.sync.fetching import Request, sync

pytestmark = [
    pytest.mark.usefixtures("store"),
    pytest.mark.parametrize("store", ["embedded", "postgres"], indirect=True, scope="module"),
]


@contextmanager
def collector() -> Iterator[tuple[str, list[Any]]]:
    """A receiver of OTLP over HTTP, and the spans that arrived."""
    spans: list[Any] = []

    class Handler(Quiet):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"]))
            for of in ExportTraceServiceRequest.FromString(body).resource_spans:
                spans.extend(span for scope in of.scope_spans for span in scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with receiving(Handler) as address:
        yield address, spans


def facts(span: Any) -> dict[str, str]:
    return {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes}


def chain(span: Any, spans: list[Any]) -> list[str]:
    """The names from a span up to its root."""
    by_id = {one.span_id: one for one in spans}
    names = [span.name]
    while span.parent_span_id in by_id:
        span = by_id[span.parent_span_id]
        names.append(span.name)
    return names


def test_a_request_holds_the_questions_that_it_put_to_the_store(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 60, 61))
    asked = {"participant": person.code, "metric": "heart_rate", "start": "2026-03-01",
             "end": "2026-03-01"}  # fmt: skip

    with collector() as (endpoint, spans), tracing.exporting(endpoint):
        answer = api.get("/api/v1/series", params=asked)
        tracing.flush()
        arrived = list(spans)

    [root] = [one for one in arrived if one.name == "GET /api/v1/series"]
    inside = {one.name for one in arrived if chain(one, arrived)[-1] == root.name} - {root.name}
    assert inside
    assert all(name.startswith("store ") for name in inside)
    assert facts(root)["wearhouse.request"] == answer.headers["x-request-id"]
    assert facts(root)["http.response.status_code"] == "200"
    assert person.code not in str(arrived)


def test_a_request_goes_on_with_the_trace_of_its_caller(client: TestClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}

    with collector() as (endpoint, spans), tracing.exporting(endpoint):
        client.get("/healthz", headers=headers)
        tracing.flush()
        [span] = spans

    assert span.trace_id.hex() == trace
    assert span.parent_span_id.hex() == "b7ad6b7169203331"


def test_a_sync_holds_slices_and_these_hold_requests_to_the_vendor(
    store: Store, tmp_path: Path
) -> None:
    anna = account("ANNA-AT-THE-VENDOR")
    beat(anna, YESTERDAY, 63)
    with (
        Double({"ANNA-AT-THE-VENDOR": anna}).running() as service,
        opened_at(service, tmp_path / "home", store) as wearhouse,
    ):
        who = joined(wearhouse, "ANNA-AT-THE-VENDOR", days=1)
        with collector() as (endpoint, spans), tracing.exporting(endpoint):
            done = sync(wearhouse.intake, Request([who]))
            tracing.flush()
            arrived = list(spans)

    ways = {tuple(chain(one, arrived)) for one in arrived}
    assert ("vendor request", "slice", "sync") in ways
    assert {"sync"} == {way[-1] for way in ways}
    assert {facts(one)["wearhouse.sync"] for one in arrived} == {str(done.sync)}
    assert who.code not in str(arrived)
    assert "ANNA" not in str(arrived)


def test_a_mail_is_a_span_without_its_address() -> None:
    with mail_server_running() as mailbox, collector() as (endpoint, spans):
        server = mail_server(mailbox.url, "Team <team@lab.example>")
        mail = composed(Text("Hi", "x"), "anna@example.org", server, "https://l", "1", YESTERDAY)
        with tracing.exporting(endpoint), connected(server) as line:
            deliver(line, mail)
            tracing.flush()
            arrived = list(spans)

    assert [(one.name, facts(one)["outcome"]) for one in arrived] == [("mail", "sent")]
    assert "anna" not in str(arrived)


def test_what_fails_is_marked_by_the_kind_of_error_only() -> None:
    with collector() as (endpoint, spans), tracing.exporting(endpoint):
        with pytest.raises(ValueError, match="72"), tracing.span("x"):
            raise ValueError("72 bpm")
        tracing.flush()
        [span] = spans

    assert (span.status.code, span.status.message) == (2, "ValueError")
    assert "72" not in str(span.events) + str(span.attributes)


def test_without_an_endpoint_nothing_is_traced() -> None:
    with tracing.exporting(""), tracing.span("x") as span:
        span.note(outcome="done")

        assert span is tracing.OFF


def test_what_is_no_endpoint_is_refused() -> None:
    with pytest.raises(Invalid, match="http://HOST:4318"), tracing.exporting("localhost:4318"):
        pass


def test_a_collector_that_is_gone_stops_nobody(client: TestClient) -> None:
    with collector() as (endpoint, _):
        gone = endpoint

    with tracing.exporting(gone):
        assert client.get("/healthz").status_code == 200
