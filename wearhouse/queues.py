"""How much waits: the figures of the queues, taken when somebody asks."""

from datetime import datetime

from wearhouse import telemetry
from wearhouse.errors import Unavailable
from wearhouse.registry import Registry
from wearhouse.registry.letters import Queue
from wearhouse.sources.google_health import GoogleHealth

DOORS = ("http", "nats", "kafka")
UNKNOWN = float("nan")


def measure(registry: Registry, now: datetime) -> None:
    """Set the figures to what the registry says. Where it does not answer they are not known,
    which is not the same as none."""
    try:
        noticed, queues = registry.notices.waiting(), registry.deliveries.queues()
    except Unavailable:
        telemetry.notices_waiting.labels(GoogleHealth.name).set(UNKNOWN)
        for door in DOORS:
            _set(door, UNKNOWN, UNKNOWN, UNKNOWN)
        return
    for source in {GoogleHealth.name, *noticed}:
        telemetry.notices_waiting.labels(source).set(noticed.get(source, 0))
    for door in DOORS:
        queue = queues.get(door, Queue(0, 0, now))
        _set(door, queue.deliveries, queue.bytes, (now - queue.oldest_at).total_seconds())


def _set(door: str, deliveries: float, size: float, oldest_s: float) -> None:
    telemetry.deliveries_waiting.labels(door).set(deliveries)
    telemetry.deliveries_waiting_bytes.labels(door).set(size)
    telemetry.deliveries_waiting_seconds.labels(door).set(oldest_s)
