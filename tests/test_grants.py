"""From an invitation to consent, and back: through the API as a study team and a participant."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from builders import values
from cloud import Cloud, intake_of
from httpx2 import Response
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.consent import grants
from wearhouse.errors import Conflict, Invalid, NotSignedIn
from wearhouse.runtime import Wearhouse, live_sources
from wearhouse.secrets import Secrets, new_key, open_secrets
from wearhouse.settings import Settings
from wearhouse.sources.live import limit_of
from wearhouse.study import Participant, Role, State, Study
from wearhouse.sync.attempts import Intake
from wearhouse.window import millis

Enrol = Callable[..., Participant]


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def team(wearhouse_open: Wearhouse, cloud: Cloud) -> Iterator[TestClient]:
    """The API over a cloud, as a coordinator."""
    served = replace(wearhouse_open, sources={"cloud": cloud})
    key = served.registry.access.create_key("tests", Role.COORDINATOR)
    with TestClient(create_app(served), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client
    served.close()


@pytest.fixture
def browser(team: TestClient) -> TestClient:
    """A participant's browser: no key, no session."""
    return TestClient(team.app, follow_redirects=False)


@pytest.fixture
def intake(wearhouse_open: Wearhouse, cloud: Cloud, tmp_path: Path) -> Iterator[Intake]:
    home = wearhouse_open.settings.home
    open_secrets(home)
    key = (home / "secret.key").read_text().strip()
    made = intake_of(wearhouse_open.store, wearhouse_open.registry, str(tmp_path), cloud, key=key)
    yield made
    made.consents.client.close()


def invited(team: TestClient, study: Study, *people: Participant) -> list[str]:
    codes = [person.code for person in people]
    asked = {"source": "cloud", "participants": codes, "study": study.code}
    response = team.post("/api/v1/grants/invite", json=asked)
    assert response.status_code == 200, response.text
    return [row["link"] for row in response.json()]


def consent(browser: TestClient, link: str, account: str) -> dict[str, str]:
    """Follow a link to the vendor and tick everything: what the vendor sends back."""
    response = browser.get(link.replace("/join?", "/consent?"))
    assert response.status_code == 303, response.text
    asked = parse_qs(urlsplit(response.headers["location"]).query)
    assert asked["redirect_uri"] == ["http://testserver/api/v1/grants/callback"]
    return {"state": asked["state"][0], "code": account}


def granted(team: TestClient, study: Study, person: Participant) -> dict:
    rows = team.get("/api/v1/grants", params={"study": study.code}).json()["grants"]
    [row] = [row for row in rows if row["participant"] == person.code]
    return row


CALLBACK = "/api/v1/grants/callback"


def brought_back(browser: TestClient, link: str, account: str) -> Response:
    """Consent, and the page that the participant comes back to."""
    return browser.get(CALLBACK, params=consent(browser, link, account), follow_redirects=True)


def test_from_invitation_to_first_data(
    team: TestClient, browser: TestClient, cloud: Cloud, study: Study, person: Participant, store
) -> None:
    yesterday = millis(datetime.now(UTC) - timedelta(days=1))
    cloud.accounts["anna@home"].samples["heart_rate", yesterday] = (0, 61.0)
    [link] = invited(team, study, person)
    before = granted(team, study, person)

    page = brought_back(browser, link, "anna@home")

    after = granted(team, study, person)
    assert (before["state"], after["state"]) == ("invited", "active")
    assert (page.status_code, "You are connected" in page.text) == (200, True)
    assert values(store, "heart_rate", person.id) == [61.0]


def test_the_funnel_counts_everybody_once(
    team: TestClient, browser: TestClient, study: Study, enrol: Enrol
) -> None:
    people = [enrol() for _ in range(4)]
    links = invited(team, study, *people[:3])
    browser.get(CALLBACK, params=consent(browser, links[0], "somebody"))

    answer = team.get("/api/v1/grants", params={"study": study.code}).json()

    assert answer["sources"] == ["cloud"]
    assert answer["funnel"]["cloud"] == {
        "none": 1, "invited": 2, "opened": 0, "active": 1, "partial": 0, "first_data": 0,
        "expired": 0, "revoked": 0,
    }  # fmt: skip


def seats(team: TestClient, source: str) -> dict:
    rows = team.get("/api/v1/grants").json()["seats"]
    [row] = [row for row in rows if row["source"] == source]
    return row


