"""Accounts at a double of Google Health, and the points that their devices recorded."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

Json = Any

SOURCE = {
    "recordingMethod": "PASSIVELY_MEASURED",
    "device": {"displayName": "Inspire 3"},
    "platform": "FITBIT",
}
WEARABLE = {"FITBIT"}


@dataclass
class Account:
    """A participant's account: points by data type, in no order, and what beside them."""

    user: str
    points: dict[str, list[Json]] = field(default_factory=dict)
    devices: list[Json] = field(default_factory=list)
    timezone: str = "Europe/Berlin"
    linked: bool = True

    def add(self, kind: str, *points: Json) -> None:
        self.points.setdefault(kind, []).extend(points)

    def withdraw(self, kind: str, when: str) -> None:
        """Remove the points of an instant or a start, such as 2026-03-01T07:00:00Z."""
        kept = [point for point in self.points[kind] if when not in str(point)]
        assert len(kept) < len(self.points[kind])
        self.points[kind] = kept

    def restate(self, kind: str, when: str, *points: Json) -> None:
        self.withdraw(kind, when)
        self.add(kind, *points)


def civil(at: datetime) -> Json:
    """A civil time as the API writes it: what is zero is left out."""
    clock = {"hours": at.hour, "minutes": at.minute, "seconds": at.second}
    return {
        "date": {"year": at.year, "month": at.month, "day": at.day},
        "time": {name: number for name, number in clock.items() if number},
    }


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def offset(at: datetime) -> str:
    return f"{round((at.utcoffset() or timedelta()).total_seconds())}s"


def sample(kind: str, at: datetime, source: Json = SOURCE, **values: Json) -> Json:
    """A point of an instant; `kind` in camel case."""
    time = {"physicalTime": instant(at), "utcOffset": offset(at), "civilTime": civil(at)}
    return {"dataSource": source, kind: {"sampleTime": time, **values}}


def interval(
    kind: str, at: datetime, minutes: float = 1, source: Json = SOURCE, **values: Json
) -> Json:
    """A point of some minutes."""
    return {"dataSource": source, kind: {"interval": span(at, minutes), **values}}


def span(at: datetime, minutes: float) -> Json:
    end = (at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(at.tzinfo)
    return {
        "startTime": instant(at), "startUtcOffset": offset(at), "civilStartTime": civil(at),
        "endTime": instant(end), "endUtcOffset": offset(end), "civilEndTime": civil(end),
    }  # fmt: skip


def daily(kind: str, day: date, **values: Json) -> Json:
    """A point of a civil day."""
    date = {"year": day.year, "month": day.month, "day": day.day}
    return {"dataSource": SOURCE, kind: {"date": date, **values}}


def night(at: datetime, *stages: tuple[str, float], name: str = "n1", **more: Json) -> Json:
    """A night from stages, each with its minutes."""
    found = []
    start = at
    for stage, minutes in stages:
        whole = span(start, minutes)
        keys = ("startTime", "startUtcOffset", "endTime", "endUtcOffset")
        found.append({"type": stage, **{key: whole[key] for key in keys}})
        start = (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(at.tzinfo)
    length = sum(minutes for _, minutes in stages)
    value = {"interval": span(at, length), "type": "STAGES", "stages": found, **more}
    path = f"users/me/dataTypes/sleep/dataPoints/{name}"
    return {"name": path, "dataSource": SOURCE, "sleep": value}
