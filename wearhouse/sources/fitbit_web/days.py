"""What Fitbit states once a day: totals, averages, and what a scale took."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wearhouse.sources.batches import Batches
from wearhouse.sources.documents import Json, keyed, listed
from wearhouse.sources.values import civil, day, midpoint, number


@dataclass(frozen=True)
class Part:
    """One metric within an entry of a day: where it stands in the value, and how to read it."""

    path: str
    metric: str
    scale: float = 1
    read: Callable[[Json], float | None] = number
    zero_is_missing: bool = False


def _breathing(path: str, metric: str) -> Part:
    # A part of the night that was too short to measure is -1 or 0.
    return Part(path, metric, zero_is_missing=True)


ACTIVITY = {
    "steps": Part("", "daily_steps"),
    "distance": Part("", "daily_distance", 1000),
    "calories": Part("", "daily_calories"),
    "floors": Part("", "daily_floors"),
    "minutesSedentary": Part("", "sedentary_minutes"),
    "minutesLightlyActive": Part("", "lightly_active_minutes"),
    "minutesFairlyActive": Part("", "fairly_active_minutes"),
    "minutesVeryActive": Part("", "very_active_minutes"),
}

DAYS: dict[str, tuple[Part, ...]] = {
    **{f"activities-{name}": (part,) for name, part in ACTIVITY.items()},
    **{f"activities-tracker-{name}": (part,) for name, part in ACTIVITY.items()},
    "activities-heart": (Part("restingHeartRate", "resting_heart_rate"),),
    "activities-active-zone-minutes": (Part("activeZoneMinutes", "daily_active_zone_minutes"),),
    "hrv": (
        Part("dailyRmssd", "daily_hrv_rmssd"),
        Part("deepRmssd", "daily_hrv_deep_rmssd"),
    ),
    "br": (
        _breathing("breathingRate", "breathing_rate"),
        _breathing("fullSleepSummary.breathingRate", "breathing_rate"),
        _breathing("deepSleepSummary.breathingRate", "breathing_rate_deep"),
        _breathing("lightSleepSummary.breathingRate", "breathing_rate_light"),
        _breathing("remSleepSummary.breathingRate", "breathing_rate_rem"),
    ),
    "tempSkin": (Part("nightlyRelative", "skin_temperature_variation"),),
    "cardioScore": (Part("vo2Max", "vo2_max", read=midpoint),),
    "weight": (Part("weight", "weight"), Part("fat", "body_fat")),
    "fat": (Part("fat", "body_fat"),),
}

ZONES = {
    "Out of Range": "heart_rate_zone_out_of_range",
    "Fat Burn": "heart_rate_zone_fat_burn",
    "Cardio": "heart_rate_zone_cardio",
    "Peak": "heart_rate_zone_peak",
}


def read_days(parts: tuple[Part, ...], entries: list[Json], batches: Batches) -> None:
    """Entries of one day each, such as {"dateTime": "2024-02-25", "value": "8421"}."""
    for node in entries:
        entry, position = keyed(node), batches.place()
        t = _time(entry)
        if t is None:
            batches.reject(position, "the entry does not say of which day", node)
            continue
        for metric, value, missing in (*_parts(parts, entry), *_zones(entry)):
            if value is not None:
                batches.sample(metric, t, value, position)
            elif not missing:
                batches.reject(position, f"{metric} is not a number", node)


def _time(entry: dict[str, Json]) -> int | None:
    if "date" in entry:
        return civil(f"{entry['date']}T{entry.get('time') or '00:00:00'}")
    return day(entry.get("dateTime"))


Found = tuple[str, float | None, bool]


def _parts(parts: tuple[Part, ...], entry: dict[str, Json]) -> Iterable[Found]:
    """Metric, value, and whether that it has no value only means that it was not measured."""
    for part in parts:
        node = _at(part.path, entry)
        value = part.read(node)
        if part.zero_is_missing and value is not None and value <= 0:
            continue
        if node is not None or not part.path:
            yield part.metric, None if value is None else value * part.scale, False


def _at(path: str, entry: dict[str, Json]) -> Json:
    node: Json = entry.get("value", entry)
    for key in filter(None, path.split(".")):
        node = keyed(node).get(key)
    return node


def _zones(entry: dict[str, Json]) -> Iterable[Found]:
    # Beside the value in answers for a part of a day, within it otherwise.
    zones = entry.get("heartRateZones") or keyed(entry.get("value")).get("heartRateZones")
    for zone in map(keyed, listed(zones)):
        metric = ZONES.get(str(zone.get("name")))
        if metric and zone.get("minutes") is not None:
            yield metric, number(zone["minutes"]), False
