"""GET /series: levels, windows, pages, formats."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2 as httpx
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest
from builders import NOON, beats, samples
from starlette.testclient import TestClient

from wearhouse.store import Store
from wearhouse.study import Participant

NOON_HOUR = {"start": "2026-03-01T12:00:00Z", "end": "2026-03-01T13:00:00Z"}
ARROW, PARQUET = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"
STATISTICS = ("count", "sum", "min", "max", "mean", "first", "last")

Enrol = Callable[..., Participant]


def series(
    api: TestClient, *codes: str, metric: str = "heart_rate", **params: Any
) -> httpx.Response:
    asked = {"participant": codes, "metric": metric} | NOON_HOUR | params
    return api.get("/api/v1/series", params=asked)


def only(response: httpx.Response) -> dict[str, Any]:
    [found] = response.json()["series"]
    return found


def test_raw_samples_are_columns_ready_to_draw(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 60, 62.5, step=90))

    response = series(api, person.code)

    assert response.status_code == 200
    assert response.json() == {
        "series": [
            {
                "participant": person.code, "study": person.study, "metric": "heart_rate",
                "title": "Heart rate", "unit": "/min", "fold": "mean", "level": "1m",
                "imputed": "exclude", "t": ["2026-03-01T12:00:00Z", "2026-03-01T12:01:00Z"],
                "count": [1, 1], "sum": [60.0, 62.5], "min": [60.0, 62.5], "max": [60.0, 62.5],
                "mean": [60.0, 62.5], "first": [60.0, 62.5], "last": [60.0, 62.5],
            }
        ],
        "start": NOON_HOUR["start"], "end": NOON_HOUR["end"], "next_cursor": None,
    }  # fmt: skip


def test_at_level_raw_there_are_values(api: TestClient, store: Store, person: Participant) -> None:
    store.write(beats(person.id, 60, 62.5))

    found = only(series(api, person.code, resolution="raw"))

    assert found["t"] == ["2026-03-01T12:00:00Z", "2026-03-01T12:00:01Z"]
    assert found["value"] == [60.0, 62.5]
    assert not set(STATISTICS) & found.keys()


@pytest.mark.parametrize(
    ("params", "level"),
    [
        ({}, "1m"),
        ({"max_points": 3_600}, "raw"),
        ({"max_points": 59}, "1h"),
        ({"resolution": "span"}, "raw"),
        ({"resolution": "1d"}, "1d"),
        ({"resolution": "span", "end": "2026-03-08T12:00:00Z"}, "1h"),
        ({"resolution": "span", "end": "2026-03-20T12:00:00Z"}, "1d"),
        ({"resolution": "span", "end": "2026-04-30T12:00:00Z"}, "1w"),
        ({"resolution": "span", "end": "2027-03-01T12:00:00Z"}, "1mo"),
    ],
)  # fmt: skip
def test_the_level_follows_the_budget_the_span_or_the_wish(
    api: TestClient, person: Participant, params: dict[str, Any], level: str
) -> None:
    assert only(series(api, person.code, **params))["level"] == level


@pytest.mark.parametrize("level", ["raw", "1m", "1h", "1d", "1w", "1mo"])
def test_a_gap_is_absent_and_never_zero(
    api: TestClient, store: Store, person: Participant, level: str
) -> None:
    later = NOON + timedelta(days=62)
    for start in (NOON, later):
        store.write(samples(person.id, "steps", [5], start))

    found = only(series(api, person.code, metric="steps", end=f"{later:%F}", resolution=level))

    assert found["value" if level == "raw" else "sum"] == [5.0, 5.0]
    assert len(found["t"]) == 2


def test_the_mean_of_a_day_is_the_mean_of_its_samples(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 60, 60, 60, 60))
    store.write(beats(person.id, 100, start=NOON + timedelta(hours=2)))

    found = only(series(api, person.code, end="2026-03-01", resolution="1d"))

    assert found["mean"] == [68.0]


def test_a_date_given_as_end_includes_that_day(api: TestClient, store: Store, enrol: Enrol) -> None:
    person = enrol("America/New_York")
    last, next_ = (
        datetime(2026, 3, 3, 4, 59, 59, tzinfo=UTC) + timedelta(seconds=s) for s in (0, 1)
    )
    store.write(samples(person.id, "heart_rate", [60], last))
    store.write(samples(person.id, "heart_rate", [99], next_))

    params = {"start": "2026-03-01", "end": "2026-03-02", "resolution": "raw"}
    found = only(series(api, person.code, **params))

    assert found["value"] == [60.0]


@pytest.mark.parametrize(
    ("zone", "day", "hours", "offsets"),
    [
        ("Asia/Kathmandu", "2026-03-01", 24, "+05:45"),
        ("Asia/Kolkata", "2026-03-01", 24, "+05:30"),
        ("America/New_York", "2026-03-08", 23, "-05:00"),
        ("Europe/Berlin", "2025-10-26", 25, "+02:00"),
        ("Pacific/Auckland", "2026-04-05", 25, "+13:00"),
        ("Australia/Lord_Howe", "2026-04-05", 24.5, "+11:00"),
    ],
)
def test_a_civil_day_has_as_many_hours_as_its_zone_gives_it(
    api: TestClient, store: Store, enrol: Enrol, zone: str, day: str, hours: float, offsets: str
) -> None:
    person = enrol(zone)
    begin = datetime.fromisoformat(f"{day}T00:00{offsets}")
    halves = int(hours * 2)
    around = begin - timedelta(minutes=30)
    store.write(samples(person.id, "steps", [1] * (halves + 2), around, step=1_800, zone=zone))

    params = {"start": day, "end": day, "resolution": "1d"}
    found = only(series(api, person.code, metric="steps", **params))

    assert found["t"] == [f"{day}T00:00:00{offsets}"]
    assert found["count"] == [halves]


def test_edges_without_a_zone_can_be_read_on_a_stated_clock(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 60))

    params = {"start": "2026-03-01T17:45:00", "end": "2026-03-01T17:46:00", "resolution": "1m"}
    there = only(series(api, person.code, timezone="Asia/Kathmandu", **params))
    here = only(series(api, person.code, **params))

    assert (there["mean"], here["mean"]) == ([60.0], [])


def pages(api: TestClient, *codes: str, **params: Any) -> list[dict[str, Any]]:
    """Every page, each asked for with the cursor of the one before."""
    found = [series(api, *codes, **params).json()]
    while found[-1]["next_cursor"]:
        found.append(series(api, *codes, cursor=found[-1]["next_cursor"], **params).json())
    return found


def joined(found: list[dict[str, Any]]) -> list[tuple[str, str, str, float]]:
    return [
        (one["metric"], one["participant"], t, figure)
        for page in found
        for one in page["series"]
        for t, figure in zip(one["t"], one.get("value") or one.get("sum") or [], strict=True)
    ]


@pytest.mark.parametrize("limit", [1, 3, 7])
@pytest.mark.parametrize("resolution", ["raw", "1m", "1d"])
def test_pages_put_together_are_the_whole(
    api: TestClient, store: Store, enrol: Enrol, resolution: str, limit: int
) -> None:
    people = [enrol(zone) for zone in ("UTC", "Asia/Kathmandu")]
    for person in people:
        store.write(beats(person.id, *range(60, 65), step=40, zone=person.timezone))
        store.write(samples(person.id, "steps", range(3), zone=person.timezone))
    params = {"metric": ["heart_rate", "steps"], "resolution": resolution}
    codes = [person.code for person in people]

    cut = pages(api, *codes, limit=limit, **params)

    assert all(len(joined([page])) <= limit for page in cut)
    assert joined(cut) == joined(pages(api, *codes, **params))


def test_a_cursor_is_stable_while_data_arrive(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, *range(60, 70), step=10))
    params = {"resolution": "raw", "limit": 4}
    first = series(api, person.code, **params).json()

    store.write(beats(person.id, 99, start=NOON - timedelta(seconds=0.5)))
    store.write(beats(person.id, 99, start=NOON + timedelta(seconds=5)))
    store.write(beats(person.id, 98, start=NOON + timedelta(seconds=65)))
    second = series(api, person.code, cursor=first["next_cursor"], **params).json()

    assert first["series"][0]["value"] == [60.0, 61.0, 62.0, 63.0]
    assert second["series"][0]["value"] == [64.0, 65.0, 66.0, 98.0]


def as_rows(response: httpx.Response) -> list[tuple[str, str, float]]:
    """The participant, the instant and the mean or value of each row, whatever the format."""
    kind = response.headers["content-type"].split(";")[0]
    if kind == "application/json":
        return [
            (one["participant"], _instant(t), figure)
            for one in response.json()["series"]
            for t, figure in zip(one["t"], one.get("mean") or one["value"], strict=True)
        ]
    if kind == "text/csv":
        cells = csv.DictReader(io.StringIO(response.text))
        return [
            (row["participant"], _instant(row["t"]), float(row.get("mean") or row["value"]))
            for row in cells
        ]
    table = (
        pa.ipc.open_stream(response.content).read_all()
        if kind == ARROW
        else pa.parquet.read_table(pa.BufferReader(response.content))
    )
    figure = "mean" if "mean" in table.column_names else "value"
    return [(r["participant"], f"{r['t']:%FT%TZ}", r[figure]) for r in table.to_pylist()]


def _instant(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%FT%TZ}"


@pytest.mark.parametrize("resolution", ["raw", "1m", "1h", "1d", "1w", "1mo"])
def test_every_format_says_the_same(
    api: TestClient, store: Store, enrol: Enrol, resolution: str
) -> None:
    people = [enrol(zone) for zone in ("America/New_York", "Asia/Kathmandu")]
    for person in people:
        store.write(beats(person.id, *range(60, 80), step=5_000, zone=person.timezone))
    codes = [person.code for person in people]
    params = {"start": "2026-02-28", "end": "2026-03-04", "resolution": resolution}

    answers = {
        accept: series(api, *codes, **params, format=format_)
        for accept, format_ in (
            ("application/json", "json"), ("text/csv", "csv"),
            (ARROW, "arrow"), (PARQUET, "parquet"),
        )
    }  # fmt: skip

    assert {r.headers["content-type"].split(";")[0] for r in answers.values()} == set(answers)
    told = [as_rows(response) for response in answers.values()]
    assert len(told[0]) >= 2
    assert told[0] == told[1] == told[2] == told[3]


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("text/csv", "text/csv"),
        (ARROW, ARROW),
        (PARQUET, PARQUET),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html, text/csv;q=0.9", "text/csv"),
        ("application/json, text/csv", "application/json"),
    ],
)
def test_the_accept_header_chooses_the_format(
    api: TestClient, person: Participant, accept: str, given: str
) -> None:
    asked = {"participant": person.code, "metric": "heart_rate"} | NOON_HOUR

    response = api.get("/api/v1/series", params=asked, headers={"Accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == given


@pytest.mark.parametrize(
    ("resolution", "columns"),
    [
        ("raw", "participant,metric,t,value"),
        ("1d", "participant,metric,t,count,sum,min,max,mean,first,last"),
    ],
)
def test_a_csv_has_its_header_even_without_rows(
    api: TestClient, person: Participant, resolution: str, columns: str
) -> None:
    response = series(api, person.code, resolution=resolution, format="csv")

    assert response.text == columns + "\n"


def test_an_imputed_value_is_never_told_as_a_measured_one(
    api: TestClient, store: Store, person: Participant
) -> None:
    store.write(beats(person.id, 60))

    only_imputed = only(series(api, person.code, resolution="raw", imputed="only"))
    measured = only(series(api, person.code, resolution="raw", imputed="exclude"))

    assert (only_imputed["value"], only_imputed["imputed"]) == ([], "only")
    assert (measured["value"], measured["imputed"]) == ([60.0], "exclude")


def test_an_archive_of_several_batches_streams_whole(
    api: TestClient, store: Store, person: Participant
) -> None:
    beats_ = [float(60 + number % 40) for number in range(300_000)]
    store.write(beats(person.id, *beats_, step=1))

    response = series(api, person.code, resolution="raw", end="2026-03-06", format="arrow")

    assert pa.ipc.open_stream(response.content).read_all().num_rows == 300_000
