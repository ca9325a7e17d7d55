"""The archive of payloads: what goes in comes out, once, unaltered."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wearhouse.errors import Invalid, NotFound
from wearhouse.payloads import Payloads


@pytest.fixture(params=["folder", "object store"])
def payloads(request: pytest.FixtureRequest, tmp_path: Path) -> Payloads:
    """An archive in a folder, and one in an object store that lives in memory."""
    if request.param == "folder":
        return Payloads(str(tmp_path / "deep" / "payloads"))
    return Payloads(f"memory://{tmp_path.name}")


@given(content=some.binary(max_size=5_000))
def test_bytes_come_back_as_they_went_in(payloads: Payloads, content: bytes) -> None:
    digest = payloads.put(content)

    assert digest == hashlib.sha256(content).hexdigest()
    assert payloads.read(digest) == content


def test_the_same_bytes_are_kept_once_and_small(tmp_path: Path) -> None:
    payloads = Payloads(str(tmp_path))

    digests = {payloads.put(b'{"heart_rate": 60}' * 1_000) for _ in range(3)}

    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(digests) == 1
    assert file.stat().st_size < 500


def test_what_is_archived_is_never_written_again(tmp_path: Path) -> None:
    payloads = Payloads(str(tmp_path))
    digest = payloads.put(b"first")
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    before = file.stat().st_mtime_ns

    payloads.put(b"first")

    assert file.stat().st_mtime_ns == before
    assert payloads.read(digest) == b"first"


def test_an_unknown_digest_is_not_found(payloads: Payloads) -> None:
    with pytest.raises(NotFound, match="in the archive"):
        payloads.read("0" * 64)


@pytest.mark.parametrize("damage", [b"", b"\x00", b"not zstd at all"])
def test_a_payload_that_was_altered_is_not_taken_for_the_original(
    tmp_path: Path, damage: bytes
) -> None:
    payloads = Payloads(str(tmp_path))
    digest = payloads.put(b"first")
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    file.write_bytes(damage)

    with pytest.raises(Invalid, match="not as it was received"):
        payloads.read(digest)


def test_a_payload_swapped_for_another_is_noticed(tmp_path: Path) -> None:
    payloads = Payloads(str(tmp_path))
    first, second = payloads.put(b"first"), payloads.put(b"second")
    places = {path.stem: path for path in tmp_path.rglob("*") if path.is_file()}
    places[second].write_bytes(places[first].read_bytes())

    with pytest.raises(Invalid, match="not as it was received"):
        payloads.read(second)


def test_a_place_that_no_library_knows_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        Payloads("nowhere://bucket/payloads")

    assert refusal.value.parameter == "payloads"
