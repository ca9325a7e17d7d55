"""The way from an invitation to first data, and where each participant stands on it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from wearhouse.areas import areas
from wearhouse.consent.invitations import INVITATION_LASTS, Consents
from wearhouse.registry import Registry
from wearhouse.study import Grant, State


class Step(StrEnum):
    """Where a participant stands: everybody on one step of each source."""

    NONE = "none"
    INVITED = "invited"
    OPENED = "opened"
    ACTIVE = "active"
    PARTIAL = "partial"
    FIRST_DATA = "first_data"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant and where its participant stands. `since_at` is when they came there, `missing`
    what a partial grant lacks, in words; `link_expires_at` is of an invitation that is open."""

    grant: Grant
    step: Step
    since_at: datetime | None
    link_expires_at: datetime | None
    has_data: bool
    missing: tuple[str, ...]


def standings(consents: Consents, study: str | None = None) -> list[Standing]:
    """Where everybody (of a study) stands: a line for each grant, and for each source that can
    ask for consent one for everybody still in the study who was not invited to it."""
    registry = consents.registry
    found = registry.grants.all(study)
    sent = registry.runs.with_data()
    known = {(grant.participant.id, grant.source) for grant in found}
    today = datetime.now(UTC).date()
    uninvited = [
        Grant(person, source, State.NONE)
        for source in ready(consents)
        for person in registry.participants(study)
        if (person.id, source) not in known
        and not (person.withdrawn_on and person.withdrawn_on <= today)
    ]
    everybody = sorted(
        (*found, *uninvited), key=lambda one: (one.participant.study, one.participant.code)
    )
    return [
        standing(consents, grant, (grant.participant.id, grant.source) in sent)
        for grant in everybody
    ]


def standing(consents: Consents, grant: Grant, has_data: bool) -> Standing:
    """Where one participant stands."""
    step = _step(grant, has_data)
    return Standing(
        grant, step, _since(grant, step), _until(grant), has_data, missing(consents, grant)
    )


def has_data(registry: Registry, grant: Grant) -> bool:
    """Whether anything was fetched of a grant yet."""
    return (grant.participant.id, grant.source) in registry.runs.with_data()


def funnel(found: Iterable[Standing], source: str) -> dict[Step, int]:
    """How many participants stand on each step of a source."""
    counted = Counter(one.step for one in found if one.grant.source == source)
    return {step: counted[step] for step in Step}


def ready(consents: Consents) -> list[str]:
    """The sources that can ask for consent, because their client is set."""
    return sorted(name for name in consents.sources if consents.can_ask(name))


def missing(consents: Consents, grant: Grant) -> tuple[str, ...]:
    """What a partial grant lacks of what its source asks for, in words."""
    if grant.state != State.PARTIAL or grant.source not in consents.sources:
        return ()
    families = consents.sources[grant.source].families()
    lacking = [m for one in families if one.scope not in grant.scopes for m in one.metrics]
    there = [m for one in families if one.scope in grant.scopes for m in one.metrics]
    shared = set(areas(there))
    return tuple(area for area in areas(lacking) if area not in shared)


def _step(grant: Grant, has_data: bool) -> Step:
    if grant.state == State.INVITED and grant.opened_at:
        return Step.OPENED
    if grant.state == State.ACTIVE and has_data:
        return Step.FIRST_DATA
    return Step(grant.state.value)


def _since(grant: Grant, step: Step) -> datetime | None:
    """A token that is refreshed changes a grant and not where it stands."""
    if step in (Step.ACTIVE, Step.PARTIAL, Step.FIRST_DATA):
        return grant.granted_at
    if step in (Step.INVITED, Step.OPENED):
        return grant.opened_at or grant.invited_at
    return grant.changed_at


def _until(grant: Grant) -> datetime | None:
    if grant.invitation is None or grant.invited_at is None:
        return None
    return grant.invited_at + INVITATION_LASTS