def test_a_seat_is_taken_by_an_account_for_good_however_many_participants_it_stands_for(
    intake: Intake, cloud: Cloud, enrol: Enrol
) -> None:
    registry, one, other = intake.registry, enrol(), enrol()
    limited = replace(cloud, name="seated")
    limited.seats = 2  # type: ignore[attr-defined]
    consents = replace(intake.consents, sources={"seated": limited})
    elsewhere = registry.create_study(f"{one.study}-2")
    same = registry.enrol(elsewhere.code, "P-1", "UTC")

    counted = [grants.seats(consents)]
    for person, account in ((one, "anna@home"), (same, "anna@home"), (other, "ben@home")):
        word = grants.invite(consents, person, "seated").link.partition("invitation=")[2]
        grants.accept(consents, word, account)
        counted.append(grants.seats(consents))
    grants.revoke(consents, other, "seated")
    counted.append(grants.seats(consents))

    assert [(row.used, row.limit, row.left) for [row] in counted] == [
        (0, 2, 2), (1, 2, 1), (1, 2, 1), (2, 2, 0), (2, 2, 0),
    ]  # fmt: skip


def test_whoever_was_only_invited_takes_no_seat(
    team: TestClient, browser: TestClient, study: Study, person: Participant
) -> None:
    before = seats(team, "cloud")
    [link] = invited(team, study, person)
    after_invitation = seats(team, "cloud")
    browser.get(CALLBACK, params=consent(browser, link, "a new account"))

    assert after_invitation == before
    assert seats(team, "cloud") == {**before, "used": before["used"] + 1}
    assert (before["limit"], before["left"]) == (None, None)


@pytest.mark.parametrize(("verified", "limit"), [(False, 100), (True, None)])
def test_google_limits_a_client_that_it_has_not_verified(verified: bool, limit: int | None) -> None:
    settings = Settings(sources={"google-health": {"verified": verified}})

    assert limit_of(live_sources(settings)["google-health"]) == limit


def test_consent_to_less_is_a_partial_grant_that_names_what_is_missing(
    team: TestClient, browser: TestClient, cloud: Cloud, study: Study, person: Participant
) -> None:
    cloud.granted = frozenset({"heart"})
    [link] = invited(team, study, person)

    page = brought_back(browser, link, "anna@home")

    row = granted(team, study, person)
    assert (row["state"], row["scopes"]) == ("partial", ["heart"])
    assert row["missing"] == ["steps and activity", "sleep"]
    assert "Not shared: steps and activity and sleep." in page.text


def test_a_link_works_until_consent_and_not_after_and_not_beside_a_newer_one(
    team: TestClient, browser: TestClient, study: Study, person: Participant
) -> None:
    [old] = invited(team, study, person)
    [link] = invited(team, study, person)
    ways = [browser.get(each.replace("/join?", "/consent?")) for each in (link, link, old)]
    pages = [browser.get(each).status_code for each in (link, old)]
    back = consent(browser, link, "anna@home")
    first, again = browser.get(CALLBACK, params=back), browser.get(CALLBACK, params=back)

    assert ways[0].headers["location"] == ways[1].headers["location"]
    assert (ways[2].status_code, pages) == (422, [200, 422])
    assert (first.status_code, again.status_code) == (303, 200)
    assert "You are connected" in again.text
    assert "Continue" not in browser.get(link).text


def test_who_declines_may_change_their_mind(
    team: TestClient, browser: TestClient, study: Study, person: Participant
) -> None:
    [link] = invited(team, study, person)
    state = consent(browser, link, "anna@home")["state"]

    page = browser.get(CALLBACK, params={"state": state, "error": "access_denied<script>"})

    assert (page.status_code, "Nothing was shared" in page.text) == (200, True)
    assert granted(team, study, person)["state"] == "invited"
    assert "Continue to cloud" in browser.get(link).text


@pytest.mark.parametrize("word", ["", "x", "W10.aaaa.bbbb", "é" * 200])
def test_what_is_no_invitation_leads_nowhere(browser: TestClient, word: str) -> None:
    join = browser.get("/api/v1/grants/join", params={"invitation": word})
    page = browser.get(CALLBACK, params={"state": word, "code": "1"})

    assert (join.status_code, page.status_code) == (422, 422)


def test_an_invitation_signed_with_another_key_is_refused(
    intake: Intake, person: Participant
) -> None:
    invitation = grants.invite(intake.consents, person, "cloud")
    word = parse_qs(urlsplit(invitation.link).query)["invitation"][0]
    key = new_key()
    stranger = replace(intake.consents, secrets=Secrets(lambda: [key]))

    with pytest.raises(Invalid, match="not an invitation"):
        grants.accept(stranger, word, "code")


