"""A backup is everything, sealed; what comes back is what was."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from builders import NOON, beats, episode, read, slices
from commands import Run, runs_in

from wearhouse.care.backup import Manifest, backup, manifest_named, manifests, prune
from wearhouse.care.chunks import Chunks
from wearhouse.care.restoring import restore
from wearhouse.errors import Conflict, Invalid, NotFound
from wearhouse.levels import LEVELS
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry, open_registry
from wearhouse.store import Store, open_store

DAY = date(2026, 3, 1)
KEY = bytes(range(32))


class Lab:
    """A registry with two people, a store with their samples, and an archive of payloads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry: Registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
        self.store: Store = open_store(f"chdb://{folder}/store")
        self.payloads = Payloads(str(folder / "payloads"))
        self.registry.create_study("S1")
        self.people = [self.registry.enrol("S1", code, "UTC").id for code in ("ANNA", "BERT")]

    def load(self, value: float, day: int = 0) -> None:
        for person in self.people:
            start = NOON + timedelta(days=day)
            stated = slices((person, "heart_rate", start.date()))
            self.store.write(beats(person, *[value] * 600, start=start), stated)

    def answers(self) -> list[object]:
        series = [
            read(self.store, metric, level, *self.people)
            for metric in ("heart_rate", "steps")
            for level in LEVELS
        ]
        nights = self.store.episodes(["sleep_stage"], self.people, DAY, DAY).to_pylist()
        return [series, nights]

    def close(self) -> None:
        self.store.close()
        self.registry.close()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    made = Lab(tmp_path / "lab")
    for day in range(3):
        made.load(60 + day, day)
    anna = made.people[0]
    for source in ("oura", "csv"):  # one of them stands in the other's shadow
        made.store.write(beats(anna, 70, 71, 72, step=3_000, source=source, as_of=2))
    made.store.write_episodes(episode(anna, "deep", NOON, NOON + timedelta(hours=1), DAY, "7"))
    yield made
    made.close()


@pytest.fixture
def chunks(tmp_path: Path) -> Chunks:
    return Chunks(str(tmp_path / "backup"), [KEY])


def saved(lab: Lab, chunks: Chunks) -> Manifest:
    backup(lab.store, lab.registry, lab.payloads, chunks)
    return manifest_named(chunks)


def test_everything_comes_back_as_it_was(lab: Lab, chunks: Chunks, tmp_path: Path) -> None:
    manifest = saved(lab, chunks)
    before, people = lab.answers(), lab.registry.participants()
    lab.close()
    target = tmp_path / "target"
    url = f"sqlite:///{target}/registry.sqlite"

    with closing(open_store(f"chdb://{target}/store")) as store:
        restored = restore(manifest, chunks, url, store, Payloads(str(target / "payloads")))
        lab.store, lab.folder = store, target
        lab.registry = open_registry(f"sqlite:///{target}/registry.sqlite")

        assert restored.differing == []
        assert restored.series == len(manifest.series) > 0
        assert lab.answers() == before
        assert lab.registry.participants() == people


def test_a_second_backup_writes_only_what_has_changed(lab: Lab, chunks: Chunks) -> None:
    first = backup(lab.store, lab.registry, lab.payloads, chunks)
    second = backup(lab.store, lab.registry, lab.payloads, chunks)
    lab.load(90, day=40)
    third = backup(lab.store, lab.registry, lab.payloads, chunks)

    assert first.fresh_pieces == first.pieces
    assert (second.fresh_pieces, second.pieces) == (0, first.pieces)
    assert third.fresh_pieces == 2  # a month of each of two people


def test_nothing_in_a_backup_can_be_read_without_the_key(lab: Lab, chunks: Chunks) -> None:
    lab.payloads.put(b"a payload in plain words")
    saved(lab, chunks)
    files = [f.read_bytes() for f in Path(chunks.url).rglob("*") if f.is_file()]

    assert files
    assert not [f for f in files if b"ANNA" in f or b"heart_rate" in f or b"plain words" in f]
    with pytest.raises(Invalid, match="None of the keys"):
        manifest_named(Chunks(chunks.url, [bytes(32)]))


def test_a_backup_made_under_an_older_key_is_read_with_both(lab: Lab, chunks: Chunks) -> None:
    manifest = saved(lab, chunks)

    assert manifest_named(Chunks(chunks.url, [KEY, bytes(32)])) == manifest


