"""The Oura API, asked over HTTP from a double of it: the protocol is not shaped by one vendor."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2 as httpx
import pytest
from asking import EAGER, days, episodes, generous, parsed, payloads, samples
from doubles.oauth import CLIENT, SECRET
from doubles.oura import Oura as Double
from doubles.participant import granted

from wearhouse.errors import NotAllowed, NotSignedIn, SourceUnavailable
from wearhouse.metrics import METRICS
from wearhouse.sources.live import Registration, Token
from wearhouse.sources.oura_live import FAMILIES, OuraCloud

PERSON = "oura-person-1"
WINDOW = days("2026-03-01", "2026-03-03")
NIGHT = {
    "id": "n1",
    "day": "2026-03-01",
    "type": "long_sleep",
    "bedtime_start": "2026-02-28T23:00:00+01:00",
    "bedtime_end": "2026-03-01T00:00:00+01:00",
    "sleep_phase_5_min": "422211113332",
    "average_breath": 14.5,
    "average_hrv": 41,
    "heart_rate": {
        "interval": 300,
        "items": [60, None, 58],
        "timestamp": "2026-02-28T23:00:00+01:00",
    },
    "hrv": {"interval": 300, "items": [40, 42], "timestamp": "2026-02-28T23:00:00+01:00"},
}


@pytest.fixture
def service() -> Iterator[Double]:
    with Double({PERSON: {}}).running() as double:
        yield double


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30.0) as opened:
        yield opened


@pytest.fixture
def oura(service: Double) -> OuraCloud:
    return OuraCloud(Registration(CLIENT, SECRET, service.address), generous(), EAGER)


@pytest.fixture
def token(oura: OuraCloud, client: httpx.Client) -> Token:
    return granted(client, oura, PERSON)


def test_consent_names_the_person_and_a_refresh_gives_a_new_lasting_token(
    oura: OuraCloud, client: httpx.Client, token: Token
) -> None:
    fresh = oura.refresh(client, token)

    assert token.subject == fresh.subject == PERSON
    assert fresh.refresh != token.refresh
    with pytest.raises(NotSignedIn):
        oura.refresh(client, token)


def test_heart_rates_are_read_page_by_page(
    oura: OuraCloud, client: httpx.Client, token: Token, service: Double
) -> None:
    service.page = 2
    service.people[PERSON]["heartrate"] = [
        {"bpm": 60 + n, "source": "awake", "timestamp": f"2026-03-01T12:0{n}:00+00:00"}
        for n in range(5)
    ]

    answers = payloads(oura, client, token, "heart", WINDOW)

    assert len(answers) == 3
    assert [value for _, value in samples(parsed(oura, answers))] == [60.0, 61.0, 62.0, 63.0, 64.0]


def test_a_night_gives_stages_and_variability_but_not_the_heart_rate_again(
    oura: OuraCloud, client: httpx.Client, token: Token, service: Double
) -> None:
    service.people[PERSON]["sleep"] = [NIGHT]

    batches = parsed(oura, payloads(oura, client, token, "sleep", WINDOW))

    stages = [row["label"] for row in episodes(batches, "sleep_stage")]
    assert stages == ["wake", "light", "deep", "rem", "light"]
    assert [value for _, value in samples(batches, "hrv_rmssd")] == [40.0, 42.0]
    assert samples(batches, "breathing_rate") == [("2026-03-01T00:00:00", 14.5)]
    assert samples(batches, "heart_rate") == []


def test_totals_of_the_day_are_read(
    oura: OuraCloud, client: httpx.Client, token: Token, service: Double
) -> None:
    day = {"id": "d", "day": "2026-03-01", "steps": 8421, "active_calories": 300}
    service.people[PERSON]["daily_activity"] = [{**day, "total_calories": 2400}]
    service.people[PERSON]["daily_spo2"] = [
        {"id": "s", "day": "2026-03-01", "spo2_percentage": {"average": 96.5}}
    ]

    activity = parsed(oura, payloads(oura, client, token, "activity_daily", WINDOW))
    spo2 = parsed(oura, payloads(oura, client, token, "spo2_daily", WINDOW))

    assert samples(activity, "daily_steps") == [("2026-03-01T00:00:00", 8421.0)]
    assert samples(activity, "daily_calories") == [("2026-03-01T00:00:00", 2400.0)]
    assert samples(spo2, "daily_spo2") == [("2026-03-01T00:00:00", 96.5)]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_nothing_recorded_is_nothing(
    oura: OuraCloud, client: httpx.Client, token: Token, family: object
) -> None:
    batches = parsed(oura, payloads(oura, client, token, family.name, WINDOW))  # type: ignore[attr-defined]

    assert samples(batches) == []
    assert all(batch.rejects.num_rows == 0 for batch in batches)


def test_what_was_not_granted_is_not_allowed(oura: OuraCloud, client: httpx.Client) -> None:
    token = granted(client, oura, PERSON, without="spo2")

    assert "spo2" not in token.scopes
    with pytest.raises(NotAllowed):
        payloads(oura, client, token, "spo2_daily", WINDOW)


def test_a_revoked_token_is_good_for_nothing(
    oura: OuraCloud, client: httpx.Client, token: Token
) -> None:
    oura.revoke(client, token)

    with pytest.raises(NotSignedIn):
        payloads(oura, client, token, "heart", WINDOW)


def test_a_failure_that_stays_is_unavailable(
    oura: OuraCloud, client: httpx.Client, token: Token, service: Double
) -> None:
    service.faults.tell(*["unavailable"] * 6)

    with pytest.raises(SourceUnavailable, match="Oura answers 503"):
        payloads(oura, client, token, "heart", WINDOW)


def test_rings_report_their_firmware(
    oura: OuraCloud, client: httpx.Client, token: Token, service: Double
) -> None:
    ring = {"id": "ring-1", "hardware_type": "gen4", "firmware_version": "2.9.1", "color": "gold"}
    service.people[PERSON]["ring_configuration"] = [ring]

    (report,) = oura.devices(client, token)

    assert (report.device, report.model, report.firmware) == ("ring-1", "gen4", "2.9.1")


def test_metrics_are_in_the_catalogue_and_in_one_family_each() -> None:
    names = [metric for family in FAMILIES for metric in family.metrics]

    assert set(names) <= METRICS.keys()
    assert len(names) == len(set(names))


def test_a_payload_can_be_parsed_without_an_account(
    oura: OuraCloud, client: httpx.Client, token: Token, service: Double
) -> None:
    service.people[PERSON]["sleep"] = [NIGHT]
    answers = payloads(oura, client, token, "sleep", WINDOW)

    again = parsed(OuraCloud(Registration()), answers)

    assert samples(again) == samples(parsed(oura, answers))
    assert json.loads(answers[0].content)["data"]
    assert answers[0].fetched_at < datetime.now(UTC)
