"""A fleet is in a backup, and in a copy of its store, whatever kind of store they go to."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clickhouse_server import new_clickhouse
from commands import Run, runs_in
from fleets import write
from postgres import new_database

from wearhouse.care.backup import backup, manifest_named
from wearhouse.care.chunks import Chunks
from wearhouse.care.restoring import restore
from wearhouse.errors import Conflict
from wearhouse.fleet.carrying import carry
from wearhouse.fleet.curating import curate
from wearhouse.fleet.loading import load_folder
from wearhouse.fleet.statistics import Question, figures
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry, open_registry
from wearhouse.store import Store, open_store
from wearhouse.store.fleet_of import fleet_of
from wearhouse.store.fleets import Among

KEY = bytes(range(32))
EVENT = {
    "id": "late", "project_id": "1", "captured_date": "2026-06-01 12:00:00",
    "created_date": "2026-06-20 12:00:00", "type": "heartbeat", "software_version_id": "1",
    "device_id": "1", "event_info": '{"metrics": {"battery": 7, "radio": {"rssi": -70}}}',
}  # fmt: skip
NEW = [
    pytest.param("chdb://{}/target".format, id="embedded"),
    pytest.param(new_database, id="postgres"),
    pytest.param(new_clickhouse, id="clickhouse"),
]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with closing(open_registry(f"sqlite:///{tmp_path}/registry.sqlite")) as opened:
        yield opened


@pytest.fixture
def origin(tmp_path: Path, registry: Registry, made: Path) -> Iterator[Store]:
    """A store with a made-up fleet, and with an event and a broken line that came later."""
    with closing(open_store(f"chdb://{tmp_path}/origin")) as store:
        load_folder(fleet_of(store), registry, made)
        (tmp_path / "more").mkdir()
        write(tmp_path / "more" / "events.csv", [EVENT])
        with (tmp_path / "more" / "events.csv").open("a") as file:
            file.write("cut\tshort\n")
        load_folder(fleet_of(store), registry, tmp_path / "more")
        curate(fleet_of(store), registry)
        yield store


def everything(store: Store, registry: Registry) -> list[object]:
    """What a store answers about its fleet."""
    fleet = fleet_of(store)
    asked = [
        figures(fleet, registry, Question(metric, Among(), by, (0, 0.5, 1), exact=exact))
        for metric in ("battery", "charging", "radio.rssi")
        for by in (("version",), ("cohort", "day"))
        for exact in (False, True)
    ]
    refused = fleet.quarantined(None, 10).drop_columns(["load"]).to_pylist()
    return [asked, refused, fleet.facets(None)]


@pytest.mark.parametrize("new", NEW)
def test_a_backup_takes_the_fleet_along(
    origin: Store, registry: Registry, tmp_path: Path, new: Callable[[Path], str]
) -> None:
    chunks, payloads = Chunks(str(tmp_path / "kept"), [KEY]), Payloads(str(tmp_path / "payloads"))
    before = everything(origin, registry)
    backup(origin, registry, payloads, chunks)
    origin.close()

    url = f"sqlite:///{tmp_path}/target.sqlite"
    with closing(open_store(new(tmp_path))) as store:
        restored = restore(manifest_named(chunks), chunks, url, store, payloads)
        with closing(open_registry(url)) as theirs:
            assert everything(store, theirs) == before
            loads = fleet_of(store).loads()
    assert restored.differing == []
    assert [load.state for load in loads] == ["curated", "curated"]


def test_a_second_backup_writes_nothing_of_the_fleet_again(
    origin: Store, registry: Registry, tmp_path: Path
) -> None:
    chunks, payloads = Chunks(str(tmp_path / "kept"), [KEY]), Payloads(str(tmp_path / "payloads"))

    first = backup(origin, registry, payloads, chunks)
    second = backup(origin, registry, payloads, chunks)

    assert first.fresh_pieces >= 6  # four files, the event that came later, the broken line
    assert second.fresh_pieces == 0


def test_a_store_that_holds_a_fleet_is_not_written_over(
    origin: Store, registry: Registry, tmp_path: Path
) -> None:
    chunks, payloads = Chunks(str(tmp_path / "kept"), [KEY]), Payloads(str(tmp_path / "payloads"))
    backup(origin, registry, payloads, chunks)
    url = f"sqlite:///{tmp_path}/target.sqlite"

    with pytest.raises(Conflict, match="holds a fleet already"):
        restore(manifest_named(chunks), chunks, url, origin, payloads)


@pytest.mark.parametrize("new", NEW[1:])
def test_a_copy_answers_as_the_original_does(
    origin: Store, registry: Registry, tmp_path: Path, new: Callable[[Path], str]
) -> None:
    with closing(open_store(new(tmp_path))) as target:
        carried = carry(fleet_of(origin), fleet_of(target), registry)
        again = carry(fleet_of(origin), fleet_of(target), registry)

        assert everything(target, registry) == everything(origin, registry)
    assert (carried, again) == (2, 0)


def test_the_commands_copy_and_restore_a_fleet(
    run: Run, home: Path, tmp_path: Path, made: Path
) -> None:
    run("fleet", "load", made)
    run("fleet", "curate")
    asked = ("fleet", "percentile", "--metric", "battery", "--by", "version", "--json")
    told = run(*asked).out
    url = new_database(tmp_path)

    copied = run("copy", "--from", f"chdb://{home}/store", "--to", url)
    assert run("backup", "--out", "kept").code == 0
    elsewhere = runs_in(tmp_path / "elsewhere", tmp_path)
    restored = elsewhere("restore", "--from", "kept", "--key-file", home / "secret.key")

    assert copied.code == 0, copied.err
    assert "1 deliveries of the fleet were carried over" in copied.err
    assert restored.code == 0, restored.err
    assert json.loads(elsewhere(*asked).out) == json.loads(told) != []
