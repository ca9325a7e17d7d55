"""What keeps an installation well without anybody asking."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from wearhouse.care.checks import room
from wearhouse.care.retaining import retain
from wearhouse.registry import Registry
from wearhouse.settings import Settings
from wearhouse.store import Store

RETAINED_EVERY_S = 6 * 3_600

Duty = tuple[str, Callable[[], object], float]
"""Something that is done again and again: its name, the work, every so many seconds."""


def duties(
    settings: Settings, store: Store, registry: Registry, stop: Callable[[], bool]
) -> list[Duty]:
    """Note how much room the disks have, and let go what studies no longer keep."""
    home, root = settings.home, settings.archive_url
    urls = (str(home), settings.store_url, settings.payloads_url, root)
    return [
        ("note_room", lambda: room.note(home, room.folders(*urls), time.time()), room.EVERY_S),
        (
            "retain",
            lambda: retain(store, registry, root, datetime.now(UTC), stop),
            RETAINED_EVERY_S,
        ),
    ]
