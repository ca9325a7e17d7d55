"""What a store must answer, worked out from samples one at a time in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from builders import Row

VENDOR = {
    "fitbit-web": "fitbit", "fitabase": "fitbit", "google-health": "fitbit", "takeout": "fitbit",
    "csv": "csv", "oura": "oura",
}  # fmt: skip
PREFERRED = {"fitbit", "oura"}

Days = set[tuple[int, str, date]]
"""Metric-days as (participant, metric, civil day)."""


@dataclass
class Told:
    """What sources have said so far, and what follows from it."""

    rows: dict[tuple[str, int, str, int], Row] = field(default_factory=dict)

    def load(self, rows: Iterable[Row]) -> None:
        """Of two rows of one time the one that speaks later stands, else the one told last."""
        for row in rows:
            place = (VENDOR[row[5]], row[0], row[1], row[2])
            if place not in self.rows or self.rows[place][6] <= row[6]:
                self.rows[place] = row

    def replace(self, rows: list[Row], stated: Days, source: str) -> None:
        """These rows are all that their source has on the days they touch or state."""
        touched = stated | {day_of(row) for row in rows}
        self.rows = {
            place: row
            for place, row in self.rows.items()
            if day_of(row) not in touched or row[5] != source
        }
        self.load(rows)

    def served(self) -> list[Row]:
        """The rows of one vendor for each metric-day, in the order of time."""
        rivals: dict[tuple[int, str, date], dict[str, list[Row]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for (vendor, *_), row in self.rows.items():
            rivals[day_of(row)][vendor].append(row)
        chosen = [rows for by_vendor in rivals.values() for rows in [_best(by_vendor)]]
        return sorted((row for rows in chosen for row in rows), key=lambda row: row[:3])


def _best(by_vendor: dict[str, list[Row]]) -> list[Row]:
    def merit(vendor: str) -> tuple[bool, int, int]:
        rows = by_vendor[vendor]
        return vendor in PREFERRED, len({r[2] // 60_000 for r in rows}), max(r[6] for r in rows)

    return by_vendor[max(sorted(by_vendor), key=merit)]


def civil(row: Row) -> datetime:
    """The participant's clock when a sample was taken."""
    return datetime.fromtimestamp(row[2] / 1000, UTC) + timedelta(minutes=row[3])


def day_of(row: Row) -> tuple[int, str, date]:
    return row[0], row[1], civil(row).date()


def bucket(row: Row, level: str) -> datetime:
    """Where the bucket of a sample begins, on the clock of the level."""
    at, day = datetime.fromtimestamp(row[2] / 1000, UTC), civil(row).date()
    if level == "1m":
        return at.replace(second=0, microsecond=0)
    if level == "1h":
        return at.replace(minute=0, second=0, microsecond=0)
    first = {
        "1d": day,
        "1w": day - timedelta(days=day.weekday()),
        "1mo": day.replace(day=1),
    }[level]
    return datetime.combine(first, time(), UTC)


def fold(rows: Iterable[Row], level: str) -> list[dict[str, object]]:
    """The buckets of samples, in the order of participant and time."""
    buckets: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in rows:
        buckets[row[0], round(bucket(row, level).timestamp() * 1000)].append(row)
    return [
        {"participant": who, "t": t} | figures(sorted(held, key=lambda row: row[2]))
        for (who, t), held in sorted(buckets.items())
    ]


def figures(rows: list[Row]) -> dict[str, object]:
    """The figures of the samples of one bucket in the order of time."""
    values = [row[4] for row in rows]
    return {
        "offset": rows[0][3],
        "minutes": len({row[2] // 60_000 for row in rows}),
        "count": len(values),
        "sum": sum(values),
        "sumsq": sum(value * value for value in values),
        "min": min(values),
        "max": max(values),
        "first": values[0],
        "last": values[-1],
    }
