"""Who may come in, and what they may do."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.runtime import Wearhouse
from wearhouse.study import RIGHTS, Participant, Right, Role

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

PROTECTED = {
    "/api/v1/studies": Right.READ,
    "/api/v1/participants": Right.READ,
    "/api/v1/participants/P-000": Right.READ,
    "/api/v1/series": Right.READ,
    "/api/v1/sleep": Right.READ,
    "/api/v1/metrics-catalogue": Right.READ,
    "/api/v1/estimate": Right.READ,
    "/api/v1/imports": Right.READ_INGESTION,
    "/api/v1/quarantine": Right.READ_INGESTION,
    "/api/v1/store": Right.READ_INGESTION,
    "/api/v1/grants": Right.READ_INGESTION,
    "/api/v1/syncs": Right.READ_INGESTION,
    "/api/v1/syncs/freshness": Right.READ_INGESTION,
    "/api/v1/syncs/1": Right.READ_INGESTION,
}
CHANGES = {
    "/api/v1/grants/invite": Right.MANAGE_GRANTS,
    "/api/v1/grants/campaign": Right.MANAGE_GRANTS,
    "/api/v1/grants/revoke": Right.MANAGE_GRANTS,
    "/api/v1/syncs": Right.LOAD,
    "/api/v1/syncs/replay": Right.LOAD,
}
OPEN = {"/api/v1/session", "/api/v1/grants/join", "/api/v1/grants/callback"}
"""Signing in, and what a participant's browser is sent to with an invitation."""
CSRF = {"X-Wearhouse-CSRF": "1"}

Login = Callable[..., TestClient]


@pytest.fixture
def signed_in(client: TestClient, wearhouse_open: Wearhouse) -> TestClient:
    """The API as a coordinator with a session."""
    token = wearhouse_open.registry.access.create_login("carla", Role.COORDINATOR)
    assert client.post("/api/v1/session", json={"token": token}).status_code == 204
    return client


def key(wearhouse: Wearhouse, role: Role) -> dict[str, str]:
    return {"Authorization": "Bearer " + wearhouse.registry.access.create_key("tests", role)}


def test_every_route_of_the_document_is_protected_or_known_to_be_open(client: TestClient) -> None:
    paths = {
        path.replace("{code}", "P-000").replace("{number}", "1")
        for path in client.get("/openapi.json").json()["paths"]
    }

    assert paths == PROTECTED.keys() | CHANGES.keys() | OPEN


