"""Whether an installation is well, and what to do where it is not."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from wearhouse.care.checks import Finding, State, clocks, kept, links, room, unknown
from wearhouse.errors import WearhouseError
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry
from wearhouse.settings import Settings
from wearhouse.sources import google_health, oura_live
from wearhouse.store import Store

VENDORS = {"google-health": google_health.API, "oura": oura_live.API}


def examine(settings: Settings, store: Store, registry: Registry) -> Iterator[Finding]:
    """Everything that can be looked at, one after the other. What cannot be is `unknown`."""
    now = datetime.now(UTC)
    payloads = Payloads(settings.payloads_url)
    places = [
        settings.store_url,
        settings.registry_url,
        settings.payloads_url,
        settings.archive_url,
    ]
    vendors = {name: client.address or VENDORS[name] for name, client in settings.sources.items()
               if client.address or name in VENDORS}  # fmt: skip
    servers = links.servers(settings.address, settings.smtp, settings.store_url)
    looks: tuple[tuple[str, Callable[[], Iterable[Finding]]], ...] = (
        ("schemas", lambda: kept.schemas(store, registry)),
        ("rollups", lambda: kept.rollups(store)),
        ("payloads", lambda: kept.payloads(payloads, registry)),
        ("archive", lambda: kept.archived(store)),
        ("backup", lambda: [kept.backups(settings.home, now)]),
        ("disk", lambda: room.room(settings.home, places, now.timestamp())),
        ("clock", lambda: clocks.clocks(settings.home, store, registry, vendors)),
        ("address", lambda: [links.reachable(settings.address)]),
        ("certificates", lambda: links.certificates(servers, now)),
    )
    for name, look in looks:
        try:
            yield from look()
        except (WearhouseError, OSError) as error:
            yield unknown(name, error)


def is_well(found: Iterable[Finding]) -> bool:
    """Whether nothing has failed."""
    return not any(one.state is State.FAILED for one in found)
