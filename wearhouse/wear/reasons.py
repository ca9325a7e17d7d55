"""The one reason of a participant-day, and which of them count."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a day is as it is. The first that applies, in the order of `days.PRECEDENCE`."""

    VALID = "valid"
    BELOW_THRESHOLD = "below_threshold"
    NOT_WORN = "not_worn"
    PENDING_SYNC = "pending_sync"
    LOST = "lost"
    NOT_AUTHORISED = "not_authorised"
    OUTAGE = "outage"
    PAUSED = "paused"
    NOT_DUE = "not_due"
    UNKNOWN = "unknown"


REASONS: tuple[Reason, ...] = tuple(Reason)

CLOSED = frozenset({Reason.VALID, Reason.BELOW_THRESHOLD, Reason.NOT_WORN, Reason.LOST})
"""Days that are decided: the device synced after their end, or can no longer bring them."""

UNEXPECTED = frozenset({Reason.PAUSED, Reason.NOT_DUE})
"""Days on which nothing is expected; every other day is."""
