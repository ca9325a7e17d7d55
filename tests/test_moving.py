"""A store copied into another is the same store."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders import FOREVER, NOON, beats, episode, read, samples, somebody, values
from clickhouse_server import new_clickhouse
from commands import Run
from filling import impute
from postgres import new_database

from wearhouse import moving, runtime
from wearhouse.care.archiving import archive_before
from wearhouse.errors import Conflict
from wearhouse.levels import LEVELS
from wearhouse.settings import Settings
from wearhouse.store import Store, open_store

PEOPLE = tuple(somebody() for _ in range(3))
DAY = date(2026, 3, 1)


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Store]:
    """Of one person vendors disagree, one is far away, of one only sleep is known."""
    store = open_store(f"chdb://{tmp_path}/origin")
    rival, faraway, sleeper = PEOPLE
    for source in ("csv", "parquet", "oura"):
        store.write(beats(rival, *range(60, 90), step=3_000, source=source, as_of=2))
    late = datetime(2026, 1, 31, 20, tzinfo=UTC)
    store.write(samples(faraway, "steps", range(50), start=late, step=600, zone="Asia/Kathmandu"))
    for person in (rival, sleeper):
        store.write_episodes(episode(person, "deep", NOON, NOON + timedelta(hours=1), DAY, "7"))
    yield store
    store.close()


SERVERS = [new_database, new_clickhouse]


@pytest.fixture(params=SERVERS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = open_store(request.param(tmp_path))
    yield store
    store.close()


def everything(store: Store) -> list[object]:
    nights = store.episodes(["sleep_stage"], PEOPLE, DAY, DAY).to_pylist()
    series = [
        read(store, metric, level, *PEOPLE)
        for metric in ("heart_rate", "steps")
        for level in LEVELS
    ]
    return [series, nights, store.participants()]


def test_a_copy_answers_as_the_original_does(origin: Store, target: Store, tmp_path: Path) -> None:
    compared = moving.copy(origin, target, tmp_path / "progress.json")

    assert all(pair.same for pair in compared)
    assert {(pair.participant, pair.metric): pair.here.rows for pair in compared} == {
        (PEOPLE[0], "heart_rate"): 90,
        (PEOPLE[0], "episodes"): 1,
        (PEOPLE[1], "steps"): 50,
        (PEOPLE[2], "episodes"): 1,
    }
    assert everything(target) == everything(origin)
    assert not (tmp_path / "progress.json").exists()


def test_a_copy_that_was_interrupted_goes_on_where_it_stopped(
    origin: Store, target: Store, tmp_path: Path
) -> None:
    file = tmp_path / "progress.json"

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.copy(origin, target, file, interrupt)
    done = json.loads(file.read_text())
    compared = moving.copy(origin, target, file)

    assert f"{PEOPLE[0]} 2026-03" in done
    assert all(pair.same for pair in compared)
    assert everything(target) == everything(origin)


def test_a_copy_tells_what_differs(origin: Store, target: Store, tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text(json.dumps([f"{PEOPLE[1]} 2026-01"]))

    compared = moving.copy(origin, target, file)

    [differs] = [pair for pair in compared if not pair.same]
    assert (differs.participant, differs.metric) == (PEOPLE[1], "steps")
    assert differs.there.rows < differs.here.rows
    assert file.exists()


def test_a_store_that_holds_something_is_not_copied_into(
    origin: Store, target: Store, tmp_path: Path
) -> None:
    target.write(beats(PEOPLE[0], 50))

    with pytest.raises(Conflict, match="empty"):
        moving.copy(origin, target, tmp_path / "progress.json")

    assert values(target, "heart_rate", PEOPLE[0]) == [50.0]


@pytest.mark.parametrize(
    ("new_server", "software", "kind"),
    [(new_database, "PostgreSQL", "plain"), (new_clickhouse, "ClickHouse", "server")],
)
def test_the_command_copies_an_installation_into_a_server(
    run: Run,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    new_server: Callable[[Path], str],
    software: str,
    kind: str,
) -> None:
    url = new_server(tmp_path)
    (tmp_path / "hr.csv").write_text(
        "metric,t,value\nheart_rate,2026-03-01T12:00:00Z,60\nheart_rate,2026-03-01T12:00:05Z,62\n"
    )
    run("study", "create", "S")
    run("participant", "add", "P-1", "--study", "S")
    run("import", "hr.csv", "--participant", "P-1")

    ran = run("copy", "--from", f"chdb://{home}/store", "--to", url, "--json")

    assert ran.code == 0, ran.err
    [row] = json.loads(ran.out)
    assert (row["rows"], row["rows_there"], row["sum"], row["same"]) == (2, 2, 122.0, True)
    monkeypatch.setenv("WEARHOUSE_STORE", url)
    told = {row["what"]: row["found"] for row in json.loads(run("doctor", "--json").out)}
    assert told["software"].startswith(software)
    assert (told["kind"], told["samples"], told["stale_rollups"]) == (kind, 2, 0)
    assert "were folded again" in run("rollup", "refresh", "1h").err
    assert json.loads(run("rollup", "stats", "--json").out)[0]["rows"] == 2
    assert run("estimate").code == 0


def test_two_embedded_stores_are_not_opened_by_one_process(run: Run) -> None:
    ran = run("copy", "--from", "chdb:///a", "--to", "chdb:///b")

    assert ran.code == 1
    assert "copy its folder" in ran.err


def test_what_was_imputed_is_copied_with_its_draws(
    origin: Store, target: Store, tmp_path: Path
) -> None:
    who = PEOPLE[0]
    kept = impute(origin, who, *range(60, 80), start=NOON - timedelta(hours=2), run=3)

    compared = moving.copy(origin, target, tmp_path / "progress.json")

    [layer] = [pair for pair in compared if pair.metric == "imputed"]
    assert (layer.same, layer.here.rows) == (True, kept)
    for side in (origin, target):
        assert side.imputed_extent([who])["run"].to_pylist() == [3]
    assert target.whole_imputed("heart_rate", [who], *FOREVER).equals(
        origin.whole_imputed("heart_rate", [who], *FOREVER)
    )


def enrolled_and_loaded(run: Run, folder: Path) -> None:
    """Two months of somebody."""
    lines = [f"heart_rate,2026-0{month}-0{day}T12:00:00Z,{60 + day}"
             for month in (1, 2) for day in (1, 2)]  # fmt: skip
    (folder / "hr.csv").write_text("\n".join(["metric,t,value", *lines, ""]))
    run("study", "create", "S")
    run("participant", "add", "P-1", "--study", "S")
    run("import", "hr.csv", "--participant", "P-1")


def beats_of(run: Run, level: str) -> str:
    return run(
        "query", "--participant", "P-1", "--metric", "heart_rate", "--resolution", level,
        "--start", "2026-01-01", "--end", "2026-02-28",
    ).out  # fmt: skip


def test_what_was_archived_is_copied_with_the_rest(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled_and_loaded(run, tmp_path)
    run("archive", "--before", "2026-02-01", "--out", "archive")
    before = [beats_of(run, level) for level in ("raw", "1d")]
    url = new_database(tmp_path)

    ran = run("copy", "--from", f"chdb://{home}/store", "--to", url, "--json")

    assert ran.code == 0, ran.err
    assert [row["rows_there"] for row in json.loads(ran.out)] == [4]
    assert "2 archived samples lie in the new store itself" in ran.err
    monkeypatch.setenv("WEARHOUSE_STORE", url)
    assert [beats_of(run, level) for level in ("raw", "1d")] == before


def test_a_copy_tells_that_it_lacks_the_rollups_of_what_was_removed(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled_and_loaded(run, tmp_path)
    with runtime.opened(Settings(home=home)) as opened:
        archive_before(opened.store, opened.registry, "", date(2026, 2, 1))
    raw, days = beats_of(run, "raw"), beats_of(run, "1d")
    url = new_database(tmp_path)

    ran = run("copy", "--from", f"chdb://{home}/store", "--to", url)

    assert ran.code == 0, ran.err
    assert "Rollups of 2 samples that retention removed are not in the copy." in ran.err
    monkeypatch.setenv("WEARHOUSE_STORE", url)
    assert beats_of(run, "raw") == raw
    assert (len(days.splitlines()), len(beats_of(run, "1d").splitlines())) == (5, 3)
