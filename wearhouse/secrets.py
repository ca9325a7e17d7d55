"""Secrets at rest: tokens are encrypted with a key that can be changed."""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from wearhouse.errors import Invalid


class Secrets:
    """Encrypts with the first of its keys and decrypts with any of them. `read` gives the keys;
    it is asked again when none of them fits, for another process may have added one."""

    def __init__(self, read: Callable[[], Sequence[str]]) -> None:
        self._read = read
        self._open()

    def encrypt(self, text: str) -> str:
        """The text as nobody can read it without the key."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, text: str) -> str:
        """What was encrypted; Invalid if none of the keys fits."""
        try:
            return self._fernet.decrypt(text.encode()).decode()
        except InvalidToken:
            self._open()
        try:
            return self._fernet.decrypt(text.encode()).decode()
        except InvalidToken:
            raise Invalid("No secret key fits what was encrypted; was one removed?") from None

    def renewed(self, text: str) -> str:
        """The same secret, encrypted with the first key."""
        return self.encrypt(self.decrypt(text))

    def derived(self, purpose: str) -> list[bytes]:
        """A key for another purpose from each key, the newest last."""
        return [
            hmac.new(key, purpose.encode(), hashlib.sha256).digest() for key in reversed(self._keys)
        ]

    def _open(self) -> None:
        keys = self._read()
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise Invalid("A secret key is 32 bytes in URL-safe base64.", "secret_key") from None
        self._keys = [base64.urlsafe_b64decode(key) for key in keys]


def new_key() -> str:
    """A fresh random key."""
    return Fernet.generate_key().decode()


def open_secrets(home: Path, given: str = "", file: Path | None = None) -> Secrets:
    """Secrets under the keys given (newest first, commas between), or those in a file, a line
    each; without either, in `secret.key` in the home, which is made if it is not there."""
    if given:
        keys = [key.strip() for key in given.split(",") if key.strip()]
        return Secrets(lambda: keys)
    if file:
        return Secrets(lambda: _read(file))
    return Secrets(lambda: _kept(home / "secret.key"))


def rotate(home: Path) -> None:
    """Put a new key before those in the home. What was encrypted can still be read."""
    place = home / "secret.key"
    _write(place, [new_key(), *_kept(place)])


def _kept(place: Path) -> list[str]:
    if not place.exists():
        _write(place, [new_key()], fresh=True)
    return _read(place)


def _read(place: Path) -> list[str]:
    try:
        keys = place.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"The secret key in {place} cannot be read: {error}.", "secret_key") from None
    if not keys:
        raise Invalid(f"{place} holds no secret key.", "secret_key")
    return keys


def _write(place: Path, keys: Sequence[str], fresh: bool = False) -> None:
    """Write keys for their owner only, all of them or none. Of two processes that make the
    first key at once, one wins and both read its key."""
    partial = place.with_name(f"{place.name}.{os.getpid()}")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if not fresh:
        partial.replace(place)
        return
    try:
        os.link(partial, place)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
