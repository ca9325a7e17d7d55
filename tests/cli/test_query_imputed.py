"""Files of the command line without, with, and of nothing but imputed values."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from commands import Run, runs_in

FORMATS = ("csv", "json", "parquet", "arrow")
CHOICES = ("exclude", "include", "only")
HOLE = range(60, 70)
LAYER = {"imputed_count", "imputed_sum", "estimate", "low", "high"}

Rows = list[dict[str, object]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody's ten missing minutes of 5 March were imputed; `before` holds the files that
    were written when nothing had been imputed yet."""
    folder = tmp_path_factory.mktemp("queried")
    lines = ["participant,metric,t,value"]
    for day in range(1, 16, 2):
        for minute in range(120):
            if not (day == 5 and minute in HOLE):
                clock = f"{12 + minute // 60}:{minute % 60:02}:00"
                lines.append(f"P-1,heart_rate,2026-03-{day:02}T{clock}Z,{60 + minute % 17}")
    (folder / "beats.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = runs_in(folder / "home", folder)
    assert run("study", "create", "S1").code == 0
    known = ("--participant", "auto", "--study", "S1", "--timezone", "UTC")
    assert run("import", folder / "beats.csv", *known).code == 0
    for form in FORMATS:
        assert asked(run, form, folder / f"before.{form}").code == 0
    small = ("--draws", "4", "--rounds", "1", "--workers", "1")
    assert run("impute", "--study", "S1", *small).code == 0
    return folder


@pytest.fixture
def run(home: Path) -> Run:
    return runs_in(home / "home", home)


def asked(run: Run, form: str, target: Path, *more: str):
    return run(
        "query", "--participant", "P-1", "--metric", "heart_rate", "--start", "2026-03-05",
        "--end", "2026-03-05", "--resolution", "1h", "--format", form, "--out", target, *more,
    )  # fmt: skip


def from_csv(data: bytes) -> Rows:
    def read(name: str, text: str) -> object:
        return text if name in ("participant", "metric", "t") else float(text) if text else None

    return [
        {name: read(name, text) for name, text in row.items()}
        for row in csv.DictReader(io.StringIO(data.decode()))
    ]


READERS: dict[str, Callable[[bytes], Rows]] = {
    "csv": from_csv,
    "json": lambda data: json.loads(data),
    "parquet": lambda data: pq.read_table(pa.BufferReader(data)).to_pylist(),
    "arrow": lambda data: pyarrow.ipc.open_stream(data).read_all().to_pylist(),
}


def rows(run: Run, form: str, target: Path, imputed: str) -> Rows:
    ran = asked(run, form, target, "--imputed", imputed)
    assert ran.code == 0, ran.err
    return READERS[form](target.read_bytes())


@pytest.mark.parametrize("form", FORMATS)
def test_without_being_asked_a_file_is_what_it_was_before(
    run: Run, home: Path, tmp_path: Path, form: str
) -> None:
    target = tmp_path / "after"

    asked(run, form, target)

    assert READERS[form](target.read_bytes()) == READERS[form](
        (home / f"before.{form}").read_bytes()
    )


@pytest.mark.parametrize("form", FORMATS)
def test_with_imputed_values_measured_figures_stay_and_theirs_stand_beside(
    run: Run, tmp_path: Path, form: str
) -> None:
    without = rows(run, form, tmp_path / "without", "exclude")
    found = rows(run, form, tmp_path / "with", "include")

    assert [{name: row[name] for name in without[0]} for row in found] == without
    assert [row["imputed_count"] for row in found] == [0, 10]
    assert set(found[0]) - set(without[0]) == LAYER


@pytest.mark.parametrize("form", FORMATS)
def test_imputed_values_alone_have_no_measured_figure(run: Run, tmp_path: Path, form: str) -> None:
    [row] = rows(run, form, tmp_path / "only", "only")

    assert row["imputed_count"] == 10
    assert set(row) - {"participant", "metric", "t", "utc_offset"} == LAYER


def test_another_word_is_refused(run: Run, tmp_path: Path) -> None:
    ran = asked(run, "csv", tmp_path / "none", "--imputed", "maybe")

    assert (ran.code, (tmp_path / "none").exists()) == (1, False)
    assert "exclude, include, only" in ran.err


def test_the_audit_trail_tells_that_imputed_values_were_taken(run: Run, tmp_path: Path) -> None:
    asked(run, "csv", tmp_path / "with", "--imputed", "include")

    ran = run("audit", "list", "--json")

    assert any("imputed=include" in json.dumps(row) for row in json.loads(ran.out))
