"""Letters: what is pushed, how it is known, and what its sender is told."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """What came through a door, and the name by which its sender knows it. Without a key it is
    known by its bytes."""

    door: str
    sender: str
    body: bytes = field(repr=False)
    key: str = ""
    sent_at: datetime | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def known_as(self) -> str:
        return self.key or f"sha256:{self.digest}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was taken of a letter. The same letter gets the same receipt."""

    delivery: int
    samples: int
    heartbeats: int
    quarantined: int


@dataclass(frozen=True)
class Delivery:
    """A letter that was read: what is worth taking of it. `packed` is its body, compressed, or
    None if nothing of it is for the store. Heartbeats are rows of their table; refused records
    say position, person, reason, record and in `of` which list of the letter they were in."""

    letter: Letter
    packed: bytes | None
    as_of: int
    samples: int
    heartbeats: Sequence[Mapping[str, Any]]
    refused: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is not in the store yet."""

    id: int
    door: str
    packed: bytes = field(repr=False)
    as_of: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits behind a door."""

    deliveries: int
    bytes: int
    oldest_at: datetime
