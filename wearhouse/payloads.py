"""The archive of payloads: bytes as received, found by their digest, never altered."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import fsspec
import pyarrow as pa

from wearhouse.errors import Invalid, NotFound, Unavailable
from wearhouse.files import write_whole


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

    def digests(self) -> dict[str, datetime | None]:
        """The digests of everything in the archive, and when each was put there, as far as the
        place tells."""
        try:
            self._files.invalidate_cache()
            found = self._files.find(self._root, detail=True)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Unavailable(f"The archive of payloads could not be read: {error}.") from error
        return {
            name.rpartition("/")[2].removesuffix(".zst"): _put_at(about)
            for name, about in found.items()
            if name.endswith(".zst")
        }

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


def _put_at(about: Mapping[str, Any]) -> datetime | None:
    at = about.get("mtime", about.get("LastModified"))
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else at


def compressed(content: bytes) -> bytes:
    """Bytes as zstd packs them."""
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


def _plain(packed: bytes, digest: str) -> bytes:
    try:
        with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
            return bytes(stream.read())
    except OSError:
        raise Invalid(f"Payload {digest} is not as it was received.") from None
