"""The delta load: every grant's new and restated slices, and piece by piece its history."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock

from wearhouse import telemetry
from wearhouse.consent import grants
from wearhouse.errors import (
    Conflict,
    NotSignedIn,
    SourceUnavailable,
    Unavailable,
    WearhouseError,
)
from wearhouse.origin import within
from wearhouse.registry.locks import new_owner
from wearhouse.registry.syncs import Counts
from wearhouse.sources.http import stopping
from wearhouse.sources.live import Family
from wearhouse.study import Grant, Participant, Study
from wearhouse.sync import plan
from wearhouse.sync.attempts import Intake, Reading, Visit, attempt
from wearhouse.sync.watching import lock_of, open_grants
from wearhouse.tracing import span
from wearhouse.window import zone_named

log = logging.getLogger("wearhouse")

HISTORY_AT_ONCE = 4
"""How many stretches of history one run reads of each family, after all that is fresh."""

LOCK_TRIES, LOCK_PAUSE_S = 20, 0.1

RESTS, REST_S = 19, 0.2
"""How many times as long as it worked a patient sync rests while somebody waits for answers, and
how often it looks whether they still do."""


@dataclass(frozen=True, slots=True)
class Request:
    """Whom to bring up to date: participants, of one source or of all they granted. With
    `since`, everything from that day on is read again. Nobody waits for one that is `patient`: it
    gives way to those who wait for answers."""

    participants: Sequence[Participant]
    source: str | None = None
    since: date | None = None
    cause: str = "command"
    study: Study | None = None
    families: frozenset[str] | None = None
    patient: bool = False


@dataclass
class Summary:
    """What a run did. `problems` are sentences, each with the participant's code."""

    sync: int
    grants: int = 0
    attempts: int = 0
    failed: int = 0
    samples: int = 0
    episodes: int = 0
    written: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    _adding: Lock = field(default_factory=Lock, repr=False)

    def done(self, counts: Counts) -> None:
        """Add an attempt that went well."""
        with self._adding:
            self.attempts += 1
            self.samples += counts.samples
            self.episodes += counts.episodes
            self.written += counts.written
            self.withdrawn += counts.withdrawn
            self.quarantined += counts.quarantined

    def troubled(self, participant: Participant, error: WearhouseError, tried: bool) -> None:
        """Add what went wrong; `tried` if an attempt had been begun."""
        with self._adding:
            self.attempts += tried
            self.failed += tried
            self.problems.append((participant.code, str(error)))

    @property
    def outcome(self) -> str:
        if not self.problems:
            return "done"
        return "partial" if self.attempts > self.failed else "failed"


def begin(intake: Intake, request: Request) -> int:
    """Note that a run begins, where its number is wanted before `sync` takes it on."""
    return intake.registry.syncs.begin(request.cause, new_owner(), request.study)


def sync(
    intake: Intake, request: Request, number: int | None = None, passes: "Sequence[Wanted]" = ()
) -> Summary:
    """Bring grants up to date: what is fresh of everybody first, then a piece of the history, or
    what is wanted in `passes` instead. `number` is of a run that was begun already.

    What goes wrong with one participant is noted and stops nobody else; Unavailable if the store
    or the registry itself is down.
    """
    summary = Summary(begin(intake, request) if number is None else number)
    with within(sync=summary.sync), span("sync", cause=request.cause), stopping(intake.stop):
        _run(Run(intake, request, summary, new_owner()), passes)
    return summary


def _run(run: "Run", passes: "Sequence[Wanted]") -> None:
    intake, request, summary = run.intake, run.request, run.summary
    registry = intake.registry
    try:
        chosen = open_grants(intake, request.participants, request.source)
        summary.grants = len(chosen)
        for wanted in passes or (_fresh, _history):
            troubled = {code for code, _ in summary.problems}
            _each(run, [one for one in chosen if one.participant.code not in troubled], wanted)
    except BaseException as error:
        with suppress(Unavailable):
            registry.syncs.end(summary.sync, "failed", str(error) or "interrupted")
        telemetry.syncs.labels("failed").inc()
        raise
    registry.syncs.end(summary.sync, summary.outcome, _words(summary))
    telemetry.syncs.labels(summary.outcome).inc()
    facts = ("outcome", "grants", "attempts", "failed", "samples")
    log.info("sync ended", extra={name: getattr(summary, name) for name in facts})


@dataclass(frozen=True, slots=True)
class Run:
    """One sync while it runs."""

    intake: Intake
    request: Request
    summary: Summary
    owner: str


Wanted = Callable[[Run, Visit], Iterator[Reading]]


def _each(run: Run, chosen: Sequence[Grant], wanted: Wanted) -> None:
    with ThreadPoolExecutor(run.intake.threads) as beside:
        running = [
            beside.submit(copy_context().run, _visited, run, grant, wanted) for grant in chosen
        ]
        try:
            for one in running:
                one.result()
        except BaseException:
            beside.shutdown(cancel_futures=True)
            raise