@pytest.mark.parametrize("path", [*PROTECTED, "/api/v1/session"])
def test_nobody_gets_in_without_a_key(client: TestClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "not_signed_in"


@pytest.mark.parametrize(
    "header", ["Bearer wh_wrong", "Bearer ", "Basic d2g6d2g=", "wh_wrong", "Bearer é"]
)
def test_a_key_that_nobody_was_given_opens_nothing(client: TestClient, header: str) -> None:
    headers = {"Authorization": header.encode()}

    assert client.get("/api/v1/studies", headers=headers).status_code == 401


def test_a_revoked_or_mistyped_key_is_not_a_key(
    client: TestClient, wearhouse_open: Wearhouse
) -> None:
    known = key(wearhouse_open, Role.MANAGER)["Authorization"]

    assert client.get("/api/v1/studies", headers={"Authorization": known}).status_code == 200
    assert client.get("/api/v1/studies", headers={"Authorization": known[:-1]}).status_code == 401


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("path", PROTECTED)
def test_a_role_may_do_what_its_rights_say_and_nothing_else(
    client: TestClient, wearhouse_open: Wearhouse, role: Role, path: str
) -> None:
    response = client.get(path, headers=key(wearhouse_open, role))

    if PROTECTED[path] in RIGHTS[role]:
        assert response.status_code in (200, 404, 422)
    else:
        assert response.status_code == 403
        assert response.json()["code"] == "not_allowed"


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize("path", CHANGES)
def test_a_change_needs_its_right(
    client: TestClient, wearhouse_open: Wearhouse, role: Role | None, path: str
) -> None:
    headers = key(wearhouse_open, role) if role else {}

    response = client.post(path, headers=headers, content="no JSON")

    if role is None:
        assert response.status_code == 401
    else:
        assert response.status_code == (422 if CHANGES[path] in RIGHTS[role] else 403)


def test_a_login_link_works_once(client: TestClient, wearhouse_open: Wearhouse) -> None:
    token = wearhouse_open.registry.access.create_login("carla", Role.COORDINATOR)

    answers = [client.post("/api/v1/session", json={"token": token}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 401]


def test_a_session_knows_who_is_signed_in(signed_in: TestClient) -> None:
    assert signed_in.get("/api/v1/session").json() == {"name": "carla", "role": "coordinator"}


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("http://testserver", {"httponly", "samesite=strict", "path=/"}),
        ("https://testserver", {"httponly", "samesite=strict", "path=/", "secure"}),
    ],
)
def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    wearhouse_open: Wearhouse, base: str, expected: set[str]
) -> None:
    token = wearhouse_open.registry.access.create_login("carla", Role.COORDINATOR)
    client = TestClient(create_app(wearhouse_open), base_url=base)

    response = client.post("/api/v1/session", json={"token": token})

    _, *flags = response.headers["set-cookie"].lower().split("; ")
    assert set(flags) == expected


def test_a_change_made_with_a_session_needs_a_header_that_other_sites_cannot_send(
    signed_in: TestClient,
) -> None:
    without = signed_in.delete("/api/v1/session")
    still = signed_in.get("/api/v1/session")
    with_it = signed_in.delete("/api/v1/session", headers=CSRF)

    assert (without.status_code, still.status_code, with_it.status_code) == (403, 200, 204)


def test_after_signing_out_the_cookie_is_worth_nothing(signed_in: TestClient) -> None:
    secret = signed_in.cookies["wearhouse_session"]
    signed_in.delete("/api/v1/session", headers=CSRF)

    signed_in.cookies.set("wearhouse_session", secret)

    assert signed_in.get("/api/v1/session").status_code == 401


def test_a_login_link_is_not_a_session(client: TestClient, wearhouse_open: Wearhouse) -> None:
    token = wearhouse_open.registry.access.create_login("carla", Role.COORDINATOR)

    client.cookies.set("wearhouse_session", token)

    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("token", ["", "guess", None], ids=["empty", "guessed", "missing"])
def test_commands_are_not_relayed_for_strangers(client: TestClient, token: str | None) -> None:
    command = {"arguments": ["key", "create", "--role", "manager"], "folder": "/"}
    headers = {} if token is None else {"X-Wearhouse-Token": token}

    response = client.post("/internal/commands", json=command, headers=headers)

    assert response.status_code == 403


def test_a_relayed_command_needs_the_token_of_the_server(wearhouse_open: Wearhouse) -> None:
    ran: list[list[str]] = []

    def runner(_wearhouse: object, arguments: list[str], _folder: object, write: Callable) -> int:
        ran.append(arguments)
        write("out", b"done\n")
        return 7

    client = TestClient(create_app(wearhouse_open, "secret", runner))
    command = {"arguments": ["metrics"], "folder": "/"}

    refused = client.post("/internal/commands", json=command, headers={"X-Wearhouse-Token": "x"})
    taken = client.post("/internal/commands", json=command, headers={"X-Wearhouse-Token": "secret"})

    assert refused.status_code == 403
    assert taken.text.splitlines() == ['{"out": "ZG9uZQo="}', '{"exit": 7}']
    assert ran == [["metrics"]]


def test_answers_carry_headers_that_keep_browsers_careful(
    api: TestClient, person: Participant
) -> None:
    headers = api.get("/api/v1/participants").headers

    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
