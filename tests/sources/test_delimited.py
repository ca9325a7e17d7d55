import csv
import io
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import rejected, samples, series, written

from wearhouse.errors import Invalid
from wearhouse.sources.delimited import Csv, Parquet

CSV, PARQUET = Csv(), Parquet()


def table(*rows: str, header: str = "participant,metric,time,value") -> bytes:
    return "\n".join([header, *rows, ""]).encode()


@pytest.mark.parametrize(
    ("time", "clock", "wall", "offset"),
    [
        ("2024-02-25T01:54:12", "civil", "2024-02-25T01:54:12", None),
        ("2024-02-25 01:54", "civil", "2024-02-25T01:54:00", None),
        ("2024-02-25", "civil", "2024-02-25T00:00:00", None),
        ("2024-02-25T01:54:12.5", "civil", "2024-02-25T01:54:12.500000", None),
        ("2024-02-25T01:54:12.123456", "civil", "2024-02-25T01:54:12.123000", None),
        ("2024-02-25T01:54:12+02:00", "civil", "2024-02-25T01:54:12", 120),
        ("2024-02-25T01:54:12-0330", "civil", "2024-02-25T01:54:12", -210),
        ("2024-02-25T01:54:12Z", "utc", "2024-02-25T01:54:12", None),
        ("2024-02-25T01:54:12+00:00", "utc", "2024-02-25T01:54:12", None),
        ("1708825000", "utc", "2024-02-25T01:36:40", None),
        ("1708825000123", "utc", "2024-02-25T01:36:40.123000", None),
    ],
)
def test_times_are_read_with_and_without_offset(time, clock, wall, offset):
    file = written(table(f"P-001,heart_rate,{time},60"))

    found = [
        (parsed.clock, row["t"].isoformat(), row["offset"])
        for parsed in CSV.read(file)
        for row in parsed.samples.to_pylist()
    ]

    assert found == [(clock, wall, offset)]


@pytest.mark.parametrize(
    "header",
    ["person,measure,timestamp,value", "id;metric;t;value", "Subject\tMetric\tDateTime\tValue"],
)
def test_columns_have_aliases_and_may_be_separated_otherwise(header):
    delimiter = next(mark for mark in ",;\t" if mark in header)
    row = delimiter.join(("P-001", "steps", "2024-02-25T01:54", "7"))

    assert series(CSV, written(table(row, header=header)), "steps") == [
        ("2024-02-25T01:54:00", 7.0)
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("P,heart_rat,2024-02-25,60", "no metric is called 'heart_rat'"),
        (
            "P,sleep,2024-02-25,60",
            "sleep has a start and an end; a row holds one value at one time",
        ),
        ("P,steps,2024-02-30,60", "the time is not an ISO 8601 time or epoch number"),
        ("P,steps,2024-02-25T25:61,60", "the time is not an ISO 8601 time or epoch number"),
        ("P,steps,12,60", "the time is not an ISO 8601 time or epoch number"),
        ("P,steps,2024-02-25,x", "the value is not a number"),
        ("P,steps,2024-02-25,inf", "the value is not a number"),
        ("P,steps,2024-02-25,", "the value is empty"),
        (",steps,2024-02-25,60", "the row names no participant"),
        ("P,steps,2024-02-25", "the line has 3 columns, not 4"),
    ],
)
def test_a_bad_row_is_rejected_and_its_neighbours_are_kept(row, reason):
    good = "P,steps,2024-02-25T00:01,1"
    file = written(table(good, row, good))

    assert len(samples(CSV, file)) == 2
    assert rejected(CSV, file) == [(3, reason)]


def test_a_quoted_text_may_hold_line_breaks():
    text = (
        'note,metric,time,value\n"one\ntwo, ""three""",steps,2024-02-25,5\nx,steps,2024-02-26,6\n'
    )

    assert [row["position"] for row in samples(CSV, written(text))] == [2, 4]


def test_a_missing_column_is_named():
    with pytest.raises(Invalid, match="no column for the time"):
        list(CSV.read(written("participant,metric,value\n")))


def test_a_last_line_with_too_few_columns_and_no_end_is_refused():
    text = table("P,steps,2024-02-25,60") + b"P,steps,2024"

    with pytest.raises(Invalid, match="file is truncated: its last line is 'P,steps,2024'"):
        list(CSV.read(written(text)))


moments = st.datetimes(datetime(1975, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
metrics = st.sampled_from(["heart_rate", "steps", "weight"])
names = st.text('abcXYZ-_ äß12"', min_size=1).filter(str.strip)
rows = st.lists(
    st.tuples(names, metrics, moments, st.floats(allow_nan=False, allow_infinity=False))
)


@given(rows, st.sampled_from(",;\t"))
def test_what_is_written_as_csv_is_read_again(rows, delimiter):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([["participant", "metric", "time", "value"], *rows])

    read = samples(CSV, written(text.getvalue()))

    assert [(row["person"], row["metric"], row["t"], row["value"]) for row in read] == rows


def parquet(**columns: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("times", "clock"),
    [
        (pa.array([datetime(2024, 2, 25)]), "civil"),
        (pa.array([datetime(2024, 2, 25)], pa.timestamp("ns", "Europe/Berlin")), "utc"),
        (pa.array([1708819200]), "utc"),
        (pa.array(["2024-02-25"]), "civil"),
        (pa.array([datetime(2024, 2, 25).date()]), "civil"),
    ],
)
def test_parquet_holds_times_of_any_type(times, clock):
    payload = parquet(person=["P"], metric=["steps"], t=times, value=[5])

    found = [
        (parsed.clock, row["person"], row["t"], row["value"])
        for parsed in PARQUET.read(written(payload))
        for row in parsed.samples.to_pylist()
    ]

    assert found == [(clock, "P", datetime(2024, 2, 25), 5.0)]


def test_a_bad_row_of_parquet_is_rejected_by_its_index():
    payload = parquet(metric=["steps", "stepz"], t=[1708819200, 1708819200], value=["1", "2"])

    assert rejected(PARQUET, written(payload)) == [(1, "no metric is called 'stepz'")]


PAYLOAD = parquet(metric=["steps"] * 99, t=[1708819200] * 99, value=list(range(99)))


@given(st.integers(0, len(PAYLOAD) - 1))
def test_cut_parquet_is_refused(size):
    with pytest.raises(Invalid, match="truncated or damaged"):
        list(PARQUET.read(written(PAYLOAD[:size])))
