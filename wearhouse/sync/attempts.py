"""One attempt to bring slices up to date: fetch, archive, parse, write, move the watermark."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

from wearhouse import telemetry
from wearhouse.consent import grants
from wearhouse.consent.grants import Consents
from wearhouse.errors import (
    Conflict,
    NotAllowed,
    NotSignedIn,
    SourceUnavailable,
    WearhouseError,
)
from wearhouse.payloads import Payloads
from wearhouse.presence import Presence
from wearhouse.registry import Registry
from wearhouse.registry.syncs import Archived, Counts
from wearhouse.samples import Parsed
from wearhouse.sources.live import Family, LiveSource, Payload, Token
from wearhouse.store import Store
from wearhouse.study import Grant, Participant, State, Study
from wearhouse.sync import plan
from wearhouse.sync.plan import Stretch
from wearhouse.sync.slicing import Answer, settle
from wearhouse.tracing import span
from wearhouse.window import Window, zone_named

log = logging.getLogger("wearhouse")

UNFORESEEN = "unforeseen"
"""The code of an attempt that a fault of the source's own ended."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Intake:
    """What a sync works with. `stop` ends it after the slices at hand; `presence` says whether
    somebody waits for answers meanwhile."""

    store: Store
    payloads: Payloads
    consents: Consents
    threads: int = 4
    now: Callable[[], datetime] = _now
    stop: Event = field(default_factory=Event)
    presence: Presence = field(default_factory=Presence)

    @property
    def registry(self) -> Registry:
        return self.consents.registry

    @property
    def families(self) -> Mapping[str, Sequence[Family]]:
        """What each live source offers."""
        return {name: source.families() for name, source in self.consents.sources.items()}


@dataclass
class Visit:
    """One grant while its lock is owned. `token` changes when it is refreshed."""

    sync: int
    grant: Grant
    source: LiveSource
    study: Study
    token: Token
    lock: tuple[str, str]
    timezone: str

    @property
    def participant(self) -> Participant:
        return self.grant.participant


@dataclass(frozen=True, slots=True)
class Reading:
    """What is to be read: a stretch of one family, within the days that the study is about."""

    family: Family
    stretch: Stretch
    within: Stretch


def attempt(intake: Intake, visit: Visit, reading: Reading) -> Counts:
    """Bring one stretch of one family up to date. The watermark moves only once the store has
    it; whatever goes wrong is noted with the attempt and raised."""
    registry, family, stretch = intake.registry, reading.family, reading.stretch
    number = registry.syncs.attempt(
        visit.sync, visit.participant, visit.grant.source, family.name,
        stretch.first, stretch.last, visit.timezone,
    )  # fmt: skip
    began = time.perf_counter()
    outcome = "failed"
    try:
        with span("slice", source=visit.grant.source, family=family.name):
            counts = _attempted(intake, visit, reading, number)
    except NotAllowed as error:
        registry.grants.note(visit.participant, visit.grant.source, State.PARTIAL, str(error))
        registry.syncs.failed(number, str(error), error.code)
        raise
    except WearhouseError as error:
        registry.syncs.failed(number, str(error), error.code)
        raise
    except Exception as error:
        # A plug-in's own mistakes must not stop a study; their text may hold anything.
        log.exception("unforeseen error in live source %s", visit.grant.source)
        words = f"{visit.grant.source} failed in an unforeseen way ({type(error).__name__})."
        registry.syncs.failed(number, words, UNFORESEEN)
        raise SourceUnavailable(words) from error
    else:
        outcome = "done"
        return counts
    finally:
        name = visit.grant.source
        telemetry.attempts.labels(name, outcome).inc()
        telemetry.attempt_seconds.labels(name).observe(time.perf_counter() - began)


def _attempted(intake: Intake, visit: Visit, reading: Reading, number: int) -> Counts:
    registry, family = intake.registry, reading.family
    began_at = intake.now()
    window = reading.stretch.window(zone_named(visit.timezone), family.around)
    parsed, as_of = _fetched(intake, visit, family, window, number)
    _still_ours(intake, visit)
    settled = settle(
        intake.store,
        registry,
        Answer(
            visit.participant, visit.grant.source, family, reading.stretch.days, parsed,
            int(as_of.timestamp()), visit.timezone, intake.families,
        ),
    )  # fmt: skip
    file = f"{visit.grant.source}/{family.name}"
    registry.syncs.quarantine(number, file, settled.rejected)
    mark = registry.syncs.watermark(visit.participant, visit.grant.source, family.name)
    registry.syncs.done(
        number, visit.participant, visit.grant.source, family.name, settled.counts,
        plan.moved(mark, reading.stretch, reading.within, began_at), visit.lock,
    )  # fmt: skip
    telemetry.samples_loaded.labels(visit.grant.source).inc(settled.counts.samples)
    telemetry.records_quarantined.labels(visit.grant.source).inc(settled.counts.quarantined)
    return settled.counts


def _fetched(
    intake: Intake, visit: Visit, family: Family, window: Window, number: int
) -> tuple[list[Parsed], datetime]:
    """All that the source says about a window, and when it said so."""
    try:
        return _received(intake, visit, family, window, number)
    except NotSignedIn:
        visit.token = grants.refreshed(intake.consents, visit.grant, visit.token)
        return _received(intake, visit, family, window, number)


def _received(
    intake: Intake, visit: Visit, family: Family, window: Window, number: int
) -> tuple[list[Parsed], datetime]:
    parsed: list[Parsed] = []
    as_of = intake.now()
    client = intake.consents.client
    for payload in visit.source.fetch(client, visit.token, family, window):
        _still_ours(intake, visit)
        _archive(intake, visit, payload, number)
        parsed.extend(visit.source.parse(payload))
        as_of = payload.fetched_at
    return parsed, as_of


def _archive(intake: Intake, visit: Visit, payload: Payload, number: int) -> None:
    content = payload.content
    for secret in (visit.token.access, visit.token.refresh):
        if secret:
            content = content.replace(secret.encode(), b"[token]")
    digest = intake.payloads.put(content)
    telemetry.payload_bytes.labels(payload.source).inc(len(content))
    intake.registry.syncs.archived(
        number,
        visit.participant,
        Archived(
            payload.source, payload.family, payload.window.start, payload.window.end,
            payload.part, payload.media, digest, len(content), payload.fetched_at,
        ),
    )  # fmt: skip


def _still_ours(intake: Intake, visit: Visit) -> None:
    if not intake.registry.locks.renew(*visit.lock):
        raise Conflict(f"Another run has taken over {visit.participant.code}.")
