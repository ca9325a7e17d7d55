"""What the tests of live sources ask with."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2 as httpx
from doubles.people import sample
from pyrate_limiter import Rate

from wearhouse.samples import Parsed
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.http import Patience, Quota
from wearhouse.sources.live import LiveSource, Payload, Registration, Token
from wearhouse.window import Window

BERLIN = ZoneInfo("Europe/Berlin")
PERSON = "343864966078399341"
NEW = datetime(2026, 3, 1, 7, 0, tzinfo=BERLIN)
EAGER = Patience(attempts=6, first_s=0.001, longest_s=0.01)


def generous() -> Quota:
    """A quota that no test meets."""
    return Quota(Rate(100_000, 1000), Rate(100_000, 1000))


def days(first: str, end: str, zone: ZoneInfo = BERLIN) -> Window:
    """Whole civil days, the last not included."""
    start, until = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (first, end))
    return Window(start, until)


def payloads(
    source: LiveSource, client: httpx.Client, token: Token, family: str, window: Window
) -> list[Payload]:
    named = next(one for one in source.families() if one.name == family)
    return list(source.fetch(client, token, named, window))


def parsed(source: LiveSource, answers: Iterable[Payload]) -> list[Parsed]:
    return [one for payload in answers for one in source.parse(payload)]


def samples(batches: Iterable[Parsed], metric: str = "") -> list[tuple[str, float]]:
    """Times as ISO texts on the batch's clock, with the values of a metric."""
    return sorted(
        (row["t"].isoformat(), row["value"])
        for batch in batches
        for row in batch.samples.to_pylist()
        if metric in ("", row["metric"])
    )


def episodes(batches: Iterable[Parsed], metric: str) -> list[dict[str, Any]]:
    rows = (row for batch in batches for row in batch.episodes.to_pylist())
    return sorted((row for row in rows if row["metric"] == metric), key=lambda row: row["t"])


def rejected(batches: Iterable[Parsed]) -> list[tuple[int, str]]:
    return [
        (row["position"], row["reason"]) for batch in batches for row in batch.rejects.to_pylist()
    ]


def beats(*values: float, at: datetime = NEW, step: float = 5.0) -> list[dict[str, Any]]:
    """Heart rates as the API lists them, some seconds apart."""
    return [
        sample("heartRate", at + timedelta(seconds=step * place), beatsPerMinute=str(value))
        for place, value in enumerate(values)
    ]


DAY = days("2026-03-01", "2026-03-02")
GOOGLE = GoogleHealth(Registration())


def read(part: str, *points: object, name: str = "dataPoints", indent: int | None = None) -> Parsed:
    """What Google Health's source makes of a page of points."""
    content = json.dumps({name: points, "nextPageToken": "x"}, indent=indent).encode()
    return read_bytes(part, content)


def read_bytes(part: str, content: bytes) -> Parsed:
    payload = Payload(GOOGLE.name, "", DAY, content, "", datetime.now(UTC), part)
    (parsed,) = GOOGLE.parse(payload)
    return parsed
