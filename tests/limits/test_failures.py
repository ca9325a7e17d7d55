"""What `docs/limits.md` says of things that go wrong, each by making it go wrong."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import clickhouse_server
import httpx2 as httpx
import psycopg
import pytest
from builders import NOON, beats, slices, values
from commands import Run, runs_in
from disks import fill, small_disk
from postgres import Cluster, new_cluster, remove
from starlette.testclient import TestClient

from wearhouse.api import create_app
from wearhouse.errors import StoreUnavailable
from wearhouse.registry import open_registry
from wearhouse.runtime import Wearhouse
from wearhouse.scheduler import is_due
from wearhouse.settings import Settings
from wearhouse.store import Store, open_store
from wearhouse.study import Role, Schedule

DAY = NOON.date()
ASKED = {"participant": "P-1", "metric": "heart_rate", "start": str(DAY), "end": str(DAY),
         "resolution": "raw"}  # fmt: skip
SERIES = "/api/v1/series"
CSV = "participant,metric,time,value\n"
BATCH = {"samples": [{"participant": "P-1", "metric": "steps", "t": "2026-03-02T12:00:00Z",
                      "value": 7}]}  # fmt: skip


@contextmanager
def lab(home: Path, store: str = "", registry: str = "") -> Iterator[tuple[TestClient, Store]]:
    """The API over a store in which P-1 has three heart beats, with a manager's key."""
    settings = Settings(home=home, store=store, registry=registry)
    home.mkdir(parents=True, exist_ok=True)
    known = open_registry(settings.registry_url)
    opened = open_store(settings.store_url)
    if not known.studies():
        known.create_study("S1")
        person = known.enrol("S1", "P-1", "UTC").id
        opened.write(beats(person, 60, 61, 62), slices((person, "heart_rate", DAY)))
    wearhouse = Wearhouse(settings, opened, known)
    client = TestClient(create_app(wearhouse), raise_server_exceptions=False)
    key = known.access.create_key("tests", Role.MANAGER)
    client.headers["Authorization"] = f"Bearer {key}"
    try:
        yield client, opened
    finally:
        wearhouse.close()
        known.close()
        with suppress(StoreUnavailable):  # it may have been killed
            opened.close()


def refused(answer: object, status: int, code: str) -> None:
    said = answer.json()  # type: ignore[attr-defined]
    assert (answer.status_code, said["code"]) == (status, code), said  # type: ignore[attr-defined]


def test_on_a_full_disk_writing_is_refused_and_reading_goes_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "200m") as disk, lab(disk / "home") as (api, _):
        assert api.get(SERIES, params=ASKED).status_code == 200
        filling = fill(disk)

        pushed = api.post("/api/v1/ingest", json=BATCH, headers={"Idempotency-Key": "a"})
        read = api.get(SERIES, params=ASKED)
        filling.unlink()
        again = api.post("/api/v1/ingest", json=BATCH, headers={"Idempotency-Key": "a"})

        refused(pushed, 503, "unavailable")
        assert read.json()["series"][0]["value"] == [60, 61, 62]
        assert again.status_code in (200, 202), again.text


def test_a_load_onto_a_full_disk_leaves_the_old_slice(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "200m") as disk, lab(disk / "home") as (_, store):
        filling = fill(disk)
        stated = slices((1, "heart_rate", DAY))

        with pytest.raises(StoreUnavailable):
            store.write(beats(1, *range(60, 160), as_of=2), stated)
        there = values(store, "heart_rate", 1)
        filling.unlink()
        store.write(beats(1, *range(60, 160), as_of=2), stated)

        assert there == [60, 61, 62]
        assert len(values(store, "heart_rate", 1)) == 100


def test_a_command_on_a_full_disk_ends_with_one_sentence(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "200m") as disk:
        run: Run = runs_in(disk / "home", tmp_path)
        assert run("study", "create", "S1").code == 0
        assert run("participant", "add", "P-1", "--study", "S1").code == 0
        rows = "".join(f"P-1,steps,2026-03-01T12:{m:02}:00Z,7\n" for m in range(60))
        (tmp_path / "steps.csv").write_text(CSV + rows)
        fill(disk)

        ran = run("import", "steps.csv", "--participant", "P-1")

        assert ran.code == 1
        assert len(ran.err.strip().splitlines()) == 1, ran.err


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """The registry, held by another process that writes and does not end."""
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    assert other.stdin
    assert other.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        other.stdin.close()
        other.wait(30)
        other.stdout.close()


def test_while_another_process_holds_the_registry_writing_is_refused_and_reading_goes_on(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path}/registry.sqlite?timeout=0.2"
    with lab(tmp_path, registry=url) as (api, _):
        with locked(tmp_path / "registry.sqlite"):
            written = api.post("/api/v1/studies", json={"code": "S2"})
            read = api.get(SERIES, params=ASKED)
        again = api.post("/api/v1/studies", json={"code": "S2"})

    refused(written, 503, "unavailable")
    assert "locked" in written.json()["detail"]
    assert read.status_code == 200
    assert again.status_code < 300


def test_a_command_beside_a_held_registry_ends_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs_in(tmp_path / "home", tmp_path)
    run("study", "create", "S1")
    file = tmp_path / "home" / "registry.sqlite"
    monkeypatch.setenv("WEARHOUSE_REGISTRY", f"sqlite:///{file}?timeout=0.2")

    with locked(file):
        ran = run("study", "create", "S2")

    assert ran.code == 1
    assert ran.err == "wearhouse: The registry could not answer: database is locked\n"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    cluster = new_cluster()
    yield cluster
    remove(cluster)


