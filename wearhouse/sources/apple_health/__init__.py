"""The export of Apple Health: one long XML file, mostly of records of a value over a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

import pyarrow as pa

from wearhouse.errors import Unwanted
from wearhouse.samples import PARSED_SAMPLES, REJECTS, Parsed
from wearhouse.sources.apple_health import sleep
from wearhouse.sources.apple_health.minutes import Minutes, rank
from wearhouse.sources.apple_health.quantities import LEFT_OUT, QUANTITIES, Records
from wearhouse.sources.apple_health.xml import Attributes, elements
from wearhouse.sources.batches import Batches
from wearhouse.sources.files import File, Head

ENOUGH = 100_000
QUANTITY = "HKQuantityTypeIdentifier"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
SLEEP_VALUE = "HKCategoryValueSleepAnalysis"
WORKOUT = "HKWorkoutActivityType"


class AppleHealth:
    """Reads export.xml. It names no one, so its samples have no person."""

    name = "apple-health"
    refines = ""

    def __init__(self) -> None:
        self._said: set[str] = set()

    @property
    def notes(self) -> Sequence[str]:
        return sorted(self._said)

    def prepare(self, files: Sequence[File]) -> "AppleHealth":  # noqa: ARG002, notes are its own
        return AppleHealth()

    def recognises(self, head: Head) -> bool:
        return head.content.lstrip()[:1] == b"<" and b"<HealthData" in head.content

    def read(self, file: File) -> Iterator[Parsed]:
        if not self.recognises(file.head()):
            raise Unwanted(f"{file.name} is not an export of Apple Health.")
        reading = _Reading()
        for _ in elements(file, reading.take):
            if reading.held >= ENOUGH:
                yield from reading.taken()
        yield from reading.taken()
        yield from reading.settled()
        self._said |= reading.said


class _Reading:
    """What has been read of one export and is not yet handed over."""

    def __init__(self) -> None:
        self.records = {QUANTITY + name: Records(kind) for name, kind in QUANTITIES.items()}
        self.left_out = {QUANTITY + name: why for name, why in LEFT_OUT.items()}
        self.minutes = Minutes()
        self.stretches: dict[int, list[sleep.Stretch]] = defaultdict(list)
        self.batches = Batches("")
        self.said: set[str] = set()
        self.held = 0
        self.position = 0
        self._sources: dict[tuple[str, str], int] = {}

    def take(self, name: str, attributes: Attributes) -> None:
        """Keep what an element says, as long as there is use for it."""
        position = self.position
        self.position += 1
        if name == "Record":
            get = attributes.get
            kind = get("type", "")
            records = self.records.get(kind)
            if records:
                source = self._source(attributes) if records.quantity.spread else 0
                start, end = get("startDate", ""), get("endDate", "")
                row = (start, end, get("unit", ""), get("value", ""), source, position)
                records.rows.append(row)
                self.held += 1
            elif kind == SLEEP:
                self._sleep(attributes, position)
            elif kind in self.left_out:
                self.said.add(f"left out: {self.left_out[kind]}")
        elif name == "Workout":
            self._workout(attributes, position)

    def taken(self) -> Iterator[Parsed]:
        """The samples gathered so far."""
        parts = [records.take(self.minutes) for records in self.records.values() if records.rows]
        self.held = 0
        if parts:
            samples = pa.concat_tables([PARSED_SAMPLES.empty_table(), *(part[0] for part in parts)])
            refused = pa.concat_tables([REJECTS.empty_table(), *(part[1] for part in parts)])
            yield Parsed(samples.unify_dictionaries().combine_chunks(), rejects=refused)

    def settled(self) -> Iterator[Parsed]:
        """What could only be known at the end: minutes without overlaps, nights, workouts."""
        for samples in self.minutes.samples():
            yield Parsed(samples, clock="utc")
        sleep.read_nights(self.stretches, self.minutes.ranks, self.batches)
        if not self.batches.empty:
            taken = self.batches.take()
            yield Parsed(taken.samples, taken.episodes, taken.rejects, "utc")

    def _source(self, attributes: Attributes) -> int:
        """The number of a record's source; names are not kept, for they name people."""
        name = attributes.get("sourceName", "")
        product = "watch" if "model:Watch" in attributes.get("device", "") else ""
        number = self._sources.setdefault((name, product), len(self._sources))
        if number == len(self.minutes.ranks):
            self.minutes.ranks.append(rank(product or name))
        return number

    def _sleep(self, attributes: Attributes, position: int) -> None:
        value = attributes.get("value", "").removeprefix(SLEEP_VALUE)
        span = _span(attributes)
        if value == sleep.IN_BED:
            self.said.add("left out: time in bed, which is not sleep")
        elif span is None:
            self._reject(position, "the sleep does not say when it starts and ends", attributes)
        elif value not in sleep.STAGES:
            self._reject(position, f"no sleep stage is called {value!r}", attributes)
        else:
            stretch = sleep.Stretch(*span, sleep.STAGES[value], position)
            self.stretches[self._source(attributes)].append(stretch)

    def _workout(self, attributes: Attributes, position: int) -> None:
        span = _span(attributes)
        if span is None:
            self._reject(position, "the workout does not say when it starts and ends", attributes)
            return
        start, end, offset, _ = span
        label = attributes.get("workoutActivityType", "").removeprefix(WORKOUT)
        self.batches.episode(
            "exercise", start, end, position,
            dated=start, label=label, log=attributes.get("startDate", ""), offset=offset,
        )  # fmt: skip

    def _reject(self, position: int, reason: str, attributes: Attributes) -> None:
        shown = (attributes.get(name, "") for name in ("startDate", "endDate", "value"))
        self.batches.reject(position, reason, " ".join(shown))


def _span(attributes: Attributes) -> tuple[int, int, int, int] | None:
    """Start and end in UTC ms with their offsets; None if they are not such."""
    start, end = _moment(attributes.get("startDate", "")), _moment(attributes.get("endDate", ""))
    if start is None or end is None or end[0] <= start[0]:
        return None
    return start[0], end[0], start[1], end[1]


def _moment(text: str) -> tuple[int, int] | None:
    try:
        written = datetime.fromisoformat(text[:19] + text[20:])
    except ValueError:
        return None
    offset = written.utcoffset()
    if offset is None:
        return None
    return round(written.timestamp() * 1000), round(offset.total_seconds() / 60)
