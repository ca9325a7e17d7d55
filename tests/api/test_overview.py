"""The participant × day map and the trends of a study over HTTP."""

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from builders import samples
from clocks import today
from starlette.testclient import TestClient

from wearhouse.registry.devices import Heartbeat
from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Role, Study

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")

KATHMANDU = "Asia/Kathmandu"


@pytest.fixture
def wearer(wearhouse_open: Wearhouse, study: Study) -> Participant:
    """Somebody enrolled five days ago who wore it for 11, 2, 0 and 24 hours since, and synced."""
    first = (today() - timedelta(days=5)).date()
    who = wearhouse_open.registry.enrol(study.code, f"W-{study.id}", "UTC", first)
    worn = ((4, 11), (3, 2), (1, 24))
    tables = [
        samples(who.id, "heart_rate", [60.0] * (hours * 60), today() - timedelta(days=ago))
        for ago, hours in worn
    ]
    wearhouse_open.store.write(pa.concat_tables(tables).unify_dictionaries())
    sync(wearhouse_open, who, today())
    return who


def sync(wearhouse: Wearhouse, who: Participant, at: datetime) -> None:
    beat = Heartbeat(who.code, "cloud", "W", "tracker", "Charge 6", None, 80.0, None, at, at)
    wearhouse.registry.devices.report(who, beat)


def asked(api: TestClient, study: Study, what: str, **more: Any) -> dict[str, Any]:
    response = api.get(f"/api/v1/studies/{study.code}/{what}", params=more)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def reasons(answer: dict[str, Any], code: str) -> dict[str, str]:
    """The reason of each day of a participant on the map."""
    [one] = [each for each in answer["participants"] if each["code"] == code]
    first = date.fromisoformat(answer["first"])
    return {
        str(first + timedelta(days=place)): answer["reasons"][reason]
        for place, reason in enumerate(one["reason"])
    }


