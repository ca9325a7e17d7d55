"""Leaving a study: stop and keep the data; stop, and destroy what leads from the code to the
person; or erase everything (which is in `erasing`)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from wearhouse.consent import grants
from wearhouse.consent.invitations import Consents
from wearhouse.errors import Conflict, Invalid
from wearhouse.study import Participant, Right, State
from wearhouse.team import audit
from wearhouse.team.acting import Acting


class Leaving(StrEnum):
    """What becomes of the data and of who it was when somebody leaves."""

    KEEP = "keep"
    PART = "part"  # data stay under a code that leads to nobody any more


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done when somebody left. `exports` are earlier ones that hold their data."""

    participant: str
    study: str
    leaving: str
    at: datetime
    withdrawn_on: date
    revoked: tuple[str, ...]
    removed: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()


def leave(
    acting: Acting,
    consents: Consents,
    participant: Participant,
    leaving: Leaving,
    on: date,
    reason: str,
) -> Receipt:
    """Withdraw a participant from a civil day on: nothing is fetched any more, what was collected
    stays. With `part` their contact details go for good, and what the vendor calls them."""
    acting.needs(Right.EDIT_PEOPLE)
    if leaving is Leaving.PART:
        acting.needs(Right.ERASE)
    if not reason.strip():
        raise Invalid("Say why they leave.", "reason")
    if participant.enrolled_on and on < participant.enrolled_on:
        raise Invalid(f"{participant.code} was enrolled later than that.", "on")
    if leaving is Leaving.KEEP and participant.withdrawn_on:
        raise Conflict(f"{participant.code} has withdrawn already.", "participant")
    revoked, notes = _revoke(consents, participant)
    registry, removed = acting.registry, {}
    day = participant.withdrawn_on or on
    study = registry.study_named(participant.study)
    with registry.together():
        registry.enrolments.change(participant, study, {"withdrawn_on": day})
        if leaving is Leaving.PART:
            removed["contacts"] = registry.contacts.destroy(participant)
            removed["vendor_accounts"] = registry.grants.sever(participant)
            notes += ("Backups made before still hold contact details.",)
        receipt = Receipt(
            participant.code, participant.study, leaving.value, datetime.now(UTC), day,
            revoked, removed, notes, audit.exports_of(registry, participant),
        )  # fmt: skip
        before = audit.plain({"withdrawn_on": participant.withdrawn_on})
        after = audit.plain(asdict(receipt) | {"at": receipt.at.isoformat()})
        audit.record(acting, f"participant.{leaving}", participant, None, before, after, reason)
    return receipt


def _revoke(
    consents: Consents, participant: Participant
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sources whose grants were given back, and what to know about it."""
    done: list[str] = []
    notes: list[str] = []
    for grant in consents.registry.grants.all(participant.study):
        if grant.participant.id != participant.id or grant.state in (State.NONE, State.REVOKED):
            continue
        then = grants.revoke(consents, participant, grant.source)
        done.append(grant.source)
        if then.detail:
            notes.append(f"{grant.source}: {then.detail}")
    return tuple(done), tuple(notes)
