"""Every command: what it prints, where, and how it ends."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest
from commands import Run, runs_in

HEADER = "participant,metric,time,value\n"
RAW = "participant,metric,t,value"
BUCKETS = "participant,metric,t,count,sum,min,max,mean,first,last"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all of these commands: none of them changes what is there."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def anna(home: Path) -> Path:
    """A file of four heart rates on the first of March, loaded for a participant in Berlin."""
    file = home / "anna.csv"
    times = ("12:00:00", "12:00:01", "12:01:00", "23:59:59")
    rows = (f"anna,heart_rate,2026-03-01T{time},{60 + i}\n" for i, time in enumerate(times))
    file.write_text(HEADER + "".join(rows))
    prepare = runs_in(home, home)
    prepare("study", "create", "S1")
    prepare("participant", "add", "anna", "--study", "S1", "--timezone", "Europe/Berlin")
    assert prepare("import", file, "--participant", "anna").code == 0
    return file


def query(run: Run, *arguments: str, start: str = "2026-03-01", end: str = "2026-03-01") -> str:
    ran = run(
        "query", "--participant", "anna", "--metric", "heart_rate",
        "--start", start, "--end", end, *arguments,
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    return ran.out


@pytest.mark.parametrize(
    ("start", "end", "level"),
    [
        ("2026-03-01", "2026-03-04", "1h"),
        ("2026-03-01T12:00:00", "2026-03-01T13:00:00", "raw"),
        ("2026-03-01", "2026-03-19", "1d"),
        ("2026-03-01", "2026-04-29", "1w"),
        ("2026-03-01", "2027-02-28", "1mo"),
        ("2026-03-01", "2026-03-01", "raw"),
        ("2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z", "1h"),
        ("2026-03-01T00:00:00Z", "2026-03-08T00:00:01Z", "1d"),
    ],
)
def test_the_route_is_the_level_that_the_span_is_answered_from(
    run: Run, start: str, end: str, level: str
) -> None:
    ran = run("rollup", "route", start, end)

    assert (ran.code, ran.out, ran.err) == (0, f"{level}\n", "")


def test_a_query_of_raw_samples_prints_four_columns(run: Run, anna: Path) -> None:
    assert query(run, "--resolution", "raw").splitlines() == [
        RAW,
        "anna,heart_rate,2026-03-01T11:00:00Z,60",
        "anna,heart_rate,2026-03-01T11:00:01Z,61",
        "anna,heart_rate,2026-03-01T11:01:00Z,62",
        "anna,heart_rate,2026-03-01T22:59:59Z,63",
    ]


def test_a_query_of_buckets_prints_ten_columns(run: Run, anna: Path) -> None:
    assert query(run, "--resolution", "1d").splitlines() == [
        BUCKETS,
        "anna,heart_rate,2026-03-01T00:00:00+01:00,4,246,60,63,61.5,60,63",
    ]


def test_a_query_is_written_to_a_file_in_the_format_asked_for(
    run: Run, anna: Path, tmp_path: Path
) -> None:
    printed = query(run, "--format", "parquet", "--out", "anna.parquet", "--resolution", "1h")

    assert printed == ""
    table = pyarrow.parquet.read_table(tmp_path / "anna.parquet")
    assert table.column_names[:10] == BUCKETS.split(",")
    assert table["count"].to_pylist() == [3, 1]
    assert not list(tmp_path.glob("*.part"))


def test_a_query_as_json_is_an_array_of_objects(run: Run, anna: Path) -> None:
    rows = json.loads(query(run, "--format", "json", "--resolution", "raw"))

    assert rows[0] == {
        "participant": "anna", "metric": "heart_rate", "t": "2026-03-01T11:00:00Z", "value": 60.0,
    }  # fmt: skip


def test_importing_again_says_that_everything_was_there(run: Run, anna: Path) -> None:
    ran = run("import", anna, "--participant", "anna", "--json")

    [report] = json.loads(ran.out)
    assert (report["samples"], report["written"], report["quarantined"]) == (4, 0, 0)


def test_a_file_that_names_its_people_enrols_them(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "two.csv"
    file.write_text(
        HEADER + "ben,steps,2026-03-01T12:00:00Z,1\ncleo,steps,2026-03-01T12:00:00Z,1\n"
    )

    ran = run("import", file, "--participant", "auto", "--study", "S2")
    run("study", "create", "S2")
    again = run(
        "import", file, "--participant", "auto", "--study", "S2", "--timezone", "Asia/Kolkata"
    )
    listed = json.loads(run("participant", "list", "--study", "S2", "--json").out)

    assert (ran.code, again.code) == (1, 0)
    assert [(p["code"], p["study"], p["timezone"]) for p in listed] == [
        ("ben", "S2", "Asia/Kolkata"),
        ("cleo", "S2", "Asia/Kolkata"),
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("study", "list"), ("participant", "list", "--study", "S1"), ("metrics",),
        ("rollup", "stats"),
        ("rollup", "route", "2026-03-01", "2026-03-02"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_that_prints_a_table_prints_an_array_of_objects(
    run: Run, anna: Path, command: tuple[str, ...]
) -> None:
    plain, as_json = run(*command), run(*command, "--json")

    assert (plain.code, as_json.code) == (0, 0)
    rows = json.loads(as_json.out)
    assert rows
    assert all(isinstance(row, dict) for row in rows)


def test_a_key_is_shown_once_as_an_object(run: Run) -> None:
    ran = run("key", "create", "--role", "analyst", "--json")

    assert json.loads(ran.out)["key"].startswith("wh_")


def test_rollups_are_set_up_refreshed_and_counted(run: Run, anna: Path) -> None:
    before = query(run, "--resolution", "1w")

    setup, refresh = run("rollup", "setup"), run("rollup", "refresh", "1w", "--start", "2026-03-01")

    assert (setup.code, refresh.code) == (0, 0)
    assert query(run, "--resolution", "1w") == before
    stats = json.loads(run("rollup", "stats", "--json").out)
    assert {row["level"]: row["stale"] for row in stats} == dict.fromkeys(
        ("raw", "1m", "1h", "1d", "1w", "1mo"), 0
    )


FAILING = {
    "unknown participant": (
        "query", "--participant", "zoe", "--metric", "steps", "--start", "2026-03-01",
        "--end", "2026-03-01",
    ),
    "unknown metric": (
        "query", "--participant", "anna", "--metric", "mood", "--start", "2026-03-01",
        "--end", "2026-03-01",
    ),
    "reversed range": (
        "query", "--participant", "anna", "--metric", "steps", "--start", "2026-03-02",
        "--end", "2026-03-01",
    ),
    "no such file": ("import", "nowhere.csv", "--participant", "anna"),
    "unknown person of an import": ("import", ".", "--participant", "zoe"),
    "unknown zone": ("import", ".", "--participant", "anna", "--timezone", "Mars"),
    "unknown format": ("import", ".", "--participant", "anna", "--format", "fax"),
    "study twice": ("study", "create", "S1"),
    "study without a code": ("study", "create", "a b"),
    "unknown level": ("rollup", "refresh", "1y"),
    "raw is not refreshed": ("rollup", "refresh", "raw"),
    "bad time": ("rollup", "route", "soon", "later"),
    "unknown role": ("key", "create", "--role", "king"),
    "no folder to write to": (
        "query", "--participant", "anna", "--metric", "steps", "--start", "2026-03-01",
        "--end", "2026-03-01", "--out", "no/such/folder.csv",
    ),
}  # fmt: skip


@pytest.mark.parametrize("arguments", FAILING.values(), ids=FAILING)
def test_what_fails_says_so_in_one_sentence(
    run: Run, anna: Path, arguments: tuple[str, ...]
) -> None:
    ran = run(*arguments)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("wearhouse: ")
    assert ran.err.count("\n") == 1
    assert "unforeseen" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("dance",), ("import",), ("query", "--participant", "anna"), ("study", "create"),
        ("demo", "--participants", "0"), ("rollup", "stats", "--loud"), ("serve", "--port", "x"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)

    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip", b"\x1f\x8b broken", b"", b"hello\n"])
def test_a_damaged_or_foreign_file_changes_nothing(
    run: Run, anna: Path, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "strange.csv").write_bytes(content)
    before = query(run, "--resolution", "raw"), query(run, "--resolution", "1h")

    ran = run("import", "strange.csv", "--participant", "anna")

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "strange.csv" in ran.err
    assert (query(run, "--resolution", "raw"), query(run, "--resolution", "1h")) == before


def test_csv_can_be_piped_on(run: Run, anna: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(query(run, "--resolution", "1h"))))

    assert [(row["participant"], row["count"]) for row in rows] == [("anna", "3"), ("anna", "1")]
