"""What vendors say is new, heard and queued: the fetching comes afterwards."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from wearhouse import telemetry
from wearhouse.errors import Invalid, NotSignedIn
from wearhouse.registry import Registry
from wearhouse.registry.notices import About
from wearhouse.sources.google_health import GoogleHealth, webhooks
from wearhouse.sources.google_health.keyring import Keyring
from wearhouse.sources.google_health.webhooks import Notice
from wearhouse.study import OPEN, Grant
from wearhouse.window import Window, zone_named

log = logging.getLogger("wearhouse")

NAME = GoogleHealth.name
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Ear:
    """What notices are heard with. `secret` is what the study told the vendor to send along; once
    nothing more came about a family for as long as `quiet`, it is fetched."""

    registry: Registry
    keyring: Keyring
    secret: str = field(repr=False)
    quiet: timedelta = timedelta(seconds=20)


def hear(ear: Ear, headers: Mapping[str, str], body: bytes, now: datetime) -> int:
    """Queue what a message of Google Health is about; what to answer. NotSignedIn if it does not
    come from there, or was not meant for this study: then nothing is queued."""
    if not webhooks.known(headers, ear.secret):
        raise _stranger("This message does not carry the secret of the subscription.")
    if _is_handshake(body):
        return webhooks.HANDSHAKE
    if not ear.keyring.signed(headers, body):
        raise _stranger("This message is not signed by Google Health.")
    try:
        told = webhooks.notices(body)
    except Invalid as error:
        # To refuse it would make the vendor send it again for days.
        log.error("a signed notice of %s cannot be read: %s", NAME, error)
        telemetry.notices.labels(NAME, "unreadable").inc()
        return webhooks.TAKEN
    outcomes: Counter[str] = Counter()
    about = _together([one for notice in told for one in _about(ear.registry, notice, outcomes)])
    if about:
        ear.registry.notices.put(about, now, ear.quiet)
    for outcome, number in outcomes.items():
        telemetry.notices.labels(NAME, outcome).inc(number)
    return webhooks.TAKEN


def _is_handshake(body: bytes) -> bool:
    try:
        return webhooks.is_handshake(body)
    except Invalid:
        return False


def _stranger(said: str) -> NotSignedIn:
    telemetry.notices.labels(NAME, "refused").inc()
    return NotSignedIn(said)


def _about(registry: Registry, notice: Notice, outcomes: Counter[str]) -> Iterator[About]:
    grants = [g for g in registry.grants.of_subject(NAME, notice.subject) if g.state in OPEN]
    outcomes["unknown" if not grants else "queued" if notice.families else "unused"] += 1
    for grant in grants:
        for family in notice.families:
            first, last = _days(notice.window, grant)
            yield About(grant.participant, NAME, family, first, last)


def _days(window: Window | None, grant: Grant) -> tuple[date | None, date | None]:
    """The civil days that a window may touch. A civil time is taken for one of UTC, so both are
    looked at: the days in UTC and those on the participant's clock."""
    if window is None:
        return None, None
    zone = zone_named(grant.timezone or grant.participant.timezone)
    end = window.end - MOMENT
    return (
        min(window.start.date(), window.start.astimezone(zone).date()),
        max(end.date(), end.astimezone(zone).date()),
    )


def _together(about: list[About]) -> list[About]:
    """One of each person and family over all the days they are about, and one without days."""
    found: dict[tuple[int, str, bool], About] = {}
    for one in about:
        place = (one.participant.id, one.family, one.first_on is None)
        held = found.setdefault(place, one)
        if held.first_on and held.last_on and one.first_on and one.last_on:
            first, last = min(held.first_on, one.first_on), max(held.last_on, one.last_on)
            found[place] = About(one.participant, NAME, one.family, first, last)
    return list(found.values())
