"""Whose turn it is to settle what waits, within one process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

AT_MOST = 4
"""How many wait for their turn; whoever comes beyond that need not, others will do it."""
PATIENCE_S = 2.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0


class Turns:
    """One at a time. After a failure nobody tries for a while, longer with each failure."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._queue = threading.BoundedSemaphore(AT_MOST)
        self._not_before = 0.0
        self._pause_s = FIRST_PAUSE_S

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Whether it is the caller's turn."""
        if not self._queue.acquire(blocking=False):
            yield False
            return
        try:
            ours = self._one.acquire(timeout=PATIENCE_S)
            try:
                yield ours and time.monotonic() >= self._not_before
            finally:
                if ours:
                    self._one.release()
        finally:
            self._queue.release()

    def failed(self) -> None:
        """Let nobody try for a while."""
        self._not_before = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def went_well(self) -> None:
        self._pause_s = FIRST_PAUSE_S
