"""One participant over time: worn slots of each day, the rhythm of sleep, syncs and batteries."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

import pyarrow as pa
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from wearhouse.api.answers import Json
from wearhouse.api.deps import TheActing, TheStore, needs
from wearhouse.api.files import CSV, csv_file
from wearhouse.api.refusals import RESPONSES
from wearhouse.desk.rhythm import days_between, rhythm_of, wear_slots
from wearhouse.desk.slot_tables import event_table, night_table, slot_table
from wearhouse.desk.timeline import messages_in, timeline
from wearhouse.enrolling import judging
from wearhouse.study import Participant, Right
from wearhouse.team.acting import Acting
from wearhouse.wear.slots import Grid
from wearhouse.window import edge, from_millis, window_between, zone_named

READ = needs(Right.READ)
router = APIRouter(tags=["wear"], responses=RESPONSES, dependencies=[READ])

DAY, USUAL = timedelta(days=1), timedelta(days=13)
Format = Literal["json", "csv"]


class Stretch(BaseModel):
    """Whom and which civil days a question is about, both days included; the last two weeks
    without."""

    who: Participant
    first: date
    last: date
    format: Format


def the_stretch(
    code: Annotated[str, Path(max_length=64)],
    acting: TheActing,
    study: Annotated[str | None, Query(max_length=64, description="A study's code.")] = None,
    start: Annotated[date | None, Query(description="The first civil day.")] = None,
    end: Annotated[date | None, Query(description="The last civil day.")] = None,
    format: Annotated[Format, Query(description="A file needs the right to export.")] = "json",
) -> Stretch:
    """What is asked about whom."""
    who = acting.registry.participant_named(code, study)
    last = end or start or datetime.now(UTC).astimezone(zone_named(who.timezone)).date()
    first = start or last - USUAL
    days_between(first, last)
    if format != "json":
        acting.needs(Right.EXPORT)
    return Stretch(who=who, first=first, last=last, format=format)


TheStretch = Annotated[Stretch, Depends(the_stretch)]


class SlotsOfDay(BaseModel):
    """A civil day in slots of the clock, the first from midnight. `steps` and `heart_rate` (mean)
    are null where nothing was measured. `lasts` says how many minutes each slot had where the
    clock jumped or showed an hour twice. `offset_minutes` is at which the day was recorded, null
    if nothing was; another than `home_offset_minutes` or that at the day's end is a journey."""

    day: date
    starts_at: datetime
    ends_at: datetime
    offset_minutes: int | None
    home_offset_minutes: int
    lasts: list[int] | None
    worn: list[int]
    steps: list[float | None]
    heart_rate: list[float | None]


class WearAnswer(BaseModel):
    """A participant's days in slots of `slot_minutes`."""

    participant: str
    timezone: str
    slot_minutes: int
    days: list[SlotsOfDay]


class RegularityAnswer(BaseModel):
    """The Sleep Regularity Index, -100 to 100; null where fewer than five days' worth of minutes
    have a partner 24 hours later. `pairs` of `possible` are known."""

    model_config = ConfigDict(from_attributes=True)

    index: float | None
    pairs: int
    possible: int


class TimingAnswer(BaseModel):
    """Mid-sleep in minutes after midnight, its standard deviation, and social jetlag (minutes
    that free days are later; nights that end on a Saturday or Sunday stand for those)."""

    model_config = ConfigDict(from_attributes=True)

    nights: int
    midpoint: float | None
    spread: float | None
    work_nights: int
    work_midpoint: float | None
    free_nights: int
    free_midpoint: float | None
    social_jetlag: float | None


