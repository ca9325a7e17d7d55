"""The Hello Band against a double of its cloud."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from wearhouse_hello import HEART, Hello

from wearhouse.sources.live import Registration, Token
from wearhouse.sources.testing import check_answers, check_families
from wearhouse.window import Window

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = Window(MIDNIGHT, MIDNIGHT + timedelta(days=1))
TOKEN = Token("access", "lasting", MIDNIGHT, frozenset({"heart"}), "person-1")
PAGES = {
    "1": {"beats": [{"at": "2026-03-01T07:00:00", "bpm": 61}], "next": "2"},
    "2": {"beats": [{"at": "2026-03-01T07:00:05", "bpm": "?"}], "next": None},
}


@pytest.fixture
def cloud() -> Iterator[httpx.Client]:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=PAGES[request.url.params["page"]])

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        yield client


def test_it_offers_what_wearhouse_knows() -> None:
    check_families(Hello(Registration()))


def test_it_reads_every_page_and_sets_bad_records_aside(cloud: httpx.Client) -> None:
    hello = Hello(Registration())

    answers = list(hello.fetch(cloud, TOKEN, HEART, DAY))
    first, second = check_answers(hello, answers)

    assert first.samples["value"].to_pylist() == [61.0]
    assert second.rejects["position"].to_pylist() == [0]
