"""The board of a study: everybody with a reason, a next action, and the figures behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wearhouse.desk.facts import Delay, Fact, Facts, facts
from wearhouse.desk.gathering import Sources
from wearhouse.desk.handling import Handled, handled
from wearhouse.desk.keeping import Kept
from wearhouse.study import Study
from wearhouse.wear.action import Next, Thresholds, next_action, thresholds
from wearhouse.wear.definition import Definition
from wearhouse.window import zone_named

SYNC_BANDS = ("good", "watch", "act", "urgent", "lost")
"""What the silence of a device is called, by the edges of the definition (`sync_bands_h`); the
last is silence so long that data are likely gone."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept of a study: where everybody stands, what was seen to, when each was written to
    last, when data last came."""

    facts: Facts
    handled: dict[str, Handled]
    contacted: dict[int, datetime]
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """A participant on the board. `loss_in_h` is after how many more hours of silence the device
    may begin to lose data, below 0 once it may have."""

    fact: Fact
    action: Next
    sync_band: str | None
    loss_in_h: float | None
    contacted_at: datetime | None
    handled: Handled | None


@dataclass(frozen=True, slots=True)
class Board:
    """A study's participants by code, which definition judges their days, when data last came and
    which sources are delayed."""

    study: Study
    as_of: datetime
    definition: Definition
    rows: Sequence[Row]
    updated_at: datetime | None
    delays: Sequence[Delay]


Keep = Kept[Found]


def board(sources: Sources, study: Study, as_of: datetime, kept: Keep) -> Board:
    """A study's board. What holds until something is written is taken from what is kept."""
    found = kept.of(sources, ("board", study.code), as_of, lambda: _found(sources, study, as_of))
    known = found.facts
    limits = thresholds(known.study.thresholds)
    rows = [_row(found, limits, fact, as_of) for fact in known.people]
    return Board(known.study, as_of, known.definition, rows, found.updated_at, known.delays)


def _found(sources: Sources, study: Study, as_of: datetime) -> Found:
    registry = sources.registry
    people = registry.participants(study.code)
    return Found(
        facts(sources, study, people, as_of, whole=True),
        handled(registry, study.code),
        registry.messages.contacted(study),
        registry.runs.finished(study),
    )


def _row(found: Found, limits: Thresholds, fact: Fact, as_of: datetime) -> Row:
    who = fact.who
    action = next_action(fact.standing, limits, as_of)
    today = as_of.astimezone(zone_named(who.timezone)).date()
    seen_to = found.handled.get(who.code)
    band, loss = _silence(found.facts.definition, fact, as_of)
    return Row(
        fact,
        action,
        band,
        loss,
        found.contacted.get(who.id),
        seen_to if seen_to and seen_to.covers(action.action, today) else None,
    )


def _silence(
    definition: Definition, fact: Fact, as_of: datetime
) -> tuple[str | None, float | None]:
    """The band of the time since the last sync; none for whoever takes no part just now."""
    synced_at = fact.standing.synced_at
    if synced_at is None or not fact.standing.taking_part:
        return None, None
    hours = (as_of - synced_at) / timedelta(hours=1)
    edges = zip(definition.sync_bands_h, SYNC_BANDS, strict=False)
    band = next((band for edge, band in edges if hours <= edge), SYNC_BANDS[-1])
    return band, definition.sync_bands_h[-1] - hours
