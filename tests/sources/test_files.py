import gzip
import io
import zipfile

import pytest

from wearhouse.errors import Conflict, Invalid, NotFound
from wearhouse.sources import installed, recognise, source_named
from wearhouse.sources.files import in_memory, walk


def content(file) -> bytes:
    with file.open() as stream:
        return stream.read()


def archive(path, **members: bytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, payload in members.items():
            opened.writestr(name, payload)
    return path


def test_a_folder_is_walked_in_the_order_of_names_without_hidden_files(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("b/2.csv", "b/1.csv", "a.csv", ".hidden"):
        (tmp_path / name).write_text(name)

    files = list(walk(tmp_path))

    assert [(file.name, content(file)) for file in files] == [
        ("a.csv", b"a.csv"),
        ("b/1.csv", b"b/1.csv"),
        ("b/2.csv", b"b/2.csv"),
    ]


def test_gzip_is_opened_whatever_the_name(tmp_path):
    path = tmp_path / "steps.csv"
    path.write_bytes(gzip.compress(b"hello"))

    (file,) = walk(path)

    assert content(file) == b"hello"
    assert file.size == path.stat().st_size


def test_a_zip_is_read_without_unpacking_it_and_its_gzip_members_too(tmp_path):
    path = archive(tmp_path / "a.zip", **{"x/2.json": gzip.compress(b"two"), "x/1.json": b"one"})

    files = list(walk(path))

    assert [(file.name, content(file)) for file in files] == [
        ("a.zip!x/1.json", b"one"),
        ("a.zip!x/2.json", b"two"),
    ]


def test_the_head_has_no_byte_order_mark():
    file = in_memory("x", b"\xef\xbb\xbf{}")

    assert file.head().content == b"{}"


def test_progress_counts_every_byte_on_disk(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 9999))
    consumed = []
    (file,) = walk(path, consumed.append)

    content(file)

    assert sum(consumed) == path.stat().st_size


@pytest.mark.parametrize("keep", [5, 30, -9, -1])
def test_a_cut_gzip_is_refused_by_name(tmp_path, keep):
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 9)[:keep])
    (file,) = walk(path)

    with pytest.raises(Invalid, match=r"cut.csv.gz is truncated or damaged"):
        content(file)


def test_a_cut_zip_is_refused_by_name(tmp_path):
    path = archive(tmp_path / "cut.zip", a=b"1" * 999)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(Invalid, match=r"cut.zip is truncated or damaged"):
        list(walk(path))


def test_a_damaged_member_of_a_zip_is_refused_by_name(tmp_path):
    path = archive(tmp_path / "bad.zip", a=bytes(range(256)))
    payload = bytearray(path.read_bytes())
    payload[60] ^= 0xFF
    path.write_bytes(payload)
    (file,) = walk(path)

    with pytest.raises(Invalid, match=r"bad.zip!a is truncated or damaged"):
        content(file)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a\\..\\x"])
def test_a_zip_with_an_unsafe_path_is_refused(tmp_path, name):
    path = archive(tmp_path / "evil.zip", **{name: b"x"})

    with pytest.raises(Invalid, match="unsafe path"):
        list(walk(path))


def test_an_encrypted_member_is_refused(tmp_path):
    path = archive(tmp_path / "secret.zip", a=b"x")
    payload = bytearray(path.read_bytes())
    directory = payload.index(b"PK\x01\x02")
    payload[directory + 8] |= 1
    path.write_bytes(payload)

    with pytest.raises(Invalid, match=r"secret.zip!a is encrypted"):
        list(walk(path))


def test_a_decompression_bomb_is_refused():
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", mtime=0) as zipped:
        for _ in range(300):
            zipped.write(bytes(1 << 20))
    file = in_memory("bomb.gz", bomb.getvalue())

    with pytest.raises(Invalid, match=r"bomb.gz expands to more than 400 times"):
        content(file)


def test_a_path_without_a_file_is_not_found(tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        list(walk(tmp_path / "nowhere"))


def test_every_built_in_source_is_installed_under_its_own_name():
    sources = installed()

    assert {"fitbit-web", "wearipedia", "fitabase", "csv", "parquet"} <= sources.keys()
    assert all(source.name == name for name, source in sources.items())


def test_two_sources_of_one_name_are_a_conflict(monkeypatch):
    monkeypatch.setattr(
        "wearhouse.sources.entry_points", lambda group: [source_entry(), source_entry()]
    )
    installed.cache_clear()

    with pytest.raises(Conflict, match="'csv'"):
        installed()

    installed.cache_clear()


def source_entry():
    from importlib.metadata import EntryPoint

    return EntryPoint("csv", "wearhouse.sources.delimited:Csv", "wearhouse.sources")


def test_an_unknown_source_is_not_found():
    with pytest.raises(NotFound, match="'fitbti'"):
        source_named("fitbti")


def test_a_file_of_no_known_format_is_refused_with_the_formats_there_are():
    file = in_memory("letter.txt", b"Dear all,\nhello")

    with pytest.raises(Invalid, match=r"letter.txt is not in a format .*fitabase"):
        recognise(file)


def test_every_file_is_recognised_as_what_it_is(shared):
    folders = {
        "fitabase": "fitabase",
        "wearipedia": "wearipedia",
        "oura": "oura",
        "takeout": "takeout",
        "lifesnaps": None,
        "vendor-json/open-wearables": None,
    }

    found = {folder: {named(file) for file in walk(shared / folder)} for folder in folders}

    assert found == {folder: {name} for folder, name in folders.items()}


def test_other_vendors_are_not_taken_for_fitbit(shared):
    files = walk(shared / "vendor-json" / "shimmer")

    taken = {file.name for file in files if named(file) == "fitbit-web"}

    assert len(taken) == 11
    assert all(name.startswith("fitbit-") for name in taken)


def named(file) -> str | None:
    try:
        return recognise(file).name
    except Invalid:
        return None
