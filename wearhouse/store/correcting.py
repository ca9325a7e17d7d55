"""An event that is told again with another time, device or type: which deliveries still count.

An event is known by its project and id, where it has one. Of its deliveries the one that was
created last counts; the places of the others are settled again from whatever else was delivered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Event = tuple[str, str]
"""Project and id."""
Place = tuple[str, str, str, datetime]
"""What a heartbeat is known by: project, device, type, captured time."""
SETTLED_AT_ONCE = 500
"""How many events are settled in one statement."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivered event that is a heartbeat. `rank` orders deliveries: the highest counts."""

    project: str
    id: str
    device: str
    type: str
    captured_at: datetime
    rank: Any
    load: int
    position: int

    @property
    def event(self) -> Event:
        return self.project, self.id

    @property
    def place(self) -> Place:
        return self.project, self.device, self.type, self.captured_at


def settled(
    events: Sequence[Event],
    of_events: Callable[[Sequence[Event]], Iterable[Delivery]],
    at_places: Callable[[Sequence[Place]], Iterable[Delivery]],
) -> dict[Place, Delivery | None]:
    """Of each place that one of these events has left: what counts there now, or None if nothing
    does. `of_events` and `at_places` give every delivery of some events, or for some places."""
    every = list(of_events(events))
    newest = _newest(every)
    left = sorted({one.place for one in every if one.place != newest[one.event].place})
    there = list(at_places(left)) if left else []
    unknown = sorted({one.event for one in there if one.id} - newest.keys())
    if unknown:
        newest |= _newest(of_events(unknown))
    counts: dict[Place, Delivery | None] = dict.fromkeys(left)
    for one in there:
        best = counts[one.place]
        stands = not one.id or newest[one.event].place == one.place
        if stands and (best is None or one.rank > best.rank):
            counts[one.place] = one
    return counts


def _newest(deliveries: Iterable[Delivery]) -> dict[Event, Delivery]:
    """Of each event the delivery that counts, whatever comes first."""
    found: dict[Event, Delivery] = {}
    for one in deliveries:
        best = found.get(one.event)
        if best is None or (one.rank, one.place) > (best.rank, best.place):
            found[one.event] = one
    return found
