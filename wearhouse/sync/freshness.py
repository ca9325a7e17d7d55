"""How fresh each participant's data are, source by source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wearhouse.registry import Registry
from wearhouse.registry.syncs import Watermark
from wearhouse.study import State


@dataclass(frozen=True, slots=True)
class Freshness:
    """What is complete of one participant and source. `until_at` is when the family that was
    read longest ago was read, `history_from` the first day of which all families are there,
    `code` the kind of error behind the problem, if an attempt failed."""

    participant: str
    study: str
    source: str
    state: State
    until_at: datetime | None
    history_from: date | None
    succeeded_at: datetime | None
    failed_at: datetime | None
    problem: str
    code: str
    device_synced_at: datetime | None


def freshness(registry: Registry, study: str | None = None) -> list[Freshness]:
    """A line for every grant (of a study)."""
    done, failed = registry.runs.newest(), registry.runs.newest(failed=True)
    synced, complete = registry.devices.synced_at(), registry.syncs.all_watermarks()
    lines = []
    for grant in registry.grants.all(study):
        person, place = grant.participant, (grant.participant.id, grant.source)
        marks = complete.get(place, {})
        good, bad = done.get(place), failed.get(place)
        stands = bad is not None and (good is None or bad.id > good.id)
        lines.append(
            Freshness(
                participant=person.code,
                study=person.study,
                source=grant.source,
                state=grant.state,
                until_at=min((mark.until_at for mark in marks.values()), default=None),
                history_from=_history_from(marks),
                succeeded_at=good.finished_at if good else None,
                failed_at=bad.finished_at or bad.started_at if bad else None,
                problem=bad.detail if bad and stands else grant.detail,
                code=bad.code if bad and stands else "",
                device_synced_at=synced.get(person.id),
            )
        )
    return lines


def _history_from(marks: Mapping[str, Watermark]) -> date | None:
    return max((mark.first_on for mark in marks.values()), default=None)
