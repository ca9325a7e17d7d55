"""Participants as their days are judged: when they are due, paused, not authorised, not read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wearhouse.registry import Registry
from wearhouse.registry.signs import Place
from wearhouse.registry.syncs import Watermark
from wearhouse.sources.live import Family
from wearhouse.study import OPEN, Grant, Participant, Pause, Study
from wearhouse.wear.days import Person, Stretch
from wearhouse.window import zone_named

DAY = timedelta(days=1)
WORN = "heart_rate"
"""What must be readable for a day to be judged."""

Families = Mapping[str, Sequence[Family]]
"""What each live source offers."""


@dataclass(frozen=True)
class Known:
    """What the registry knows of everybody, by participant where it is theirs."""

    grants: Mapping[int, Sequence[Grant]]
    pauses: Mapping[int, Sequence[Pause]]
    watermarks: Mapping[Place, Watermark]
    failing: set[Place]
    families: Families


def known(registry: Registry, study: Study, families: Families) -> Known:
    """What the registry knows of a study's participants."""
    grants: dict[int, list[Grant]] = {}
    for grant in registry.grants.all(study.code):
        grants.setdefault(grant.participant.id, []).append(grant)
    signs = registry.signs
    return Known(
        grants,
        registry.pauses.all(study.code),
        signs.watermarks(),
        signs.failing(),
        families,
    )


def person(of: Known, study: Study, who: Participant, first_data: date | None) -> Person:
    """A participant as their days are judged; `first_data` is the first day of which there are
    any data."""
    grants = of.grants.get(who.id, ())
    granted = [_day(grant.granted_at, who) for grant in grants if grant.granted_at]
    begun = min([*granted, *([first_data] if first_data else [])], default=None)
    connected = begun if granted else (who.enrolled_on or begun)
    return Person(
        participant=who.id,
        timezone=who.timezone,
        first_due=_first_due(who, connected),
        last_due=_last_due(who, study),
        connected_on=connected,
        paused=[(pause.first_on, pause.last_on) for pause in of.pauses.get(who.id, ())],
        barred=_barred(of, who, grants, connected),
        outages=_outages(of, who, grants, connected),
    )


def reading(of: Known, grant: Grant) -> list[str]:
    """The families of a grant that tell of wear and were granted."""
    return [
        family.name
        for family in of.families.get(grant.source, ())
        if WORN in family.metrics and family.scope in grant.scopes
    ]


def _first_due(who: Participant, connected: date | None) -> date | None:
    """The first whole day in the study: the day of enrolment, or of the first data where that is
    not known, is never counted."""
    if who.starts_on and (who.enrolled_on is None or who.starts_on > who.enrolled_on):
        return who.starts_on
    begun = who.enrolled_on or who.starts_on or connected
    return begun + DAY if begun else None


def _last_due(who: Participant, study: Study) -> date | None:
    left = who.withdrawn_on - DAY if who.withdrawn_on else None
    return min((day for day in (who.ends_on, study.ends_on, left) if day), default=None)


def _barred(
    of: Known, who: Participant, grants: Sequence[Grant], connected: date | None
) -> list[Stretch]:
    """Days without a grant that lets the heart rate be read: before the first, after the last."""
    if not grants:
        return []
    ever = [grant for grant in grants if grant.granted_at]
    start = who.enrolled_on or who.starts_on or date.min
    if not ever or connected is None:
        return [(start, None)]
    before: list[Stretch] = [(start, connected - DAY)] if start < connected else []
    if any(grant.state in OPEN and reading(of, grant) for grant in ever):
        return before
    read = [_read_until(of, who, grant) for grant in ever]
    until = max((day for day in read if day), default=None)
    return [*before, (until or connected, None)]


def _outages(
    of: Known, who: Participant, grants: Sequence[Grant], connected: date | None
) -> list[Stretch]:
    """Days that could not be read: those after the newest that was, while attempts fail."""
    found: list[Stretch] = []
    open_ = [grant for grant in grants if grant.state in OPEN and reading(of, grant)]
    for grant in open_:
        failing = [(who.id, grant.source, name) in of.failing for name in reading(of, grant)]
        if not all(failing):
            return []
        found.append((_read_until(of, who, grant) or connected or date.min, None))
    return sorted(found)[-1:]


def _read_until(of: Known, who: Participant, grant: Grant) -> date | None:
    """The civil day on which the heart rate was read last; None if it never was."""
    families = [f.name for f in of.families.get(grant.source, ()) if WORN in f.metrics]
    marks = [of.watermarks.get((who.id, grant.source, name)) for name in families]
    until = max((mark.until_at for mark in marks if mark), default=None)
    return _day(until, who) if until else None


def _day(moment: datetime, who: Participant) -> date:
    return moment.astimezone(zone_named(who.timezone)).date()
