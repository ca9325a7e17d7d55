"""Work that somebody asked for and does not wait for: a sync, a replay, a run of the imputer.

It is done on threads of its own, some at a time, so that answers never wait for a thread that a
vendor keeps waiting.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec

from wearhouse.errors import WearhouseError

log = logging.getLogger("wearhouse")

P = ParamSpec("P")
AT_ONCE = 4


class Errands:
    """So many at once, others in the order in which they came. With none at once whoever asks does
    the work at once and waits for it."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._beside = ThreadPoolExecutor(at_once, "errand") if at_once else None

    def begin(self, work: Callable[P, object], *given: P.args, **named: P.kwargs) -> None:
        """Have something done, in the name of whoever asks; what goes wrong is logged."""
        errand = partial(safely, work.__name__, partial(work, *given, **named))
        if self._beside is None:
            errand()
        else:
            self._beside.submit(copy_context().run, errand)

    def close(self) -> None:
        """Wait for what is under way; what waits is left."""
        if self._beside is not None:
            self._beside.shutdown(cancel_futures=True)


def safely(name: str, work: Callable[[], object]) -> None:
    """Do something that nobody waits for; what goes wrong is logged."""
    try:
        work()
    except WearhouseError as error:
        log.error("%s: %s", name, error)
    except Exception:
        log.exception("%s failed in an unforeseen way", name)
