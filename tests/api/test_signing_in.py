"""Signing in over HTTP: by password and code, from this site only, and out again."""

from collections.abc import Iterator

import pyotp
import pytest
from starlette.testclient import TestClient

from wearhouse.registry.users import FREE
from wearhouse.runtime import Wearhouse
from wearhouse.study import Actor, Role
from wearhouse.team import access
from wearhouse.team.acting import acting

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")

WORD, CSRF = "correct horse battery", {"X-Wearhouse-CSRF": "1"}
CARLA = {"name": "carla", "password": WORD}


@pytest.fixture
def carla(client: TestClient, wearhouse_open: Wearhouse) -> Iterator[TestClient]:
    """The API with a session of a coordinator who has a password."""
    registry = wearhouse_open.registry
    manager = acting(Actor("tests", Role.MANAGER), registry, wearhouse_open.secrets)
    if all(user.name != "carla" for user in registry.users.all()):
        access.add_user(manager, "carla", Role.COORDINATOR, None, WORD)
    access.set_password(manager, "carla", WORD)
    assert client.post("/api/v1/session", json=CARLA).status_code == 204
    yield client
    registry.users.forget_tries("carla")


def test_a_name_and_a_password_make_a_session(carla: TestClient) -> None:
    told = carla.get("/api/v1/session").json()

    assert (told["name"], told["role"], told["own"]) == ("carla", "coordinator", True)


def test_a_session_from_before_is_over_after_signing_in_again(carla: TestClient) -> None:
    before = carla.cookies["wearhouse_session"]

    carla.post("/api/v1/session", json=CARLA)

    assert carla.cookies["wearhouse_session"] != before
    carla.cookies.clear()
    carla.cookies.set("wearhouse_session", before)
    assert carla.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("cookie", ["chosen-by-an-attacker", ""])
def test_a_session_never_has_the_secret_that_the_browser_came_with(
    carla: TestClient, cookie: str
) -> None:
    carla.cookies.clear()
    carla.cookies.set("wearhouse_session", cookie)

    answer = carla.post("/api/v1/session", json=CARLA)

    assert f"wearhouse_session={cookie};" not in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
    ],
)
def test_a_page_of_another_site_changes_nothing_and_signs_nobody_in(
    carla: TestClient, headers: dict[str, str]
) -> None:
    changed = carla.delete("/api/v1/sessions", headers=CSRF | headers)
    entered = carla.post("/api/v1/session", json=CARLA, headers=headers)

    assert (changed.status_code, entered.status_code) == (403, 403)
    assert carla.get("/api/v1/session").status_code == 200


def test_this_site_may_say_that_it_is_this_site(carla: TestClient) -> None:
    headers = CSRF | {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}

    assert carla.delete("/api/v1/sessions", headers=headers).status_code == 204


def test_signing_out_everywhere_ends_the_session_in_another_browser(
    carla: TestClient, wearhouse_open: Wearhouse
) -> None:
    here = carla.cookies["wearhouse_session"]
    carla.cookies.clear()
    carla.post("/api/v1/session", json=CARLA)
    carla.delete("/api/v1/sessions", headers=CSRF)

    carla.cookies.set("wearhouse_session", here)

    assert carla.get("/api/v1/session").status_code == 401


def test_after_too_many_tries_the_answer_says_how_long_to_wait(carla: TestClient) -> None:
    wrong = CARLA | {"password": "something else entirely"}
    answers = [carla.post("/api/v1/session", json=wrong) for _ in range(FREE + 1)]

    assert [answer.status_code for answer in answers] == [401] * FREE + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 30


def test_a_second_factor_is_set_up_asked_for_and_taken_away(carla: TestClient) -> None:
    factor = carla.post("/api/v1/session/factor", headers=CSRF).json()
    code = pyotp.TOTP(factor["secret"]).now()
    proof = {"password": WORD, "secret": factor["secret"], "recovery": factor["recovery"]}
    assert carla.put(
        "/api/v1/session/factor", json=proof | {"code": code}, headers=CSRF
    ).status_code == 204  # fmt: skip

    asked = carla.post("/api/v1/session", json=CARLA)
    entered = carla.post("/api/v1/session", json=CARLA | {"code": factor["recovery"][0]})
    away = carla.request("DELETE", "/api/v1/session/factor", json={"password": WORD}, headers=CSRF)
    alone = carla.post("/api/v1/session", json=CARLA)

    assert (asked.status_code, asked.json()["parameter"]) == (401, "code")
    assert [a.status_code for a in (entered, away, alone)] == [204, 204, 204]


def test_a_new_password_of_ones_own_keeps_this_session(carla: TestClient) -> None:
    said = {"password": WORD, "new": "a quite different password"}

    changed = carla.put("/api/v1/session/password", json=said, headers=CSRF)

    assert changed.status_code == 204
    assert carla.get("/api/v1/session").status_code == 200
    assert carla.post("/api/v1/session", json=CARLA).status_code == 401


def test_a_key_has_no_password_to_change(api: TestClient) -> None:
    said = {"password": WORD, "new": "a quite different password"}

    assert api.put("/api/v1/session/password", json=said).status_code == 409


def test_users_and_keys_are_made_changed_and_ended(api: TestClient) -> None:
    new = {"name": "zoe", "role": "analyst", "password": "a long enough password"}

    made = api.post("/api/v1/users", json=new)
    changed = api.patch("/api/v1/users/zoe", json={"role": "monitor", "disabled": True})
    key = api.post("/api/v1/keys", json={"name": "notebooks", "role": "analyst"}).json()["key"]
    number = api.get("/api/v1/keys").json()[-1]["id"]
    ended = api.delete(f"/api/v1/keys/{number}")

    assert (made.status_code, made.json()["places"]) == (201, None)
    assert (changed.json()["role"], bool(changed.json()["disabled_at"])) == ("monitor", True)
    assert ended.status_code == 204
    assert api.get("/api/v1/studies", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_the_trail_is_read_page_by_page(api: TestClient) -> None:
    for n in range(5):
        api.post("/api/v1/keys", json={"name": f"k{n}", "role": "analyst"})

    first = api.get("/api/v1/audit", params={"limit": 3, "act": "key"}).json()
    rest = api.get(
        "/api/v1/audit", params={"limit": 3, "act": "key", "cursor": first["next_cursor"]}
    ).json()

    subjects = [entry["subject"] for entry in first["entries"] + rest["entries"]]
    assert subjects[:5] == ["k4", "k3", "k2", "k1", "k0"]
    assert api.get("/api/v1/audit/verdict").json()["sound"] is True
