"""Which clock, which copy and which data source of an archive is taken."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from archives import EXPORT, GOOGLE, HEALTH, minutes, notes, rows, series, table, zipped
from builders import read

from wearhouse.imports import Request, import_files

STEPS = "timestamp,steps,data source"
SLEEPS = (
    "sleep_id,sleep_type,sleep_start,sleep_end,start_utc_offset,end_utc_offset,"
    "algorithm_version,sleep_last_updated"
)
STAGES = (
    "sleep_id,sleep_stage_type,sleep_stage_start,sleep_stage_end,start_utc_offset,"
    "end_utc_offset,algorithm_version"
)
INDIA = timedelta(hours=5, minutes=30)


def walked(first: str, days: int = 1) -> list[tuple[datetime, object]]:
    """Steps of every minute from eight to noon."""
    chance = random.Random(first)
    return [
        (t + timedelta(days=day), chance.randint(1, 150))
        for day in range(days)
        for t, _ in minutes(f"{first}T08:00", range(240))
    ]


def later(points, by: timedelta):
    return [(t + by, value) for t, value in points]


def as_text(points):
    return [(t, str(value)) for t, value in points]


def instants(found: list[dict], metric: str) -> list[datetime]:
    """When samples were taken, on the clock of the batch, less what offset it states."""
    return sorted(
        row["t"]
        - (timedelta(minutes=row["offset"] or 0) if row["clock"] == "civil" else timedelta())
        for row in found
        if row["metric"] == metric
    )


@pytest.mark.parametrize(
    ("shift", "clock"), [(timedelta(), "utc"), (INDIA, "civil"), (-timedelta(hours=8), "civil")]
)
def test_the_clock_of_a_series_is_found_by_its_copy_in_utc(tmp_path, shift, clock):
    utc = walked("2026-01-01", days=3)
    path = zipped(
        tmp_path / "a.zip",
        {
            f"{EXPORT}/steps-2026-01-01.json": series(as_text(later(utc, shift))),
            f"{GOOGLE}/steps_2026-01-01.csv": table(STEPS, utc, "A"),
        },
    )

    found = rows(path)

    assert {row["clock"] for row in found} == {clock}
    assert "of 720 compared with its copy in UTC" in notes(path)


@pytest.mark.parametrize(
    ("shift", "clock"), [(timedelta(), "utc"), (INDIA, "civil")], ids=["utc", "local"]
)
def test_without_a_copy_the_clock_is_found_by_the_stillness_of_sleep(tmp_path, shift, clock):
    nights = [datetime(2026, 1, day, 18) for day in (1, 2, 3)]
    utc = [
        (night - timedelta(hours=10) + timedelta(minutes=i), 0 if 600 <= i < 1080 else 20)
        for night in nights
        for i in range(1440)
    ]
    sleeps = [
        f"{i},STAGES,{t}Z,{t + timedelta(hours=8)}Z,+05:30,+05:30,v1,1"
        for i, t in enumerate(nights)
    ]
    path = zipped(
        tmp_path / "a.zip",
        {
            f"{EXPORT}/calories-2026-01-01.json": series(as_text(later(utc, shift))),
            f"{HEALTH}/UserSleeps_2026-01-01.csv": "\n".join([SLEEPS, *sleeps, ""]),
        },
    )

    found = [row for row in rows(path) if row["metric"] == "calories"]

    assert {row["clock"] for row in found} == {clock}
    assert {row["offset"] for row in found} == {330}
    assert instants(found, "calories")[0] == utc[0][0]


def test_without_anything_to_compare_the_note_says_so(tmp_path):
    name = f"{EXPORT}/steps-2026-01-01.json"
    path = zipped(tmp_path / "a.zip", {name: series(as_text(walked("2026-01-01")))})

    assert notes(path) == ("steps (json) is read as UTC: nothing in the archive to compare it with")


def test_each_day_is_taken_from_one_copy(tmp_path):
    utc = walked("2026-01-01", days=3)
    path = zipped(
        tmp_path / "a.zip",
        {
            f"{EXPORT}/steps-2026-01-01.json": series(as_text(utc[:240])),
            f"{GOOGLE}/steps_2026-01-01.csv": table(STEPS, utc, "A"),
        },
    )

    assert instants(rows(path), "steps") == [t for t, _ in utc]


def test_of_several_data_sources_of_a_day_the_fullest_is_taken(tmp_path):
    utc = walked("2026-01-01")
    phone = table("", utc[:100], "Phone").strip()
    alone = table("", later(utc[:50], timedelta(days=1)), "Phone").strip()
    text = table(STEPS, utc, "Fitbit Air") + phone + "\n" + alone + "\n"
    path = zipped(tmp_path / "a.zip", {f"{GOOGLE}/steps_2026-01-01.csv": text})

    found = rows(path)

    assert len(found) == 240 + 50
    assert sum(row["value"] for row in found) == sum(value for _, value in [*utc, *utc[:50]])


def test_sleeps_of_the_newer_tables_are_in_utc_with_their_offsets(tmp_path):
    path = zipped(
        tmp_path / "a.zip",
        {
            f"{HEALTH}/UserSleeps_2026-01-01.csv": "\n".join(
                [
                    SLEEPS,
                    "1,STAGES,2026-01-01T18:00:00Z,2026-01-02T01:00:00Z,+05:30,+05:30,v1,1",
                    "2,STAGES,2026-01-01T18:05:00Z,2026-01-02T01:00:00Z,+05:30,+05:30,v2,2",
                    "3,CLASSIC,2026-01-02T08:00:00Z,2026-01-02T09:00:00Z,+05:30,+05:30,v1,1",
                    "",
                ]
            ),
            f"{HEALTH}/UserSleepStages_2026-01-01.csv": "\n".join(
                [
                    STAGES,
                    "1,LIGHT,2026-01-01T18:00:00Z,2026-01-01T19:00:00Z,+05:30,+05:30,v1",
                    "2,DEEP,2026-01-01T18:05:00Z,2026-01-01T19:00:00Z,+05:30,+05:30,v2",
                    "2,UNSPECIFIED,2026-01-01T19:00:00Z,2026-01-01T20:00:00Z,+05:30,+05:30,v2",
                    "",
                ]
            ),
        },
    )

    found = [
        (row["metric"], row["log"], row["label"], row["main"], row["offset"]) for row in rows(path)
    ]

    assert sorted(found) == [
        ("sleep", "2", "stages", True, 330),
        ("sleep", "3", "classic", False, 330),
        ("sleep_stage", "2", "deep", True, 330),
    ]


def test_an_archive_lands_in_the_store_on_the_instants_of_its_copy_in_utc(
    tmp_path, wearhouse_open, study, enrol
):
    utc = walked("2026-01-01")
    path = zipped(
        tmp_path / "a.zip",
        {
            f"{EXPORT}/steps-2026-01-01.json": series(as_text(later(utc, INDIA))),
            f"{GOOGLE}/steps_2026-01-01.csv": table(STEPS, utc, "A"),
        },
    )
    somebody = enrol("Asia/Kolkata")

    summary = import_files(
        wearhouse_open.store, wearhouse_open.registry, Request(path, study, somebody)
    )

    assert summary.samples == {"steps": 240}
    assert "steps (json) is read as local time" in "\n".join(summary.notes)
    assert wearhouse_open.registry.loads(1)[0].detail == "; ".join(summary.notes)
    assert stored(wearhouse_open, somebody) == [t.replace(tzinfo=UTC) for t, _ in utc]


def stored(wearhouse_open, somebody) -> list[datetime]:
    return [
        datetime.fromtimestamp(row["t"] / 1000, UTC)
        for row in read(wearhouse_open.store, "steps", "raw", somebody.id)
    ]
