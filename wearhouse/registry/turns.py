"""Turns: which process may write which participants, where their store cannot tell."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from wearhouse.errors import Conflict, Unavailable
from wearhouse.registry.locks import LASTS, Locks, new_owner

STRIPES = 64
"""Participants share this many locks; writers that share none do not wait for each other."""
PAUSE_S = 0.05


@contextmanager
def turn(locks: Locks, participants: Sequence[int], patience_s: float) -> Iterator[None]:
    """Nobody else who asks for a turn writes these participants meanwhile; Conflict if others
    go on doing so for longer than the patience."""
    owner, until = new_owner(), time.monotonic() + patience_s
    taken: list[str] = []
    try:
        # Everybody takes them in the same order, so that nobody waits for one who waits for them.
        for stripe in sorted({participant % STRIPES for participant in participants}):
            name = f"write/{stripe:02}"
            _wait(locks, name, owner, until)
            taken.append(name)
        with _renewed(locks, taken, owner):
            yield
    finally:
        for name in taken:
            with suppress(Unavailable):  # it expires by itself
                locks.release(name, owner)


def _wait(locks: Locks, name: str, owner: str, until: float) -> None:
    while not locks.take(name, owner):
        if time.monotonic() >= until:
            raise Conflict("Another process is still writing data of the same participants.")
        time.sleep(PAUSE_S)


@contextmanager
def _renewed(locks: Locks, names: Sequence[str], owner: str) -> Iterator[None]:
    """Own locks for as long as this lasts, however long that is."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LASTS.total_seconds() / 4):
            for name in names:
                with suppress(Unavailable):
                    locks.renew(name, owner)

    renewing = threading.Thread(target=renew, name="turn", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
