"""A backup of any earlier version is brought back by this one, with everything that it held."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from builders import NOON, beats, episode, read
from test_revisions import REVISIONS, set_up

from wearhouse.care.backup import Manifest, backup, manifest_named
from wearhouse.care.chunks import Chunks
from wearhouse.care.restoring import restore
from wearhouse.errors import Invalid
from wearhouse.levels import LEVELS
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.connection import connect
from wearhouse.registry.dumping import newest_revision, revision
from wearhouse.store import Store, open_store

DAY = date(2026, 3, 1)
SINCE = {"imputed": 2, "archives": 2, "removed": 2, "fleet": 3}
"""Since which form a manifest has these."""


@pytest.fixture
def chunks(tmp_path: Path) -> Chunks:
    return Chunks(str(tmp_path / "backup"), [bytes(range(32))])


@pytest.fixture
def payloads(tmp_path: Path) -> Payloads:
    return Payloads(str(tmp_path / "payloads"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """What is there of the first participant."""
    with closing(open_store(f"chdb://{tmp_path}/origin/store")) as store:
        store.write(beats(1, *range(60, 90), step=3_000))
        store.write_episodes(episode(1, "deep", NOON, NOON + timedelta(hours=1), DAY, "7"))
        yield store


def written_at(url: str, store: Store, chunks: Chunks, payloads: Payloads) -> Manifest:
    """A backup of a registry as it stands, whichever release that was set up by."""
    engine = connect(url)
    try:
        backup(store, Registry(engine), payloads, chunks)
    finally:
        engine.dispose()
    return manifest_named(chunks)


def answers(store: Store) -> list[object]:
    nights = store.episodes(["sleep_stage"], [1], DAY, DAY).to_pylist()
    return [*(read(store, "heart_rate", level, 1) for level in LEVELS), nights]


@pytest.mark.parametrize("number", REVISIONS)
def test_a_backup_of_every_revision_of_the_registry_is_brought_back_up_to_date(
    number: str, store: Store, chunks: Chunks, payloads: Payloads, tmp_path: Path
) -> None:
    (tmp_path / "origin").mkdir(exist_ok=True)
    origin = f"sqlite:///{tmp_path}/origin/registry.sqlite"
    set_up(origin, number)
    manifest = written_at(origin, store, chunks, payloads)
    before = answers(store)
    store.close()
    target = f"sqlite:///{tmp_path}/target/registry.sqlite"

    with closing(open_store(f"chdb://{tmp_path}/target/store")) as new:
        restored = restore(manifest, chunks, target, new, payloads)
        after = answers(new)

    assert manifest.schema == number
    assert (restored.differing, after) == ([], before)
    with closing(open_registry(target)) as registry:
        assert revision(registry.engine) == newest_revision()
        assert registry.participant_named("P-1").timezone == "Asia/Kathmandu"
        assert [load.samples for load in registry.loads()] == [7]


@pytest.mark.parametrize("form", [1, 2])
def test_a_manifest_of_every_earlier_form_is_read(
    form: int, store: Store, chunks: Chunks, payloads: Payloads, tmp_path: Path
) -> None:
    (tmp_path / "origin").mkdir(exist_ok=True)
    origin = f"sqlite:///{tmp_path}/origin/registry.sqlite"
    set_up(origin, REVISIONS[-1])
    written_at(origin, store, chunks, payloads)
    before = answers(store)
    store.close()
    rewritten(chunks, form)

    manifest = manifest_named(chunks)
    with closing(open_store(f"chdb://{tmp_path}/target/store")) as new:
        target = f"sqlite:///{tmp_path}/target/registry.sqlite"
        restored = restore(manifest, chunks, target, new, payloads)

        assert (manifest.form, restored.differing, answers(new)) == (form, [], before)


def test_a_backup_of_a_later_release_is_refused(
    store: Store, chunks: Chunks, payloads: Payloads, tmp_path: Path
) -> None:
    (tmp_path / "origin").mkdir(exist_ok=True)
    origin = f"sqlite:///{tmp_path}/origin/registry.sqlite"
    set_up(origin, REVISIONS[-1])
    written_at(origin, store, chunks, payloads)
    rewritten(chunks, 99)

    with pytest.raises(Invalid, match="later Wearhouse"):
        manifest_named(chunks)


def rewritten(chunks: Chunks, form: int) -> None:
    """The manifest as a release of that form would have written it."""
    [name] = chunks.names("manifests")
    place = f"manifests/{name}"
    told = json.loads(chunks.read_named(place))
    kept = {key: value for key, value in told.items() if SINCE.get(key, 1) <= form}
    chunks.write_named(place, json.dumps(kept | {"form": form}).encode())
