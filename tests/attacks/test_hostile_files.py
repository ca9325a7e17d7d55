"""Attacks: files that want to be written elsewhere, to grow without end, or to read others."""

import stat
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from wearhouse.errors import Invalid
from wearhouse.sources.apple_health import AppleHealth
from wearhouse.sources.files import in_memory, walk

pytestmark = [
    pytest.mark.usefixtures("store"),
    pytest.mark.parametrize("store", ["embedded"], indirect=True, scope="module"),
]

SECRET = "what only the lab may read"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that nobody outside is to see."""
    file = tmp_path / "outside.txt"
    file.write_text(SECRET)
    return file


@pytest.mark.parametrize("name", ["../evil.csv", "a/../../evil.csv", "/tmp/evil.csv", "a\\..\\b"])
def test_an_entry_that_leads_out_of_its_archive_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "x")

    with pytest.raises(Invalid, match="unsafe path"):
        list(walk(tmp_path / "a.zip"))


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path, outside: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, str(outside))

    [file] = walk(tmp_path / "a.zip")

    with file.open() as opened:
        assert SECRET.encode() not in opened.read()


def test_an_archive_that_expands_without_end_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("steps.csv", b" " * (300 << 20))

    [file] = walk(tmp_path / "bomb.zip")

    with file.open() as opened, pytest.raises(Invalid, match="decompression bomb"):
        list(iter(lambda: opened.read(1 << 20), b""))


@pytest.mark.parametrize(
    "entity",
    ['<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">', '<!ENTITY b SYSTEM "file:///etc/passwd">'],
    ids=["billion-laughs", "external"],
)
def test_entities_of_xml_are_refused(entity: str) -> None:
    text = f'<?xml version="1.0"?><!DOCTYPE HealthData [{entity}]><HealthData>&b;</HealthData>'

    with pytest.raises(Invalid, match="entit"):
        list(AppleHealth().read(in_memory("export.xml", text.encode())))


@pytest.mark.parametrize(
    "path",
    ["/../../pyproject.toml", "/assets/../../__init__.py", "/%2e%2e/%2e%2e/border.py",
     "/..%2f..%2fborder.py", "//etc/passwd", "/assets/%2e%2e%2f%2e%2e%2fborder.py"],
)  # fmt: skip
def test_the_dashboard_gives_out_no_other_file(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404 or "<html" in answer.text.lower() or "<h1>" in answer.text
    assert not {"import", "root:", "[project]"} & set(answer.text.split())
