"""What happened to a participant over some civil days, besides what was measured: syncs and
batteries as devices told them, and messages."""

from dataclasses import dataclass
from datetime import datetime

from wearhouse.registry import Registry
from wearhouse.registry.devices import Heartbeat
from wearhouse.registry.messages import Message
from wearhouse.study import Participant
from wearhouse.window import Window


@dataclass(frozen=True, slots=True)
class Worn:
    """A device of a participant: which it is, and from when to when it was heard of."""

    source: str
    device: str
    kind: str
    model: str
    firmware: str | None
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """A battery as a device told of it."""

    at: datetime
    device: str
    percent: float | None
    level: str | None


@dataclass(frozen=True, slots=True)
class Sync:
    """When a device gave what it had."""

    at: datetime
    device: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything in the order of time; `devices` are all that were ever heard of."""

    devices: list[Worn]
    syncs: list[Sync]
    batteries: list[Charge]


def timeline(registry: Registry, who: Participant, window: Window) -> Timeline:
    """What a participant's devices told in a window."""
    beats = registry.devices.heartbeats(who)
    within = [beat for beat in beats if window.start <= beat.reported_at < window.end]
    synced = {
        Sync(beat.synced_at, beat.device)
        for beat in beats
        if beat.synced_at and window.start <= beat.synced_at < window.end
    }
    return Timeline(
        _devices(beats),
        sorted(synced, key=lambda sync: (sync.at, sync.device)),
        [
            Charge(beat.reported_at, beat.device, beat.battery_percent, beat.battery_level)
            for beat in within
            if beat.battery_percent is not None or beat.battery_level
        ],
    )


def messages_in(registry: Registry, who: Participant, window: Window) -> list[Message]:
    """Messages of a participant that went out, or were to, in a window, the newest last."""
    found = registry.messages.all(who.study, who.code)
    times = ((message, message.finished_at or message.due_at) for message in found)
    return [message for message, at in sorted(times, key=lambda one: one[1])
            if window.start <= at < window.end]  # fmt: skip


def _devices(beats: list[Heartbeat]) -> list[Worn]:
    found: dict[tuple[str, str], Worn] = {}
    for beat in beats:
        place = (beat.source, beat.device)
        known = found.get(place)
        found[place] = Worn(
            beat.source, beat.device, beat.kind, beat.model, beat.firmware,
            known.first_at if known else beat.reported_at, beat.reported_at,
        )  # fmt: skip
    return sorted(found.values(), key=lambda device: device.first_at)
