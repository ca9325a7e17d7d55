"""Attacks: words that want to be commands, wherever words are taken."""

import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from builders import beats
from starlette.testclient import TestClient

from wearhouse import logs
from wearhouse.errors import Invalid
from wearhouse.messages.delivery import composed, mail_server
from wearhouse.messages.templates import Template, checked, filled
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Participant, Role

pytestmark = [
    pytest.mark.usefixtures("store"),
    pytest.mark.parametrize("store", ["embedded", "postgres"], indirect=True, scope="module"),
]

SQL = ("' OR '1'='1", "'; DROP TABLE participants; --", "1) UNION SELECT 1 --", "{x:String}", "%s")
DAY = {"start": "2026-03-01", "end": "2026-03-01"}
SERIES = {"metric": "heart_rate", "resolution": "raw", **DAY}


@pytest.mark.parametrize("words", SQL)
def test_sql_in_a_parameter_is_a_word_and_nothing_more(
    api: TestClient, store: Store, person: Participant, words: str
) -> None:
    store.write(beats(person.id, 60, 61, 62))
    known = {"participant": person.code, **SERIES}
    answers = [
        api.get("/api/v1/series", params=known | {name: words})
        for name in ("participant", "metric", "study", "cursor", "resolution", "timezone")
    ]
    answers.append(api.get(f"/api/v1/participants/{words}"))
    answers.append(api.get("/api/v1/participants", params={"study": words}))

    assert {answer.status_code for answer in answers} <= {404, 422}
    assert len(api.get("/api/v1/series", params=known).json()["series"][0]["value"]) == 3


@pytest.mark.parametrize("words", SQL)
def test_sql_that_is_stored_comes_back_as_it_was_written(
    api: TestClient, wearhouse_open: Wearhouse, words: str
) -> None:
    code = f"T-{abs(hash((words, id(api)))):x}"[:20]

    made = api.post("/api/v1/studies", json={"code": code, "title": words})

    assert made.status_code in (200, 201), made.text
    assert wearhouse_open.registry.study_named(code).title == words


def test_a_header_of_the_request_adds_none_to_the_answer(client: TestClient) -> None:
    forged = [(b"x-request-id", b"a\r\nSet-Cookie: wearhouse_session=mine")]

    answer = client.get("/healthz", headers=forged)  # type: ignore[arg-type]

    assert "set-cookie" not in answer.headers
    assert answer.headers["x-request-id"].isalnum()


def test_a_name_or_a_subject_adds_no_header_to_a_message() -> None:
    text = Template("sync", "en", "Dear {name}", "Hello. {opt_out}")
    name = "Ada\r\nBcc: everybody@evil.example"
    server = mail_server("smtp://mail.example", "Team <team@lab.example>")

    said = filled(text, {"name": name, "opt_out": "https://lab.example/x"})
    mail = composed(said, "ada@example.org", server, "https://l.example", "1", datetime.now(UTC))

    assert message_from_bytes(bytes(mail), policy=policy.default)["Bcc"] is None
    with pytest.raises(Invalid, match="one line"):
        checked(Template("sync", "en", f"Dear {name}", "{opt_out}"))


@pytest.mark.parametrize("form", ["json", "text"])
def test_what_is_logged_stays_on_its_line(form: logs.Form) -> None:
    written = io.StringIO()
    forged = 'P-1\r\n{"level": "info", "said": "all is well"}\x1b[2J\u2028'

    with logs.written(form, "info", written):
        logging.getLogger("wearhouse").warning("no participant %s", forged)

    lines = written.getvalue().splitlines()
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
    assert form == "text" or json.loads(lines[0])["level"] == "warning"


@pytest.mark.parametrize("code", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '"=1"', "P,=1"])
def test_no_code_that_a_spreadsheet_would_run_can_be_enrolled(
    api: TestClient, enrol: Callable[..., Participant], code: str
) -> None:
    with pytest.raises(Invalid):
        enrol(code=code)
    for what in ("studies", "participants/import"):
        body = {"code": code, "title": "x", "study": "S", "text": code}
        assert api.post(f"/api/v1/{what}", json=body).status_code in (404, 422)


def test_a_csv_file_holds_codes_metrics_times_and_numbers_only(
    api: TestClient, store: Store, person: Participant, wearhouse_open: Wearhouse
) -> None:
    store.write(beats(person.id, 60, 61))
    key = wearhouse_open.registry.access.create_key("tests", Role.ANALYST)

    told = api.get(
        "/api/v1/series", params={"participant": person.code, **SERIES},
        headers={"Accept": "text/csv", "Authorization": f"Bearer {key}"},
    )  # fmt: skip

    assert told.headers["content-type"].startswith("text/csv")
    cells = [cell for line in told.text.splitlines() for cell in line.split(",")]
    assert len(cells) > 8
    assert not [cell for cell in cells if cell[:1] in set("=+@\t\r")]
