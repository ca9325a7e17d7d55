"""Who, what and when: studies, participants, loads, quarantine, keys."""

from wearhouse.registry.registry import Registry, open_registry

__all__ = ["Registry", "open_registry"]
