"""Letting an archive lie elsewhere: its files are copied there, or were brought there already, and
each is read where it is to lie before the store's index names that place."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from wearhouse.care.archiving import LOCK, strays, tidy
from wearhouse.errors import Conflict, Invalid, NotFound, Unavailable
from wearhouse.registry import Registry
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store, archive
from wearhouse.store.archive import Moved

Step = Callable[[int], None]


@dataclass
class Done:
    """What lies elsewhere now: `copied` files were brought there, `found` ones were there already;
    `left` lie at the old place still, which could not be reached."""

    root: str
    months: int = 0
    samples: int = 0
    copied: int = 0
    found: int = 0
    left: bool = False


def relocate(
    store: Store, registry: Registry, origin: str, target: str, step: Step = lambda _: None
) -> Done:
    """Answer what lies in the archive at `origin` from `target`. Files that are not there yet are
    copied; the old ones go once all are answered from there. `step` hears of each month.

    NotFound if nothing of the store lies at the origin, Conflict while samples are archived,
    Unavailable if a file is at neither place as it was written: what was done until then holds,
    and the same again goes on.
    """
    if origin == target:
        raise Invalid("The archive lies there already.", "to")
    owner = new_owner()
    if not registry.locks.take(LOCK, owner):
        raise Conflict("Samples are being archived just now; wait for that to end.")
    done = Done(target)
    try:
        if not _at(store, origin):
            raise NotFound(f"Nothing of this store lies in an archive at {origin}.", "from")
        while waiting := _at(store, origin):  # late data change what lies there meanwhile
            for one in waiting:
                _bring(done, one, target)
                if store.relocate(one, target):
                    done.months += 1
                    done.samples += one.rows
                if not registry.locks.renew(LOCK, owner):
                    raise Conflict("Another run has taken over; run this again when it is over.")
                step(1)
        tidy(store, target)
        done.left = not _cleared(store, origin)
    finally:
        registry.locks.release(LOCK, owner)
    return done


def _at(store: Store, root: str) -> list[Moved]:
    return [one for one in store.moved() if one.root == root]


def _bring(done: Done, one: Moved, target: str) -> None:
    """Have the files of a month at the target, as they were written."""
    there = replace(one, root=target)
    for table, digest in one.tables():
        try:
            archive.content(there.place(table), digest)
            done.found += 1
        except Unavailable:
            archive.put(there.place(table), archive.content(one.place(table), digest))
            archive.content(there.place(table), digest)
            done.copied += 1


def _cleared(store: Store, origin: str) -> bool:
    """Remove what lies at the old place; whether that could be looked at."""
    try:
        tidy(store, origin)
        return not strays(store, origin)
    except Unavailable:
        return False
