"""Faults found in software like this one, each kept out by a test that would catch it."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import NOON, ask, beats, read, samples, slices, values
from starlette.testclient import TestClient

from wearhouse.errors import Invalid
from wearhouse.imports import Request, import_files
from wearhouse.levels import ROLLUPS
from wearhouse.runtime import Wearhouse
from wearhouse.store import Store
from wearhouse.study import Participant, Study

DAY = {"start": "2026-03-01", "end": "2026-03-01"}
HEADER = "participant,metric,time,value\n"


def series(api: TestClient, person: Participant, **params: object) -> dict:
    asked = {"participant": person.code, "metric": "heart_rate"} | DAY | params
    response = api.get("/api/v1/series", params=asked)
    assert response.status_code == 200, response.text
    [found] = response.json()["series"]
    return found


@pytest.mark.parametrize("level", ["1h", "1d", "1w", "1mo"])
def test_a_mean_is_not_the_mean_of_means(
    api: TestClient, store: Store, person: Participant, level: str
) -> None:
    store.write(beats(person.id, *[60] * 59, step=1))
    store.write(beats(person.id, 180, start=NOON + timedelta(minutes=30)))

    found = series(api, person, resolution=level)

    assert found["mean"] == [62.0]


@pytest.mark.parametrize("level", ROLLUPS)
def test_a_rollup_is_what_answers_and_not_the_samples(
    store: Store, person: Participant, level: str
) -> None:
    store.write(beats(person.id, 60, 64, 68, step=3_600))
    folded = store.page(ask("heart_rate", level, person.id)).rows

    assert 0 < folded.num_rows <= 3
    assert sum(folded["count"].to_pylist()) == 3
    assert "value" not in folded.column_names


def test_each_figure_is_answered_from_its_own_column(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 70, 50, 90, 60))

    found = series(api, person, resolution="1d")

    figures = ("count", "sum", "min", "max", "mean", "first", "last")
    assert [found[name] for name in figures] == [[4], [270], [50], [90], [67.5], [70], [60]]


@pytest.mark.parametrize("level", ["raw", *ROLLUPS])
def test_running_again_neither_doubles_nor_loses(
    store: Store, person: Participant, level: str
) -> None:
    halves = (
        beats(person.id, 60, 61, 62),
        beats(person.id, 61, 62, 63, start=NOON + timedelta(seconds=1)),
    )
    for half in halves:
        store.write(half)
    once = read(store, "heart_rate", level, person.id)

    for half in (*halves, *reversed(halves)):
        store.write(half)

    assert values(store, "heart_rate", person.id) == [60.0, 61.0, 62.0, 63.0]
    assert read(store, "heart_rate", level, person.id) == once


@pytest.mark.parametrize("days_late", [1, 40, 400])
def test_late_data_reach_every_rollup_however_late(
    store: Store, person: Participant, days_late: int
) -> None:
    store.write(samples(person.id, "steps", [1], NOON))

    store.write(samples(person.id, "steps", [7], NOON - timedelta(days=days_late)))

    for level in ROLLUPS:
        sums = [row["sum"] for row in read(store, "steps", level, person.id)]
        assert sum(sums) == 8.0, level
        assert sums[0] in (7.0, 8.0), level


def test_an_import_that_fails_claims_nothing(
    wearhouse_open: Wearhouse, study: Study, tmp_path: Path
) -> None:
    registry, store = wearhouse_open.registry, wearhouse_open.store
    whole = HEADER + "anna,heart_rate,2026-03-01T12:00:00Z,60\n" * 900
    file = tmp_path / "anna.csv.gz"
    file.write_bytes(gzip.compress(whole.encode())[:-9])
    with pytest.raises(Invalid):
        import_files(store, registry, Request(file, study))
    failed = registry.loads(1)[0]
    enrolled = registry.participants(study.code)

    file.write_bytes(gzip.compress(whole.encode()))
    import_files(store, registry, Request(file, study))

    assert (failed.outcome, failed.samples, enrolled) == ("failed", 0, [])
    assert failed.detail
    [anna] = registry.participants(study.code)
    assert values(store, "heart_rate", anna.id) == [60.0]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/New_York", "Pacific/Auckland"])
def test_the_last_day_is_included_to_its_last_second_on_the_participants_clock(
    api: TestClient, store: Store, enrol: Callable[..., Participant], zone: str
) -> None:
    person = enrol(zone)
    [offset] = samples(person.id, "heart_rate", [60], NOON, zone=zone)["offset"].to_pylist()
    midnight = datetime(2026, 3, 2, tzinfo=UTC) - timedelta(minutes=offset)
    around = midnight - timedelta(seconds=2)
    store.write(beats(person.id, 60, 61, 62, start=around, zone=zone))

    found = series(api, person, resolution="raw")

    assert found["value"] == [60.0, 61.0]
    assert all(t.endswith("Z") for t in found["t"])


def test_an_answer_that_is_cut_says_so_and_an_error_is_not_200(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, *range(60, 70)))
    asked = {"participant": person.code, "metric": "heart_rate"} | DAY

    cut = api.get("/api/v1/series", params=asked | {"resolution": "raw", "limit": 9}).json()
    whole = api.get("/api/v1/series", params=asked | {"resolution": "raw", "limit": 11}).json()
    wrong = api.get("/api/v1/series", params=asked | {"metric": "heart_rat"})

    assert (len(cut["series"][0]["value"]), len(whole["series"][0]["value"])) == (9, 10)
    assert cut["next_cursor"]
    assert whole["next_cursor"] is None
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    "path", ["participants", "series", "sleep", "quarantine", "imports", "store"]
)
def test_nothing_of_anybody_is_told_to_strangers(client: TestClient, path: str) -> None:
    response = client.get(f"/api/v1/{path}")

    assert response.status_code == 401
    said = {"type", "title", "status", "detail", "code", "request"}
    assert response.json().keys() == said


def test_what_is_measured_is_never_mixed_with_what_is_imputed(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 60))

    told = {
        kind: series(api, person, imputed=kind, resolution="raw") for kind in ("exclude", "only")
    }

    assert {kind: found["imputed"] for kind, found in told.items()} == {
        "exclude": "exclude", "only": "only",
    }  # fmt: skip
    assert (told["exclude"]["value"], told["only"]["value"]) == ([60.0], [])


def test_measuring_requests_does_not_grow_with_people(api: TestClient, person: Participant) -> None:
    api.get(f"/api/v1/participants/{person.code}")
    before = api.get("/metrics").text.count("\n")

    for number in range(30):
        api.get(f"/api/v1/participants/NOBODY-{number}")
        api.get(f"/somewhere/{number}")
    after = api.get("/metrics").text

    assert "NOBODY" not in after
    assert after.count("\n") - before < 60


def test_a_withdrawn_day_is_not_served_from_a_rollup_that_was_forgotten(
    store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 60, 61, step=86_400))

    store.write(beats(person.id, 60).slice(0, 0), slices((person.id, "heart_rate", NOON.date())))

    for level in ROLLUPS:
        assert sum(row["count"] for row in read(store, "heart_rate", level, person.id)) == 1
