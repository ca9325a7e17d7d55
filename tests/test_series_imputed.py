"""Series without, with, and of nothing but imputed values: the same at every door."""

import csv
import io
import statistics
from collections.abc import Callable
from datetime import datetime

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from builders import FOREVER, NOON, beats, samples
from filling import DRAWS, filled
from scipy.stats import t as student
from starlette.testclient import TestClient

from wearhouse import series, series_tables
from wearhouse.imputing.request import FILLED as METRICS_FILLED
from wearhouse.levels import LEVELS, ROLLUPS
from wearhouse.metrics import METRICS
from wearhouse.store import Store
from wearhouse.study import Participant
from wearhouse.window import edge

WINDOW = {"start": "2026-03-01", "end": "2026-03-03"}
BEATS, FILLED = (60.0, 62.0, 70.0), (64.0, 66.0, 80.0, 90.0)


@pytest.fixture
def half(store: Store, person: Participant) -> Participant:
    """Somebody with three measured minutes of heart rate at noon, and four imputed ones after."""
    store.write(beats(person.id, *BEATS, step=60))
    rows = filled(person.id, *FILLED, start=NOON.replace(minute=3))
    store.write_imputed(rows, "heart_rate", person.id, *FOREVER)
    return person


def asked(
    person: Participant, imputed: str, level: str, metric: str = "heart_rate"
) -> series.Query:
    return series.Query(
        [person], [METRICS[metric]], edge(WINDOW["start"], "start"), edge(WINDOW["end"], "end"),
        resolution=level, imputed=imputed,
    )  # fmt: skip


def told(store: Store, query: series.Query) -> list[dict]:
    tables = list(series_tables.tables(store, query, text_time=True))
    return pa.concat_tables(tables).to_pylist()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("metric", [*METRICS_FILLED, "daily_steps"])
def test_excluded_is_what_it_was_before_anything_was_imputed(
    store: Store, person: Participant, level: str, metric: str
) -> None:
    store.write(samples(person.id, metric, [20, 21.5, 22.1], step=11_000))
    before = list(series_tables.tables(store, asked(person, "exclude", level, metric), False))

    rows = filled(person.id, *[33.3] * 30, metric=metric, start=NOON, seconds=1_800)
    assert store.write_imputed(rows, metric, person.id, *FOREVER) > 3

    after = list(series_tables.tables(store, asked(person, "exclude", level, metric), False))
    assert len(after) == len(before) == 1
    assert after[0].schema.equals(before[0].schema)
    assert after[0].equals(before[0])


def test_raw_values_say_which_are_imputed(store: Store, half: Participant) -> None:
    rows = told(store, asked(half, "include", "raw"))

    assert [row["value"] for row in rows] == [*BEATS, *FILLED]
    assert [row["is_imputed"] for row in rows] == [False] * 3 + [True] * 4
    assert [row["low"] for row in rows] == [None] * 3 + [v - 4 for v in FILLED]


def test_only_leaves_measured_values_out(store: Store, half: Participant) -> None:
    rows = told(store, asked(half, "only", "raw"))

    assert [row["value"] for row in rows] == list(FILLED)
    assert all(row["is_imputed"] for row in rows)


@pytest.mark.parametrize("level", ROLLUPS[1:])
def test_buckets_have_imputed_minutes_beside_what_was_measured(
    store: Store, half: Participant, level: str
) -> None:
    [plain] = told(store, asked(half, "exclude", level))
    [row] = told(store, asked(half, "include", level))

    drawn = [(sum(BEATS) + sum(FILLED) + 4 * d) / 7 for d in DRAWS]
    middle, spread = statistics.fmean(drawn), statistics.stdev(drawn)
    reach = student.ppf(0.95, len(DRAWS) - 1) * spread * (1 + 1 / len(DRAWS)) ** 0.5
    assert {name: row[name] for name in plain} == plain
    assert (row["imputed_count"], row["imputed_sum"]) == (4, sum(FILLED))
    assert row["estimate"] == pytest.approx(middle)
    assert row["low"] == pytest.approx(middle - reach)
    assert row["high"] == pytest.approx(middle + reach)


