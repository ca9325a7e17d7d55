"""Google Health's double, and a participant who let the study read everything."""

from collections.abc import Iterator

import httpx2 as httpx
import pytest
from asking import EAGER, PERSON, generous
from doubles.google_health import GoogleHealth as Double
from doubles.oauth import CLIENT, SECRET
from doubles.participant import granted
from doubles.people import Account

from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.live import Registration, Token


@pytest.fixture
def service() -> Iterator[Double]:
    """The double, with one person; every request must be one that the API is described to take."""
    with Double({PERSON: Account(PERSON)}).running() as double:
        yield double
    assert not double.misunderstood


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30.0) as opened:
        yield opened


@pytest.fixture
def google(service: Double) -> GoogleHealth:
    return GoogleHealth(Registration(CLIENT, SECRET, service.address), generous(), EAGER)


@pytest.fixture
def token(google: GoogleHealth, client: httpx.Client, service: Double) -> Token:
    given = granted(client, google, PERSON)
    service.asked.clear()
    return given


@pytest.fixture
def account(service: Double) -> Account:
    return service.people[PERSON]
