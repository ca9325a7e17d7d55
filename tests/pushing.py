"""What tests push: batches of samples and heartbeats, and where they arrive."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wearhouse.ingest import Inbox
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.letters import Letter
from wearhouse.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Json = dict[str, Any]


def pushed(code: str, number: int, value: float = 60.0, metric: str = "heart_rate") -> Json:
    """A sample of a participant, `number` seconds after noon."""
    t = (NOON + timedelta(seconds=number)).isoformat()
    return {"participant": code, "metric": metric, "t": t, "value": value}


def beating(device: str = "SN-1", number: int = 0, **metrics: Any) -> Json:
    """A heartbeat of a device, `number` hours after noon."""
    at = (NOON + timedelta(hours=number)).isoformat()
    return {"device": device, "captured_at": at, "version": "1.2.3", "metrics": metrics}


def batch(*samples: Json, heartbeats: tuple[Json, ...] = (), **more: Any) -> bytes:
    """A batch as it is sent."""
    whole = {"samples": list(samples), "heartbeats": list(heartbeats), **more}
    return json.dumps({name: value for name, value in whole.items() if value}).encode()


def letter(body: bytes, key: str = "", sender: str = "tests", door: str = "http") -> Letter:
    return Letter(door, sender, body, key)


@contextmanager
def inbox_at(store: Store, folder: Path, **more: Any) -> Iterator[Inbox]:
    """An inbox over a store, with a registry of its own in a folder."""
    registry = open_registry(f"sqlite:///{folder}/registry.sqlite")
    yield inbox_of(store, registry, folder, **more)
    registry.close()


def inbox_of(store: Store, registry: Registry, folder: Path, **more: Any) -> Inbox:
    return Inbox(store, registry, Payloads(str(folder / "payloads")), **more)


Push = Callable[..., Any]
