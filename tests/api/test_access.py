"""Who may come in, and what they may do."""

from collections.abc import Callable, Iterator

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.runtime import Wearhouse
from wearhouse.study import RIGHTS, Participant, Right, Role

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

READ, EDIT = Right.READ, Right.EDIT_PEOPLE
STUDY, AUDIT = Right.EDIT_STUDY, Right.READ_AUDIT
SEND = Right.SEND_MESSAGES
USERS, KEYS = Right.MANAGE_ACCESS, Right.MANAGE_KEYS
INGESTION, GRANTS, LOAD = Right.READ_INGESTION, Right.MANAGE_GRANTS, Right.LOAD

ROUTES = {
    "GET /adherence": READ,
    "GET /adherence/sensitivity": READ,
    "GET /audit": AUDIT,
    "GET /audit/verdict": AUDIT,
    "GET /definitions": READ,
    "POST /definitions": STUDY,
    "GET /estimate": READ,
    "GET /fleet/alerts": READ,
    "POST /fleet/alerts": Right.KEEP,
    "PUT /fleet/alerts/{number}": Right.KEEP,
    "DELETE /fleet/alerts/{number}": Right.KEEP,
    "POST /fleet/curate": LOAD,
    "GET /fleet/device": READ,
    "GET /fleet/devices": READ,
    "GET /fleet/facets": READ,
    "GET /fleet/figures": READ,
    "GET /fleet/histogram": READ,
    "GET /fleet/incidents": READ,
    "GET /fleet/loads": INGESTION,
    "GET /fleet/metrics": READ,
    "PATCH /fleet/metrics/{name}": Right.KEEP,
    "GET /fleet/percentile": READ,
    "GET /fleet/quarantine": INGESTION,
    "GET /fleet/releases": READ,
    "GET /fleet/releases/compare": READ,
    "GET /fleet/timeline": READ,
    "GET /fleet/vitals": READ,
    "GET /grants": INGESTION,
    "POST /grants/campaign": GRANTS,
    "POST /grants/invite": GRANTS,
    "POST /grants/revoke": GRANTS,
    "GET /imports": INGESTION,
    "GET /imputations": READ,
    "POST /imputations": Right.IMPUTE,
    "GET /imputations/classes": READ,
    "PUT /imputations/classes": STUDY,
    "GET /imputations/comparison": READ,
    "GET /imputations/{number}": READ,
    "GET /imputations/{number}/gaps": READ,
    "POST /imputations/{number}/withdraw": Right.IMPUTE,
    "POST /ingest": Right.INGEST,
    "GET /keys": KEYS,
    "POST /keys": KEYS,
    "DELETE /keys/{number}": KEYS,
    "GET /messages": SEND,
    "GET /messages/opted-out": SEND,
    "PUT /messages/opted-out/{code}": SEND,
    "GET /messages/outcomes": SEND,
    "GET /messages/places": SEND,
    "POST /messages/preview": SEND,
    "GET /messages/rules": SEND,
    "PUT /messages/rules": STUDY,
    "POST /messages/send": SEND,
    "GET /messages/templates": SEND,
    "PUT /messages/templates/{name}": SEND,
    "POST /messages/test": SEND,
    "GET /metrics-catalogue": READ,
    "GET /participants": READ,
    "POST /participants": EDIT,
    "POST /participants/import": EDIT,
    "GET /participants/{code}": READ,
    "PATCH /participants/{code}": EDIT,
    "GET /participants/{code}/contact": Right.READ_CONTACTS,
    "PUT /participants/{code}/contact": Right.READ_CONTACTS,
    "GET /participants/{code}/days": READ,
    "DELETE /participants/{code}/handled": EDIT,
    "PUT /participants/{code}/handled": EDIT,
    "GET /participants/{code}/history": READ,
    "POST /participants/{code}/pause": EDIT,
    "GET /participants/{code}/pauses": READ,
    "POST /participants/{code}/resume": EDIT,
    "GET /participants/{code}/rhythm": READ,
    "GET /participants/{code}/timeline": READ,
    "GET /participants/{code}/wear": READ,
    "POST /participants/{code}/withdraw": EDIT,
    "GET /quarantine": INGESTION,
    "GET /series": READ,
    "GET /sleep": READ,
    "GET /store": INGESTION,
    "GET /studies": READ,
    "POST /studies": STUDY,
    "GET /studies/{code}": READ,
    "PATCH /studies/{code}": STUDY,
    "GET /studies/{code}/map": READ,
    "GET /studies/{code}/trends": READ,
    "GET /studies/{code}/arms": READ,
    "POST /studies/{code}/arms": STUDY,
    "GET /studies/{code}/cohorts": READ,
    "POST /studies/{code}/cohorts": STUDY,
    "GET /studies/{code}/cohorts/{cohort}": READ,
    "PUT /studies/{code}/cohorts/{cohort}": STUDY,
    "GET /studies/{code}/desk": READ,
    "GET /studies/{code}/roster": Right.EXPORT,
    "GET /studies/{code}/sites": READ,
    "POST /studies/{code}/sites": STUDY,
    "GET /syncs": INGESTION,
    "POST /syncs": LOAD,
    "GET /syncs/attempts": INGESTION,
    "GET /syncs/freshness": INGESTION,
    "POST /syncs/replay": LOAD,
    "GET /syncs/{number}": INGESTION,
    "GET /users": USERS,
    "POST /users": USERS,
    "PATCH /users/{name}": USERS,
    "PUT /users/{name}/password": USERS,
}
"""Every route that needs a right, and which."""
ONES_OWN = {
    "GET /session",
    "DELETE /session",
    "DELETE /sessions",
    "PUT /session/password",
    "POST /session/factor",
    "PUT /session/factor",
    "DELETE /session/factor",
}
"""What everybody who is signed in may do about their own way in."""
OPEN = {
    "POST /session",
    "GET /grants/join",
    "GET /grants/consent",
    "GET /grants/callback",
    "GET /grants/joined",
    "GET /messages/opt-out/{word}",
    "POST /messages/opt-out/{word}",
    "POST /webhooks/google-health",
}
"""Signing in, what a participant's browser is sent to with an invitation, and what is signed."""
CSRF = {"X-Wearhouse-CSRF": "1"}