def test_a_bucket_of_imputed_minutes_alone_has_no_measured_figure(
    store: Store, half: Participant
) -> None:
    rows = told(store, asked(half, "include", "1m"))

    assert [row["count"] for row in rows] == [1, 1, 1, 0, 0, 0, 0]
    assert [row["mean"] for row in rows] == [*BEATS, None, None, None, None]
    assert [row["estimate"] for row in rows] == [*BEATS, *FILLED]


def test_minutes_weigh_the_same_however_many_samples_they_hold(
    store: Store, person: Participant
) -> None:
    store.write(beats(person.id, *[60.0] * 30, step=2))
    rows = filled(person.id, 90, start=NOON.replace(minute=5))
    store.write_imputed(rows, "heart_rate", person.id, *FOREVER)

    [row] = told(store, asked(person, "include", "1d"))

    assert row["estimate"] == pytest.approx(75)


def test_an_amount_is_a_total(store: Store, person: Participant) -> None:
    store.write(samples(person.id, "steps", [10, 20]))
    rows = filled(person.id, 30, 40, metric="steps", start=NOON.replace(minute=5))
    store.write_imputed(rows, "steps", person.id, *FOREVER)

    [row] = told(store, asked(person, "include", "1d", "steps"))

    assert (row["sum"], row["imputed_sum"], row["estimate"]) == (30, 70, pytest.approx(100))


@pytest.mark.parametrize("imputed", ["include", "only"])
@pytest.mark.parametrize("level", LEVELS)
def test_pages_put_together_are_the_whole(
    store: Store, half: Participant, imputed: str, level: str
) -> None:
    query = asked(half, imputed, level)
    [whole] = [part.rows for part in series.parts(store, query, None, None)]

    found, after = [], None
    while True:
        [part] = series.parts(store, query, after, 2)
        found.append(part.rows)
        after = part.place
        if after is None:
            break

    assert pa.concat_tables(found).equals(whole)
    assert max(piece.num_rows for piece in found) <= 2


@pytest.mark.parametrize("level", ["raw", "1d"])
@pytest.mark.parametrize("imputed", ["exclude", "include", "only"])
def test_every_form_of_the_answer_says_the_same(
    store: Store, half: Participant, api: TestClient, level: str, imputed: str
) -> None:
    query = {
        "participant": half.code, "study": half.study, "metric": "heart_rate",
        "resolution": level, "imputed": imputed, **WINDOW,
    }  # fmt: skip

    def get(form: str) -> bytes:
        return bytes(api.get("/api/v1/series", params={**query, "format": form}).content)

    answer = api.get("/api/v1/series", params=query).json()
    [points] = answer["series"]
    rows = told(store, asked(half, imputed, level))
    names = [name for name in rows[0] if name not in ("participant", "metric")]
    text = list(csv.DictReader(io.StringIO(get("csv").decode())))
    arrow = pyarrow.ipc.open_stream(get("arrow")).read_all()
    parquet = pq.read_table(io.BytesIO(get("parquet")))

    assert points["imputed"] == imputed
    assert {name: points[name] for name in names} == {
        name: [row[name] for row in rows] for name in names
    }
    assert list(text[0]) == list(rows[0])
    assert len(text) == len(rows)
    for table in (arrow, parquet):
        assert table.column_names == [*rows[0], "utc_offset"]
        for name in set(names) - {"t"}:
            assert table[name].to_pylist() == [row[name] for row in rows]


def test_raw_beside_buckets_stands_as_buckets_of_one(
    store: Store, half: Participant, enrol: Callable[..., Participant]
) -> None:
    del enrol
    query = series.Query(
        [half], [METRICS["heart_rate"], METRICS["steps"]], edge(WINDOW["start"], "start"),
        edge(WINDOW["end"], "end"), max_points=5_000, imputed="include",
    )  # fmt: skip
    store.write(samples(half.id, "steps", [3], NOON))
    levels = {query.level(metric) for metric in query.metrics}

    rows = told(store, query)

    assert levels == {"raw", "1m"}
    assert {type(NOON)} == {datetime}
    assert [row["count"] for row in rows] == [1, 1, 1, 0, 0, 0, 0, 1]
    assert [row["imputed_count"] for row in rows] == [0, 0, 0, 1, 1, 1, 1, 0]
