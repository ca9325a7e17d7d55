"""Attacks: requests that come from elsewhere, lead elsewhere, or make the server ask elsewhere."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from doubles.google_health import GoogleHealth as Double
from doubles.receiver import Quiet, receiving
from listening import PATH, WORD, YESTERDAY, account, joined, message, opened_at, told
from pyrate_limiter import Rate
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.runtime import Wearhouse
from wearhouse.sources.http import Patience, Vendor, open_client
from wearhouse.sources.quota import Quota
from wearhouse.store import Store
from wearhouse.study import Role

pytestmark = [
    pytest.mark.usefixtures("store"),
    pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module"),
]

CSRF = {"X-Wearhouse-CSRF": "1"}


@contextmanager
def answering(status: int, **headers: str) -> Iterator[tuple[str, list[str]]]:
    """A server of one answer, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802
            asked.append(self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

    with receiving(Handler) as address:
        yield address, asked


@pytest.fixture
def service() -> Iterator[Double]:
    with Double({"A": account("A")}).running() as double:
        yield double


@pytest.fixture
def lab(service: Double, store: Store, tmp_path: Path) -> Iterator[Wearhouse]:
    with opened_at(service, tmp_path / "home", store) as found:
        yield found


@pytest.fixture
def http(lab: Wearhouse) -> TestClient:
    return TestClient(create_app(lab), raise_server_exceptions=False, follow_redirects=False)


def test_a_vendor_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    with answering(200) as (inner, seen), answering(302, Location=f"{inner}/secrets") as (out, _):
        client = open_client()
        vendor = Vendor("The vendor", Quota(Rate(9, 1_000), Rate(9, 1_000)), Patience(1, 0, 0))
        answer = vendor.ask(client, httpx.Request("GET", f"{out}/data"), "A")
        client.close()

    assert answer.status_code == 302
    assert seen == []


def test_no_route_takes_an_address_to_ask() -> None:
    document = create_app(None).openapi()
    named = {
        parameter["name"]
        for verbs in document["paths"].values()
        for route in verbs.values()
        for parameter in route.get("parameters", [])
    }
    for verbs in document["paths"].values():
        for route in verbs.values():
            content = route.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            found = schema.get("$ref", "").rsplit("/", 1)[-1]
            named |= set(document["components"]["schemas"].get(found, {}).get("properties", ()))

    assert {"participant", "title"} <= named
    assert not {name for name in named if set(name.lower().split("_")) & ADDRESSES}


ADDRESSES = {"url", "uri", "webhook", "callback", "endpoint", "href", "link", "host", "redirect"}


@pytest.mark.parametrize("how", ["other bytes", "no signature", "no secret", "other secret"])
def test_a_forged_notice_of_a_vendor_is_refused(
    lab: Wearhouse, http: TestClient, service: Double, how: str
) -> None:
    joined(lab, "A")
    body = message(told("A", YESTERDAY))
    headers: dict[str, Any] = dict(service.sender.headers(body, WORD))
    if how == "no signature":
        headers = {name: v for name, v in headers.items() if "SIGNATURE" not in name.upper()}
    if how == "no secret":
        del headers["Authorization"]
    if how == "other secret":
        headers["Authorization"] = "Bearer guessed"

    answer = http.post(PATH, content=body + b" " * (how == "other bytes"), headers=headers)

    assert answer.status_code == 401
    assert lab.registry.notices.due(lab.intake.now()) == []


@pytest.mark.parametrize("state", ["", "guessed", "e30.e30.e30", "../../x", "a" * 400])
def test_a_forged_state_links_no_account(lab: Wearhouse, http: TestClient, state: str) -> None:
    joined(lab, "A")
    before = [(one.participant.code, one.state) for one in lab.registry.grants.all()]

    answer = http.get("/api/v1/grants/callback", params={"state": state, "code": "stolen"})

    assert answer.status_code == 422
    assert [(one.participant.code, one.state) for one in lab.registry.grants.all()] == before


@pytest.mark.parametrize("name", ["next", "redirect", "return_to", "url", "invitation", "again"])
@pytest.mark.parametrize("path", ["/login", "/api/v1/grants/join", "/api/v1/grants/consent"])
def test_no_link_of_ours_leads_to_another_site(http: TestClient, path: str, name: str) -> None:
    answer = http.get(path, params={"invitation": "x", name: "https://evil.example/"})

    assert "evil.example" not in answer.headers.get("location", "")
    assert 'href="https://evil.example' not in answer.text


def test_a_change_with_a_session_needs_a_header_that_no_form_can_send(
    http: TestClient, lab: Wearhouse
) -> None:
    token = lab.registry.access.create_login("tests", Role.MANAGER)
    assert http.post("/api/v1/session", json={"token": token}).status_code == 204

    forged = http.post("/api/v1/studies", json={"code": "FORGED"})
    elsewhere = http.post(
        "/api/v1/studies",
        json={"code": "FORGED"},
        headers=CSRF | {"Origin": "https://evil.example"},
    )

    assert [forged.status_code, elsewhere.status_code] == [403, 403]
    assert "FORGED" not in {study.code for study in lab.registry.studies()}


def test_a_body_that_is_too_large_is_refused(http: TestClient) -> None:
    answer = http.post("/api/v1/session", content=b"x" * 17_000_000)
    pushed = http.post(PATH, content=b"[" + b" " * 2_000_000, headers={"Authorization": WORD})

    assert [answer.status_code, pushed.status_code] == [413, 413]


@pytest.mark.parametrize("path", ["/", "/api/v1/studies", "/nothing", "/api/v1/grants/join"])
def test_no_page_can_be_framed(http: TestClient, path: str) -> None:
    policy = http.get(path).headers["content-security-policy"]

    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/login", "/participants/P-1"])
def test_pages_run_scripts_of_this_site_only(http: TestClient, path: str) -> None:
    headers = http.get(path).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )

    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_no_cache_keeps_what_is_told_of_people(http: TestClient, lab: Wearhouse) -> None:
    who = joined(lab, "A")
    key = lab.registry.access.create_key("tests", Role.MANAGER)
    document = create_app(None).openapi()["paths"]
    paths = [path.replace("{code}", who.code) for path, verbs in document.items() if "get" in verbs]

    kept = {}
    for path in paths:
        answer = http.get(path, headers={"Authorization": f"Bearer {key}"})
        if answer.headers["cache-control"] != "no-store":
            kept[path] = answer.headers["cache-control"]

    assert len(paths) > 20
    assert kept == {}


def test_an_error_that_nobody_foresaw_tells_nothing_but_its_name(
    store: Store, lab: Wearhouse
) -> None:
    app = create_app(lab)

    @app.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("heart rate 72 of anna@example.org")

    app.router.routes.insert(0, app.router.routes.pop())
    answer = TestClient(app, raise_server_exceptions=False).get("/api/v1/broken")

    assert answer.status_code == 500
    assert "anna" not in answer.text
    assert json.loads(answer.text)["request"] == answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
