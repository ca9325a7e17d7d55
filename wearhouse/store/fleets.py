"""What a store keeps of a fleet: devices' reports as they came, and what is curated from them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, get_args

import pyarrow as pa

STAMP = pa.timestamp("ms", "UTC")

COHORTS = pa.schema([(name, pa.string()) for name in ("project", "id", "name")])
DEVICES = pa.schema(
    [(name, pa.string()) for name in ("project", "id", "serial", "cohort", "hardware")]
)
VERSIONS = pa.schema([(name, pa.string()) for name in ("project", "id", "software", "version")])
EVENTS = pa.schema(
    [
        ("position", pa.uint32()),
        ("project", pa.string()),
        ("id", pa.string()),
        ("device", pa.string()),
        ("type", pa.string()),
        ("version", pa.string()),  # the id that the version had when it was reported
        ("captured_at", STAMP),  # by the device's clock; null where it cannot be read
        ("created_at", STAMP),
        ("info", pa.string()),  # JSON with an object `metrics`
    ]
)
STAGED = {"cohorts": COHORTS, "devices": DEVICES, "versions": VERSIONS, "events": EVENTS}

PART = 200_000
"""How many events are handed over at once."""
BEYOND = 2**31
"""Positions of lines that are no rows, so that no event has the same."""

SKETCHES = ("count", "outside", "sum", "sumsq", "min", "max", "bins", "counts")

By = Literal["cohort", "version", "hardware", "project", "device", "hour", "day", "week"]
GROUPS: tuple[By, ...] = get_args(By)


@dataclass(frozen=True, slots=True)
class Folded:
    """A metric as it is folded: the range outside of which values count as outside."""

    name: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to `end`, both UTC; None is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Among:
    """Which heartbeats are asked about. `projects` is who is in reach; None is everybody. A
    version is written as SOFTWARE VERSION, or VERSION alone where the software has no name."""

    span: Span = Span()
    projects: Sequence[str] | None = None
    equal: Mapping[str, str] = field(default_factory=dict)
    """Of project, cohort, version, hardware, type, device."""


@dataclass(frozen=True, slots=True)
class FleetLoad:
    """One delivery and what became of it: `loading`, `staged` or `curated`."""

    load: int
    source: str
    path: str
    digest: str
    state: str
    cohorts: int
    devices: int
    versions: int
    events: int
    curated: int
    quarantined: int
    skipped: int
    started_at: datetime
    staged_at: datetime | None
    curated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A load that waits to be curated."""

    load: int
    references: int
    events: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What curation made of a load: heartbeats, events refused, events of no interest."""

    load: int
    curated: int
    quarantined: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """How far a device's clock may be from when its report arrived."""

    ahead_s: int = 3_600
    behind_s: int = 366 * 86_400


class FleetStore(Protocol):
    """What a store keeps of a fleet. One caller at a time loads or curates."""

    def migrate(self) -> None:
        """Make the tables that are missing."""

    def begin(self, source: str, path: str, digest: str, at: datetime) -> int:
        """Note that a load begins; its number. What an interrupted load left is never used."""

    def stage(self, load: int, table: str, rows: pa.Table) -> None:
        """Keep rows (schema STAGED[table]) as they came."""

    def refuse(self, load: int, rows: pa.Table) -> None:
        """Keep records that cannot be staged: position, project, device, reason, record."""

    def staged(self, load: int, counts: Mapping[str, int], at: datetime) -> None:
        """Note that a load is complete: how many rows of each table."""

    def delivered(self, load: int, table: str) -> Iterator[pa.Table]:
        """What a load staged (schema STAGED[table]), always in the same parts and order."""

    def refused(self, load: int) -> pa.Table:
        """The records of a load that could not be staged, as they were given to `refuse`."""

    def seen(self, digest: str) -> bool:
        """Whether the very same bytes were loaded before."""

    def loads(self, limit: int = 100) -> list[FleetLoad]:
        """The newest loads first."""

    def pending(self) -> list[Pending]:
        """Loads that wait to be curated, the oldest first."""

    def together(self) -> AbstractContextManager[None]:
        """Everything in here or nothing, where the database can; elsewhere whatever is done
        again comes to the same."""

    def take(self, loads: Sequence[Pending], clocks: Clocks) -> tuple[list[Taken], dict[int, int]]:
        """Curate loads; what became of each, and the hours that they touched (epoch seconds)
        with about how many heartbeats each of those was touched by."""

    def kinds(self, hours: Sequence[int], since_load: int) -> dict[str, frozenset[str]]:
        """The metrics of heartbeats that loads from one on brought to these hours, each with the
        kinds that its values have: number, boolean, string, array, object."""

    def hours(self) -> dict[int, int]:
        """Every hour that heartbeats lie in, with about how many."""

    def set_battery(self, metric: Folded | None) -> None:
        """Tell the store which metric is the battery, for its own functions."""

    def fold(self, hours: Sequence[int], metrics: Sequence[Folded]) -> None:
        """Fold these hours, and the days that they lie in, again."""

    def settle(self, taken: Sequence[Taken], at: datetime) -> None:
        """Note that loads are curated and folded."""

    def sketches(self, among: Among, metric: Folded, by: Sequence[By]) -> pa.Table:
        """Per group (text columns named as in `by`): SKETCHES, from the rollups."""

    def exact(
        self, among: Among, metric: Folded, by: Sequence[By], quantiles: Sequence[float]
    ) -> pa.Table:
        """Per group: count, outside, sum, sumsq, min, max, and the exact quantiles (a list), from
        every heartbeat."""

    def vitals(
        self, among: Among, battery: Folded | None, synced: Folded | None, unsynced: Folded | None
    ) -> pa.Table:
        """Per project, cohort, version and device: fallen, discharging_h, hours, reports, span_h,
        synced, unsynced, first_at, last_at."""

    def releases(self, among: Among) -> pa.Table:
        """Per project and version: first_at, last_at, devices, reports; in order of first_at."""

    def search(
        self, among: Among, metrics: Mapping[str, str], limit: int, oldest_first: bool = False
    ) -> pa.Table:
        """Devices with their newest heartbeat (captured within the span) whose attributes are
        these: project, device, captured_at, created_at, serial, cohort, hardware, software,
        version, `metrics` as text. In the order of project and device, or the longest silent
        first."""

    def timeline(self, project: str, device: str, span: Span, limit: int) -> pa.Table:
        """The heartbeats of a device in the order of time; `metrics` as JSON text."""

    def quarantined(self, projects: Sequence[str] | None, limit: int) -> pa.Table:
        """Records that were refused, the newest first."""

    def facets(self, projects: Sequence[str] | None) -> dict[str, object]:
        """The projects, cohorts, hardwares and versions that devices have now, how many devices
        there are, and when the newest heartbeat was captured."""

    def forget(self, project: str, prefix: str) -> int:
        """Remove everything of the devices whose id begins so; heartbeats removed. The hours that
        they lay in must be folded again (`hours_of` says which), and then `wipe` follows."""

    def wipe(self) -> None:
        """Leave no bytes of what was forgotten."""

    def hours_of(self, project: str, prefix: str) -> dict[int, int]:
        """The hours that heartbeats of those devices lie in."""
