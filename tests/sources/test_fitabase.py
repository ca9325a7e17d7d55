import csv
import gzip
from datetime import datetime
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import count, episodes, only, rejected, samples, series, table, written

from wearhouse.errors import Invalid
from wearhouse.sources.fitabase import Fitabase

FITABASE = Fitabase()
HEART = "Id,Time,Value\r\n"


def lines(path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def heart(*rows: str) -> str:
    return HEART + "".join(f"{row}\r\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("apr_heartrate_seconds_merged", {"heart_rate": "Value"}),
        ("mar_heartrate_seconds_merged", {"heart_rate": "Value"}),
        ("apr_minuteStepsNarrow_derived", {"steps": "Steps"}),
        ("apr_dailySteps_merged", {"daily_steps": "StepTotal"}),
        ("apr_dailyCalories_merged", {"daily_calories": "Calories"}),
        ("apr_dailyActivity_merged", {
            "daily_steps": "TotalSteps", "daily_calories": "Calories",
            "sedentary_minutes": "SedentaryMinutes", "very_active_minutes": "VeryActiveMinutes",
        }),
        ("mar_dailyActivity_merged", {"lightly_active_minutes": "LightlyActiveMinutes"}),
        ("apr_dailyIntensities_merged", {"fairly_active_minutes": "FairlyActiveMinutes"}),
        ("apr_weightLogInfo_merged", {"weight": "WeightKg", "body_fat": "Fat"}),
    ],
)  # fmt: skip
def test_every_row_of_every_table_is_read(shared, name, columns):
    path = shared / "fitabase" / f"{name}.csv.gz"
    expected = lines(path)

    read = table(FITABASE, only(path))

    for metric, column in columns.items():
        values = read.filter(pc.equal(read["metric"], metric))["value"].to_pylist()
        assert values == [float(row[column]) for row in expected if row[column]]
    assert rejected(FITABASE, only(path)) == []


def test_heart_rate_of_both_exports_overlaps_as_published(shared):
    folder = shared / "fitabase"
    both = pa.concat_tables(
        table(FITABASE, only(folder / f"{month}_heartrate_seconds_merged.csv.gz"))
        for month in ("mar", "apr")
    )

    unique = both.unify_dictionaries().group_by(["person", "t"]).aggregate([])

    assert (both.num_rows, unique.num_rows) == (622_163, 620_632)


def test_wide_minutes_equal_the_narrow_ones(shared):
    folder = shared / "fitabase"
    names = "apr_minuteStepsWide_merged.csv.gz", "apr_minuteStepsNarrow_derived.csv.gz"

    wide, narrow = (table(FITABASE, only(folder / name)) for name in names)

    assert wide.num_rows == 60 * len(lines(folder / names[0]))
    assert in_order(wide).equals(in_order(narrow))


def in_order(read: pa.Table) -> pa.Table:
    persons = read["person"].cast(pa.string())
    return (
        read.select(["t", "value"])
        .append_column("person", persons)
        .sort_by([("person", "ascending"), ("t", "ascending")])
    )


def test_distances_become_metres(shared):
    file = only(shared / "fitabase/apr_dailyActivity_merged.csv.gz")

    assert series(FITABASE, file, "daily_distance")[0] == ("2016-04-12T00:00:00", 8500.0)


def test_minutes_of_sleep_become_one_sleep_and_its_stages(shared):
    path = shared / "fitabase/mar_minuteSleep_sample.csv.gz"
    minutes = lines(path)
    changes = sum(a["value"] != b["value"] for a, b in pairwise(minutes))

    found = episodes(FITABASE, only(path))
    sleep, *stages = found

    assert (sleep["metric"], sleep["label"], sleep["log"]) == ("sleep", "classic", "11114919637")
    assert sleep["t"].isoformat() == "2016-03-13T02:39:30"
    assert (sleep["end"] - sleep["t"]).total_seconds() == 60 * len(minutes)
    assert len(stages) == changes + 1
    assert {row["dated"] for row in found} == {sleep["end"]}
    asleep = sum((r["end"] - r["t"]).total_seconds() for r in stages if r["label"] == "asleep")
    assert asleep == 60 * sum(row["value"] == "1" for row in minutes)


@pytest.mark.parametrize(
    "name",
    ["apr_hourlySteps_merged", "apr_sleepDay_merged", "apr_minuteIntensitiesWide_merged",
     "apr_hourlyCalories_merged", "apr_hourlyIntensities_merged"],
)  # fmt: skip
def test_derived_tables_are_refused(shared, name):
    file = only(shared / "fitabase" / f"{name}.csv.gz")

    with pytest.raises(Invalid, match="derived from Fitabase's tables of minutes"):
        list(FITABASE.read(file))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,4/12/2016 7:21:00 AM,high", "Value is not a number"),
        ("1,4/12/2016 7:21:00 AM,nan", "Value is not a number"),
        ("1,4/12/2016 7:21:00 AM,", "Value is empty"),
        ("1,4/12/2016 25:61:00 AM,60", "the time is impossible"),
        ("1,2/30/2016 7:21:00 AM,60", "the time is impossible"),
        ("1,4/12/16 7:21:00 AM,60", "the time is impossible"),
        ("1,,60", "the time is impossible"),
        (",4/12/2016 7:21:00 AM,60", "the line names no person"),
        ("1,4/12/2016 7:21:00 AM", "the line has 2 columns, not 3"),
        ("1,4/12/2016 7:21:00 AM,60,5", "the line has 4 columns, not 3"),
    ],
)
def test_a_bad_line_is_rejected_and_its_neighbours_are_kept(row, reason):
    good = "1,4/12/2016 7:21:05 AM,61", "1,4/12/2016 12:00:05 AM,62"
    file = written(heart(good[0], "", row, good[1]))

    assert series(FITABASE, file, "heart_rate") == [
        ("2016-04-12T07:21:05", 61.0),
        ("2016-04-12T00:00:05", 62.0),
    ]
    assert rejected(FITABASE, file) == [(4, reason)]


