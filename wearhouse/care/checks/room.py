"""Whether the disk has room, and until when."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from wearhouse.care.checks import Finding, State
from wearhouse.files import PART

NOTES = 24 * 14
EVERY_S = 3_600
LEAST_BYTES = 200_000_000
LEAST_PART, LOW_PART = 0.02, 0.1
URGENT_DAYS, SOON_DAYS = 4, 30
SHORTEST_DAYS = 1
DAY_S = 86_400

Note = tuple[float, int]
"""When (seconds since 1970), and how many bytes were free."""


def folders(*urls: str) -> list[Path]:
    """The folders among these places that lie on disks of this machine, one for each disk."""
    found: dict[int, Path] = {}
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("", "file", "chdb", "sqlite"):
            continue
        place = Path(parts.path if parts.scheme else url)
        while not place.exists() and place != place.parent:
            place = place.parent
        found.setdefault(place.stat().st_dev, place)
    return list(found.values())


def note(home: Path, places: Sequence[Path], now: float) -> dict[str, list[Note]]:
    """Note how much room is left, unless that was noted within the hour; what is known by now."""
    file = home / "room.json"
    known = noted(home)
    for place in places:
        name = str(place)
        notes = known.setdefault(name, [])
        if not notes or now - notes[-1][0] >= EVERY_S or now < notes[-1][0]:
            notes[:] = [one for one in notes if one[0] < now][1 - NOTES :]
            notes.append((now, shutil.disk_usage(place).free))
    partial = file.with_suffix(PART)
    try:
        partial.write_text(json.dumps(known))
        partial.replace(file)
    except OSError:
        partial.unlink(missing_ok=True)  # of a full disk there is nothing to predict
    return known


def noted(home: Path) -> dict[str, list[Note]]:
    """How much room was left when, disk by disk."""
    try:
        found = json.loads((home / "room.json").read_text(encoding="utf-8"))
        return {name: [(float(at), int(free)) for at, free in rows] for name, rows in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def days_left(notes: Sequence[Note], free: int) -> float | None:
    """In how many days a disk is full if it goes on as it did (the median slope of its halves);
    None if that is not known yet, infinity if it does not fill."""
    if not notes or notes[-1][0] - notes[0][0] < SHORTEST_DAYS * DAY_S:
        return None
    at, room = (np.array(column, float) for column in zip(*notes, strict=True))
    half = len(at) // 2
    early, late = slice(0, max(1, len(at) - half)), slice(half, None)
    apart = float(np.median(at[late]) - np.median(at[early])) / DAY_S
    a_day = float(np.median(room[early]) - np.median(room[late])) / apart if apart else 0.0
    return free / a_day if a_day > 0 else float("inf")


def room(home: Path, urls: Sequence[str], now: float) -> Iterator[Finding]:
    """How much room each disk has, and for how long."""
    places = folders(str(home), *urls)
    known = note(home, places, now)
    for place in places:
        usage = shutil.disk_usage(place)
        part = usage.free / usage.total
        days = days_left(known.get(str(place), []), usage.free)
        found = f"{usage.free / 1e9:,.1f} GB free ({part:.0%})"
        if days is not None and days < 3_650:
            found += f", full in {days:,.0f} days"
        urgent = usage.free < LEAST_BYTES or part < LEAST_PART
        urgent |= days is not None and days < URGENT_DAYS
        soon = part < LOW_PART or (days is not None and days < SOON_DAYS)
        state = State.FAILED if urgent else State.WARNING if soon else State.WELL
        do = "Make the disk larger, move old samples away (`wearhouse archive`), or keep fewer "
        do += "backups (`wearhouse backup --keep N`)."
        yield Finding(f"disk {place}", found, state, do if urgent or soon else "")
