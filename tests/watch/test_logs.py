"""Log lines: what a line holds, and what it never does."""

import io
import json
import logging

import pytest
from starlette.testclient import TestClient

from wearhouse import logs
from wearhouse.api import create_app
from wearhouse.errors import Unavailable
from wearhouse.origin import within
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant

log = logging.getLogger("wearhouse")


def written(level: logs.Level = "info", form: logs.Form = "json") -> tuple[io.StringIO, object]:
    stream = io.StringIO()
    return stream, logs.written(form, level, stream)


def lines(stream: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_how_grave_what_and_for_whom() -> None:
    stream, writing = written()

    with writing, within(request="4f2a", sync=12):
        log.info("sync ended", extra={"outcome": "done", "samples": 3})

    [line] = lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "info", "said": "sync ended", "logger": "wearhouse", "outcome": "done",
        "samples": 3, "request": "4f2a", "sync": "12",
    }  # fmt: skip


def test_on_a_terminal_a_line_reads_as_a_sentence() -> None:
    stream, writing = written(form="text")

    with writing, within(request="4f2a"):
        log.warning("the vendor is slow")

    assert "the vendor is slow" in stream.getvalue()
    assert "request=4f2a" in stream.getvalue()
    assert "{" not in stream.getvalue()


def test_auto_is_json_where_there_is_no_terminal() -> None:
    stream, writing = written(form="auto")

    with writing:
        log.warning("x")

    assert lines(stream)[0]["said"] == "x"


def test_lines_below_the_level_and_the_chatter_of_libraries_are_left_out() -> None:
    stream, writing = written("debug")

    with writing:
        log.debug("ours")
        logging.getLogger("httpx2").info("HTTP Request: GET https://vendor.example/?token=abc")

    assert [line["said"] for line in lines(stream)] == ["ours"]


def test_afterwards_nothing_is_written_any_more() -> None:
    stream, writing = written()

    with writing:
        pass
    log.error("too late")

    assert stream.getvalue() == ""


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exception_is_told_by_places_and_kinds_and_by_our_own_sentence(form: logs.Form) -> None:
    stream, writing = written(form=form)

    with writing:
        try:
            try:
                raise ValueError("heart rate 7319 of Anna")
            except ValueError as error:
                raise Unavailable("The store could not answer.") from error
        except Unavailable:
            log.exception("it failed")

    told = stream.getvalue()
    assert "7319" not in told
    assert "Anna" not in told
    assert "ValueError" in told
    assert "test_logs.py" in told
    assert "Unavailable: The store could not answer." in told


@pytest.mark.parametrize(
    ("said", "never"),
    [
        ("mail to anna.b+x@example.org failed", "anna"),
        ("asked https://v.example/d?access_token=s3cr3t&x=1", "s3cr3t"),
        ("Authorization: Bearer abc.def-g", "abc"),
        ("store postgresql://me:hunter2@db/x", "hunter2"),
        ("password: hunter2", "hunter2"),
        ("GET /join?invitation=abcdef", "abcdef"),
    ],
)
def test_addresses_and_secrets_are_taken_out_whoever_wrote_them(said: str, never: str) -> None:
    stream, writing = written()

    with writing:
        logging.getLogger("somebody.else").warning(said)

    assert lines(stream)
    assert never not in stream.getvalue()


def test_every_line_of_a_request_and_its_answer_name_it(client: TestClient) -> None:
    stream, writing = written()

    with writing:
        answer = client.get("/api/v1/studies")

    name = answer.headers["x-request-id"]
    assert answer.json()["request"] == name
    assert {line["request"] for line in lines(stream)} == {name}
    assert [(line["route"], line["status"]) for line in lines(stream)] == [("/api/v1/studies", 401)]


def test_the_name_that_a_proxy_gave_is_kept(client: TestClient) -> None:
    answer = client.get("/api/v1/studies", headers={"X-Request-ID": "proxy-17"})

    assert answer.headers["x-request-id"] == "proxy-17"
    assert answer.json()["request"] == "proxy-17"


@pytest.mark.parametrize("given", ["", "a b", "x" * 37, "<script>", "*/"])
def test_a_name_that_is_none_is_replaced(client: TestClient, given: str) -> None:
    name = client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"]

    assert name != given
    assert len(name) == 32


def test_no_line_of_a_request_says_whom_it_was_about(api: TestClient, person: Participant) -> None:
    stream, writing = written("debug")

    with writing:
        api.get(f"/api/v1/participants/{person.code}", params={"x": person.code})

    assert lines(stream)
    assert person.code not in stream.getvalue()


def test_what_nobody_foresaw_is_logged_with_the_name_that_was_answered(
    wearhouse_open: Wearhouse,
) -> None:
    app = create_app(wearhouse_open)

    @app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("72 bpm")

    app.router.routes.insert(0, app.router.routes.pop())
    stream, writing = written()

    with writing:
        answer = TestClient(app).get("/api/v1/broken")

    [error, line] = lines(stream)
    assert (answer.status_code, line["status"]) == (500, 500)
    assert error["request"] == line["request"] == answer.json()["request"]
    assert "RuntimeError" in error["exception"]
    assert "72 bpm" not in stream.getvalue()
