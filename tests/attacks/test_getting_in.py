"""Attacks: getting in without being let in, or as somebody else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import wearhouse
from wearhouse import passwords
from wearhouse.api import create_app
from wearhouse.registry.users import FREE
from wearhouse.runtime import Wearhouse
from wearhouse.study import Actor, Role
from wearhouse.team import access
from wearhouse.team.acting import acting

pytestmark = [
    pytest.mark.usefixtures("store"),
    pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module"),
]

WORD = "correct horse battery"
CARLA = {"name": "carla", "password": WORD}
COOKIE = "wearhouse_session"


@pytest.fixture
def carla(client: TestClient, wearhouse_open: Wearhouse) -> Iterator[TestClient]:
    """A browser of nobody yet, where Carla has a password."""
    registry = wearhouse_open.registry
    manager = acting(Actor("tests", Role.MANAGER), registry, wearhouse_open.secrets)
    if all(user.name != "carla" for user in registry.users.all()):
        access.add_user(manager, "carla", Role.COORDINATOR, None, WORD)
    yield client
    for name in ("carla", "nobody-at-all"):
        registry.users.forget_tries(name)


def test_a_session_that_was_planted_is_not_the_one_that_signing_in_makes(
    carla: TestClient,
) -> None:
    carla.cookies.set(COOKIE, "planted-by-an-attacker")

    carla.post("/api/v1/session", json=CARLA)

    other = TestClient(carla.app, cookies={COOKIE: "planted-by-an-attacker"})
    assert other.get("/api/v1/session").status_code == 401
    assert carla.get("/api/v1/session").status_code in (200, 401)


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(
    carla: TestClient, wearhouse_open: Wearhouse
) -> None:
    safe = TestClient(create_app(wearhouse_open), base_url="https://testserver")

    cookie = safe.post("/api/v1/session", json=CARLA).headers["set-cookie"]
    plain = carla.post("/api/v1/session", json=CARLA).headers["set-cookie"]

    assert {"HttpOnly", "SameSite=strict", "Secure", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert {"HttpOnly", "SameSite=strict"} <= set(plain.split("; "))


def test_a_name_that_nobody_has_is_answered_like_one_that_somebody_has(carla: TestClient) -> None:
    asked = [{"name": name, "password": "x" * 20} for name in ("carla", "nobody-at-all")]

    told = [carla.post("/api/v1/session", json=body) for body in asked]

    assert {answer.status_code for answer in told} == {401}
    assert told[0].json() | {"request": ""} == told[1].json() | {"request": ""}
    assert {*told[0].headers} == {*told[1].headers}


def test_a_name_that_nobody_has_costs_a_password_hash_too() -> None:
    kept = passwords.hashed(WORD, "carla")

    assert passwords._nobodys().split("$")[:4] == kept.split("$")[:4]
    assert not passwords.fits(WORD, None)


def test_guessing_a_password_is_stopped_after_a_few_tries(carla: TestClient) -> None:
    wrong = CARLA | {"password": "not the password"}
    guesses = [carla.post("/api/v1/session", json=wrong).status_code for _ in range(FREE + 2)]

    right = carla.post("/api/v1/session", json=CARLA)

    assert guesses == [401] * FREE + [429] * 2
    assert right.status_code == 429
    assert int(right.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "key",
    ["", "null", "undefined", "wk_", "0" * 43,
     "eyJhbGciOiJub25lIn0.eyJyb2xlIjoibWFuYWdlciJ9.", "Bearer", "' OR 1=1 --"],
)  # fmt: skip
def test_a_guessed_key_or_an_unsigned_token_opens_nothing(client: TestClient, key: str) -> None:
    by_key = client.get("/api/v1/studies", headers={"Authorization": f"Bearer {key}"})
    by_cookie = client.get("/api/v1/studies", headers={"Cookie": f"{COOKIE}={key}"})

    assert [by_key.status_code, by_cookie.status_code] == [401, 401]


def test_keys_sessions_and_links_cannot_be_guessed(wearhouse_open: Wearhouse) -> None:
    access_ = wearhouse_open.registry.access
    made = {access_.create_key("tests", Role.ANALYST) for _ in range(50)}
    made |= {access_.create_login("tests", Role.ANALYST) for _ in range(50)}

    assert len(made) == 100
    assert min(len(re.sub(r"^.*?_(?=[\w-]{40,})", "", word)) for word in made) >= 40
    assert len({word[-20:] for word in made}) == 100


SECRETS = re.compile(r"(^|_)(secret|signature|token|password|mac|word)$")


def test_secrets_are_compared_in_a_time_that_tells_nothing() -> None:
    """No module compares a secret with == on both sides by name; compare_digest and a look-up by
    digest do not tell how much was right."""
    found = []
    for file in sorted(Path(wearhouse.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
                sides = [_name(side) for side in (node.left, *node.comparators)]
                if all(SECRETS.search(side) for side in sides):
                    found.append(f"{file.name}:{node.lineno}")

    assert found == []


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        of_a_table = isinstance(node.value, ast.Attribute) and node.value.attr == "c"
        return "" if of_a_table else node.attr
    return node.id if isinstance(node, ast.Name) else ""
