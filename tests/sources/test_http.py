"""Asking a vendor: within its quota, again after a passing failure, and never a torn answer."""

import sqlite3
import time
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import httpx2 as httpx
import pytest
from asking import EAGER, generous
from pyrate_limiter import Rate

from wearhouse.errors import SourceUnavailable
from wearhouse.sources.http import Patience, Quota, Vendor, open_client, stopping

WINDOW_S = 0.5


def asked(
    answer: Callable[[httpx.Request], httpx.Response], vendor: Vendor, person: str = "anna"
) -> httpx.Response:
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        return vendor.ask(client, client.build_request("GET", "https://vendor.example/"), person)


def busiest(times: list[float]) -> int:
    """The most instants within any window."""
    times = sorted(times)
    return max(bisect_right(times, at + WINDOW_S) - place for place, at in enumerate(times))


def test_quotas_of_persons_and_of_all_are_kept_by_many_threads() -> None:
    vendor = Vendor("Vendor", Quota(Rate(4, 500), Rate(12, 500)), EAGER)
    sent: list[tuple[str, float]] = []

    def one(number: int) -> None:
        person = f"person-{number % 5}"

        def answer(request: httpx.Request) -> httpx.Response:
            sent.append((person, time.monotonic()))
            return httpx.Response(200, json={})

        asked(answer, vendor, person)

    with ThreadPoolExecutor(8) as beside:
        list(beside.map(one, range(40)))

    assert len(sent) == 40
    # A thread may be held up between its permission and its question.
    assert busiest([at for _, at in sent]) <= 12 + 4
    assert all(busiest([at for who, at in sent if who == f"person-{n}"]) <= 6 for n in range(5))


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 501])
def test_a_refusal_is_an_answer_and_is_not_asked_again(code: int) -> None:
    times = []

    def answer(request: httpx.Request) -> httpx.Response:
        times.append(request)
        return httpx.Response(code, json={"error": "invalid_grant"})

    response = asked(answer, Vendor("Vendor", generous(), EAGER))

    assert response.status_code == code
    assert len(times) == 1


@pytest.mark.parametrize(
    "torn", [b'{"dataPoints":[{"a":1}', b'{"a":"', b"{}{", b"<html>", b"[" * 100_000]
)
def test_a_success_that_is_no_whole_json_is_asked_for_again(torn: bytes) -> None:
    answers = [torn, b'{"a": 1}']

    response = asked(
        lambda _: httpx.Response(200, content=answers.pop(0)), Vendor("Vendor", generous(), EAGER)
    )

    assert response.json() == {"a": 1}


def test_a_stated_wait_is_waited() -> None:
    answers = [httpx.Response(429, headers={"Retry-After": "1"}), httpx.Response(200, json={})]
    began = time.monotonic()

    asked(lambda _: answers.pop(0), Vendor("Vendor", generous(), Patience(2, 0.001, 2.0)))

    assert time.monotonic() - began >= 1.0


def test_whoever_stops_waits_for_no_vendor_that_is_down() -> None:
    stop, hour = Event(), Patience(2, 3_600.0, 3_600.0)

    def answer(_: httpx.Request) -> httpx.Response:
        stop.set()
        return httpx.Response(503, headers={"Retry-After": "3600"})

    with stopping(stop), pytest.raises(SourceUnavailable, match="503"):
        asked(answer, Vendor("Vendor", generous(), hour))


def test_whoever_stops_waits_for_no_quota() -> None:
    stop, vendor = Event(), Vendor("Vendor", Quota(Rate(1, 3_600_000), Rate(1, 3_600_000)))

    def answer(_: httpx.Request) -> httpx.Response:
        stop.set()
        return httpx.Response(200, json={})

    with stopping(stop):
        asked(answer, vendor)
        with pytest.raises(SourceUnavailable, match="Vendor was not asked: this process stops"):
            asked(answer, vendor)


def test_after_the_last_attempt_the_reason_is_said() -> None:
    with pytest.raises(SourceUnavailable, match=r"^Vendor answers 503 Service Unavailable\.$"):
        asked(lambda _: httpx.Response(503), Vendor("Vendor", generous(), EAGER))


def test_a_client_has_timeouts() -> None:
    with open_client() as client:
        assert client.timeout.connect == 10.0
        assert client.timeout.read == 60.0


def test_a_process_that_is_started_again_knows_what_was_asked_before(tmp_path: Path) -> None:
    quotas = [Quota(Rate(3, 700), Rate(100, 700), tmp_path / "counts") for _ in range(2)]
    times = []
    for quota in (quotas[0], *[quotas[1]] * 3):
        quota.wait("anna", Event())
        times.append(time.monotonic())

    assert times[3] - times[0] > 0.6
    assert b"anna" not in b"".join(file.read_bytes() for file in (tmp_path / "counts").iterdir())


def test_a_clock_that_is_put_back_holds_nobody_up(tmp_path: Path) -> None:
    quota = Quota(Rate(1, 60_000), Rate(1, 60_000), tmp_path)
    quota.wait("anna", Event())
    with closing(sqlite3.connect(tmp_path / "asked.sqlite")) as counts, counts:
        counts.execute("UPDATE asked SET at = at + 86400000")

    quota.wait("anna", Event())

    with closing(sqlite3.connect(tmp_path / "asked.sqlite")) as counts:
        assert len(counts.execute("SELECT at FROM asked").fetchall()) == 2
