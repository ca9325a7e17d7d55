"""Adherence, days, definitions and next actions over HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from builders import samples
from clocks import today
from starlette.testclient import TestClient

from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Role, Study
from wearhouse.wear.presets import PRESETS

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")


@pytest.fixture
def wearer(wearhouse_open: Wearhouse, study: Study) -> Participant:
    """Somebody enrolled five days ago who wore it for 11, 2, 0 and 24 hours since, and synced."""
    first = (today() - timedelta(days=5)).date()
    who = wearhouse_open.registry.enrol(study.code, f"W-{study.id}", "UTC", first)
    tables = [
        samples(who.id, "heart_rate", [60.0] * (hours * 60), today() - timedelta(days=ago))
        for ago, hours in ((4, 11), (3, 2), (1, 24))
    ]
    wearhouse_open.store.write(pa.concat_tables(tables).unify_dictionaries())
    wearhouse_open.registry.devices.report(
        who,
        Heartbeat(
            who.code, "cloud", "W", "tracker", "Charge 6", None, 80.0, None, today(), today()
        ),
    )
    return who


def adherence(api: TestClient, study: Study, **more: Any) -> list[dict[str, Any]]:
    response = api.get("/api/v1/adherence", params={"study": study.code, **more})
    assert response.status_code == 200, response.text
    return response.json()["adherence"]


def test_the_days_of_a_participant_have_their_reasons(api: TestClient, wearer: Participant) -> None:
    answer = api.get(f"/api/v1/participants/{wearer.code}/days").json()

    days = {day["day"]: (day["reason"], day["worn_minutes"]) for day in answer["days"]}
    assert list(days.values()) == [
        ("not_due", 0), ("valid", 660), ("below_threshold", 120), ("not_worn", 0), ("valid", 1440),
    ]  # fmt: skip
    assert answer["definition"]["name"] == "ten-hours"


def test_adherence_says_every_count(api: TestClient, study: Study, wearer: Participant) -> None:
    [found] = adherence(api, study)

    [whole] = [row for row in found["participants"] if row["span"] == "whole"]
    assert (whole["participant"], whole["valid"], whole["closed"]) == (wearer.code, 2, 4)
    assert (whole["pending"], whole["expected"], whole["adherence"]) == (0, 4, 0.5)
    assert next(row for row in found["together"] if row["span"] == "whole")["closed"] == 4


def test_definitions_stand_side_by_side(api: TestClient, study: Study, wearer: Participant) -> None:
    names = ["ten-hours", "twelve-hours", "ten-valid-hours", "waking-window", "any-steps"]

    found = adherence(api, study, definition=names)

    whole = {
        one["definition"]["name"]: row["valid"]
        for one in found
        for row in one["participants"]
        if row["span"] == "whole"
    }
    assert whole == dict(zip(names, [2, 1, 2, 1, 0], strict=True))
    assert len({one["definition"]["sha256"] for one in found}) == len(names)


def test_the_curve_falls_with_the_threshold(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    curve = api.get("/api/v1/adherence/sensitivity", params={"study": study.code}).json()

    days = {point["hours"]: point["days"] for point in curve}
    assert [days[hours] for hours in (0, 2, 2.5, 11, 11.5, 24)] == [4, 3, 2, 2, 1, 1]


def test_participants_say_why_and_what_next(api: TestClient, wearer: Participant) -> None:
    answer = api.get(f"/api/v1/participants/{wearer.code}").json()

    assert answer["reason"] == "valid"
    assert answer["next_action"] == "wear"
    assert answer["next_action_sentence"].startswith("50 % of the last 4 closed days")
    [listed] = api.get("/api/v1/participants", params={"study": wearer.study}).json()
    assert listed["next_action"] == "wear"


def test_presets_are_listed_with_their_words_and_digests(api: TestClient) -> None:
    answer = api.get("/api/v1/definitions").json()

    assert [one["name"] for one in answer["definitions"]] == [one.name for one in PRESETS]
    assert all(one["sha256"][:12] in one["methods"] for one in answer["definitions"])


def test_a_study_chooses_a_definition_and_says_why_when_it_changes(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    def choose(definition: object, reason: str = "") -> Any:
        said = {"study": study.code, "definition": definition, "reason": reason}
        return api.post("/api/v1/definitions", json=said)

    mine = {"name": "mine", "title": "Two hours", "source": "the protocol", "least": 120}
    assert choose("twelve-hours").status_code == 200
    assert choose(mine).status_code == 422
    assert choose(mine, "amendment 2").status_code == 200
    assert choose(mine | {"least": 60}, "typing error").status_code == 409

    [found] = adherence(api, study)
    assert found["definition"]["name"] == "mine"
    assert [row["valid"] for row in found["participants"] if row["span"] == "whole"] == [3]
    [before] = adherence(api, study, definition="twelve-hours")
    assert [row["valid"] for row in before["participants"] if row["span"] == "whole"] == [1]
    chosen = api.get("/api/v1/definitions", params={"study": study.code}).json()
    assert chosen["in_force"]["name"] == "mine"
    assert [choice["reason"] for choice in chosen["choices"]] == ["", "amendment 2"]
    assert api.get("/api/v1/audit").json()


@pytest.mark.parametrize(
    ("path", "params", "parameter"),
    [
        ("adherence", {"definition": "hope"}, "definition"),
        ("adherence", {"start": "2026-03-02", "end": "2026-03-01"}, "end"),
        ("adherence", {"start": "1900-01-01"}, "start"),
        ("adherence", {"study": "NOWHERE"}, "study"),
        ("adherence", {"start": "soon"}, "start"),
        ("adherence/sensitivity", {"least_days": "0"}, "least_days"),
        ("participants/NOBODY/days", {}, "participant"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(
    api: TestClient, wearer: Participant, path: str, params: dict[str, str], parameter: str
) -> None:
    response = api.get(f"/api/v1/{path}", params={"study": wearer.study} | params)

    assert response.status_code in (404, 422)
    assert response.json()["parameter"].endswith(parameter)


def test_a_definition_is_chosen_by_those_who_may_edit_the_study(
    client: TestClient, wearhouse_open: Wearhouse, study: Study
) -> None:
    key = wearhouse_open.registry.access.create_key("tests", Role.COORDINATOR)
    said = {"study": study.code, "definition": "twelve-hours"}

    response = client.post(
        "/api/v1/definitions", json=said, headers={"Authorization": f"Bearer {key}"}
    )

    assert response.status_code == 403


def test_nobody_in_a_study_is_an_empty_answer_and_no_error(
    api: TestClient, study: Study, enrol: Callable[..., Participant]
) -> None:
    [found] = adherence(api, study)

    assert found["participants"] == []
    assert [row["adherence"] for row in found["together"]] == [None] * 3
