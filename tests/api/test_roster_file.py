"""The roster as a file: the rows of a view, what may be known of them, a note that they left."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from builders import samples
from clocks import now, today
from starlette.testclient import TestClient

from wearhouse.desk.handling import handle
from wearhouse.enrolling import cohorts
from wearhouse.enrolling.enrolment import change
from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.study import Actor, Participant, Role, Study
from wearhouse.team.acting import acting
from wearhouse.wear.action import Action

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")


Roster = Callable[..., list[dict[str, str]]]


@pytest.fixture
def four(wearhouse_open: Wearhouse, study: Study) -> list[Participant]:
    """Somebody who is well, one who never synced, one who has not for five days, and one who stops
    this week; the first of them wore it yesterday for eleven hours."""
    registry, first = wearhouse_open.registry, (today() - timedelta(days=9)).date()
    for site in ("NORTH", "SOUTH"):
        registry.sites.add(study, site)
    registry.arms.add(study, "A")
    people = [registry.enrol(study.code, f"R-{study.id}-{n}", "UTC", first) for n in range(1, 5)]
    well, _never, silent, stops = people
    yesterday = today() - timedelta(days=1)
    wearhouse_open.store.write(samples(well.id, "heart_rate", [60.0] * 660, yesterday))
    for who, hours in ((well, 0), (silent, 120), (stops, 0)):
        at = now() - timedelta(hours=hours)
        beat = Heartbeat(who.code, "cloud", "W", "tracker", "Charge", None, 80.0, None, at, at)
        registry.devices.report(who, beat)
    team = acting(Actor("maria", Role.MANAGER), registry, wearhouse_open.secrets)
    change(team, well, {"site": "NORTH", "arm": "A"})
    change(team, stops, {"site": "SOUTH", "ends_on": (today() + timedelta(days=2)).date()})
    return registry.participants(study.code)


@pytest.fixture
def roster(api: TestClient, study: Study) -> Roster:
    """The rows of the study's roster as a manager gets them."""

    def rows(**asked: Any) -> list[dict[str, str]]:
        response = api.get(f"/api/v1/studies/{study.code}/roster", params=asked)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(response.text)))

    return rows


def places(four: list[Participant], rows: list[dict[str, str]]) -> list[int]:
    """Which of the four stand in the file, in its order."""
    codes = [who.code for who in four]
    return [codes.index(row["participant"]) + 1 for row in rows]


def test_a_row_tells_the_figures_with_their_counts_and_nothing_where_nothing_is_known(
    roster: Roster, four: list[Participant]
) -> None:
    well, never = roster()[:2]

    assert (well["participant"], well["site"], well["arm"]) == (four[0].code, "NORTH", "A")
    assert (well["study_day"], well["study_days"], well["sync_band"]) == ("9", "", "good")
    assert (well["worn_minutes_1d_ago"], well["worn_minutes_2d_ago"]) == ("660", "0")
    assert (well["valid_28d"], well["closed_28d"], well["adherence_28d"]) == ("1", "8", "0.125")
    assert (never["synced_at"], never["worn_minutes_1d_ago"], never["adherence_28d"]) == ("",) * 3


