"""What Prometheus is told when it asks: a service answers at /metrics, a worker on its own port.

How the installation stands is told by the service alone: told twice it would be added up.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import Metric, generate_latest, start_http_server

from wearhouse import queues, standing, telemetry
from wearhouse.care.backup import noted_at
from wearhouse.errors import Invalid
from wearhouse.registry import Registry
from wearhouse.settings import Settings
from wearhouse.store import Store

OF_A_PROCESS = ("process_", "wearhouse_fleet_devices", "wearhouse_fleet_newest",
                "wearhouse_fleet_loads", "wearhouse_fleet_rule")  # fmt: skip
"""Gauges that are set where the work is done."""


@dataclass(frozen=True)
class Watched:
    """An installation whose figures are taken whenever somebody collects them."""

    settings: Settings
    store: Store
    registry: Registry

    def collect(self) -> Iterable[Metric]:
        """Every figure as it stands now."""
        now = datetime.now(UTC)
        queues.measure(self.registry, now)
        standing.measure(self.registry, self.store, now)
        telemetry.backup.set(noted_at(self.settings.home))
        return telemetry.REGISTRY.collect()

    def text(self) -> bytes:
        """Every figure in Prometheus' own form."""
        return generate_latest(self)


class Counted:
    """What this process alone has counted, and what only a worker sees of the fleet."""

    def collect(self) -> Iterable[Metric]:
        """Every such figure as it stands now."""
        for metric in telemetry.REGISTRY.collect():
            if metric.type != "gauge" or metric.name.startswith(OF_A_PROCESS):
                yield metric


@contextmanager
def answering(settings: Settings) -> Iterator[None]:
    """Answer Prometheus what this process has counted, on the port that is set for it, if one is,
    for as long as this lasts. Invalid if the port cannot be had."""
    host, port = settings.host, settings.metrics_port
    if not port:
        yield
        return
    try:
        server, thread = start_http_server(port, host, Counted())
    except OSError as error:
        reason = error.strerror or str(error)
        raise Invalid(f"Cannot listen on {host}:{port}: {reason}.", "metrics_port") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
