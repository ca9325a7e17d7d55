"""Which projects of the fleet somebody reaches."""

from collections.abc import Sequence

from wearhouse.errors import NotAllowed
from wearhouse.registry import Registry


def projects_in_reach(registry: Registry) -> Sequence[str] | None:
    """None is all. Who reaches some places only sees the paired devices of the studies that they
    reach as a whole."""
    if registry.scope.places is None:
        return None
    return [one.code for one in registry.studies() if registry.scope.covers(one.code, None)]


def needs_project(registry: Registry, project: str) -> None:
    """Refuse a project that is out of reach, and all of them together to who reaches some."""
    reached = projects_in_reach(registry)
    if reached is not None and project not in reached:
        what = f"project {project}" if project else "the whole fleet"
        raise NotAllowed(f"You do not reach {what}.", "project")
