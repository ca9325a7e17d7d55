"""Files as people hand them over: plain, compressed, in folders, in zip archives."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from wearhouse.errors import Invalid, NotFound
from wearhouse.sources.streams import BUFFER, DAMAGE, Checked, Counted, Progress, decompressed

HEAD = 64 << 10
BOM = b"\xef\xbb\xbf"
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Head:
    """How a file begins: its first 64 KiB, decompressed, without a byte-order mark."""

    name: str
    content: bytes


@dataclass(frozen=True)
class File:
    """One file to read, `name` as shown to people and `size` the bytes it takes on disk."""

    name: str
    size: int | None
    opener: Callable[[], BinaryIO]

    def open(self) -> BinaryIO:
        """Its content from the start, decompressed."""
        return self.opener()

    def head(self) -> Head:
        """How it begins."""
        with self.open() as stream:
            return Head(self.name, stream.read(HEAD).removeprefix(BOM))


def in_memory(name: str, payload: bytes) -> File:
    """A file of bytes that are already here."""

    def opener() -> BinaryIO:
        raw = io.BufferedReader(cast(io.RawIOBase, io.BytesIO(payload)))
        return decompressed(raw, name, lambda: len(payload))

    return File(name, len(payload), opener)


def walk(path: Path, progress: Progress | None = None) -> Iterator[File]:
    """Every file at a path, a folder and a zip archive opened up, in the order of their names.

    `progress` is told the bytes consumed of what lies on disk.
    """
    if path.is_dir():
        for member in sorted(path.rglob("*")):
            if member.is_file() and not _hidden(member.relative_to(path)):
                yield from _opened(member, str(member.relative_to(path)), progress)
    elif path.is_file():
        yield from _opened(path, path.name, progress)
    else:
        raise NotFound(f"There is no file or folder {path}.", "path")


def _hidden(path: Path) -> bool:
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in path.parts)


def _opened(path: Path, name: str, progress: Progress | None) -> Iterator[File]:
    with path.open("rb") as file:
        start = file.read(4)
    if start in (b"PK\x03\x04", b"PK\x05\x06"):
        yield from _members(path, name, progress)
        return

    def opener() -> BinaryIO:
        counted = Counted(path, progress)
        return decompressed(io.BufferedReader(counted, BUFFER), name, lambda: counted.consumed)

    yield File(name, path.stat().st_size, opener)


def _members(path: Path, archive: str, progress: Progress | None) -> Iterator[File]:
    try:
        # The members share the archive, so it closes with the last of them.
        opened = zipfile.ZipFile(io.BufferedReader(Counted(path, progress), BUFFER))
    except DAMAGE as error:
        raise Invalid(f"{archive} is truncated or damaged: {error}.") from error
    for member in sorted(opened.infolist(), key=lambda member: member.filename):
        if not member.is_dir() and not _hidden(Path(member.filename)):
            yield _member(opened, member, archive)


def _member(opened: zipfile.ZipFile, member: zipfile.ZipInfo, archive: str) -> File:
    name = f"{archive}!{member.filename}"
    inside = PurePosixPath(member.filename)
    if inside.is_absolute() or ".." in inside.parts or "\\" in member.filename:
        raise Invalid(f"{archive} holds an entry with an unsafe path: {member.filename!r}.")
    if member.flag_bits & ENCRYPTED:
        raise Invalid(f"{name} is encrypted; decrypt the archive first.")

    def opener() -> BinaryIO:
        try:
            inner = cast(BinaryIO, opened.open(member))
        except DAMAGE as error:
            raise Invalid(f"{name} is truncated or damaged: {error}.") from error
        # Its own bound is the size that it claims to take in the archive.
        raw = io.BufferedReader(Checked(inner, name, lambda: member.compress_size), BUFFER)
        return decompressed(raw, name, lambda: member.compress_size)

    return File(name, member.compress_size, opener)