class SleptAnswer(BaseModel):
    """The main sleep that ends on a day. Efficiency is in percent, of the time from start to
    end."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    start: datetime
    end: datetime
    offset_minutes: int
    kind: str
    midpoint: float
    asleep_minutes: float | None
    efficiency: float | None


class RhythmAnswer(BaseModel):
    """When and how regularly a participant sleeps."""

    model_config = ConfigDict(from_attributes=True)

    participant: str
    timezone: str
    regularity: RegularityAnswer
    timing: TimingAnswer
    nights: list[SleptAnswer]


class DeviceAnswer(BaseModel):
    """A device that was heard of, with its newest firmware."""

    source: str
    device: str
    kind: str
    model: str
    firmware: str | None
    first_at: datetime
    last_at: datetime


class SyncAnswer(BaseModel):
    """When a device gave what it had."""

    at: datetime
    device: str


class ChargeAnswer(BaseModel):
    """A battery as a device told of it."""

    at: datetime
    device: str
    percent: float | None
    level: str | None


class WrittenAnswer(BaseModel):
    """A message that was or will be sent; no text is kept."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    template: str
    state: str
    cause: str
    due_at: datetime
    finished_at: datetime | None
    detail: str


class TimelineAnswer(BaseModel):
    """What happened besides what was measured, in the order of time."""

    participant: str
    timezone: str
    devices: list[DeviceAnswer]
    syncs: list[SyncAnswer]
    batteries: list[ChargeAnswer]
    messages: list[WrittenAnswer] | None = Field(
        description="Null for those who may not write to participants."
    )


@router.get("/participants/{code}/wear", response_model=WearAnswer, responses=CSV)
def get_wear(
    asked: TheStretch,
    store: TheStore,
    acting: TheActing,
    slot: Annotated[int, Query(description="Minutes: 1, 5, 10, 15, 30 or 60.")] = 60,
) -> Response:
    """Worn minutes, steps and mean heart rate of each civil day, by slots of the clock."""
    grid = wear_slots(store, asked.who, asked.first, asked.last, slot)
    if asked.format == "csv":
        return _file(acting, asked, slot_table(asked.who.code, grid), "wear")
    days = [_day(grid, n) for n in range(len(grid.worn))]
    return Json(_named(asked) | {"slot_minutes": slot, "days": days})


@router.get("/participants/{code}/rhythm", response_model=RhythmAnswer, responses=CSV)
def get_rhythm(asked: TheStretch, store: TheStore, acting: TheActing) -> Response:
    """How regularly a participant sleeps, and each night's main sleep."""
    study = acting.registry.study_named(asked.who.study)
    definition = judging.in_force(acting.registry, study)
    found = rhythm_of(store, definition, asked.who, asked.first, asked.last)
    if asked.format == "csv":
        return _file(acting, asked, night_table(asked.who.code, found.nights), "nights")
    return Json(_named(asked) | asdict(found))


@router.get("/participants/{code}/timeline", response_model=TimelineAnswer, responses=CSV)
def get_timeline(asked: TheStretch, acting: TheActing) -> Response:
    """Devices, syncs, batteries and messages of a participant."""
    clock = zone_named(asked.who.timezone)
    edges = edge(str(asked.first), "start"), edge(str(asked.last), "end")
    window = window_between(*edges, clock)
    found = timeline(acting.registry, asked.who, window)
    written = None
    if acting.actor.may(Right.SEND_MESSAGES):
        rows = messages_in(acting.registry, asked.who, window)
        written = [WrittenAnswer.model_validate(row).model_dump() for row in rows]
    if asked.format == "csv":
        return _file(acting, asked, event_table(asked.who.code, found, written), "timeline")
    return Json(_named(asked) | asdict(found) | {"messages": written})


def _named(asked: Stretch) -> dict[str, Any]:
    return {"participant": asked.who.code, "timezone": asked.who.timezone}


def _day(grid: Grid, n: int) -> dict[str, Any]:
    offset = grid.offset[n]
    return {
        "day": grid.first + n * DAY,
        "starts_at": from_millis(int(grid.starts[n])),
        "ends_at": from_millis(int(grid.ends[n])),
        "offset_minutes": None if offset != offset else int(offset),  # NaN is not itself
        "home_offset_minutes": int(grid.home[n]),
        "lasts": grid.lasts[n],
        "worn": grid.worn[n],
        "steps": grid.steps[n],
        "heart_rate": grid.heart_rate[n].round(1),
    }


def _file(acting: Acting, asked: Stretch, table: pa.Table, what: str) -> Response:
    told = f"{what} from {asked.first} to {asked.last}"
    return csv_file(acting, [asked.who], table, what, told, quoted=what == "timeline")
