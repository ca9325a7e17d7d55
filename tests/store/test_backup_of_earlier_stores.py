"""What a store of any earlier version held is brought back whole from a backup."""

from contextlib import closing
from pathlib import Path

import pytest
from test_schema_versions import STORES, WHO, everything

from wearhouse.care.backup import backup, manifest_named
from wearhouse.care.chunks import Chunks
from wearhouse.care.restoring import restore
from wearhouse.payloads import Payloads
from wearhouse.registry import open_registry
from wearhouse.store import open_store


@pytest.mark.parametrize("version", STORES["embedded"][2])
def test_a_backup_of_a_store_that_an_earlier_version_set_up_is_brought_back_whole(
    version: int, tmp_path: Path
) -> None:
    new, bring, _ = STORES["embedded"]
    chunks = Chunks(str(tmp_path / "backup"), [bytes(range(32))])
    payloads = Payloads(str(tmp_path / "payloads"))
    url = new(tmp_path / "origin")
    bring(url, version)
    with (
        closing(open_store(url)) as old,
        closing(open_registry(f"sqlite:///{tmp_path}/origin.sqlite")) as registry,
    ):
        registry.create_study("S")
        for number in range(1, WHO + 1):
            registry.enrol("S", f"P-{number}", "Asia/Kathmandu")
        before = everything(old)
        backup(old, registry, payloads, chunks)
    manifest = manifest_named(chunks)

    with closing(open_store(new(tmp_path / "target"))) as target:
        restored = restore(manifest, chunks, f"sqlite:///{tmp_path}/new.sqlite", target, payloads)

        assert everything(target) == before
        assert restored.differing == []
