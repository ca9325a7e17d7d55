"""How long a participant's device has been silent."""

from datetime import UTC, datetime

from wearhouse.desk import asking
from wearhouse.registry import Registry
from wearhouse.store import Store
from wearhouse.study import Participant


def days_silent(store: Store, registry: Registry, who: Participant, now: datetime) -> int | None:
    """Whole days since the device synced last, as it told or as its newest sample shows; None if
    it never did."""
    seen = asking.seen(store, [who.id]).get(who.id)
    told = [beat.synced_at for beat in registry.devices.heartbeats(who) if beat.synced_at]
    known = [*told, *([seen.last_at] if seen else [])]
    if not known:
        return None
    return max((now - max(known).astimezone(UTC)).days, 0)
