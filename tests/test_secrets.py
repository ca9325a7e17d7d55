"""Tokens at rest: unreadable without the key, readable after it was changed."""

from pathlib import Path

import pytest

from wearhouse.errors import Invalid
from wearhouse.secrets import Secrets, new_key, open_secrets, rotate


def under(*keys: str) -> Secrets:
    return Secrets(lambda: keys)


def test_what_is_encrypted_says_nothing_and_can_be_decrypted() -> None:
    secrets = under(new_key())

    hidden = secrets.encrypt("refresh-123")

    assert "refresh" not in hidden
    assert secrets.decrypt(hidden) == "refresh-123"


def test_a_wrong_key_decrypts_nothing() -> None:
    hidden = under(new_key()).encrypt("refresh-123")

    with pytest.raises(Invalid, match="No secret key fits"):
        under(new_key()).decrypt(hidden)


def test_after_a_rotation_old_secrets_can_be_read_and_renewed() -> None:
    old, new = new_key(), new_key()
    hidden = under(old).encrypt("refresh-123")

    renewed = under(new, old).renewed(hidden)

    assert under(new).decrypt(renewed) == "refresh-123"


def test_the_key_in_the_home_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    hidden = open_secrets(tmp_path).encrypt("refresh-123")

    assert open_secrets(tmp_path).decrypt(hidden) == "refresh-123"
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_rotation_elsewhere_is_noticed_where_secrets_are_open(tmp_path: Path) -> None:
    here = open_secrets(tmp_path)
    before = here.encrypt("refresh-1")
    rotate(tmp_path)
    after = open_secrets(tmp_path).encrypt("refresh-2")

    assert (here.decrypt(before), here.decrypt(after)) == ("refresh-1", "refresh-2")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_given_comes_before_one_in_a_file(tmp_path: Path) -> None:
    given, file = new_key(), tmp_path / "keys"
    file.write_text(f"{new_key()}\n{given}\n")

    hidden = open_secrets(tmp_path, given).encrypt("refresh-123")

    assert open_secrets(tmp_path, "", file).decrypt(hidden) == "refresh-123"
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("text", ["", "short", "é" * 44, "=" * 44])
def test_what_is_no_key_is_refused_without_repeating_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys"
    file.write_text(text)

    with pytest.raises(Invalid) as refusal:
        open_secrets(tmp_path, "", file)

    assert refusal.value.parameter == "secret_key"
    assert not text or text not in str(refusal.value)


def test_keys_for_other_purposes_differ_and_outlive_a_rotation() -> None:
    old, new = new_key(), new_key()

    before, after = under(old), under(new, old)

    assert before.derived("a") != before.derived("b")
    assert before.derived("a")[0] in after.derived("a")
    assert after.derived("a")[-1] not in before.derived("a")
