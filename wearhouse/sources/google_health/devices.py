"""What Google Health knows of a participant beside their points: id, clock, devices."""

from datetime import datetime

import msgspec

from wearhouse.sources.live import DeviceReport


class Identity(msgspec.Struct, frozen=True, rename="camel"):
    """Who a participant is in notices of new data."""

    health_user_id: str = ""


class Settings(msgspec.Struct, frozen=True, rename="camel"):
    """The setting that matters here."""

    time_zone: str = ""


class Device(msgspec.Struct, frozen=True, rename="camel"):
    """A paired device. Its MAC address is not even read."""

    name: str = ""
    device_type: str = ""
    device_version: str = ""
    last_sync_time: datetime | None = None
    battery_level: float | None = None
    battery_status: str | None = None


class Devices(msgspec.Struct, frozen=True, rename="camel"):
    """A page of devices."""

    paired_devices: list[Device] = []


def report(device: Device, now: datetime) -> DeviceReport:
    """What a device says of itself. The API tells nothing of its firmware."""
    return DeviceReport(
        device.name.rpartition("/")[2],
        device.device_type.lower(),
        device.device_version,
        None,
        device.battery_level,
        device.battery_status.lower() if device.battery_status else None,
        device.last_sync_time,
        now,
    )
