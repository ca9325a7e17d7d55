"""When a person is not to be disturbed, on their own clock."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wearhouse.errors import Invalid

FORM = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` up to `end`, which may be the next morning; none if both are the same."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


DEFAULT = QuietHours(time(20), time(9))


def awake_at(now: datetime, zone: ZoneInfo, quiet: QuietHours = DEFAULT) -> datetime:
    """The first moment, not before `now`, outside quiet hours on the clock of `zone`; UTC.

    On a night when the clock changes, quiet hours end when the clock on the wall says so.
    """
    clock = now.astimezone(zone)
    if not _is_quiet(clock.time(), quiet):
        return now
    day = clock.date()
    if clock.time() >= quiet.end:
        day += timedelta(days=1)
    end = datetime.combine(day, quiet.end, zone).astimezone(UTC)
    return max(end, now)


def read_quiet(text: str) -> QuietHours:
    """Quiet hours as people write them: `20:00-09:00`. Invalid if they make no sense."""
    found = FORM.fullmatch(text.strip())
    if not found:
        raise Invalid(f"{text!r} is not a stretch of the day; write it as 20:00-09:00.", "quiet")
    start, end = (int(found[1]), int(found[2])), (int(found[3]), int(found[4]))
    return QuietHours(time(*start), time(*end))


def _is_quiet(clock: time, quiet: QuietHours) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end
