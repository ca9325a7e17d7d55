"""The Google Health API, asked of a double over HTTP: consent, tokens, devices."""

import httpx2 as httpx
import pytest
from asking import DAY, EAGER, PERSON, generous, payloads
from doubles.google_health import GoogleHealth as Double
from doubles.oauth import CLIENT, SECRET
from doubles.participant import BACK, CHALLENGE, answered, granted
from doubles.people import Account

from wearhouse.errors import Invalid, NotAllowed, NotSignedIn
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.google_health.catalogue import FAMILIES, SETTINGS, SLEEP
from wearhouse.sources.live import Registration, Token


def test_consent_gives_a_token_that_names_the_person_and_what_was_granted(
    google: GoogleHealth, client: httpx.Client
) -> None:
    token = granted(client, google, PERSON)

    assert token.subject == PERSON
    assert token.refresh
    assert token.scopes == {family.scope for family in FAMILIES} | {SETTINGS}


def test_a_scope_that_was_unticked_is_missing_and_its_data_are_not_allowed(
    google: GoogleHealth, client: httpx.Client
) -> None:
    token = granted(client, google, PERSON, without="sleep")

    assert SLEEP not in token.scopes
    with pytest.raises(NotAllowed, match="did not grant"):
        payloads(google, client, token, "sleep", DAY)


def test_without_the_settings_there_are_no_devices_and_no_clock(
    google: GoogleHealth, client: httpx.Client
) -> None:
    token = granted(client, google, PERSON, without="settings")

    assert google.timezone(client, token) is None
    assert google.devices(client, token) == []


def test_a_code_is_refused_to_whoever_does_not_know_the_verifier(
    google: GoogleHealth, client: httpx.Client
) -> None:
    link = google.consent_address("some-state", CHALLENGE, BACK)
    code = answered(client, link, PERSON)["code"]

    with pytest.raises(NotSignedIn, match="consent is needed again"):
        google.exchange(client, code, "another-verifier", BACK)


def test_a_refresh_keeps_the_lasting_token(
    google: GoogleHealth, client: httpx.Client, token: Token
) -> None:
    fresh = google.refresh(client, token)

    assert fresh.access != token.access
    assert (fresh.refresh, fresh.subject, fresh.scopes) == (
        token.refresh,
        token.subject,
        token.scopes,
    )


def test_a_permission_that_was_withdrawn_is_asked_for_once_only(
    google: GoogleHealth, client: httpx.Client, token: Token, service: Double
) -> None:
    service.gate.revoke(PERSON)
    refused = []
    watched = httpx.Client(
        timeout=30.0, event_hooks={"response": [lambda answer: refused.append(answer)]}
    )

    with watched, pytest.raises(NotSignedIn, match="consent is needed again"):
        google.refresh(watched, token)

    assert len(refused) == 1


def test_a_revoked_token_is_good_for_nothing_and_may_be_revoked_again(
    google: GoogleHealth, client: httpx.Client, token: Token
) -> None:
    google.revoke(client, token)
    google.revoke(client, token)

    with pytest.raises(NotSignedIn):
        google.timezone(client, token)


def test_an_expired_token_works_again_once_it_is_refreshed(
    google: GoogleHealth, client: httpx.Client, token: Token, service: Double
) -> None:
    service.gate.expire(PERSON)

    with pytest.raises(NotSignedIn):
        payloads(google, client, token, "heart", DAY)
    assert payloads(google, client, google.refresh(client, token), "heart", DAY)


def test_a_wrong_client_is_told_so(service: Double, client: httpx.Client, token: Token) -> None:
    wrong = GoogleHealth(Registration(CLIENT, "wrong", service.address), generous(), EAGER)

    with pytest.raises(Invalid, match="invalid_client"):
        wrong.refresh(client, token)


def test_without_a_client_nobody_can_be_asked_for_consent() -> None:
    with pytest.raises(Invalid, match="client_id"):
        GoogleHealth(Registration()).consent_address("state", CHALLENGE, BACK)


def test_secrets_are_not_shown(google: GoogleHealth, token: Token) -> None:
    shown = repr(token) + repr(Registration(CLIENT, SECRET))

    assert token.access not in shown
    assert str(token.refresh) not in shown
    assert SECRET not in shown


def test_devices_report_their_battery_but_not_their_address(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.devices.append(
        {
            "name": "users/me/pairedDevices/987", "deviceType": "TRACKER",
            "deviceVersion": "Charge 6", "lastSyncTime": "2026-03-01T08:00:00Z",
            "batteryLevel": 61, "batteryStatus": "High", "macAddress": "A0:B1:C2:D3:E4:F5",
        }
    )  # fmt: skip

    (report,) = google.devices(client, token)

    assert (report.device, report.kind, report.model) == ("987", "tracker", "Charge 6")
    assert (report.battery_percent, report.battery_level) == (61, "high")
    assert report.synced_at is not None
    assert report.synced_at.isoformat() == "2026-03-01T08:00:00+00:00"
    assert "A0:B1" not in repr(report)


def test_the_home_clock_is_that_of_the_settings(
    google: GoogleHealth, client: httpx.Client, token: Token, account: Account
) -> None:
    account.timezone = "Asia/Kathmandu"

    assert google.timezone(client, token) == "Asia/Kathmandu"
