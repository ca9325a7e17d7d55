"""How much comes in: bodies, requests a minute, requests at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.api.gate import Gate, Most
from wearhouse.presence import Presence
from wearhouse.registry import open_registry
from wearhouse.runtime import Wearhouse
from wearhouse.settings import Settings
from wearhouse.store import Store
from wearhouse.study import Role

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

Ask = Callable[..., TestClient]
STUDIES = "/api/v1/studies"


@pytest.fixture
def limited(store: Store, tmp_path: Any) -> Iterator[Ask]:
    """The API with other limits, and a manager's key."""
    registry = open_registry(f"sqlite:///{tmp_path}/registry.sqlite")

    def made(**limits: int) -> TestClient:
        settings = Settings(home=tmp_path, **limits)
        key = registry.access.create_key("tests", Role.MANAGER)
        client = TestClient(create_app(Wearhouse(settings, store, registry)))
        client.headers["Authorization"] = f"Bearer {key}"
        return client

    yield made
    registry.close()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(limited: Ask) -> None:
    api = limited(body_mb=1)

    answer = api.post(STUDIES, json={"code": "S", "title": "x" * 1_100_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "1,000,000 bytes" in answer.json()["detail"]


def test_a_body_that_does_not_tell_its_size_is_read_no_further_than_it_may_go(limited: Ask) -> None:
    api, sent = limited(body_mb=1), []

    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            sent.append(1)
            yield b"x" * 100_000

    answer = api.post(STUDIES, content=pieces(), headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_key_that_asks_too_often_is_told_when_to_come_back(limited: Ask) -> None:
    api = limited(requests_per_minute=5)

    answers = [api.get(STUDIES) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 13


def test_one_key_leaves_room_for_another(limited: Ask) -> None:
    greedy, modest = limited(requests_per_minute=3), limited(requests_per_minute=3)
    modest = TestClient(greedy.app, headers=modest.headers)
    statuses = [greedy.get(STUDIES).status_code for _ in range(5)]

    assert statuses[-1] == 429
    assert modest.get(STUDIES).status_code == 200


def test_an_address_that_asks_too_often_without_a_key_is_refused(limited: Ask) -> None:
    api = limited(requests_per_minute=2)
    api.headers.pop("Authorization")

    statuses = [api.get(STUDIES).status_code for _ in range(9)]

    assert statuses == [401] * 8 + [429]


def test_whoever_watches_is_always_answered(limited: Ask) -> None:
    api = limited(requests_per_minute=1)

    assert [api.get("/healthz").status_code for _ in range(8)] == [200] * 8


def test_no_more_than_so_many_requests_of_a_key_are_answered_at_once(store: Store) -> None:
    asked = _outcomes(Most(1_000, 1_000, at_once=2), keys=["a", "a", "a", "b"])

    assert asked == [200, 200, 429, 200]


def test_no_more_than_so_many_requests_of_an_address_are_answered_at_once(store: Store) -> None:
    asked = _outcomes(Most(1_000, 1_000, at_once=1), keys=list("abcde"))

    assert asked == [200, 200, 200, 200, 429]


def _outcomes(most: Most, keys: list[str]) -> list[int]:
    """What became of requests of which none ends before all have come."""
    found: list[int] = []
    thread = Thread(target=lambda: found.extend(asyncio.run(_together(most, keys))))
    thread.start()
    thread.join()
    return found


async def _together(most: Most, keys: list[str]) -> list[int]:
    let_go = asyncio.Event()

    async def slow(_scope: Any, _receive: Any, send: Callable[..., Awaitable[None]]) -> None:
        await let_go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    gate, statuses = Gate(slow, most, Presence()), dict.fromkeys(range(len(keys)), 0)

    async def ask(number: int, key: str) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses[number] = message["status"]

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http", "path": "/x", "method": "GET", "client": ("10.0.0.1", 1),
            "headers": [(b"authorization", key.encode())],
        }  # fmt: skip
        await gate(scope, receive, send)

    tasks = [asyncio.ensure_future(ask(number, key)) for number, key in enumerate(keys)]
    await asyncio.sleep(0)
    let_go.set()
    await asyncio.gather(*tasks)
    assert not gate.inside
    return list(statuses.values())
