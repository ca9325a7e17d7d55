"""The Google Health API, asked of a double over HTTP that fails as the service does."""

import httpx2 as httpx
import pytest
from asking import DAY, EAGER, beats, days, parsed, payloads, samples
from doubles.google_health import GoogleHealth as Double
from doubles.oauth import CLIENT, SECRET
from doubles.people import Account
from pyrate_limiter import Rate

from wearhouse.errors import NotAllowed, SourceUnavailable
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.http import Quota
from wearhouse.sources.live import Registration, Token


@pytest.mark.parametrize("fault", ["throttle", "error", "unavailable", "cut", "garbled", "drop"])
def test_a_passing_failure_is_waited_out(
    google: GoogleHealth,
    client: httpx.Client,
    token: Token,
    service: Double,
    account: Account,
    fault: str,
) -> None:
    account.add("heart-rate", *beats(61, 62))
    service.faults.tell(fault, fault, fault)

    batches = parsed(google, payloads(google, client, token, "heart", DAY))

    assert [value for _, value in samples(batches)] == [61.0, 62.0]


@pytest.mark.parametrize("fault", ["throttle", "error", "cut", "garbled"])
def test_a_failure_that_stays_is_unavailable_and_never_an_empty_day(
    google: GoogleHealth, client: httpx.Client, token: Token, service: Double, fault: str
) -> None:
    service.faults.tell(*[fault] * 20)

    with pytest.raises(SourceUnavailable, match="Google Health"):
        payloads(google, client, token, "heart", DAY)

    assert len(service.faults.told) == 20 - EAGER.attempts


def test_a_server_that_does_not_answer_is_given_up(
    google: GoogleHealth, token: Token, service: Double
) -> None:
    service.faults.hang_s = 0.5
    service.faults.tell(*["hang"] * 6)

    with (
        httpx.Client(timeout=0.05) as hurried,
        pytest.raises(SourceUnavailable, match="cannot be reached: ReadTimeout"),
    ):
        payloads(google, hurried, token, "heart", DAY)


def test_a_vendor_that_asks_to_wait_long_is_left_for_later(
    google: GoogleHealth, client: httpx.Client, token: Token, service: Double
) -> None:
    service.faults.retry_after_s = 3600
    service.faults.tell("throttle")

    with pytest.raises(SourceUnavailable, match="asks to wait 3600 s"):
        payloads(google, client, token, "heart", DAY)


def test_an_account_without_a_profile_is_told_what_to_do(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.linked = False

    with pytest.raises(NotAllowed, match="must set up Google Health"):
        payloads(google, client, token, "heart", DAY)


def test_the_quota_is_kept_and_nobody_is_throttled(
    service: Double, client: httpx.Client, token: Token
) -> None:
    service.allowed, service.per_s = 10, 1.0
    paced = GoogleHealth(
        Registration(CLIENT, SECRET, service.address),
        Quota(Rate(9, 1100), Rate(1000, 1000)),
        EAGER,
    )

    payloads(paced, client, token, "heart", days("2026-03-01", "2026-03-26"))

    assert service.throttled == 0
    assert service.most <= service.allowed


def test_faults_at_random_change_nothing(
    google: GoogleHealth, client: httpx.Client, token: Token, service: Double, account: Account
) -> None:
    account.add("heart-rate", *beats(*range(40, 240), step=600))
    window = days("2026-03-01", "2026-03-03")
    calm = samples(parsed(google, payloads(google, client, token, "heart", window)))
    service.faults.smaller_pages, service.faults.empty_pages = 7, True
    service.faults.often, service.faults.latency_s = 0.3, 0.001

    stormy = samples(parsed(google, payloads(google, client, token, "heart", window)))

    assert len(calm) == 200
    assert set(stormy) == set(calm)
