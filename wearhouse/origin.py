"""On whose behalf something runs: the request, the job, the sync. Logs, traces and questions to
databases name it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

LONGEST = 36
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

_names: ContextVar[Mapping[str, str]] = ContextVar("origin", default=MappingProxyType({}))


@contextmanager
def within(**names: object) -> Iterator[None]:
    """Note for as long as this lasts what asks: `request`, `job` or `sync`, beside what was noted
    around it. Only letters, digits, dots, dashes and underscores are kept, so that a name can
    stand in a header, a log line or an SQL comment."""
    kept = {kind: _UNSAFE.sub("-", str(name))[:LONGEST] for kind, name in names.items()}
    before = _names.set({**_names.get(), **kept})
    try:
        yield
    finally:
        _names.reset(before)


def origin() -> Mapping[str, str]:
    """What asks, by kind; nothing where nobody said."""
    return _names.get()


def words() -> str:
    """The same in words, as `request 3f2a sync 12`; empty where nobody said."""
    return " ".join(f"{kind} {name}" for kind, name in _names.get().items())
