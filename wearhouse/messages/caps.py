"""How often one person may be written to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wearhouse.errors import Invalid

FORM = re.compile(r"^(\d{1,3})/(\d{1,3})([hd])$")


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages to one person within any stretch of this length."""

    messages: int
    within: timedelta


DEFAULT = (Cap(1, timedelta(days=1)), Cap(2, timedelta(days=4)), Cap(4, timedelta(days=10)))


def free_at(sent: Sequence[datetime], now: datetime, caps: Sequence[Cap] = DEFAULT) -> datetime:
    """The first moment, not before `now`, at which one more message keeps every cap.

    `sent` holds when this person was written to, in any order.
    """
    newest = sorted((at for at in sent if at <= now), reverse=True)
    free = now
    for cap in caps:
        if len(newest) >= cap.messages:
            free = max(free, newest[cap.messages - 1] + cap.within)
    return free


def read_caps(text: str) -> tuple[Cap, ...]:
    """Caps as people write them: `1/24h 2/4d 4/10d`. Invalid names the one that makes no sense."""
    return tuple(_cap(word) for word in text.replace(",", " ").split())


def written(caps: Sequence[Cap]) -> str:
    """Caps as `read_caps` takes them."""
    return " ".join(f"{cap.messages}/{_length(cap.within)}" for cap in caps)


def _cap(word: str) -> Cap:
    found = FORM.fullmatch(word)
    if not found or int(found[1]) == 0 or int(found[2]) == 0:
        raise Invalid(f"{word!r} is not a cap; write messages/stretch, as 2/4d or 1/24h.", "caps")
    length = timedelta(hours=int(found[2])) if found[3] == "h" else timedelta(days=int(found[2]))
    return Cap(int(found[1]), length)


def _length(within: timedelta) -> str:
    hours = int(within.total_seconds() // 3600)
    return f"{hours // 24}d" if hours % 24 == 0 and hours > 24 else f"{hours}h"
