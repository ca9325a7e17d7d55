"""The plan of a sync: which civil days of a family are to be read, in which order."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wearhouse.registry.syncs import Watermark
from wearhouse.study import Participant, Study
from wearhouse.window import Window

LONGEST = timedelta(days=7)
"""What is fetched and written at once: enough to be quick, little enough for memory."""
HISTORY = timedelta(days=30)
"""How far back a participant is read of whom no date is known."""
DAY = timedelta(days=1)
EAST, WEST = timedelta(hours=14), timedelta(hours=12)
"""How far clocks are ahead of UTC and behind it, at most."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Civil days from the first to the last, both included."""

    first: date
    last: date

    def window(self, zone: ZoneInfo, around: timedelta) -> Window:
        """The days on a clock, with so much more on either side (whole days)."""
        start, end = self.first - around, self.last + DAY + around
        return Window(datetime.combine(start, time(), zone), datetime.combine(end, time(), zone))

    @property
    def days(self) -> list[date]:
        return [self.first + number * DAY for number in range((self.last - self.first).days + 1)]


def horizon(participant: Participant, study: Study, now: datetime) -> Stretch | None:
    """The days of a participant that a study is about, up to the newest there is anywhere on
    earth; None if there is none yet."""
    first = participant.enrolled_on or study.starts_on or (now - HISTORY).date()
    ends = (participant.withdrawn_on, study.ends_on, (now + EAST).date())
    last = min(end for end in ends if end)
    return Stretch(first, last) if first <= last else None


def fresh(
    mark: Watermark | None,
    reread: timedelta,
    within: Stretch,
    now: datetime,
    since: date | None = None,
) -> list[Stretch]:
    """The days to read now, in order: those since the watermark and, before it, those that the
    vendor may have restated (or all since a date)."""
    over_at = datetime.combine(within.last + DAY, time(), UTC)
    read_at = mark.until_at if mark else min(now, over_at)
    first = (read_at - reread - WEST).date()
    if mark is not None:
        first = max(min(first, since or first), mark.first_on)
    return _cut(Stretch(max(first, within.first), within.last))


def exactly(first: date, last: date, within: Stretch) -> list[Stretch]:
    """The days from the first to the last, as far as the study is about them, in order."""
    return _cut(Stretch(max(first, within.first), min(last, within.last)))


def history(mark: Watermark | None, within: Stretch) -> list[Stretch]:
    """The days before those that are complete, the newest first."""
    if mark is None:
        return []
    earlier = _cut(Stretch(within.first, min(mark.first_on - DAY, within.last)), from_end=True)
    return list(reversed(earlier))


def moved(
    mark: Watermark | None, read: Stretch, within: Stretch, began_at: datetime
) -> Watermark | None:
    """The watermark when a stretch has been read whole. A stretch that does not touch what is
    complete does not move it."""
    reached = began_at
    if read.last < within.last:
        reached = min(began_at, datetime.combine(read.last + DAY, time(), UTC) + WEST)
    if mark is None:
        return Watermark(read.first, reached)
    begins_late = read.first > (mark.until_at - WEST).date()
    ends_early = read.last < mark.first_on - DAY
    if begins_late or ends_early:
        return mark
    return Watermark(min(mark.first_on, read.first), max(mark.until_at, reached))


def _cut(whole: Stretch, from_end: bool = False) -> list[Stretch]:
    """Stretches in order that are none too long; the odd one stands last, or first."""
    pieces: list[Stretch] = []
    first, last = whole.first, whole.last
    while first <= last:
        if from_end:
            pieces.insert(0, Stretch(max(first, last - LONGEST + DAY), last))
            last -= LONGEST
        else:
            pieces.append(Stretch(first, min(last, first + LONGEST - DAY)))
            first += LONGEST
    return pieces
