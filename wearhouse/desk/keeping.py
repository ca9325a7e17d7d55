"""What was found is kept until it may be another: something was written, or a civil day ended."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from wearhouse.desk.gathering import Sources

Found = TypeVar("Found")

DAYS_END = timedelta(minutes=15)
"""Civil days end on a quarter of an hour in UTC, on every clock there is."""
MOST = 32


@dataclass(frozen=True, slots=True)
class _State:
    """What a finding depends on: all that was written, what people did (each act is in the audit
    trail), and the civil days."""

    written: Hashable
    acts: int
    quarter: int

    def differs_by_arrivals(self, other: "_State") -> bool:
        """Whether, of two states, people did nothing and no day ended in between."""
        return (self.acts, self.quarter) == (other.acts, other.quarter)


@dataclass(frozen=True, slots=True)
class _Finding(Generic[Found]):
    state: _State
    made_at: float
    found: Found


class Kept(Generic[Found]):
    """Findings about studies, each as of the store and the registry as they stand.

    What people do shows at once. What only came in, as all night from a sync, may take up to `lag`
    to show, and longer for those who ask while somebody else's question is being answered anew.
    """

    def __init__(self, lag: timedelta = timedelta(0), most: int = MOST) -> None:
        self.lag_s, self.most = lag.total_seconds(), most
        self.findings: OrderedDict[Hashable, _Finding[Found]] = OrderedDict()
        self.lock = threading.Lock()
        self.making: dict[Hashable, threading.Lock] = {}

    def of(
        self, sources: Sources, about: Hashable, as_of: datetime, make: Callable[[], Found]
    ) -> Found:
        """The finding `about` something within the reach of the sources' registry: that which is
        kept, if it still holds, else a new one. Where a store or registry cannot tell whether it
        was written to, always a new one."""
        place = (about, sources.registry.scope)
        state = _state(sources, as_of)
        if state is None:
            return make()
        with self.lock:
            turn = self.making.setdefault(place, threading.Lock())
        known = self._known(place, state, late=turn.locked())
        if known is not None:
            return known.found
        with turn:  # several who ask at once wait for one answer
            known = self._known(place, state, late=False)
            return known.found if known is not None else self._made(place, state, make)

    def _known(self, place: Hashable, state: _State, late: bool) -> _Finding[Found] | None:
        with self.lock:
            known = self.findings.get(place)
        if known is None or known.state == state:
            return known
        if not self.lag_s or not known.state.differs_by_arrivals(state):
            return None
        return known if late or time.monotonic() - known.made_at < self.lag_s else None

    def _made(self, place: Hashable, state: _State, make: Callable[[], Found]) -> Found:
        began = time.monotonic()
        made = make()
        with self.lock:
            self.findings[place] = _Finding(state, began, made)
            self.findings.move_to_end(place)
            while len(self.findings) > self.most:
                gone, _ = self.findings.popitem(last=False)
                self.making.pop(gone, None)
        return made


def _state(sources: Sources, as_of: datetime) -> _State | None:
    store, registry = sources.store.version(), sources.registry.changes.version()
    if store is None or registry is None:
        return None
    quarter = int(as_of.timestamp() // DAYS_END.total_seconds())
    return _State((store, registry), sources.registry.audit.newest(), quarter)