@pytest.mark.parametrize("line", [b"\xff,4/12/2016 7:21:00 AM,61", b"1,4/12/2016\r7:21:00 AM,61"])
def test_a_line_that_is_not_text_is_rejected(line):
    good = heart("1,4/12/2016 7:21:00 AM,60").encode()

    assert rejected(FITABASE, written(good + line + b"\r\n")) == [
        (3, "the line is not plain UTF-8 text")
    ]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("4/12/2016 7:21:00 AM", "2016-04-12T07:21:00"),
        ("4/12/2016 12:00:00 AM", "2016-04-12T00:00:00"),
        ("4/12/2016 12:00:00 PM", "2016-04-12T12:00:00"),
        ("12/31/2016 11:59:59 PM", "2016-12-31T23:59:59"),
        ("4/12/2016", "2016-04-12T00:00:00"),
        ("4/12/2016 19:21", "2016-04-12T19:21:00"),
        ("4/12/2016 19:21:30", "2016-04-12T19:21:30"),
        ("2/29/2016 7:21:00 AM", "2016-02-29T07:21:00"),
    ],
)
def test_us_times_are_read_as_spreadsheets_write_them_too(text, iso):
    assert series(FITABASE, written(heart(f"1,{text},60")), "heart_rate") == [(iso, 60.0)]


moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)
rows = st.lists(st.tuples(st.integers(1, 9999), moments, st.floats(0, 300)), max_size=30)


def us(at: datetime) -> str:
    hour = at.hour % 12 or 12
    return f"{at.month}/{at.day}/{at.year} {hour}:{at:%M:%S} {'AM' if at.hour < 12 else 'PM'}"


@given(rows)
def test_what_is_written_as_heart_rate_is_read_again(rows):
    file = written(heart(*(f"{person},{us(at)},{value!r}" for person, at, value in rows)))

    read = [(int(row["person"]), row["t"], row["value"]) for row in samples(FITABASE, file)]

    assert read == rows


@given(rows, st.integers(0, 30))
def test_a_bad_line_changes_nothing_about_the_good_ones(rows, place):
    good = [f"{person},{us(at)},{value!r}" for person, at, value in rows]
    spoilt = [*good[:place], "1,yesterday,x,y", *good[place:]]

    read = [row | {"position": 0} for row in samples(FITABASE, written(heart(*good)))]

    assert [row | {"position": 0} for row in samples(FITABASE, written(heart(*spoilt)))] == read


def test_a_bad_line_far_into_a_large_file_is_named_by_its_line():
    many = [f"1,{us(datetime(2016, 4, 12))},{n % 200}" for n in range(400_000)]
    many[350_000] = "1,4/12/2016 7:21:00 AM,x"
    file = written(heart(*many))

    assert rejected(FITABASE, file) == [(350_002, "Value is not a number")]
    assert count(FITABASE, file) == {"heart_rate": 399_999}


WHOLE = heart(*(f"1,4/12/2016 7:21:{second:02} AM,{second + 60}" for second in range(60))).encode()


@given(st.integers(0, len(WHOLE) - 1))
def test_a_cut_file_is_refused_unless_it_ends_with_a_line(size):
    cut = WHOLE[:size]
    if cut.endswith(b"\n"):
        assert count(FITABASE, written(cut)).get("heart_rate", 0) == cut.count(b"\n") - 1
        return

    with pytest.raises(Invalid, match=r"truncated|none of the headers"):
        list(FITABASE.read(written(cut)))


def test_sleep_that_spans_two_blocks_is_one_sleep(monkeypatch):
    monkeypatch.setattr("wearhouse.sources.lines.BLOCK", 64)
    text = "Id,date,value,logId\n" + "".join(
        f"{person},3/13/2016 2:{minute:02}:30 AM,{1 + minute // 10},{person}5\n"
        for person in (7, 8)
        for minute in range(30)
    )

    found = episodes(FITABASE, written(text))

    assert [(row["person"], row["label"]) for row in found if row["metric"] == "sleep"] == [
        ("7", "classic"),
        ("8", "classic"),
    ]
    assert [row["label"] for row in found if row["metric"] == "sleep_stage"] == [
        *("asleep", "restless", "awake"),
        *("asleep", "restless", "awake"),
    ]


def test_a_sleep_of_an_unknown_value_is_rejected():
    text = "Id,date,value,logId\n7,3/13/2016 2:00:30 AM,9,1\n7,3/13/2016 2:01:30 AM,1,1\n"

    assert rejected(FITABASE, written(text)) == [(2, "the value is none of 1, 2 and 3")]
    assert len(episodes(FITABASE, written(text))) == 2