def _visited(run: Run, grant: Grant, wanted: Wanted) -> None:
    """Read what is wanted of one grant, if nobody else is at it."""
    registry, person = run.intake.registry, grant.participant
    lock = (lock_of(grant), run.owner)
    if run.intake.stop.is_set():
        return
    if not _taken(run.intake, lock):
        error = Conflict(f"Another run is at work on {person.code} and {grant.source}.")
        run.summary.troubled(person, error, tried=False)
        return
    try:
        registry.syncs.interrupted(person, grant.source)
        visit = _begun(run, grant, lock)
        _read(run, visit, wanted)
    except Unavailable as error:
        if not isinstance(error, SourceUnavailable):
            raise
        run.summary.troubled(person, error, tried=False)
    except WearhouseError as error:
        run.summary.troubled(person, error, tried=False)
    finally:
        registry.locks.release(*lock)


def _taken(intake: Intake, lock: tuple[str, str]) -> bool:
    """Whether the lock could be had, after waiting a little: a look at the devices is soon over."""
    for _ in range(LOCK_TRIES):
        if intake.registry.locks.take(*lock):
            return True
        if intake.stop.wait(LOCK_PAUSE_S):
            break
    return False


def _begun(run: Run, grant: Grant, lock: tuple[str, str]) -> Visit:
    # The grant is read again: another run may have refreshed or ended it meanwhile.
    registry, consents = run.intake.registry, run.intake.consents
    grant = registry.grants.of(grant.participant, grant.source)
    source = consents.source(grant.source)
    timezone = grant.timezone or grant.participant.timezone
    token, told = grants.asked(
        consents, grant, lambda token: source.timezone(consents.client, token)
    )
    if told and told != timezone:
        timezone = zone_named(told).key
        registry.grants.note_timezone(grant.participant, grant.source, timezone)
    study = registry.study_named(grant.participant.study)
    return Visit(run.summary.sync, grant, source, study, token, lock, timezone)


def _read(run: Run, visit: Visit, wanted: Wanted) -> None:
    """Attempt what is wanted. A family that failed is left for the next run, so that nothing is
    skipped; without a permission that works there is nothing more to try."""
    failed: set[str] = set()
    for reading in wanted(run, visit):
        if run.intake.stop.is_set():
            return
        if reading.family.name in failed:
            continue
        before_s = time.thread_time()
        try:
            run.summary.done(attempt(run.intake, visit, reading))
        except (NotSignedIn, Conflict) as error:
            run.summary.troubled(visit.participant, error, tried=True)
            return
        except Unavailable as error:
            if not isinstance(error, SourceUnavailable):
                raise
            run.summary.troubled(visit.participant, error, tried=True)
            failed.add(reading.family.name)
        except WearhouseError as error:
            run.summary.troubled(visit.participant, error, tried=True)
            failed.add(reading.family.name)
        if run.request.patient:
            _give_way(run.intake, time.thread_time() - before_s)


def _give_way(intake: Intake, worked_s: float) -> None:
    """Rest after some work for as long as somebody waits for answers, but not for ever."""
    until = time.monotonic() + RESTS * worked_s
    while intake.presence.is_felt() and (left := until - time.monotonic()) > 0:
        if intake.stop.wait(min(left, REST_S)):
            return


def _fresh(run: Run, visit: Visit) -> Iterator[Reading]:
    now = run.intake.now()
    within = plan.horizon(visit.participant, visit.study, now)
    if within is None:
        return
    marks = run.intake.registry.syncs.watermarks(visit.participant, visit.grant.source)
    for family in _families(run, visit):
        mark = marks.get(family.name)
        for stretch in plan.fresh(mark, family.reread, within, now, run.request.since):
            yield Reading(family, stretch, within)


def _history(run: Run, visit: Visit) -> Iterator[Reading]:
    within = plan.horizon(visit.participant, visit.study, run.intake.now())
    if within is None:
        return
    since = run.request.since
    wanted = replace(within, first=min(since, within.last)) if since else within
    at_once = None if since else HISTORY_AT_ONCE
    marks = run.intake.registry.syncs.watermarks(visit.participant, visit.grant.source)
    for family in _families(run, visit):
        for stretch in plan.history(marks.get(family.name), wanted)[:at_once]:
            yield Reading(family, stretch, within)


def _families(run: Run, visit: Visit) -> list[Family]:
    return [
        family
        for family in visit.source.families()
        if family.scope in visit.token.scopes
        and (run.request.families is None or family.name in run.request.families)
    ]


def _words(summary: Summary) -> str:
    """What went wrong, in few words."""
    shown = [f"{code}: {said}" for code, said in summary.problems[:5]]
    more = len(summary.problems) - len(shown)
    return " ".join(shown) + (f" And {more} more." if more > 0 else "")
