"""What was fetched, what failed and why, what was refused, and asking for more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cloud import Cloud, connect
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.errors import NotSignedIn, SourceUnavailable
from wearhouse.runtime import Wearhouse
from wearhouse.sources.live import Family
from wearhouse.study import RIGHTS, Participant, Right, Role, Study
from wearhouse.window import millis

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def served(wearhouse_open: Wearhouse, cloud: Cloud) -> Iterator[Wearhouse]:
    made = replace(wearhouse_open, sources={"cloud": cloud})
    yield made
    made.close()


@pytest.fixture
def team(served: Wearhouse) -> Iterator[TestClient]:
    """The API over a cloud, as a coordinator."""
    key = served.registry.access.create_key("tests", Role.COORDINATOR)
    with TestClient(create_app(served), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


@pytest.fixture
def joined(served: Wearhouse, cloud: Cloud, person: Participant) -> Participant:
    """A participant with a true and an untrue beat of yesterday, of whom nothing was fetched."""
    yesterday = millis(datetime.now(UTC) - timedelta(days=1))
    cloud.accounts[person.code].samples["heart_rate", yesterday] = (0, 61.0)
    cloud.accounts[person.code].samples["heart_rate", yesterday + 60_000] = (0, 7.0)
    connect(served.intake, person)
    return person


def begin(team: TestClient, study: Study, what: str = "/syncs") -> dict:
    answer = team.post(f"/api/v1{what}", json={"study": study.code})
    assert answer.status_code == 202, answer.text
    begun: dict = answer.json()
    return begun


def run_of(team: TestClient, study: Study, number: int) -> dict:
    runs = team.get("/api/v1/syncs", params={"study": study.code}).json()
    [found] = [run for run in runs if run["id"] == number]
    return found


def test_the_run_that_was_asked_for_is_known_by_its_number_and_its_study(
    team: TestClient, study: Study, joined: Participant
) -> None:
    begun = begin(team, study)

    run = run_of(team, study, begun["sync"])

    assert begun["participants"] == 1
    assert (run["cause"], run["outcome"], run["samples"]) == ("request", "done", 1)
    assert (run["study"], run["quarantined"]) == (study.code, 1)


def test_a_run_over_all_studies_stands_with_those_of_each(
    team: TestClient, study: Study, joined: Participant
) -> None:
    begun = team.post("/api/v1/syncs", json={"participants": [joined.code]}).json()

    assert run_of(team, study, begun["sync"])["study"] is None


def test_a_replay_says_what_it_did(team: TestClient, study: Study, joined: Participant) -> None:
    begin(team, study)

    replayed = run_of(team, study, begin(team, study, "/syncs/replay")["sync"])

    assert (replayed["cause"], replayed["outcome"]) == ("replay", "done")
    assert "payloads parsed again: 1 samples, 0 episodes, 1 records refused." in replayed["detail"]


def test_a_replay_without_an_archive_says_so(
    team: TestClient, study: Study, joined: Participant
) -> None:
    replayed = run_of(team, study, begin(team, study, "/syncs/replay")["sync"])

    assert replayed["detail"] == "Nothing was archived yet."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SourceUnavailable("Cloud answers 503."), "source_unavailable"),
        (NotSignedIn("The token is no longer good."), "not_signed_in"),
        (KeyError("beats"), "unforeseen"),
    ],
)
def test_a_failed_attempt_tells_its_kind_of_error_beside_the_words(
    team: TestClient,
    cloud: Cloud,
    study: Study,
    joined: Participant,
    error: Exception,
    code: str,
) -> None:
    def trouble(_subject: str, _family: Family) -> None:
        raise error

    cloud.trouble = trouble
    begin(team, study)

    asked = {"participant": joined.code, "study": study.code}
    attempts = team.get("/api/v1/syncs/attempts", params=asked).json()

    assert {attempt["code"] for attempt in attempts} == {code}
    assert all(attempt["detail"] for attempt in attempts)


def test_freshness_names_what_stands_in_the_way(
    team: TestClient, cloud: Cloud, study: Study, joined: Participant
) -> None:
    def trouble(_subject: str, _family: Family) -> None:
        raise SourceUnavailable("Cloud answers 503.")

    cloud.trouble = trouble
    begin(team, study)

    [line] = team.get("/api/v1/syncs/freshness", params={"study": study.code}).json()

    assert (line["problem"], line["code"]) == ("Cloud answers 503.", "source_unavailable")


def test_the_attempts_of_a_participant_are_theirs_alone_and_the_newest_first(
    team: TestClient, study: Study, joined: Participant, enrol, served: Wearhouse
) -> None:
    connect(served.intake, enrol())
    begin(team, study)

    asked = {"participant": joined.code, "study": study.code, "limit": 2}
    attempts = team.get("/api/v1/syncs/attempts", params=asked).json()

    assert [attempt["participant"] for attempt in attempts] == [joined.code] * 2
    assert attempts[0]["id"] > attempts[1]["id"]


def test_refused_records_say_whose_they_are_and_can_be_asked_for_by_participant(
    team: TestClient, study: Study, joined: Participant, enrol
) -> None:
    begin(team, study)

    asked = {"participant": joined.code, "study": study.code}
    [record] = team.get("/api/v1/quarantine", params=asked).json()["records"]
    others = team.get("/api/v1/quarantine", params={**asked, "participant": enrol().code}).json()

    assert (record["participant"], record["source"]) == (joined.code, "cloud")
    assert "outside" in record["reason"]
    assert others["records"] == []


def test_a_participant_whom_nobody_knows_is_not_an_empty_answer(team: TestClient) -> None:
    for path in ("quarantine", "syncs/attempts"):
        assert team.get(f"/api/v1/{path}", params={"participant": "nobody"}).status_code == 404


@pytest.mark.parametrize("role", Role)
def test_a_session_tells_what_its_role_may_do(
    client: TestClient, wearhouse_open: Wearhouse, role: Role
) -> None:
    key = wearhouse_open.registry.access.create_key("tests", role)
    headers = {"Authorization": f"Bearer {key}"}

    answer = client.get("/api/v1/session", headers=headers).json()

    assert set(answer["rights"]) == {right.value for right in RIGHTS[role]}
    assert (Right.MANAGE_GRANTS in answer["rights"]) == (Right.MANAGE_GRANTS in RIGHTS[role])
