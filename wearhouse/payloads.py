"""The archive of payloads: bytes as received, found by their digest, never altered."""

import hashlib
import secrets

import fsspec
import pyarrow as pa
from fsspec import AbstractFileSystem

from wearhouse.errors import Invalid, NotFound, Unavailable

PART = ".part"
"""What the name of a file holds that is still being written."""


class Payloads:
    """Payloads in a folder or an object store. The same bytes are kept once."""

    def __init__(self, url: str) -> None:
        try:
            self._files, self._root = fsspec.core.url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise Invalid(f"Payloads cannot be kept at {url}: {error}.", "payloads") from None

    def put(self, content: bytes) -> str:
        """Keep bytes; their SHA-256 digest, by which they are found again."""
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        try:
            if not self._files.exists(place):
                write_whole(self._files, place, compressed(content))
        except OSError as error:
            raise Unavailable(f"A payload could not be archived: {error}.") from error
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes of a digest; NotFound if they are not there, Invalid if they changed."""
        try:
            packed = self._files.cat_file(self._place(digest))
        except FileNotFoundError:
            raise NotFound(f"No payload {digest} is in the archive.") from None
        except OSError as error:
            raise Unavailable(f"A payload could not be read: {error}.") from error
        content = _plain(packed, digest)
        if hashlib.sha256(content).hexdigest() != digest:
            raise Invalid(f"Payload {digest} is not as it was received.")
        return content

    def remove(self, digest: str) -> bytes | None:
        """Remove the bytes of a digest for good; they are handed back, if they were there."""
        try:
            content = self.read(digest)
        except NotFound:
            return None
        except Invalid:
            content = b""  # what changed since cannot be put back, but goes all the same
        try:
            self._files.rm_file(self._place(digest))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"A payload could not be removed: {error}.") from error
        return content or None

    def _place(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest}.zst"


def write_whole(files: AbstractFileSystem, place: str, content: bytes) -> None:
    """Write a file that appears whole or not at all."""
    if "file" not in (files.protocol if isinstance(files.protocol, tuple) else [files.protocol]):
        files.pipe_file(place, content)  # an object appears when it is whole
        return
    files.makedirs(place.rpartition("/")[0], exist_ok=True)
    partial = f"{place}{PART}{secrets.token_hex(4)}"
    files.pipe_file(partial, content)
    files.mv(partial, place)


def compressed(content: bytes) -> bytes:
    """Bytes as zstd packs them."""
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


def _plain(packed: bytes, digest: str) -> bytes:
    try:
        with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
            return bytes(stream.read())
    except OSError:
        raise Invalid(f"Payload {digest} is not as it was received.") from None