def test_the_challenge_is_the_hash_of_a_verifier_that_the_link_does_not_hold(
    intake: Intake, cloud: Cloud, person: Participant
) -> None:
    seen: list[str] = []
    exchange = cloud.exchange

    class Watching(Cloud):
        """A cloud that remembers verifiers."""

        def exchange(self, client, code, verifier, return_to):
            seen.append(verifier)
            return exchange(client, code, verifier, return_to)

    consents = replace(intake.consents, sources={"cloud": Watching()})
    link = grants.invite(consents, person, "cloud").link
    word = parse_qs(urlsplit(link).query)["invitation"][0]
    asked = parse_qs(urlsplit(grants.consent_address(consents, word)).query)

    grants.accept(consents, word, "anna@home")

    hashed = hashlib.sha256(seen[0].encode()).digest()
    assert asked["code_challenge"] == [base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()]
    assert seen[0] not in link


def test_one_account_cannot_stand_for_two_participants(
    team: TestClient, browser: TestClient, study: Study, enrol: Enrol
) -> None:
    anna, bert = enrol(), enrol()
    links = invited(team, study, anna, bert)
    browser.get(CALLBACK, params=consent(browser, links[0], "one@home"))

    page = browser.get(CALLBACK, params=consent(browser, links[1], "one@home"))

    assert page.status_code == 409
    assert granted(team, study, bert)["state"] == "invited"


def test_a_revoked_grant_is_revoked_at_the_vendor_and_its_token_forgotten(
    team: TestClient, browser: TestClient, cloud: Cloud, study: Study, person: Participant, intake
) -> None:
    [link] = invited(team, study, person)
    browser.get(CALLBACK, params=consent(browser, link, "anna@home"))

    asked = {"source": "cloud", "participant": person.code, "study": study.code}
    response = team.post("/api/v1/grants/revoke", json=asked)

    assert response.json()["state"] == "revoked"
    assert cloud.good == {}
    assert intake.registry.grants.of(person, "cloud").token is None


def test_a_revocation_holds_at_once_and_the_vendor_is_told_when_it_can_be_reached(
    intake: Intake, cloud: Cloud, person: Participant
) -> None:
    word = parse_qs(urlsplit(grants.invite(intake.consents, person, "cloud").link).query)
    grants.accept(intake.consents, word["invitation"][0], "anna@home")
    cloud.unreachable = True
    first = grants.revoke(intake.consents, person, "cloud")
    kept = dict(cloud.good)
    cloud.unreachable = False

    second = grants.revoke(intake.consents, person, "cloud")

    assert (first.state, second.state) == (State.REVOKED, State.REVOKED)
    assert "does not know it yet" in first.detail
    assert kept
    assert cloud.good == {}
    assert second.token is None


def test_a_campaign_asks_those_again_whose_consent_is_gone(
    team: TestClient, intake: Intake, study: Study, enrol: Enrol
) -> None:
    anna, bert = enrol(), enrol()
    invited(team, study, anna, bert)
    intake.registry.grants.end(anna, "cloud", State.EXPIRED, "It has expired.")

    answer = team.post("/api/v1/grants/campaign", json={"study": study.code}).json()

    assert [row["participant"] for row in answer] == [anna.code]
    assert granted(team, study, anna)["state"] == "expired"


def test_who_has_withdrawn_is_not_invited(intake: Intake, study: Study) -> None:
    today = datetime.now(UTC).date()
    gone = intake.registry.enrol(study.code, f"gone-{study.id}", "UTC", None, today)

    with pytest.raises(Conflict):
        grants.invite(intake.consents, gone, "cloud")


def test_tokens_are_kept_encrypted_and_can_be_encrypted_again(
    intake: Intake, person: Participant
) -> None:
    word = parse_qs(urlsplit(grants.invite(intake.consents, person, "cloud").link).query)
    grant = grants.accept(intake.consents, word["invitation"][0], "anna@home")
    before = grant.token

    grants.encrypt_again(intake.registry, intake.consents.secrets)

    grant = intake.registry.grants.of(person, "cloud")
    token = grants.current(intake.consents, grant)
    assert grant.token != before
    assert token.access.startswith("access-anna@home")
    assert "anna@home" not in f"{before} {grant!r} {token!r}"


def test_a_token_that_ends_soon_is_refreshed_before_it_is_used(
    intake: Intake, cloud: Cloud, person: Participant
) -> None:
    cloud.lasts = timedelta(minutes=1)
    word = parse_qs(urlsplit(grants.invite(intake.consents, person, "cloud").link).query)
    grant = grants.accept(intake.consents, word["invitation"][0], "anna@home")
    first = grants.opened(intake.consents, grant)

    second = grants.current(intake.consents, grant)

    kept = grants.opened(intake.consents, intake.registry.grants.of(person, "cloud"))
    assert first.refresh != second.refresh
    assert kept == second


def test_without_a_grant_there_is_no_token(intake: Intake, person: Participant) -> None:
    with pytest.raises(NotSignedIn):
        grants.current(intake.consents, intake.registry.grants.of(person, "cloud"))