def went_and_came(api: TestClient, stop: Callable[[], object], start: Callable[[], object]) -> None:
    """What is answered before, while and after a store is gone."""
    before = api.get(SERIES, params=ASKED)
    stop()
    gone, ready, alive = (api.get(at, params=p) for at, p in
                          ((SERIES, ASKED), ("/readyz", {}), ("/healthz", {})))  # fmt: skip
    start()
    after = api.get(SERIES, params=ASKED)

    refused(gone, 503, "store_unavailable")
    refused(ready, 503, "store_unavailable")
    assert alive.status_code == 200
    assert after.json() == before.json()
    assert after.json()["series"][0]["value"] == [60, 61, 62]


def test_while_postgresql_is_gone_answers_are_503_and_come_back_with_it(
    cluster: Cluster, tmp_path: Path
) -> None:
    with lab(tmp_path, store=cluster.new_database()) as (api, _):
        went_and_came(api, cluster.stop, cluster.start)


def test_while_clickhouse_is_gone_answers_are_503_and_come_back_with_it(tmp_path: Path) -> None:
    server = clickhouse_server.new_server()
    try:
        with lab(tmp_path, store=server.new_database()) as (api, _):
            went_and_came(api, server.kill, server.start)
    finally:
        clickhouse_server.remove(server)


def test_a_question_that_takes_too_long_is_ended(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.new_database()
    limited = f"{url}?options=-c%20statement_timeout%3D300"
    with lab(tmp_path, store=limited) as (api, _), psycopg.connect(url) as other:
        other.execute("LOCK TABLE samples IN ACCESS EXCLUSIVE MODE")
        stuck = api.get(SERIES, params=ASKED)
        other.rollback()
        after = api.get(SERIES, params=ASKED)

    refused(stuck, 503, "store_unavailable")
    assert "statement timeout" in stuck.json()["detail"]
    assert after.status_code == 200


def test_questions_to_postgresql_have_limits_unless_the_url_has_others(cluster: Cluster) -> None:
    url = cluster.new_database()
    for given, expected in (("", "5min"), ("?options=-c%20statement_timeout%3D7s", "7s")):
        store = open_store(url + given)
        with store.connections.session() as session:  # type: ignore[attr-defined]
            [(limit,)] = session.connection.execute("SHOW statement_timeout").fetchall()
            [(memory,)] = session.connection.execute("SHOW work_mem").fetchall()
        store.close()
        assert (limit, memory) == (expected, "64MB")


def test_a_question_that_takes_too_much_memory_is_ended_and_the_next_is_answered(
    tmp_path: Path,
) -> None:
    with lab(tmp_path) as (api, store):
        with pytest.raises(StoreUnavailable, match=r"[Mm]emory limit"):
            store.connection.query(  # type: ignore[attr-defined]
                "SELECT groupArray(number) AS all FROM numbers(1000000000)"
            )

        assert api.get(SERIES, params=ASKED).status_code == 200


def test_after_the_clock_was_set_back_what_is_written_later_still_counts(tmp_path: Path) -> None:
    stated = slices((1, "heart_rate", DAY))
    with lab(tmp_path) as (_, store):
        store.versions.pass_by(time.time_ns() // 1000 + 86_400_000_000)  # type: ignore[attr-defined]
        store.write(beats(1, 70, 71, as_of=2), stated)  # as if tomorrow

    with lab(tmp_path) as (_, store):
        store.write(beats(1, 80, as_of=3), stated)

        assert values(store, "heart_rate", 1) == [80]


def test_a_night_is_synced_once_wherever_the_clock_jumps() -> None:
    schedule = Schedule("S1", "01:00", "Europe/Berlin")
    night = datetime(2026, 3, 29, 1, tzinfo=UTC)  # the hour that the clock leaves out
    synced = night + timedelta(minutes=1)

    assert is_due(schedule, None, night)
    assert not is_due(schedule, synced, synced - timedelta(hours=20))  # set back
    assert not is_due(schedule, synced, synced + timedelta(hours=1))
    assert is_due(schedule, synced, synced + timedelta(days=3))  # set forward, or off


def _await(address: str) -> None:
    for _ in range(300):
        with suppress(httpx.HTTPError):
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


def test_a_server_that_is_told_to_stop_ends_what_it_answers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with lab(home) as (api, store):
        key = api.headers["Authorization"]
        for day in range(30):
            start = NOON.replace(hour=0) + timedelta(days=day)
            store.write(beats(1, *[60.0] * 40_000, start=start, as_of=9))
    command = [sys.executable, "-m", "wearhouse", "--home", str(home), "serve", "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    assert server.stderr
    link = next(line for line in server.stderr if "/login?token=" in line)
    address = link.split()[1].partition("/login")[0]
    _await(address)
    asked = {**ASKED, "end": "2026-03-30", "format": "csv"}

    rows = 0
    with httpx.stream(
        "GET", address + SERIES, params=asked, headers={"Authorization": key}, timeout=60
    ) as answer:
        for line in answer.iter_lines():
            rows += 1
            if rows == 10:
                os.kill(server.pid, signal.SIGTERM)
                time.sleep(0.5)
            assert line
    server.stderr.read()
    server.stderr.close()

    assert server.wait(60) == 0
    assert rows == 1 + 30 * 40_000 + 3
    assert not (home / "serve.json").exists()
