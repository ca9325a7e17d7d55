"""What is due: every study's sync each night, its devices and what failed each hour, and what
vendors said is new."""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from wearhouse.errands import safely
from wearhouse.errors import Invalid
from wearhouse.origin import within
from wearhouse.registry import Registry
from wearhouse.registry.locks import new_owner
from wearhouse.study import Schedule, Study
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, sync
from wearhouse.sync.noticed import fetch_noticed
from wearhouse.sync.watching import watch_devices
from wearhouse.window import zone_named

NIGHT, RETRY = "night", "retry"
HOUR = timedelta(hours=1)
NOTICED_EVERY_S = 5
AFTER_THE_END = timedelta(days=14)
"""How long a study that has ended is still read: what its vendors restate late."""


def checked_time(text: str) -> time:
    """A time of day; Invalid unless it is written as 01:00."""
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time()
    except ValueError:
        raise Invalid(f"{text!r} is not a time of day; write one such as 01:00.", "at") from None


def is_due(schedule: Schedule, last: datetime | None, now: datetime) -> bool:
    """Whether the newest night that has come was not synced yet. A night that was missed,
    because nothing ran then, is made up for."""
    if schedule.paused:
        return False
    here = now.astimezone(zone_named(schedule.timezone))
    night = datetime.combine(here.date(), checked_time(schedule.at), here.tzinfo)
    if night > here:
        night = datetime.combine(here.date() - timedelta(days=1), night.time(), here.tzinfo)
    # Clocks that differ only by their offset are compared in UTC.
    return last is None or last < night.astimezone(UTC)


def next_night(schedule: Schedule, now: datetime) -> datetime | None:
    """When a study is synced next; None while that is paused."""
    if schedule.paused:
        return None
    here = now.astimezone(zone_named(schedule.timezone))
    night = datetime.combine(here.date(), checked_time(schedule.at), here.tzinfo)
    if night.astimezone(UTC) <= now:
        night = datetime.combine(here.date() + timedelta(days=1), night.time(), here.tzinfo)
    return night.astimezone(UTC)


def is_running(study: Study, now: datetime) -> bool:
    """Whether a study has begun and is not long over."""
    begun = study.starts_on is None or study.starts_on <= now.date()
    return begun and (study.ends_on is None or now.date() <= study.ends_on + AFTER_THE_END)


def schedule_of(registry: Registry, study: Study, otherwise: Schedule) -> Schedule:
    """A study's own schedule, or the one for studies without."""
    return registry.schedules.of(study) or Schedule(study.code, otherwise.at, otherwise.timezone)


def nightly(intake: Intake, otherwise: Schedule) -> int:
    """Sync the studies that are due; how many there were."""
    registry, synced = intake.registry, 0
    for study in registry.studies():
        now = intake.now()
        schedule = schedule_of(registry, study, otherwise)
        if intake.stop.is_set() or not is_running(study, now):
            continue
        if not is_due(schedule, registry.runs.last(NIGHT, study), now):
            continue
        with _only_one(registry, f"night/{study.id}") as ours:
            # Another process may have begun between the question and the lock.
            if ours and is_due(schedule, registry.runs.last(NIGHT, study), now):
                participants = registry.participants(study.code)
                sync(intake, Request(participants, cause=NIGHT, study=study, patient=True))
                synced += 1
    return synced


def hourly(intake: Intake, otherwise: Schedule) -> int:
    """See to the devices of every study and try again what failed; how many studies were due."""
    registry, seen = intake.registry, 0
    for study in registry.studies():
        paused = schedule_of(registry, study, otherwise).paused
        if intake.stop.is_set() or paused or not is_running(study, intake.now()):
            continue
        # The lock is not released: the hour after which it expires is when it is due again.
        if not registry.locks.take(f"hour/{study.id}", new_owner(), HOUR):
            continue
        participants = registry.participants(study.code)
        watch_devices(intake, participants)
        behind = registry.runs.behind(study)
        again = [participant for participant in participants if participant.id in behind]
        if again:
            sync(intake, Request(again, cause=RETRY, study=study, patient=True))
        seen += 1
    return seen


def noticed(intake: Intake, otherwise: Schedule) -> int:
    """Fetch what vendors said is new, study by study; of how many families of participants. What
    a paused study was told waits until it goes on."""
    registry, fetched = intake.registry, 0
    for code in sorted({one.participant.study for one in registry.notices.due(intake.now())}):
        study = registry.study_named(code)
        if intake.stop.is_set() or schedule_of(registry, study, otherwise).paused:
            continue
        with _only_one(registry, f"notices/{study.id}") as ours:
            due = registry.notices.due(intake.now()) if ours else []
            waiting = [one for one in due if one.participant.study == code]
            if waiting and is_running(study, intake.now()):
                fetch_noticed(intake, study, waiting)
                fetched += len(waiting)
            elif waiting:
                for one in waiting:
                    registry.notices.fetched(one)
    return fetched


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again, every so many seconds."""

    name: str
    work: Callable[[], object]
    every_s: float


@contextmanager
def running(intake: Intake, otherwise: Schedule, beside: Sequence[Job] = ()) -> Iterator[None]:
    """Do what is due, and some jobs beside it, in the background for as long as this lasts."""
    checked_time(otherwise.at)
    # That a job still runs when it is due again is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone=UTC)
    every = ((nightly, 60), (hourly, 300), (noticed, NOTICED_EVERY_S))
    due = [Job(job.__name__, partial(job, intake, otherwise), s) for job, s in every]
    for job in (*due, *beside):
        scheduler.add_job(
            _done, "interval", [job], seconds=job.every_s, id=job.name,
            max_instances=1, coalesce=True, misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )  # fmt: skip
    scheduler.start()
    try:
        yield
    finally:
        intake.stop.set()
        scheduler.shutdown()


def _done(job: Job) -> None:
    with within(job=f"{job.name}-{uuid.uuid4().hex[:8]}"):
        safely(job.name, job.work)


@contextmanager
def _only_one(registry: Registry, name: str) -> Iterator[bool]:
    owner = new_owner()
    ours = registry.locks.take(name, owner)
    try:
        yield ours
    finally:
        if ours:
            registry.locks.release(name, owner)
