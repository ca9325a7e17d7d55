"""Vital figures of a fleet, and one release against the one before.

A rate is a ratio of sums over devices (what was lost, over the hours that it took). Its interval
takes the device as what was drawn: reports of one device are alike. Linearised variance of a ratio
after Cochran, "Sampling Techniques", 3rd ed., 1977, §6.3 and §6.12; a device that had both releases
stands on both sides of the difference.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.errors import NotFound
from wearhouse.fleet.curating import as_folded
from wearhouse.fleet.ordering import natural
from wearhouse.registry import Registry
from wearhouse.store.fleets import Among, FleetStore

Floats = NDArray[np.float64]
Vital = Literal["battery_drop", "sync_failure", "silence"]
Verdict = Literal["worse", "better", "no difference seen", "too few devices"]
FEWEST = 3
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Parts:
    """What a vital is made of, device by device: above and below the line of a ratio."""

    above: Floats
    below: Floats


@dataclass(frozen=True, slots=True)
class Rate:
    """A ratio with its interval (95 %), and how many devices it is of."""

    value: float | None
    low: float | None
    high: float | None
    devices: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """A group's vitals. `battery_drop` is in the battery's unit an hour while discharging, `life_h`
    how long it would last from full; `sync_failure` the share of syncs that failed; `silence` the
    share of hours between a device's first and last report in which it reported nothing."""

    project: str
    cohort: str
    version: str
    battery_drop: Rate
    life_h: float | None
    sync_failure: Rate
    silence: Rate
    operational_h: int
    reports: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A vital of a release beside that of the one before, and the interval of the difference, wide
    enough for all comparisons made together. More is worse, of every vital."""

    cohort: str
    vital: Vital
    before: Rate
    after: Rate
    difference: float | None
    low: float | None
    high: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Release:
    """A version in a project: when it was first and last reported, by how many devices."""

    project: str
    version: str
    first_at: datetime
    last_at: datetime
    devices: int
    reports: int


def vitals(
    fleet: FleetStore, registry: Registry, among: Among, by: Sequence[str] = ("cohort", "version")
) -> list[Vitals]:
    """The vitals of each group (of project, cohort, version)."""
    full = full_of(fleet, registry, among)
    rows = of_devices(fleet, registry, among)
    found = []
    for key, group in _grouped(rows, by):
        some = _by_device(group)
        drop = rate(parts(some, "battery_drop"))
        life = full / drop.value if full and drop.value else None
        found.append(
            Vitals(
                key["project"], key["cohort"], key["version"], drop, life,
                rate(parts(some, "sync_failure")), rate(parts(some, "silence")),
                int(some["hours"].to_numpy().sum()), int(some["reports"].to_numpy().sum()),
            )
        )  # fmt: skip
    return found


def of_devices(fleet: FleetStore, registry: Registry, among: Among) -> pa.Table:
    """Per project, cohort, version (with its software) and device, what vitals are made of."""
    known = {one.vital: as_folded(one) for one in registry.fleets.metrics() if one.vital}
    rows = fleet.vitals(among, known.get("battery"), known.get("synced"), known.get("unsynced"))
    software, version = (rows[name].to_pylist() for name in ("software", "version"))
    named = [f"{s} {v}" if s else v for s, v in zip(software, version, strict=True)]
    at = rows.column_names.index("version")
    return rows.set_column(at, "version", pa.array(named, pa.string()))


def full_of(fleet: FleetStore, registry: Registry, among: Among) -> float | None:
    """What the battery says when it is full: the end of its range, else 100 or 1000 as far as its
    values go."""
    metric = next((one for one in registry.fleets.metrics() if one.vital == "battery"), None)
    if metric is None:
        return None
    if metric.high is not None:
        return metric.high
    rows = fleet.sketches(among, as_folded(metric), ())
    highs = rows.filter(pc.greater(rows["count"], 0))["max"].to_pylist()
    if not highs:
        return None
    return 100.0 if max(highs) <= 100 else 1_000.0 if max(highs) <= 1_000 else max(highs)


def releases(fleet: FleetStore, among: Among) -> list[Release]:
    """Every version that was reported, in the order of its name: 0.9 before 0.10."""
    found = [
        Release(
            row["project"],
            f"{row['software']} {row['version']}" if row["software"] else row["version"],
            row["first_at"], row["last_at"], row["devices"], row["reports"],
        )
        for row in fleet.releases(among).to_pylist()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.project, natural(one.version)))


def compare(
    fleet: FleetStore, registry: Registry, among: Among, version: str, previous: str | None = None
) -> tuple[str, list[Comparison]]:
    """A release against the one before (by name, unless it is said which): in each cohort and in
    all together. NotFound if there is no such version, or none before it."""
    rows = of_devices(fleet, registry, among)
    names = sorted({one for one in rows["version"].to_pylist() if one}, key=natural)
    if version not in names:
        raise NotFound(f"No device reported version {version!r} in this span.", "version")
    if previous is None:
        at = names.index(version)
        if not at:
            raise NotFound(f"No version was reported before {version!r}.", "version")
        previous = names[at - 1]
    elif previous not in names:
        raise NotFound(f"No device reported version {previous!r} in this span.", "previous")
    return previous, compared(rows, version, previous)


def compared(rows: pa.Table, version: str, previous: str) -> list[Comparison]:
    """The comparisons of two versions that rows (as of `of_devices`) allow."""
    cohorts = sorted({one for one in rows["cohort"].to_pylist() if one})
    kinds: tuple[Vital, ...] = ("battery_drop", "sync_failure", "silence")
    pairs = []
    for cohort in ["", *cohorts]:
        some = _only(rows, "cohort", cohort) if cohort else rows
        sides = [_by_device(_only(some, "version", name)) for name in (previous, version)]
        devices = [list(zip(s["project"].to_pylist(), s["device"].to_pylist(), strict=True))
                   for s in sides]  # fmt: skip
        for kind in kinds:
            before, after = (parts(side, kind) for side in sides)
            if before.below.sum() or after.below.sum():
                pairs.append((cohort, kind, before, after, devices))
    level = 1 - (1 - LEVEL) / max(len(pairs), 1)
    return [
        _comparison(cohort, kind, before, after, devices, level)
        for cohort, kind, before, after, devices in pairs
    ]


def parts(rows: pa.Table, vital: Vital) -> Parts:
    """What a vital is made of in each row."""
    column = {name: _floats(rows, name) for name in rows.column_names if name in FIGURES}
    if vital == "battery_drop":
        return Parts(column["fallen"], column["discharging_h"])
    if vital == "sync_failure":
        return Parts(column["unsynced"], column["synced"] + column["unsynced"])
    return Parts(column["span_h"] - column["hours"], column["span_h"])


FIGURES = {"fallen", "discharging_h", "hours", "span_h", "synced", "unsynced"}


def rate(of: Parts, level: float = LEVEL) -> Rate:
    """The ratio of the sums, with its interval."""
    counted = of.below > 0
    above, below = of.above[counted], of.below[counted]
    n = len(below)
    if not n:
        return Rate(None, None, None, 0)
    value = float(above.sum() / below.sum())
    if n < FEWEST:
        return Rate(value, None, None, n)
    pull = (above - value * below) / below.sum()
    half = _half(pull, n, level)
    return Rate(value, value - half, value + half, n)


def _comparison(
    cohort: str,
    kind: Vital,
    before: Parts,
    after: Parts,
    devices: Sequence[Sequence[tuple[str, str]]],
    level: float,
) -> Comparison:
    sides = (rate(before), rate(after))
    if min(side.devices for side in sides) < FEWEST:
        return Comparison(cohort, kind, *sides, None, None, None, "too few devices")
    every = sorted({*devices[0], *devices[1]})
    place = {device: at for at, device in enumerate(every)}
    pull = np.zeros(len(every))
    for sign, side, of, whose in zip((-1, 1), sides, (before, after), devices, strict=True):
        assert side.value is not None
        # A device that had both stands on both sides.
        np.add.at(
            pull,
            [place[one] for one in whose],
            sign * (of.above - side.value * of.below) / of.below.sum(),
        )
    assert sides[0].value is not None
    assert sides[1].value is not None
    difference = sides[1].value - sides[0].value
    # As few as the smaller side has: a long tail on the other must not make it look sure.
    half = _half(pull, min(side.devices for side in sides), level, len(every))
    low, high = difference - half, difference + half
    verdict: Verdict = "worse" if low > 0 else "better" if high < 0 else "no difference seen"
    return Comparison(cohort, kind, *sides, difference, low, high, verdict)


def _half(pull: Floats, n: int, level: float, of: int | None = None) -> float:
    """Half an interval's width from what each device adds to the error."""
    from scipy.stats import t  # slow to import, and seldom needed

    every = of or n
    variance = every / max(every - 1, 1) * float(((pull - pull.sum() / every) ** 2).sum())
    return float(t.ppf((1 + level) / 2, n - 1)) * float(np.sqrt(variance))


def _grouped(rows: pa.Table, by: Sequence[str]) -> Iterator[tuple[dict[str, str], pa.Table]]:
    names = ("project", "cohort", "version")
    keys = [
        tuple(row[name] if name in by or name == "project" else "" for name in names)
        for row in rows.select(names).to_pylist()
    ]
    for key in sorted(set(keys), key=lambda one: tuple(map(natural, one))):
        mask = pa.array([one == key for one in keys])
        yield dict(zip(names, key, strict=True)), rows.filter(mask)


def _by_device(rows: pa.Table) -> pa.Table:
    """One row for each device, whatever versions and cohorts it had: its sums."""
    figures = [name for name in rows.column_names if name in FIGURES | {"reports"}]
    summed = rows.group_by(["project", "device"]).aggregate([(name, "sum") for name in figures])
    return summed.rename_columns(["project", "device", *figures])


def _only(rows: pa.Table, name: str, value: str) -> pa.Table:
    return rows.filter(pa.array([one == value for one in rows[name].to_pylist()], pa.bool_()))


def _floats(rows: pa.Table, name: str) -> Floats:
    column: Floats = np.nan_to_num(rows[name].cast(pa.float64()).to_numpy())
    return column
