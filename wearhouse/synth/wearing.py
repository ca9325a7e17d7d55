"""When the watch was on the wrist, when it uploaded, and what each day must be called."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from wearhouse.synth.calendar import Calendar, Ints, Mask
from wearhouse.synth.cast import Person
from wearhouse.synth.sleep import Night

Reason = Literal["valid", "below_threshold", "not_worn", "pending_sync", "lost", "not_due"]
VALID_MINUTES = 600
LOST_AFTER_DAYS = 7
UPLOADS = (25, 455, 735, 1115, 1295)  # minutes of a day at which a watch near its phone uploads
PAIRED = 600  # enrolment is at ten in the morning
LOST = 540


@dataclass(frozen=True, slots=True)
class Wear:
    """Minutes on the wrist, minutes that reached the vendor, and the uploads, in minutes."""

    worn: Mask
    uploaded: Mask
    syncs: Ints


def wear(person: Person, calendar: Calendar, found: list[Night], rng: np.random.Generator) -> Wear:
    """How the person of that scenario wore and synced."""
    minute = np.arange(calendar.minutes)
    begun, gone = _had(person, calendar)
    worn = np.ones(calendar.minutes, bool)
    for start, end in _taken_off(person, calendar, found, rng):
        worn[max(0, start) : max(0, end)] = False
    worn &= minute < calendar.ends[calendar.day]  # on the way back west the watch is in the bag
    lengths = calendar.ends - calendar.starts
    for day in np.flatnonzero((lengths == 1380) | (lengths == 1500)).tolist():
        # A time without a zone can be placed in the hour that a clock repeats only if the watch
        # was worn right through it.
        start, end = calendar.starts[day], calendar.ends[day]
        night = worn[start : start + 240]
        night[:] = night.mean() > 0.5
        if person.scenario == "clock_change":
            worn[start:end] = True
    worn &= (minute >= begun) & (minute < gone)
    syncs = _syncs(person, calendar, begun, gone, rng)
    return Wear(worn, worn & (minute < syncs.max()), syncs)


def reasons(person: Person, calendar: Calendar, worn_minutes: Ints, syncs: Ints) -> list[Reason]:
    """The one reason of every date, as seen on the day after the last."""
    closed = calendar.ends <= syncs.max()
    found: list[Reason] = []
    for n, day in enumerate(calendar.dates):
        if day <= person.enrolled_on or (person.withdrawn_on and day >= person.withdrawn_on):
            found.append("not_due")
        elif not closed[n]:
            late = len(calendar.dates) - 1 - n >= LOST_AFTER_DAYS
            found.append("lost" if late else "pending_sync")
        elif worn_minutes[n] == 0:
            found.append("not_worn")
        else:
            found.append("valid" if worn_minutes[n] >= VALID_MINUTES else "below_threshold")
    return found


def _had(person: Person, calendar: Calendar) -> tuple[int, int]:
    begun = int(calendar.starts[calendar.dates.index(person.enrolled_on)]) + PAIRED
    if person.lost_on in calendar.dates:
        return begun, int(calendar.starts[calendar.dates.index(person.lost_on)]) + LOST
    if person.withdrawn_on in calendar.dates:
        return begun, int(calendar.starts[calendar.dates.index(person.withdrawn_on)])
    return begun, calendar.minutes


def _taken_off(
    person: Person, calendar: Calendar, found: list[Night], rng: np.random.Generator
) -> list[tuple[int, int]]:
    off = []
    for night in found:
        up = night.end // 2 + int(rng.integers(10, 45))
        off.append((up, up + int(rng.integers(8, 20))))  # a shower
    day = int(rng.integers(1, 5))
    while day < len(calendar.dates):
        evening = int(calendar.starts[day]) + int(rng.integers(1080, 1290))
        off.append((evening, evening + int(rng.integers(30, 61))))  # charging
        day += int(rng.integers(4, 6))
    if person.scenario == "no_nights":
        off += [(night.start // 2 - 30, night.end // 2 + 15) for night in found]
    if person.scenario == "gaps":
        phase = int(rng.integers(7))
        for n, start in enumerate(calendar.starts.tolist()):
            match (n + phase) % 7:
                case 1 | 4:
                    left = start + int(rng.integers(480, 900))
                    off.append((left, left + int(rng.integers(180, 480))))
                case 2:  # forgotten at home from the evening before until the morning after
                    off.append((start - 180, start + 1440 + 480))
                case 5:
                    off.append((start - 300, start + int(rng.integers(900, 1200))))
    return off


def _syncs(
    person: Person, calendar: Calendar, begun: int, gone: int, rng: np.random.Generator
) -> Ints:
    last = len(calendar.dates) - 1
    if person.scenario == "late_sync":
        morning = calendar.starts[(last - 3) % 5 :: 5] + UPLOADS[1]
        return np.array([begun + 5, *morning[(morning > begun) & (morning < gone)]])
    midnights = np.append(calendar.starts, calendar.ends[-1])
    planned = (midnights[:, None] + np.array(UPLOADS)).ravel()
    planned += rng.integers(-12, 13, len(planned))
    until = gone if person.lost_on else gone + 60  # the upload after the last midnight included
    return np.array([begun + 5, *planned[(planned > begun + 5) & (planned < until)]])
