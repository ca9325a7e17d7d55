"""How the double of Google Health rolls points up: by minutes, and by civil days."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from doubles import filters
from doubles.people import civil

Json = Any

SHORT = {"calories-in-heart-rate-zone", "heart-rate", "active-minutes", "total-calories"}


def _count(field: str, total: str) -> Callable[[list[Json]], Json]:
    return lambda values: {total: str(sum(int(value.get(field, 0)) for value in values))}


def _calories(values: list[Json]) -> Json:
    return {"kcalSum": sum(value.get("kcal", 0.0) for value in values)}


def _zone_minutes(values: list[Json]) -> Json:
    sums = defaultdict(int)
    for value in values:
        zone = "".join(word.capitalize() for word in value["heartRateZone"].split("_"))
        sums[f"sumIn{zone}HeartZone"] += int(value.get("activeZoneMinutes", 0))
    return {name: str(total) for name, total in sums.items()}


def _length(values: list[Json]) -> Json:
    return {"durationSum": f"{_seconds(values)}s"}


def _in_zones(values: list[Json]) -> Json:
    zones = dict.fromkeys(value["heartRateZoneType"] for value in values)
    of = {zone: [v for v in values if v["heartRateZoneType"] == zone] for zone in zones}
    found = [{"heartRateZone": z, "duration": f"{_seconds(some)}s"} for z, some in of.items()]
    return {"timeInHeartRateZones": found}


def _levels(values: list[Json]) -> Json:
    sums = defaultdict(int)
    for value in values:
        for level in value["activeMinutesByActivityLevel"]:
            sums[level["activityLevel"]] += int(level["activeMinutes"])
    found = [{"activityLevel": level, "activeMinutesSum": str(n)} for level, n in sums.items()]
    return {"activeMinutesRollupByActivityLevel": found}


FOLDS = {
    "steps": ("steps", _count("count", "countSum")),
    "floors": ("floors", _count("count", "countSum")),
    "distance": ("distance", _count("millimeters", "millimetersSum")),
    "total-calories": ("totalCalories", _calories),
    "active-zone-minutes": ("activeZoneMinutes", _zone_minutes),
    "sedentary-period": ("sedentaryPeriod", _length),
    "time-in-heart-rate-zone": ("timeInHeartRateZone", _in_zones),
    "active-minutes": ("activeMinutes", _levels),
}


def by_window(kind: str, points: list[Json], body: Json) -> list[Json]:
    """Windows that hold a point, newest first; those without one are absent."""
    key, fold = FOLDS[kind]
    start, end = (datetime.fromisoformat(body["range"][edge]) for edge in ("startTime", "endTime"))
    if end - start > timedelta(days=14 if kind in SHORT else 90):
        raise ValueError("The range is too long.")
    size = timedelta(seconds=float(body["windowSize"].removesuffix("s")))
    windows = defaultdict(list)
    for point in points:
        at = datetime.fromisoformat(point[key]["interval"]["startTime"])
        if start <= at < end:
            windows[(at - start) // size].append(point[key])
    rows = []
    for number, values in sorted(windows.items(), reverse=True):
        first = start + number * size
        times = {"startTime": _text(first), "endTime": _text(min(first + size, end))}
        rows.append({**times, key: fold(values)})
    return rows


def by_day(kind: str, points: list[Json], body: Json) -> list[Json]:
    """Civil days that hold a point."""
    key, fold = FOLDS[kind]
    start, end = (_date(body["range"][edge]["date"]) for edge in ("start", "end"))
    if "pageSize" in body or body.get("windowSizeDays") != 1:
        raise ValueError("A page size is not taken.")
    if (end - start).days > (14 if kind in SHORT else 90):
        raise ValueError("The range is too long.")
    days = defaultdict(list)
    for point in points:
        at = filters.moment(point[key]["interval"]["civilStartTime"])
        if start <= at.date() < end:
            days[at.date()].append(point[key])
    return [
        {
            "civilStartTime": civil(datetime(day.year, day.month, day.day)),
            "civilEndTime": civil(datetime(day.year, day.month, day.day) + timedelta(days=1)),
            key: fold(values),
        }
        for day, values in sorted(days.items(), reverse=True)
    ]


def _seconds(values: list[Json]) -> int:
    total = timedelta()
    for value in values:
        start, end = (
            datetime.fromisoformat(value["interval"][edge]) for edge in ("startTime", "endTime")
        )
        total += end - start
    return round(total.total_seconds())


def _date(node: Json) -> date:
    if any(not isinstance(node[name], int) for name in ("year", "month", "day")):
        raise ValueError("A date is of numbers.")
    return date(node["year"], node["month"], node["day"])


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
