"""Archived payloads parsed again, as after the mending of a parser."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from wearhouse.errors import Conflict, SourceUnavailable, Unavailable, WearhouseError
from wearhouse.registry.locks import new_owner
from wearhouse.registry.runs import Attempt
from wearhouse.registry.syncs import Archived
from wearhouse.samples import Parsed
from wearhouse.sources.live import Family, LiveSource, Payload
from wearhouse.study import Participant, Study
from wearhouse.sync.attempts import Intake
from wearhouse.sync.slicing import Answer, settle
from wearhouse.window import Window, zone_named

REPLAY = "replay"


@dataclass
class Replayed:
    """What a replay did."""

    payloads: int = 0
    samples: int = 0
    episodes: int = 0
    written: int = 0
    withdrawn: int = 0
    quarantined: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def begin(intake: Intake, study: Study | None = None) -> int:
    """Note that a replay begins, where its number is wanted before `replay` takes it on."""
    return intake.registry.syncs.begin(REPLAY, new_owner(), study)


def replay(
    intake: Intake,
    participants: Sequence[Participant],
    source: str | None = None,
    number: int | None = None,
) -> Replayed:
    """Parse what was archived again. Of each day the newest answer counts, as it did when it was
    received; nothing is fetched and no watermark moves. The run is noted; `number` is of one that
    was begun already."""
    syncs = intake.registry.syncs
    run = begin(intake) if number is None else number
    done = Replayed()
    try:
        for participant in participants:
            _of(intake, participant, source, done)
    except BaseException as error:
        with suppress(Unavailable):
            syncs.end(run, "failed", str(error) or "interrupted")
        raise
    syncs.end(run, "partial" if done.problems else "done", _words(done))
    return done


def _words(done: Replayed) -> str:
    """What came of it, in few words."""
    if not done.payloads and not done.problems:
        return "Nothing was archived yet."
    figures = (
        f"{done.payloads:,} payloads parsed again: {done.samples:,} samples, "
        f"{done.episodes:,} episodes, {done.quarantined:,} records refused."
    )
    return " ".join([figures, *(f"{code}: {said}" for code, said in done.problems[:5])])


def _of(intake: Intake, participant: Participant, source: str | None, done: Replayed) -> None:
    completed = intake.registry.runs.completed(participant, source)
    for name in dict.fromkeys(attempt.source for attempt in completed):
        lock = (f"sync/{participant.id}/{name}", new_owner())
        if not intake.registry.locks.take(*lock):
            done.problems.append((participant.code, f"Another run is at work on {name}."))
            continue
        try:
            mine = [attempt for attempt in completed if attempt.source == name]
            _again(intake, participant, mine, lock, done)
        except WearhouseError as error:
            if isinstance(error, Unavailable) and not isinstance(error, SourceUnavailable):
                raise
            done.problems.append((participant.code, str(error)))
        finally:
            intake.registry.locks.release(*lock)


def _again(
    intake: Intake,
    participant: Participant,
    attempts: Sequence[Attempt],
    lock: tuple[str, str],
    done: Replayed,
) -> None:
    """Put the newest answer about each day into the store. Going backwards, no reader ever sees
    again what was restated since."""
    source = intake.consents.source(attempts[0].source)
    families = {family.name: family for family in source.families()}
    settled: set[tuple[str, date]] = set()
    for attempt in sorted(attempts, key=lambda one: one.id, reverse=True):
        family = families.get(attempt.family)
        days = _days(attempt)
        left = [day for day in days if (attempt.family, day) not in settled]
        settled |= {(attempt.family, day) for day in days}
        if family is None or not left:
            continue
        if not intake.registry.locks.renew(*lock):
            raise Conflict(f"Another run has taken over {participant.code}.")
        _put(intake, participant, source, family, attempt, left, done)


def _put(
    intake: Intake,
    participant: Participant,
    source: LiveSource,
    family: Family,
    attempt: Attempt,
    days: Sequence[date],
    done: Replayed,
) -> None:
    registry = intake.registry
    payloads = registry.syncs.payloads(attempt.id)
    parsed: list[Parsed] = []
    for archived in payloads:
        parsed.extend(source.parse(_payload(intake, archived, attempt.timezone)))
    as_of = payloads[-1].fetched_at if payloads else attempt.started_at
    answer = Answer(
        participant, source.name, family, days, parsed, int(as_of.timestamp()), attempt.timezone,
        intake.families,
    )  # fmt: skip
    settled = settle(intake.store, registry, answer)
    registry.syncs.quarantine(attempt.id, f"{source.name}/{family.name}", settled.rejected)
    done.payloads += len(payloads)
    done.samples += settled.counts.samples
    done.episodes += settled.counts.episodes
    done.written += settled.counts.written
    done.withdrawn += settled.counts.withdrawn
    done.quarantined += settled.counts.quarantined


def _payload(intake: Intake, archived: Archived, timezone: str) -> Payload:
    zone = zone_named(timezone)
    return Payload(
        archived.source,
        archived.family,
        Window(archived.start_at.astimezone(zone), archived.end_at.astimezone(zone)),
        intake.payloads.read(archived.digest),
        archived.media,
        archived.fetched_at,
        archived.part,
    )


def _days(attempt: Attempt) -> list[date]:
    span = range(attempt.first_on.toordinal(), attempt.last_on.toordinal() + 1)
    return [date.fromordinal(number) for number in span]