Login = Callable[..., TestClient]


@pytest.fixture
def signed_in(client: TestClient, wearhouse_open: Wearhouse) -> TestClient:
    """The API as a coordinator with a session."""
    token = wearhouse_open.registry.access.create_login("carla", Role.COORDINATOR)
    assert client.post("/api/v1/session", json={"token": token}).status_code == 204
    return client


@pytest.fixture(scope="module")
def door(wearhouse_open: Wearhouse) -> Iterator[TestClient]:
    """The API as nobody in particular, for all tests that only knock."""
    with TestClient(create_app(wearhouse_open), raise_server_exceptions=False) as stranger:
        yield stranger


@pytest.fixture(scope="module")
def keys(wearhouse_open: Wearhouse) -> dict[Role, dict[str, str]]:
    """What a program of each role sends."""
    return {role: key(wearhouse_open, role) for role in Role}


def key(wearhouse: Wearhouse, role: Role) -> dict[str, str]:
    return {"Authorization": "Bearer " + wearhouse.registry.access.create_key("tests", role)}


def asked(client: TestClient, route: str, headers: dict[str, str] | None = None) -> Response:
    """A route asked about somebody who is not there, with nothing sensible in the body."""
    verb, path = route.split()
    there = path.replace("{number}", "1")
    for name in ("{code}", "{cohort}", "{name}"):
        there = there.replace(name, "P-000")
    body = None if verb == "GET" else "no JSON"
    return client.request(verb, f"/api/v1{there}", headers=headers, content=body)


def test_every_route_of_the_document_is_protected_or_known_to_be_open(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["paths"]

    routes = {
        f"{verb.upper()} {path.removeprefix('/api/v1')}"
        for path, verbs in described.items()
        for verb in verbs
    }

    assert routes == ROUTES.keys() | ONES_OWN | OPEN


@pytest.mark.parametrize("route", [*ROUTES, *sorted(ONES_OWN)])
def test_nobody_gets_in_without_a_key(door: TestClient, route: str) -> None:
    response = asked(door, route)

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
@pytest.mark.parametrize("route", ROUTES)
def test_a_role_may_do_what_its_rights_say_and_nothing_else(
    door: TestClient, keys: dict[Role, dict[str, str]], role: Role, route: str
) -> None:
    response = asked(door, route, keys[role])

    if ROUTES[route] in RIGHTS[role]:
        assert response.status_code in (200, 202, 204, 404, 409, 422)
    else:
        assert response.status_code == 403
        assert response.json()["code"] == "not_allowed"


def test_a_login_link_works_once(client: TestClient, wearhouse_open: Wearhouse) -> None:
    token = wearhouse_open.registry.access.create_login("carla", Role.COORDINATOR)

    answers = [client.post("/api/v1/session", json={"token": token}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 401]


def test_a_session_knows_who_is_signed_in(signed_in: TestClient) -> None:
    told = signed_in.get("/api/v1/session").json()

    assert told["name"] == "carla"
    assert told["role"] == "coordinator"
    assert set(told["rights"]) == RIGHTS[Role.COORDINATOR]


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
