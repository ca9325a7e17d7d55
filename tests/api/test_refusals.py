"""Every refusal is one shape, names the parameter at fault, and writes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from wearhouse.series import Place
from wearhouse.study import Participant, Study

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")
"""None of this depends on the kind of store."""

DAY = {"start": "2026-03-01", "end": "2026-03-01"}
CURSOR = Place("steps", "raw", 1, 0).cursor()


@pytest.mark.parametrize(
    ("changed", "parameter"),
    [
        ({"metric": "mood"}, "metric"),
        ({"metric": None}, "metric"),
        ({"metric": ""}, "metric"),
        ({"metric": "sleep"}, "metric"),
        ({"participant": None}, "participant"),
        ({"start": None}, "start"),
        ({"end": None}, "end"),
        ({"start": "soon"}, "start"),
        ({"start": "0001-01-01"}, "start"),
        ({"end": "2026-02-30"}, "end"),
        ({"end": "9999-12-31"}, "end"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "end"),
        ({"start": "2026-03-01T12:00:00Z", "end": "2026-03-01T12:00:00Z"}, "end"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"resolution": "1y"}, "resolution"),
        ({"max_points": "0"}, "max_points"),
        ({"max_points": "many"}, "max_points"),
        ({"imputed": "maybe"}, "imputed"),
        ({"limit": "0"}, "limit"),
        ({"limit": "5", "format": "csv"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "AAAA"}, "cursor"),
        ({"cursor": CURSOR}, "cursor"),
        ({"format": "xml"}, "format"),
        ({"colour": "red"}, "colour"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_what_can_never_work_is_refused_by_its_name(
    api: TestClient, person: Participant, changed: dict[str, Any], parameter: str
) -> None:
    asked = {"participant": person.code, "metric": "heart_rate"} | DAY | changed
    params = {name: value for name, value in asked.items() if value is not None}

    response = api.get("/api/v1/series", params=params)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["status"], problem["code"]) == (422, "invalid")
    assert problem["parameter"] == parameter
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/series", {"participant": "P-NOBODY", "metric": "heart_rate"} | DAY),
        ("/sleep", {"participant": "P-NOBODY"} | DAY),
        ("/participants/P-NOBODY", {}),
    ],
)
def test_an_unknown_participant_is_not_found(
    api: TestClient, path: str, params: dict[str, str]
) -> None:
    response = api.get("/api/v1" + path, params=params)

    assert response.status_code == 404
    assert response.json()["parameter"] == "participant"
    assert "P-NOBODY" in response.json()["detail"]


def test_one_unknown_participant_among_known_ones_is_not_left_out(
    api: TestClient, person: Participant
) -> None:
    asked = {"participant": [person.code, "P-NOBODY"], "metric": "heart_rate"} | DAY

    assert api.get("/api/v1/series", params=asked).status_code == 404


def test_an_unknown_study_is_not_found(api: TestClient) -> None:
    response = api.get("/api/v1/participants", params={"study": "NONE"})

    assert (response.status_code, response.json()["parameter"]) == (404, "study")


def test_a_code_of_two_studies_needs_the_study(
    api: TestClient, enrol: Callable[..., Participant], study: Study
) -> None:
    registry = api.app.state.wearhouse.registry  # type: ignore[attr-defined]
    enrol(code="TWIN")
    other = registry.create_study(study.code + "-B")
    registry.enrol(other.code, "TWIN", "UTC")

    vague = api.get("/api/v1/participants/TWIN")
    exact = api.get("/api/v1/participants/TWIN", params={"study": other.code})

    assert (vague.status_code, vague.json()["parameter"]) == (422, "study")
    assert (exact.status_code, exact.json()["study"]) == (200, other.code)


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/series", "/assets/none.js"])
def test_an_address_of_nothing_is_not_found(api: TestClient, path: str) -> None:
    response = api.get(path)

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_a_method_that_a_route_does_not_have_is_refused_in_the_same_shape(api: TestClient) -> None:
    response = api.post("/api/v1/series")

    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_not_json_is_refused(api: TestClient) -> None:
    response = api.post(
        "/api/v1/session", content=b"{", headers={"Content-Type": "application/json"}
    )

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