def test_text_with_commas_stays_in_its_cell(roster: Roster, four: list[Participant]) -> None:
    [row] = roster(view="never", column="action")

    assert list(row) == [
        "participant", "next_action", "next_action_sentence", "seen_to_by", "seen_to_until",
    ]  # fmt: skip
    assert row["next_action_sentence"].endswith("invite them.")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"sort": "-code"}, [4, 3, 2, 1]),
        ({"sort": "sync"}, [3, 1, 4, 2]),
        ({"sort": "-battery"}, [1, 3, 4, 2]),
        ({"view": "call"}, [2, 3, 1, 4]),
        ({"view": "sync"}, [3]),
        ({"view": "never"}, [2]),
        ({"view": "ending"}, [4]),
        ({"view": "reconnect"}, []),
        ({"site": "SOUTH"}, [4]),
        ({"arm": "A"}, [1]),
        ({"q": "-3"}, [3]),
        ({"reason": "valid"}, [1]),
        ({"band": "critical"}, [1, 3, 4]),
        ({"cohort": "NORTHERNERS"}, [1]),
    ],
)
def test_the_file_has_the_rows_of_a_view_that_filters_leave_in_their_order(
    roster: Roster, wearhouse_open: Wearhouse, study: Study, four: list[Participant],
    asked: dict[str, str], found: list[int],
) -> None:  # fmt: skip
    team = acting(Actor("maria", Role.MANAGER), wearhouse_open.registry, wearhouse_open.secrets)
    rule = cohorts.rule_of('{"sites": ["NORTH"]}')
    cohorts.create(team, study, "NORTHERNERS", "", rule)

    assert places(four, roster(**asked)) == found


def test_whoever_was_seen_to_is_not_among_those_to_call_and_no_name_is_a_formula(
    roster: Roster, wearhouse_open: Wearhouse, four: list[Participant]
) -> None:
    team = acting(Actor("=1+1", Role.MANAGER), wearhouse_open.registry, wearhouse_open.secrets)
    handle(team, four[2], Action.SYNC, (today() + timedelta(days=3)).date(), "phoned", now())

    assert 3 not in places(four, roster(view="call"))
    assert roster(q=four[2].code)[0]["seen_to_by"] == "'=1+1"


def test_that_people_left_in_a_file_is_noted_as_an_export_of_exactly_those(
    api: TestClient, roster: Roster, four: list[Participant]
) -> None:
    roster(view="sync", column=["code", "sync"])

    [newest, *_] = api.get("/api/v1/audit", params={"act": "export"}).json()["entries"]
    assert newest["after"] == {"participants": [four[2].code]}
    assert newest["subject"] == "roster (view sync): code, sync as csv"


def test_the_trail_says_of_nobody_in_which_arm_they_are(
    api: TestClient, roster: Roster, four: list[Participant]
) -> None:
    roster(arm="A")

    [newest, *_] = api.get("/api/v1/audit", params={"act": "export"}).json()["entries"]
    assert "arm A" not in newest["subject"]


def of_role(
    client: TestClient, wearhouse: Wearhouse, study: Study, role: Role, **asked: Any
) -> Any:
    key = wearhouse.registry.access.create_key("tests", role)
    headers = {"Authorization": f"Bearer {key}"}
    return client.get(f"/api/v1/studies/{study.code}/roster", params=asked, headers=headers)


def test_an_analyst_of_a_blinded_study_gets_neither_arms_nor_contacts(
    client: TestClient, wearhouse_open: Wearhouse, study: Study, four: list[Participant]
) -> None:
    answer = of_role(client, wearhouse_open, study, Role.ANALYST)

    assert answer.status_code == 200
    assert not {"arm", "contacted_at"} & set(answer.text.splitlines()[0].split(","))


@pytest.mark.parametrize(
    "asked",
    [{"arm": "A"}, {"column": "arm"}, {"sort": "-arm"}, {"column": "contact"}, {"sort": "contact"}],
)
def test_who_must_not_know_arms_or_contacts_cannot_ask_for_them_by_another_way(
    client: TestClient, wearhouse_open: Wearhouse, study: Study, four: list[Participant],
    asked: dict[str, str],
) -> None:  # fmt: skip
    assert of_role(client, wearhouse_open, study, Role.ANALYST, **asked).status_code == 403


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [({"sort": "mood"}, "sort"), ({"column": "mood"}, "column"), ({"wiew": "call"}, "wiew")],
)
def test_what_makes_no_sense_is_refused_by_name(
    api: TestClient, study: Study, asked: dict[str, str], parameter: str
) -> None:
    answer = api.get(f"/api/v1/studies/{study.code}/roster", params=asked)

    assert (answer.status_code, answer.json()["parameter"]) == (422, parameter)
