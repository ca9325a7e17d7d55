"""Pieces of a backup: compressed, encrypted, found by what they hold, so that what has not changed
is kept once."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

import fsspec
import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wearhouse.errors import Invalid, NotFound, Unavailable
from wearhouse.files import PART, write_whole
from wearhouse.payloads import compressed

MAGIC = b"WHB1"
KEY_ID, NONCE = 8, 12


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece that is kept: its name, and how many bytes it takes."""

    name: str
    bytes: int
    fresh: bool  # it was not there before


@dataclass
class Chunks:
    """Pieces in a folder or an object store, under keys of 32 bytes each, the newest last."""

    url: str
    keys: Sequence[bytes] = field(repr=False)

    def __post_init__(self) -> None:
        try:
            self._files, self._root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise Invalid(f"A backup cannot be kept at {self.url}: {error}.", "out") from None

    def put(self, content: bytes) -> Chunk:
        """Keep a piece unless it is there already. Its name tells nothing to whoever has no key."""
        key = self.keys[-1]
        name = hmac.new(key, content, hashlib.sha256).hexdigest()
        place = self._place(name)
        try:
            if self._files.exists(place):
                return Chunk(name, self._files.size(place), fresh=False)
            sealed = self._sealed(content, name)
            write_whole(self._files, place, sealed)
        except OSError as error:
            raise Unavailable(f"The backup could not be written: {error}.") from error
        return Chunk(name, len(sealed), fresh=True)

    def read(self, name: str) -> bytes:
        """A piece as it was; NotFound if it is not there, Invalid if it has changed or none of the
        keys opens it."""
        try:
            sealed = self._files.cat_file(self._place(name))
        except FileNotFoundError:
            raise NotFound(f"The backup lacks its piece {name}.") from None
        except OSError as error:
            raise Unavailable(f"The backup could not be read: {error}.") from error
        return self.opened(sealed, name)

    def write_named(self, place: str, content: bytes) -> None:
        """Keep something under a name of its own, whole or not at all."""
        try:
            write_whole(self._files, f"{self._root}/{place}", self._sealed(content, place))
        except OSError as error:
            raise Unavailable(f"The backup could not be written: {error}.") from error

    def read_named(self, place: str) -> bytes:
        """What was kept under a name of its own."""
        try:
            return self.opened(self._files.cat_file(f"{self._root}/{place}"), place)
        except FileNotFoundError:
            raise NotFound(f"{self.url} holds no {place}.") from None
        except OSError as error:
            raise Unavailable(f"The backup could not be read: {error}.") from error

    def names(self, folder: str) -> list[str]:
        """What lies in a folder, in order."""
        try:
            self._files.invalidate_cache()
            found = self._files.ls(f"{self._root}/{folder}", detail=False)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Unavailable(f"{self.url} could not be looked at: {error}.") from error
        return sorted(str(one).rpartition("/")[2] for one in found if PART not in str(one))

    def stored(self) -> set[str]:
        """The names of all pieces."""
        return {name for prefix in self.names("chunks") for name in self.names(f"chunks/{prefix}")}

    def remove(self, name: str) -> None:
        """Let go of a piece."""
        self._files.rm_file(self._place(name))

    def remove_named(self, place: str) -> None:
        """Let go of what was kept under a name of its own."""
        self._files.rm_file(f"{self._root}/{place}")

    def opened(self, sealed: bytes, name: str) -> bytes:
        """What was sealed under a name."""
        head = len(MAGIC) + KEY_ID
        named, nonce = sealed[len(MAGIC) : head], sealed[head : head + NONCE]
        key = next((key for key in self.keys if _named(key) == named), None)
        if not sealed.startswith(MAGIC) or key is None:
            raise Invalid("None of the keys opens this backup; give its secret.key.")
        try:
            packed = AESGCM(key).decrypt(nonce, sealed[head + NONCE :], name.encode())
        except InvalidTag:
            raise Invalid(f"The backup's piece {name} is not as it was written.") from None
        with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
            return bytes(stream.read())

    def _sealed(self, content: bytes, name: str) -> bytes:
        key, nonce = self.keys[-1], secrets.token_bytes(NONCE)
        packed = AESGCM(key).encrypt(nonce, compressed(content), name.encode())
        return MAGIC + _named(key) + nonce + packed

    def _place(self, name: str) -> str:
        return f"{self._root}/chunks/{name[:2]}/{name}"


def _named(key: bytes) -> bytes:
    """A name for a key that does not give it away."""
    return hashlib.sha256(b"wearhouse backup" + key).digest()[:KEY_ID]
