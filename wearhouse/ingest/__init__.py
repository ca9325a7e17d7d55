"""What research devices and apps push: taken at a door, kept safe, put into the store.

    batch      what a batch says, record by record
    taking     a batch becomes a delivery in the registry, and its sender gets a receipt
    settling   deliveries that wait become samples in the store and payloads in the archive

Heartbeats are staged as delivered; `Registry.staged` is where the fleet finds them.
"""

from wearhouse.ingest.settling import forget_old, settle, settle_soon
from wearhouse.ingest.taking import Inbox, take, take_all

__all__ = ["Inbox", "forget_old", "settle", "settle_soon", "take", "take_all"]
