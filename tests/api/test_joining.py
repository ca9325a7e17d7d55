"""Invitations for all or for nobody, where everybody stands, and what participants see."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from cloud import Cloud
from httpx2 import Response
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.runtime import Wearhouse
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.live import Registration
from wearhouse.study import Participant, Role, Study
from wearhouse.window import millis

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

Enrol = Callable[..., Participant]
GRANTS = "/api/v1/grants"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def team(wearhouse_open: Wearhouse, cloud: Cloud) -> Iterator[TestClient]:
    """The API over a cloud and a source without a client, as a coordinator."""
    sources = {"cloud": cloud, "google-health": GoogleHealth(Registration())}
    served = replace(wearhouse_open, sources=sources)
    key = served.registry.access.create_key("tests", Role.COORDINATOR)
    with TestClient(create_app(served), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client
    served.close()


@pytest.fixture
def phone(team: TestClient) -> TestClient:
    """A participant's browser: no key, no session."""
    return TestClient(team.app)


def ask(team: TestClient, study: Study, *codes: str, source: str = "cloud") -> Response:
    asked = {"source": source, "participants": codes, "study": study.code}
    return team.post(f"{GRANTS}/invite", json=asked)


def word_of(team: TestClient, study: Study, person: Participant) -> str:
    """The word of a new invitation."""
    [invitation] = ask(team, study, person.code).json()
    [word] = parse_qs(urlsplit(invitation["link"]).query)["invitation"]
    return word


def agree(phone: TestClient, word: str, account: str) -> Response:
    """Come back from the vendor, having agreed."""
    return phone.get(f"{GRANTS}/callback", params={"state": word, "code": account})


def row(team: TestClient, study: Study, person: Participant) -> dict:
    rows = team.get(GRANTS, params={"study": study.code}).json()["grants"]
    [found] = [one for one in rows if one["participant"] == person.code]
    return found


def test_every_code_that_is_not_known_is_named_and_nobody_is_invited(
    team: TestClient, study: Study, person: Participant
) -> None:
    answer = ask(team, study, "X-1", person.code, "X-2")

    assert answer.status_code == 404
    assert (
        answer.json()["detail"] == f"No participant is called 'X-1', 'X-2' in study {study.code}."
    )
    assert row(team, study, person)["step"] == "none"


def test_who_has_withdrawn_is_named_and_nobody_is_invited(
    team: TestClient, wearhouse_open: Wearhouse, study: Study, person: Participant
) -> None:
    today = datetime.now(UTC).date()
    gone = [wearhouse_open.registry.enrol(study.code, code, "UTC", None, today) for code in "AB"]

    answer = ask(team, study, person.code, *(one.code for one in gone))

    assert answer.status_code == 409
    assert answer.json()["detail"] == "A, B have withdrawn and cannot be invited."
    assert row(team, study, person)["step"] == "none"


def test_nobody_is_invited_to_a_source_whose_client_is_not_set(
    team: TestClient, study: Study, person: Participant
) -> None:
    answer = ask(team, study, person.code, source="google-health")

    assert answer.status_code == 422
    assert "client" in answer.json()["detail"]
    assert team.get(GRANTS, params={"study": study.code}).json()["ready"] == ["cloud"]


def test_everybody_stands_on_one_step_and_goes_from_one_to_the_next(
    team: TestClient, phone: TestClient, cloud: Cloud, study: Study, person: Participant
) -> None:
    yesterday = millis(datetime.now(UTC) - timedelta(days=1))
    cloud.accounts["step@home"].samples["heart_rate", yesterday] = (0, 61.0)
    steps = [row(team, study, person)["step"]]

    word = word_of(team, study, person)
    steps.append(row(team, study, person)["step"])
    phone.get(f"{GRANTS}/join", params={"invitation": word})
    steps.append(row(team, study, person)["step"])
    agree(phone, word, "step@home")
    steps.append(row(team, study, person)["step"])
    asked = {"source": "cloud", "participant": person.code, "study": study.code}
    steps.append(team.post(f"{GRANTS}/revoke", json=asked).json()["step"])

    assert steps == ["none", "invited", "opened", "first_data", "revoked"]


def test_a_grant_without_data_is_connected_and_stands_so_since_consent(
    team: TestClient, phone: TestClient, study: Study, person: Participant
) -> None:
    agree(phone, word_of(team, study, person), "empty@home")

    found = row(team, study, person)

    assert (found["step"], found["has_data"]) == ("active", False)
    assert found["since_at"] == found["granted_at"]


