"""Two weeks at the vendor: what everybody's devices record day by day, what is restated and
withdrawn later, and what befalls the questions about it. All of it follows from a seed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from threading import Event, Thread
from zoneinfo import ZoneInfo

from doubles.google_health import GoogleHealth
from doubles.people import Account, Json, daily, interval, night, sample

FIRST = date(2025, 10, 20)
"""Two weeks from here the clocks of Europe and of America have been put back."""
ZONES = (
    "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns",
    "Pacific/Auckland", "UTC", "Pacific/Chatham",
)  # fmt: skip
NOT_LATER = timedelta(hours=60)
"""How old a point may be that is still restated: less than what every sync reads again."""


def account_of(number: int) -> Account:
    """A person's account, still empty."""
    return Account(f"person-{number}", timezone=ZONES[number % len(ZONES)])


def live(account: Account, day: date, chance: Random) -> None:
    """A day that a person wore the device, or did not."""
    zone = ZoneInfo(account.timezone)
    if chance.random() < 0.1:
        return
    morning = datetime(day.year, day.month, day.day, 7, tzinfo=zone)
    account.add("heart-rate", *_beats(morning, chance))
    account.add("steps", *_steps("steps", "count", morning, chance))
    account.add("distance", *_steps("distance", "millimeters", morning, chance))
    for quarter in range(0, 60, 4):
        at = _later(morning, 15 * quarter)
        account.add("total-calories", interval("totalCalories", at, 15, kcal=1.5 * quarter))
    slept = [("LIGHT", 90.0), ("DEEP", 60.0), ("AWAKE", 5.0), ("REM", 45.0), ("LIGHT", 120.0)]
    chance.shuffle(slept)
    account.add("sleep", night(_later(morning, -420), *slept, name=f"{account.user}-{day}"))
    account.add(
        "daily-resting-heart-rate",
        daily("dailyRestingHeartRate", day, beatsPerMinute=str(chance.randint(48, 70))),
    )
    for hour in range(1, 5):
        value = {"rootMeanSquareOfSuccessiveDifferencesMilliseconds": chance.randint(15, 90)}
        at = _later(morning, -60 * hour)
        account.add("heart-rate-variability", sample("heartRateVariability", at, **value))


def change_of_mind(account: Account, now: datetime, chance: Random) -> None:
    """What the vendor restates and withdraws of what it had said a little while ago."""
    late = (now - NOT_LATER).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for kind in ("heart-rate", "steps"):
        kept: list[Json] = []
        for point in account.points.get(kind, []):
            dice = chance.random() if _start(point) > late else 1.0
            if dice < 0.02:
                continue
            if dice < 0.05:
                _restate(point, chance)
            kept.append(point)
        account.points[kind] = kept
    nights = account.points.get("sleep", [])
    if nights and chance.random() < 0.2 and _start(nights[-1]) > late:
        nights[-1]["sleep"]["stages"][0]["type"] = "WAKEFUL_OF_A_NEW_KIND"


def _beats(morning: datetime, chance: Random) -> Iterator[Json]:
    for number in range(48):
        at = _later(morning, 20 * number + chance.randint(0, 9))
        value = str(chance.randint(50, 140)) if chance.random() > 0.004 else "900"
        point = sample("heartRate", at, beatsPerMinute=value)
        if chance.random() < 0.1:  # what the vendor may add tomorrow
            point["heartRate"]["metadata"] = {"motionContext": "UNHEARD_OF"}
            point["provenance"] = {"algorithm": [1, None, {"v": 2}]}
        yield point


def _steps(kind: str, field: str, morning: datetime, chance: Random) -> Iterator[Json]:
    for quarter in range(0, 60, 2):
        count = max(chance.randint(-200, 900), 0)
        stated = {field: str(count)} if count else {}
        yield interval(kind, _later(morning, 15 * quarter), 1, **stated)


def _restate(point: Json, chance: Random) -> None:
    if "heartRate" in point:
        point["heartRate"]["beatsPerMinute"] = str(chance.randint(50, 140))
    else:
        point["steps"]["count"] = str(chance.randint(1, 999))


def _start(point: Json) -> str:
    value = next(v for key, v in point.items() if key not in ("dataSource", "name", "provenance"))
    return value["sampleTime"]["physicalTime"] if "sampleTime" in value else (
        value["interval"]["endTime"]
    )  # fmt: skip


def _later(at: datetime, minutes: float) -> datetime:
    return (at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(at.tzinfo)


@dataclass(frozen=True)
class Weather:
    """What befalls questions for a while."""

    often: float
    kinds: tuple[str, ...]
    doubled: bool = False
    empty: bool = False
    smaller: int | None = None


WEATHERS = (
    Weather(0.0, ()),
    Weather(0.3, ("slow",), doubled=True),
    Weather(0.7, ("throttle",)),
    Weather(0.4, ("error", "unavailable"), empty=True),
    Weather(0.1, ("hang", "drop"), smaller=40),
    Weather(0.3, ("cut", "garbled", "drop"), doubled=True, empty=True),
    Weather(0.2, ("expired", "slow"), smaller=17),
)


@contextmanager
def storm(service: GoogleHealth, seed: int, each_s: float = 1.0) -> Iterator[None]:
    """Changing weather, and tokens that run out, for as long as this lasts."""
    chance, calm = Random(seed), Event()

    def blow() -> None:
        while not calm.wait(each_s):
            set_weather(service, chance.choice(WEATHERS))
            service.gate.expire(chance.choice(sorted(service.people)))

    thread = Thread(target=blow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        calm.set()
        thread.join()
        set_weather(service, WEATHERS[0])


def set_weather(service: GoogleHealth, weather: Weather) -> None:
    """What befalls questions from now on."""
    faults = service.faults
    faults.often = 0.0
    faults.kinds = weather.kinds  # type: ignore[assignment]
    faults.doubled_pages, faults.empty_pages = weather.doubled, weather.empty
    faults.smaller_pages = weather.smaller
    faults.often = weather.often
