"""Entries chained by their digests: what was changed, left out or moved shows."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

START = "0" * 64
"""What the first entry says comes before it."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is kept: its place, its canonical JSON, and the SHA-256 of that. The JSON
    holds the place and the digest of the entry before."""

    number: int
    content: str
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries hold together, the digest of the last of them, and what is wrong with the
    one after, if anything is."""

    entries: int
    digest: str
    problem: str = ""

    @property
    def sound(self) -> bool:
        return not self.problem


def link(number: int, previous: str, said: Mapping[str, Any]) -> Link:
    """The next entry after the one with that digest."""
    content = canonical({**said, "number": number, "previous": previous})
    return Link(number, content, digest_of(content))


def canonical(said: Mapping[str, Any]) -> str:
    """The one way to write it: keys in order, nothing between."""
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z).decode()


def digest_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def verify(links: Iterable[Link]) -> Verdict:
    """Whether entries, the first one first, are as they were written, and all there are up to the
    last. That none is missing after it, only the digest of the last can show."""
    held, last = 0, START
    for found in links:
        if found.number != held + 1:
            return Verdict(held, last, f"Entry {held + 1} is missing: {found.number} follows.")
        if digest_of(found.content) != found.digest:
            return Verdict(held, last, f"Entry {found.number} is not what was written.")
        said = orjson.loads(found.content)
        if said.get("number") != found.number or said.get("previous") != last:
            return Verdict(held, last, f"Entry {found.number} does not follow the one before.")
        held, last = found.number, found.digest
    return Verdict(held, last)
