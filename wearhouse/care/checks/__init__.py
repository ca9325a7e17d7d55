"""What `doctor` looks at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something is: `unknown` where it could not be looked at, which fails nothing."""

    WELL = "well"
    WARNING = "warning"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, how that is, and what to do about it."""

    what: str
    found: object
    state: State = State.WELL
    do: str = ""


def unknown(what: str, why: object) -> Finding:
    """Something that could not be looked at."""
    return Finding(what, str(why), State.UNKNOWN)