def test_an_invitation_says_until_when_its_link_works_and_a_new_one_is_not_opened(
    team: TestClient, phone: TestClient, study: Study, person: Participant
) -> None:
    phone.get(f"{GRANTS}/join", params={"invitation": word_of(team, study, person)})
    before = row(team, study, person)

    word_of(team, study, person)

    after = row(team, study, person)
    lasts = datetime.fromisoformat(after["link_expires_at"]) - datetime.fromisoformat(
        after["invited_at"]
    )
    assert (before["step"], after["step"], lasts) == ("opened", "invited", timedelta(days=30))


def test_who_has_withdrawn_and_was_never_invited_is_not_in_the_funnel(
    team: TestClient, wearhouse_open: Wearhouse, study: Study, person: Participant
) -> None:
    wearhouse_open.registry.enrol(study.code, "gone", "UTC", None, date(2026, 1, 1))

    funnel = team.get(GRANTS, params={"study": study.code}).json()["funnel"]["cloud"]

    assert funnel["none"] == 1


def test_the_invitation_says_in_plain_words_what_is_read_and_that_it_can_be_stopped(
    team: TestClient, phone: TestClient, wearhouse_open: Wearhouse
) -> None:
    registry = wearhouse_open.registry
    study = registry.create_study("PLAIN", "Sleep <b>& light", date(2026, 3, 1), date(2026, 6, 30))
    person = registry.enrol("PLAIN", "P-1", "UTC", date(2026, 3, 9))

    page = phone.get(f"{GRANTS}/join", params={"invitation": word_of(team, study, person)})

    assert page.status_code == 200
    for words in (
        "Sleep &lt;b&gt;&amp; light",
        "<li>Heart rate</li>",
        "<li>Steps and activity</li>",
        "from 9 March 2026 on until 30 June 2026",
        "You can stop at any time",
        "participant P-1",
    ):
        assert words in page.text


def test_what_participants_see_holds_no_script_and_is_kept_by_no_cache(
    team: TestClient, phone: TestClient, study: Study, person: Participant
) -> None:
    page = phone.get(f"{GRANTS}/join", params={"invitation": word_of(team, study, person)})

    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_page_after_consent_can_be_loaded_again_and_its_address_holds_no_code(
    team: TestClient, phone: TestClient, study: Study, person: Participant
) -> None:
    page = agree(phone, word_of(team, study, person), "again@home")

    again = phone.get(str(page.url))

    assert "code=" not in str(page.url)
    assert (again.status_code, "You are connected" in again.text) == (200, True)


def test_who_shared_in_part_can_share_the_rest_by_a_link_that_works_once(
    team: TestClient, phone: TestClient, cloud: Cloud, study: Study, person: Participant
) -> None:
    cloud.granted = frozenset({"heart", "activity"})
    first = agree(phone, word_of(team, study, person), "part@home")
    [again] = parse_qs(urlsplit(str(first.url)).query)["again"]
    cloud.granted = frozenset({"heart", "activity", "sleep"})

    second = agree(phone, again, "part@home")

    assert "Not shared: sleep." in first.text
    assert "Share the rest too" in first.text
    assert "You are connected<" in second.text
    assert "Share the rest too" not in phone.get(str(first.url)).text


def test_a_vendor_that_cannot_be_reached_is_told_with_a_way_to_try_again(
    team: TestClient, phone: TestClient, cloud: Cloud, study: Study, person: Participant
) -> None:
    word = word_of(team, study, person)
    cloud.unreachable = True

    page = agree(phone, word, "late@home")

    assert page.status_code == 503
    assert "try again in a few minutes" in page.text
    assert f"join?invitation={word}" in page.text


def test_after_withdrawal_an_open_invitation_leads_nowhere(
    team: TestClient, phone: TestClient, wearhouse_open: Wearhouse, study: Study
) -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    registry = wearhouse_open.registry
    person = registry.enrol(study.code, "leaving", "UTC", None, tomorrow)
    word = word_of(team, study, person)
    before = phone.get(f"{GRANTS}/join", params={"invitation": word}).status_code
    withdraw(wearhouse_open, person)

    after = phone.get(f"{GRANTS}/join", params={"invitation": word}).status_code

    assert (before, after) == (200, 422)


def withdraw(wearhouse: Wearhouse, person: Participant) -> None:
    from wearhouse.registry import tables

    today = datetime.now(UTC).date()
    mine = tables.participants.c.id == person.id
    with wearhouse.registry.engine.begin() as rows:
        rows.execute(tables.participants.update().where(mine).values(withdrawn_on=today))
