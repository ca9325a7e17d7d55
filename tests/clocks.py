"""The time that servers go by, too. Read where it is needed: a suite may run past midnight."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def today() -> datetime:
    """The midnight that began this day."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0)