def test_the_map_tells_the_reasons_that_the_days_of_a_participant_tell(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    days = api.get(f"/api/v1/participants/{wearer.code}/days?study={study.code}").json()["days"]

    answer = asked(api, study, "map")

    assert reasons(answer, wearer.code) == {day["day"]: day["reason"] for day in days}
    [one] = answer["participants"]
    assert one["worn"][1:] == [660, 120, 0, 1440]
    assert one["first_due"] == str((today() - timedelta(days=4)).date())


def test_a_day_that_may_still_bring_data_has_no_zero(
    api: TestClient, wearhouse_open: Wearhouse, study: Study, wearer: Participant
) -> None:
    first = (today() - timedelta(days=3)).date()
    late = wearhouse_open.registry.enrol(study.code, f"L-{study.id}", KATHMANDU, first)
    sync(wearhouse_open, late, today() - timedelta(days=3))

    answer = asked(api, study, "map")

    found = reasons(answer, late.code)
    [one] = [each for each in answer["participants"] if each["code"] == late.code]
    pending = [place for place, reason in enumerate(found.values()) if reason == "pending_sync"]
    assert pending
    assert [one["worn"][place] for place in pending] == [None] * len(pending)


def test_a_pause_is_on_the_map_at_once(api: TestClient, study: Study, wearer: Participant) -> None:
    asked(api, study, "map")
    day = str((today() - timedelta(days=3)).date())
    body = {"study": study.code, "first_on": day, "last_on": day, "reason": "holiday"}
    api.post(f"/api/v1/participants/{wearer.code}/pause", json=body).raise_for_status()

    assert reasons(asked(api, study, "map"), wearer.code)[day] == "paused"


def test_nights_are_on_the_map_where_they_are_asked_for(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    [without] = asked(api, study, "map")["participants"]
    [with_sleep] = asked(api, study, "map", sleep=True)["participants"]

    assert without["asleep"] is None
    assert with_sleep["asleep"] == [None] * 5


def test_the_map_of_a_window_begins_there(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    start = str((today() - timedelta(days=2)).date())

    answer = asked(api, study, "map", start=start)

    assert (answer["first"], answer["days"]) == (start, 2)
    assert list(reasons(answer, wearer.code).values()) == ["not_worn", "valid"]


def test_a_study_without_anybody_has_an_empty_map(api: TestClient, study: Study) -> None:
    answer = asked(api, study, "map")

    assert (answer["first"], answer["days"], answer["participants"]) == (None, 0, [])


def test_a_window_that_ends_before_it_begins_is_refused(api: TestClient, study: Study) -> None:
    response = api.get(
        f"/api/v1/studies/{study.code}/map", params={"start": "2026-02-02", "end": "2026-02-01"}
    )

    assert response.status_code == 422
    assert response.json()["parameter"] == "end"


def test_too_many_cells_are_refused(api: TestClient, study: Study, wearer: Participant) -> None:
    response = api.get(f"/api/v1/studies/{study.code}/map", params={"start": "1990-01-01"})

    assert response.status_code == 422


def test_trends_tell_enrolment_retention_and_weeks(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    api.patch(f"/api/v1/studies/{study.code}", json={"target": 4}).raise_for_status()

    answer = asked(api, study, "trends")

    assert (answer["enrolment"]["enrolled"], answer["enrolment"]["target"]) == (1, 4)
    nobody_left = {"share": 1.0, "low": None, "high": None}
    assert answer["retention"] == [{"week": 0, "at_risk": 1, "left": 0, **nobody_left}]
    [week] = answer["weeks"]
    assert (week["arm"], week["closed"], week["valid"], week["adherence"]) == (None, 4, 2, 0.5)


def test_weeks_stand_by_arm_only_once_the_blinding_has_ended(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    api.post(f"/api/v1/studies/{study.code}/arms", json={"code": "LIGHT"}).raise_for_status()
    who = f"/api/v1/participants/{wearer.code}?study={study.code}"
    api.patch(who, json={"arm": "LIGHT", "reason": "drawn"}).raise_for_status()
    blinded = asked(api, study, "trends")
    change = {"blinded": False, "reason": "the trial is over"}
    api.patch(f"/api/v1/studies/{study.code}", json=change).raise_for_status()

    unblinded = asked(api, study, "trends")

    assert (blinded["by_arm"], "LIGHT" in str(blinded)) == (False, False)
    assert {week["arm"] for week in unblinded["weeks"]} == {None, "LIGHT"}


def test_whoever_reaches_one_site_sees_nobody_else_on_the_map(
    api: TestClient, wearhouse_open: Wearhouse, study: Study, wearer: Participant
) -> None:
    registry = wearhouse_open.registry
    registry.sites.add(study, "NORTH", "")
    registry.enrolments.add(study, [{"code": "N-1", "timezone": "UTC", "site": "NORTH"}])
    asked(api, study, "map")
    places = frozenset({f"{study.code}/NORTH"})
    key = registry.access.create_key("north", Role.COORDINATOR, places)
    api.headers["Authorization"] = f"Bearer {key}"

    answer = asked(api, study, "map")

    assert [one["code"] for one in answer["participants"]] == ["N-1"]


def test_the_map_as_a_file_has_the_days_of_the_map_and_is_noted_as_an_export(
    api: TestClient, study: Study, wearer: Participant
) -> None:
    shown = asked(api, study, "map")

    answer = api.get(f"/api/v1/studies/{study.code}/map", params={"format": "csv", "q": "w-"})

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    [entry, *_] = api.get("/api/v1/audit", params={"act": "export"}).json()["entries"]
    due_days = {day: why for day, why in reasons(shown, wearer.code).items() if why != "not_due"}
    assert {row["day"]: row["reason"] for row in rows} == due_days
    due = {row["day"]: row["study_day"] for row in rows}
    assert due[shown["participants"][0]["first_due"]] == "1"
    assert [row["worn_minutes"] for row in rows][-4:] == ["660", "120", "0", "1440"]
    assert (entry["after"], entry["subject"][:8]) == ({"participants": [wearer.code]}, "map from")


def test_without_the_right_to_export_the_map_is_no_file(
    client: TestClient, wearhouse_open: Wearhouse, study: Study, wearer: Participant
) -> None:
    key = wearhouse_open.registry.access.create_key("tests", Role.MONITOR)
    client.headers["Authorization"] = f"Bearer {key}"

    answers = [
        client.get(f"/api/v1/studies/{study.code}/map", params={"format": format_}).status_code
        for format_ in ("json", "csv")
    ]

    assert answers == [200, 403]
