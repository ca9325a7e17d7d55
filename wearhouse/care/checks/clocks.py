"""Whether this machine's clock agrees with those around it."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2 as httpx

from wearhouse.care.checks import Finding, State, unknown
from wearhouse.errors import WearhouseError
from wearhouse.registry import Registry
from wearhouse.registry.dumping import clock
from wearhouse.store import Store

WRONG_S, STRANGE_S = 60, 5
PATIENCE_S = 5
DO = (
    "Let the system keep its time (`timedatectl set-ntp true`). Schedules, signatures of notices, "
    "sessions and the order of loads on several machines go by it."
)


def clocks(
    home: Path, store: Store, registry: Registry, vendors: Mapping[str, str]
) -> Iterator[Finding]:
    """How far the clocks of file system, databases and vendors are from this one."""
    asked: dict[str, Callable[[], datetime]] = {
        "file system": lambda: _of_files(home),
        "store": store.now,
        "registry": lambda: clock(registry.engine),
    }
    for name, address in vendors.items():
        asked[name] = _of_server(address)
    for name, ask in asked.items():
        what = f"clock beside {name}"
        began = time.time()
        try:
            there = ask().timestamp()
        except (WearhouseError, OSError, httpx.HTTPError, ValueError) as error:
            yield unknown(what, error)
            continue
        yield judged(what, there, began, time.time())


def judged(what: str, there: float, began: float, ended: float) -> Finding:
    """A clock that was read between two instants of this one. Others tell whole seconds only."""
    ahead = began - 1 - there if there < began - 1 else ended - there if there > ended else 0.0
    apart = abs(ahead)
    state = State.FAILED if apart > WRONG_S else State.WARNING if apart > STRANGE_S else State.WELL
    found = f"{apart:,.0f} s {'ahead' if ahead > 0 else 'behind'}" if apart > 1 else "the same"
    return Finding(what, found, state, DO if apart > STRANGE_S else "")


def _of_files(home: Path) -> datetime:
    with tempfile.NamedTemporaryFile(dir=home) as file:
        file.write(b".")
        file.flush()
        return datetime.fromtimestamp(Path(file.name).stat().st_mtime, UTC)


def _of_server(address: str) -> Callable[[], datetime]:
    def asked() -> datetime:
        said = httpx.head(address, timeout=PATIENCE_S).headers.get("date")
        if said is None:
            raise ValueError("it does not tell the time")
        return parsedate_to_datetime(said)

    return asked
