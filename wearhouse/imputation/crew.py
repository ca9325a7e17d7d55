"""Processes that work on many people at once."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import TypeVar

from wearhouse.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Crew:
    """So many processes; without any, whoever asks does the work itself."""

    pool: ProcessPoolExecutor | None = None
    hands: int = 1

    def do(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Work on items, each answer as soon as it is there. At most two items a process are held
        in memory. Unavailable where a process was killed."""
        waiting = iter(items)
        if self.pool is None:
            yield from map(work, waiting)
            return
        running: set[Future[R]] = set()
        while True:
            free = 2 * self.hands - len(running)
            running |= {self.pool.submit(work, one) for one in islice(waiting, free)}
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            try:
                yield from (one.result() for one in finished)
            except BrokenProcessPool:
                raise Unavailable(
                    "A process that imputes ended before its time; start the run again, it goes "
                    "on where it was."
                ) from None


ALONE = Crew()


@contextmanager
def crew_of(hands: int) -> Iterator[Crew]:
    """A crew for as long as this lasts. Processes begin when there is work for them, which takes
    seconds: one crew is for a whole run."""
    if hands <= 1:
        yield ALONE
        return
    # A forked child would inherit an embedded store's threads in the middle of their work.
    with ProcessPoolExecutor(
        hands, mp_context=get_context("spawn"), initializer=_end_with_parent
    ) as pool:
        yield Crew(pool, hands)


def _end_with_parent() -> None:
    """Let this process end when the one that started it is gone, even if that was killed."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