def test_a_backup_that_was_interrupted_is_none(lab: Lab, chunks: Chunks) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        backup(lab.store, lab.registry, lab.payloads, chunks, stop)

    assert manifests(chunks) == []
    with pytest.raises(NotFound, match="holds no backup"):
        manifest_named(chunks)


@pytest.mark.parametrize("harm", ["lost", "altered"])
def test_a_backup_that_was_harmed_is_refused(
    lab: Lab, chunks: Chunks, tmp_path: Path, harm: str
) -> None:
    manifest = saved(lab, chunks)
    lab.close()
    _, piece = manifest.samples[0]
    file = next(Path(chunks.url).rglob(piece))
    if harm == "lost":
        file.unlink()
    else:
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
    url = f"sqlite:///{tmp_path}/target/registry.sqlite"

    with closing(open_store(f"chdb://{tmp_path}/target/store")) as store:
        said = "pieces are missing" if harm == "lost" else "not as it was written"
        with pytest.raises(Invalid, match=said):
            restore(manifest, chunks, url, store, lab.payloads)


def test_an_installation_that_holds_anything_is_not_written_over(lab: Lab, chunks: Chunks) -> None:
    manifest = saved(lab, chunks)
    before = lab.answers()

    with pytest.raises(Conflict, match="not empty"):
        restore(
            manifest,
            chunks,
            f"sqlite:///{lab.folder}/registry.sqlite",
            lab.store,
            lab.payloads,
        )

    assert lab.answers() == before


def test_a_backup_while_slices_are_replaced_holds_whole_slices(
    lab: Lab, chunks: Chunks, tmp_path: Path
) -> None:
    stop = Event()
    lab.load(100)

    def replace_again_and_again() -> None:
        value = 100
        while not stop.is_set():
            lab.load(value)
            value += 1

    loading = Thread(target=replace_again_and_again)
    loading.start()
    try:
        taken = [saved(lab, chunks) for _ in range(3)]
    finally:
        stop.set()
        loading.join()
    lab.close()

    for number, manifest in enumerate(taken):
        target = tmp_path / f"target-{number}"
        url = f"sqlite:///{target}/registry.sqlite"
        with closing(open_store(f"chdb://{target}/store")) as store:
            restored = restore(manifest, chunks, url, store, lab.payloads)
            rows = read(store, "heart_rate", "raw", lab.people[1])
            assert len({row["value"] for row in rows if row["value"] >= 100}) == 1
        assert restored.differing == []


def test_old_backups_go_with_what_only_they_held(lab: Lab, chunks: Chunks) -> None:
    saved(lab, chunks)
    lab.load(99)
    newest = saved(lab, chunks)

    removed = prune(chunks, keep=1)

    assert removed > 0
    assert len(manifests(chunks)) == 1
    assert newest.pieces() == chunks.stored()


def test_a_payload_that_is_not_in_the_archive_is_named(lab: Lab, chunks: Chunks) -> None:
    assert saved(lab, chunks).lost_payloads == []


CSV = "participant,metric,time,value\nanna,heart_rate,2026-03-01T12:00:00Z,61\n"


def test_the_commands_bring_a_home_back_elsewhere(run: Run, home: Path, tmp_path: Path) -> None:
    run("study", "create", "S1")
    (tmp_path / "anna.csv").write_text(CSV)
    assert run("import", "anna.csv", "--participant", "auto").code == 0
    elsewhere = runs_in(tmp_path / "elsewhere", tmp_path)
    asked = (
        "query", "--participant", "anna", "--metric", "heart_rate", "--resolution", "raw",
        "--start", "2026-03-01", "--end", "2026-03-01",
    )  # fmt: skip

    written = run("backup", "--out", "kept", "--json")
    restored = elsewhere("restore", "--from", "kept", "--key-file", home / "secret.key")
    again = elsewhere("restore", "--from", "kept", "--key-file", home / "secret.key")

    assert written.code == 0, written.err
    assert json.loads(written.out)[0]["participants"] == 1
    assert restored.code == 0, restored.err
    assert elsewhere(*asked).out == run(*asked).out
    assert again.code == 1
    assert "not empty" in again.err
    assert json.loads((home / "backup.json").read_text())["at"] > 0
