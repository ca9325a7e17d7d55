"""Where settings come from, and which comes first."""

from pathlib import Path

import pytest

from wearhouse.errors import Invalid
from wearhouse.settings import read_settings


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("WEARHOUSE_SECRETS", str(folder))
    monkeypatch.delenv("WEARHOUSE_STORE", raising=False)
    return folder


def test_a_secret_is_read_from_a_file_of_its_name(secrets: Path, tmp_path: Path) -> None:
    (secrets / "wearhouse_store").write_text("postgresql://lab:secret@db/wearhouse\n")

    assert read_settings(tmp_path).store_url == "postgresql://lab:secret@db/wearhouse"


def test_the_environment_comes_before_a_file(
    secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secrets / "wearhouse_store").write_text("postgresql://lab:secret@db/wearhouse")
    monkeypatch.setenv("WEARHOUSE_STORE", "chdb:///elsewhere")

    assert read_settings(tmp_path).store_url == "chdb:///elsewhere"


def test_a_folder_of_secrets_that_is_not_there_is_named(secrets: Path, tmp_path: Path) -> None:
    secrets.rmdir()

    with pytest.raises(Invalid, match=f"WEARHOUSE_SECRETS: {secrets} is not a folder"):
        read_settings(tmp_path)
