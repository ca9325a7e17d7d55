"""Byte streams that count what they consume and name the file when it is damaged."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from wearhouse.errors import Invalid

Progress = Callable[[int], None]

BUFFER = 1 << 20
UNSUSPICIOUS = 256 << 20
MOST_EXPANSION = 400

DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class Counted(io.RawIOBase):
    """A file on disk that reports every byte it hands out."""

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self._file = path.open("rb", buffering=0)
        self._progress = progress
        self.consumed = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        size = self._file.readinto(buffer) or 0
        self.consumed += size
        if self._progress:
            self._progress(size)
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


class Checked(io.RawIOBase):
    """A decompressed stream: damage and bombs become one sentence that names the file."""

    def __init__(
        self,
        inner: BinaryIO,
        name: str,
        consumed: Callable[[], int],
        beneath: BinaryIO | None = None,
    ) -> None:
        self._inner, self._name, self._consumed = inner, name, consumed
        self._beneath = beneath  # GzipFile leaves the file that it was given open
        self._expanded = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        try:
            content = self._inner.read(len(buffer))
        except DAMAGE as error:
            raise Invalid(f"{self._name} is truncated or damaged: {error}.") from error
        self._expanded += len(content)
        most = max(UNSUSPICIOUS, MOST_EXPANSION * self._consumed())
        if self._expanded > most:
            raise Invalid(
                f"{self._name} expands to more than {MOST_EXPANSION} times its size; "
                "it looks like a decompression bomb and was not read."
            )
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._inner.close()
        if self._beneath:
            self._beneath.close()
        super().close()


def decompressed(raw: BinaryIO, name: str, consumed: Callable[[], int]) -> BinaryIO:
    """The stream itself, or what is inside if it is gzip. `raw` must be buffered."""
    try:
        zipped = cast(io.BufferedReader, raw).peek(2)[:2] == b"\x1f\x8b"
    except DAMAGE as error:
        raise Invalid(f"{name} is truncated or damaged: {error}.") from error
    if not zipped:
        return raw
    inner = cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    return io.BufferedReader(Checked(inner, name, consumed, raw), BUFFER)
