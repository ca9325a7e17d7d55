"""Imputation runs over HTTP: begun, reported, compared, withdrawn, within rights and reach."""

from datetime import timedelta

import pyarrow as pa
import pytest
from builders import NOON, beats
from starlette.testclient import TestClient

from wearhouse.runtime import Wearhouse
from wearhouse.study import Participant, Role, Study

pytestmark = pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module")


@pytest.fixture
def worn(wearhouse_open: Wearhouse, person: Participant) -> Participant:
    """Somebody who wore it from noon to two on every other day, but for ten minutes of the third.
    What lies between those days is longer than may be filled."""
    tables = []
    for day in range(8):
        start = NOON.replace(day=1 + 2 * day)
        values = [60.0 + minute % 17 for minute in range(120)]
        tables.append(beats(person.id, *values[:60], step=60, start=start))
        later = 60 if day != 2 else 70
        again = start + timedelta(minutes=later)
        tables.append(beats(person.id, *values[later:], step=60, start=again))
    wearhouse_open.store.write(pa.concat_tables(tables).unify_dictionaries())
    return person


def begun(api: TestClient, study: Study, **more: object) -> dict:
    asked = {"study": study.code, "draws": 4, "rounds": 1, **more}
    response = api.post("/api/v1/imputations", json=asked)
    assert response.status_code == 202, response.text
    return dict(response.json())


def test_a_run_that_is_begun_is_done_and_reported(
    api: TestClient, study: Study, worn: Participant
) -> None:
    number = begun(api, study)["id"]

    listed = api.get("/api/v1/imputations", params={"study": study.code}).json()
    report = api.get(f"/api/v1/imputations/{number}").json()
    gaps = api.get(f"/api/v1/imputations/{number}/gaps", params={"participant": worn.code}).json()

    assert [(run["id"], run["state"], run["minutes"]) for run in listed] == [(number, "done", 10)]
    assert report["run"] == listed[0]
    assert report["counts"]["short"] == 10
    assert [row["column"] for row in report["statistics"][:3]] == [
        "observed", "dropouts", "non_wear",
    ]  # fmt: skip
    assert [gap["minutes"] for gap in gaps if gap["code"] == "dropout"] == [10]


def test_a_series_with_imputed_values_follows_a_run_and_its_withdrawal(
    api: TestClient, study: Study, worn: Participant
) -> None:
    asked = {
        "participant": worn.code, "study": study.code, "metric": "heart_rate",
        "start": "2026-03-05", "end": "2026-03-05", "resolution": "1d", "imputed": "include",
    }  # fmt: skip

    def imputed() -> list[int]:
        [points] = api.get("/api/v1/series", params=asked).json()["series"]
        return list(points["imputed_count"])

    before = imputed()
    number = begun(api, study)["id"]
    filled = imputed()
    done = api.post(f"/api/v1/imputations/{number}/withdraw", json={"reason": "a trial"}).json()

    assert (before, filled, imputed()) == ([0], [10], [0])
    assert done["state"] == "withdrawn"
    acts = api.get("/api/v1/audit", params={"study": study.code}).json()
    told = [entry["act"] for entry in acts["entries"]]
    assert {"impute", "impute.withdraw"} <= set(told)


@pytest.mark.usefixtures("worn")
def test_two_runs_are_compared(api: TestClient, study: Study) -> None:
    one, other = (begun(api, study, seed=seed)["id"] for seed in (1, 2))

    told = api.get("/api/v1/imputations/comparison", params={"one": one, "other": other}).json()

    assert "seed" in told["differing"]
    assert (told["participants"], told["same_data"]) == (1, 1)


@pytest.mark.usefixtures("worn")
def test_a_study_chooses_which_lengths_of_gaps_are_filled(api: TestClient, study: Study) -> None:
    place = f"/api/v1/imputations/classes?study={study.code}"
    before = api.get(place).json()

    chosen = api.put(place, json={"classes": [5]}).json()
    number = begun(api, study)["id"]

    assert (before["classes"], chosen["classes"]) == (None, [5])
    report = api.get(f"/api/v1/imputations/{number}").json()
    assert report["counts"]["unreleased"] == 10
    assert api.put(place, json={"classes": [6]}).status_code == 422


@pytest.mark.usefixtures("worn")
def test_a_run_of_a_study_out_of_reach_is_not_there(
    api: TestClient, wearhouse_open: Wearhouse, study: Study
) -> None:
    number = begun(api, study)["id"]
    elsewhere = wearhouse_open.registry.create_study(f"{study.code}-X")
    key = wearhouse_open.registry.access.create_key("k", Role.ANALYST, {elsewhere.code})
    stranger = {"Authorization": f"Bearer {key}"}

    assert api.get(f"/api/v1/imputations/{number}", headers=stranger).status_code == 404
    assert api.get("/api/v1/imputations", headers=stranger).json() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"metric": "weight"},
        {"draws": 1},
        {"seed": -1},
        {"start": "2026-03-05", "end": "2026-03-01"},
    ],
    ids=["metric", "draws", "seed", "dates"],
)
def test_a_request_that_cannot_work_is_refused(
    api: TestClient, study: Study, wrong: dict[str, object]
) -> None:
    response = api.post("/api/v1/imputations", json={"study": study.code, **wrong})

    assert response.status_code == 422


@pytest.mark.usefixtures("worn")
def test_metrics_count_runs_by_outcome(api: TestClient, study: Study) -> None:
    begun(api, study)

    assert 'wearhouse_imputations_total{outcome="done"}' in api.get("/metrics").text
