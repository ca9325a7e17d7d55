"""The requests of which the Google Health API is asked, as plain values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from wearhouse.sources.documents import Json
from wearhouse.sources.google_health.catalogue import Part
from wearhouse.window import Window

USER = "v4/users/me"
WEARABLES = "users/me/dataSourceFamilies/google-wearables"
MOST = 10_000
MOST_SESSIONS = 25

# What a filter of each kind of point is about.
TIMES = {
    "sample": "sample_time.civil_time",
    "interval": "interval.civil_start_time",
    "daily": "date",
    "night": "interval.civil_end_time",
    "workout": "interval.civil_start_time",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One request: a path under the address of the API, and either a query or a body."""

    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Json] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def target(self) -> str:
        query = "&".join(f"{name}={quote(text, safe='')}" for name, text in self.query.items())
        return f"{self.path}?{query}"

    def at(self, page: str) -> "Question":
        """The same question for a further page."""
        if self.body is None:
            return Question(self.path, {**self.query, "pageToken": page})
        return Question(self.path, self.query, {**self.body, "pageToken": page})


def identity() -> Question:
    """Who the participant is to the vendor."""
    return _plain(f"{USER}/identity")


def settings() -> Question:
    """The participant's settings, the time zone among them."""
    return _plain(f"{USER}/settings")


def devices() -> Question:
    """The participant's devices."""
    return _plain(f"{USER}/pairedDevices", pageSize="100")


def stretches(part: Part, window: Window) -> Iterator[Window]:
    """The window in pieces that may be asked for at once, cut at its own clock."""
    start = window.start
    while start < window.end:
        # Days of a zone: 23 or 25 hours where its clock is changed.
        end = min(start + part.longest, window.end)
        yield Window(start, end)
        start = end


def points(part: Part, window: Window) -> Question:
    """The points of a part in a window."""
    parent = f"{USER}/dataTypes/{part.id}/dataPoints"
    source = {"dataSourceFamily": WEARABLES} if part.wearables else {}
    if part.method == "list":
        sessions = part.kind in ("night", "workout")
        size = MOST_SESSIONS if sessions else MOST
        return _plain(parent, filter=_filter(part, window), pageSize=str(size), **source)
    if part.method == "minutes":
        span: dict[str, Json] = {"startTime": _utc(window.start), "endTime": _utc(window.end)}
        body: dict[str, Json] = {"range": span, "windowSize": "60s", "pageSize": MOST, **source}
        return Question(f"{parent}:rollUp", {"prettyPrint": "false"}, body)
    # The page size is left to the vendor: its limit has changed, and a size too large is refused.
    days: dict[str, Json] = {"start": _date(window.start), "end": _date(_whole_day(window.end))}
    body = {"range": days, "windowSizeDays": 1, **source}
    return Question(f"{parent}:dailyRollUp", {"prettyPrint": "false"}, body)


def _plain(path: str, **query: str) -> Question:
    return Question(path, {**query, "prettyPrint": "false"})


def _filter(part: Part, window: Window) -> str:
    member = f"{part.root}.{TIMES[part.kind]}"
    if part.kind == "daily":
        start, end = window.start.date().isoformat(), _whole_day(window.end).date().isoformat()
    else:
        start, end = _civil(window.start), _civil(window.end + timedelta(microseconds=999_999))
    return f'{member} >= "{start}" AND {member} < "{end}"'


def _civil(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def _utc(at: datetime) -> str:
    # Minutes begin on whole minutes, or windows would shift from one sync to the next.
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00Z")


def _whole_day(end: datetime) -> datetime:
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == end else midnight + timedelta(days=1)


def _date(at: datetime) -> dict[str, Json]:
    return {"date": {"year": at.year, "month": at.month, "day": at.day}}
