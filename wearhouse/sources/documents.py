"""JSON documents, one at a time from a stream, with their bulky arrays left as bytes.

The arrays called "dataset" and "minutes" hold nearly all that a wearable measures. They are
found at the speed of a byte search and kept aside unparsed; the rest of a document is small.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

import orjson

from wearhouse.errors import Invalid
from wearhouse.sources.files import BOM, File

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

CHUNK = 1 << 20
LONGEST_STRING = 4 << 20
LARGEST = 256 << 20
MARGIN = 64

STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
TOKEN = re.compile(
    rb'"(?:dataset|minutes)"\s{0,16}:\s{0,16}\[|' + STRING + rb'|[\[\]{}"]', re.DOTALL
)
PLAIN = re.compile(rb"(" + STRING + rb")(\s*:)?|[\[\]{}]", re.DOTALL)


@dataclass(frozen=True)
class Document:
    """One JSON value; in `tree`, a bulky array holds only its number among `arrays`."""

    file: str
    tree: Json
    arrays: list[bytes]

    def array(self, node: Json) -> bytes:
        """The bytes between the brackets of a bulky array."""
        number = listed(node)[:1]
        return self.arrays[number[0]] if number and isinstance(number[0], int) else b""


@dataclass(frozen=True)
class Outline:
    """What the start of a JSON text tells: whether it is an array, and the paths of its keys."""

    array: bool
    paths: frozenset[tuple[str, ...]]


def listed(node: Json) -> list[Json]:
    """The node if it is a list, else an empty one."""
    return node if isinstance(node, list) else []


def keyed(node: Json) -> dict[str, Json]:
    """The node if it is an object, else an empty one."""
    return node if isinstance(node, dict) else {}


def outline(content: bytes) -> Outline | None:
    """The outline of a text that may be cut off; None if it does not begin as JSON does."""
    start = content.lstrip()[:1]
    if start not in (b"{", b"["):
        return None
    within: list[str] = []
    paths = set()
    key = ""
    for token in PLAIN.finditer(content):
        mark = token[0][:1]
        if token[2]:
            key = token[1][1:-1].decode(errors="replace")
            paths.add((*filter(None, within), key))
        elif mark in b"[{":
            within.append(key)
            key = ""
        elif mark in b"]}":
            key = ""
            if within:
                within.pop()
    return Outline(start == b"[", frozenset(paths))


def documents(file: File) -> Iterator[Document]:
    """Each element of a top-level array, or the one top-level object."""
    with file.open() as stream:
        yield from _Splitter(stream, file.name).split()


class _Splitter:
    """Walks the tokens of a stream, keeping one document at a time."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.stream, self.name = stream, name
        self.buffer = stream.read(CHUNK).removeprefix(BOM)
        self.at = 0  # where the text begins that is not yet part of the document
        self.over = False
        self.text: list[bytes] = []
        self.arrays: list[bytes] = []
        self.held = 0

    def split(self) -> Iterator[Document]:
        closers: list[bytes] = []  # of the top-level array, if there is one
        depth, ended, found = 0, False, 0
        for mark, end in self._marks():
            if ended:
                raise self._broken()
            if mark in b"{[":
                if depth == len(closers):
                    self._check_gap(end - 1, b"," if found else b"")
                if depth == 0 and mark == b"[":
                    closers, self.at = [b"]"], end
                depth += 1
            elif mark in b"}]":
                depth -= 1
                if depth < 0 or (depth == 0 and closers and mark != b"]"):
                    raise self._broken()
                if depth == len(closers):
                    yield self._document(end)
                    found += 1
                elif depth < len(closers):
                    self._check_gap(end - 1, b"")
                    self.at = end
                ended = depth == 0
            elif depth == len(closers):
                raise self._broken()
        rest = b"".join(self.text).strip()
        if depth or (not ended and rest[:1] == b'"'):
            raise Invalid(f"{self.name} is truncated: its JSON ends in the middle.")
        if not ended and not rest:
            raise Invalid(f"{self.name} is empty.")
        if rest:
            raise self._broken()

    def _marks(self) -> Iterator[tuple[bytes, int]]:
        """Brackets and strings, each with where it ends in the buffer."""
        position = 0
        while True:
            token = TOKEN.search(self.buffer, position)
            if token is None:
                self._keep(len(self.buffer))
                if self.over:
                    return
                position = self._refill()
            elif token[0] == b'"' or (
                token[0][:1] == b'"'
                and token[0][-1:] == b'"'
                and token.end() > len(self.buffer) - MARGIN
                and not self.over
            ):
                if self.over:
                    raise Invalid(f"{self.name} is truncated: its JSON ends in the middle.")
                if len(self.buffer) - token.start() > LONGEST_STRING:
                    raise self._broken()
                self._keep(token.start())
                position = self._refill()
            elif token[0][:1] == b'"' and token[0][-1:] == b"[":
                yield b"[", token.end()
                self._keep(token.end())
                self._set_aside()
                position = self.at
            else:
                yield token[0][:1], token.end()
                position = token.end()

    def _refill(self) -> int:
        chunk = self.stream.read(CHUNK)
        self.over = not chunk
        self.buffer = self.buffer[self.at :] + chunk
        self.at = 0
        return 0

    def _keep(self, end: int) -> None:
        self.text.append(self.buffer[self.at : end])
        self._hold(end - self.at)
        self.at = end

    def _hold(self, size: int) -> None:
        self.held += size
        if self.held > LARGEST:
            raise Invalid(f"{self.name} holds one record of more than {LARGEST >> 20} MiB.")

    def _set_aside(self) -> None:
        """Moves a bulky array out of the text; ends at its closing bracket."""
        parts: list[bytes] = []
        search = self.at
        while True:
            end = self.buffer.find(b"]", search)
            if end < 0:
                parts.append(self.buffer[self.at :])
                self._hold(len(parts[-1]))
                self.buffer, self.at = self.stream.read(CHUNK), 0
                search = 0
                if not self.buffer:
                    raise Invalid(f"{self.name} is truncated: its JSON ends in the middle.")
                continue
            content = b"".join([*parts, self.buffer[self.at : end]]).strip()
            # A bracket that does not follow an object stands in a text or is of an inner array.
            if not content or content[-1:] == b"}":
                break
            search = end + 1
        self._hold(end - self.at)
        self.at = end
        if content:
            self.text.append(b"%d" % len(self.arrays))
            self.arrays.append(content)

    def _check_gap(self, end: int, expected: bytes) -> None:
        gap = b"".join(self.text) + self.buffer[self.at : end]
        if gap.strip() != expected:
            raise self._broken()
        self.text, self.held, self.at = [], 0, end

    def _document(self, end: int) -> Document:
        text = b"".join([*self.text, self.buffer[self.at : end]])
        try:
            tree: Json = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise Invalid(f"{self.name} is not valid JSON: {error}.") from error
        document = Document(self.name, tree, self.arrays)
        self.text, self.arrays, self.held, self.at = [], [], 0, end
        return document

    def _broken(self) -> Invalid:
        return Invalid(f"{self.name} is not valid JSON.")
