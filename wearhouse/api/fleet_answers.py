"""What the fleet's figures are answered as."""

from datetime import datetime

from pydantic import BaseModel

from wearhouse.fleet import vitals
from wearhouse.fleet.statistics import Weight


class PercentileRow(BaseModel):
    """A percentile of one group, under the group's name. `error` is how far it may be off, relative
    to its size: 0 where it is exact. Without reports the value is null."""

    value: float | None
    count: int
    outside: int
    error: float
    cohort: str | None = None
    version: str | None = None
    hardware: str | None = None
    project: str | None = None
    device: str | None = None
    hour: str | None = None
    day: str | None = None
    week: str | None = None


class FiguresRow(BaseModel):
    """The figures of one group. `count` is of reports, or of devices if those are weighted."""

    group: dict[str, str]
    count: int
    outside: int
    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    quantiles: list[float | None]


class FiguresAnswer(BaseModel):
    """Figures of a metric. `error` is how far percentiles may be off, relative to their size."""

    metric: str
    title: str
    unit: str
    weight: Weight
    q: list[float]
    exact: bool
    error: float
    rows: list[FiguresRow]


class BarAnswer(BaseModel):
    """Values from `low` up to `high`."""

    low: float
    high: float
    count: int


class HistogramRow(BaseModel):
    """The distribution of one group."""

    group: dict[str, str]
    count: int
    outside: int
    bars: list[BarAnswer]


class RateAnswer(BaseModel):
    """A rate with its interval (95 %); null where too few devices reported."""

    value: float | None
    low: float | None
    high: float | None
    devices: int


class VitalsRow(BaseModel):
    """A group's vitals: battery lost an hour while discharging, how long it lasts from full, the
    shares of failed syncs and of silent hours, hours in which there were reports."""

    project: str
    cohort: str
    version: str
    battery_drop: RateAnswer
    life_h: float | None
    sync_failure: RateAnswer
    silence: RateAnswer
    operational_h: int
    reports: int


class ReleaseAnswer(BaseModel):
    """A version as it was reported."""

    project: str
    version: str
    first_at: datetime
    last_at: datetime
    devices: int
    reports: int


class ComparisonRow(BaseModel):
    """One vital before and after; cohort "" is all of them. The interval of the difference is wide
    enough for all rows together, so that one of them in twenty is not "worse" by chance."""

    cohort: str
    vital: vitals.Vital
    before: RateAnswer
    after: RateAnswer
    difference: float | None
    low: float | None
    high: float | None
    verdict: vitals.Verdict


class FleetComparisonAnswer(BaseModel):
    """A release against the one before."""

    version: str
    previous: str
    rows: list[ComparisonRow]
