"""Erasing a participant: store, archive of payloads and registry keep nothing of them. What was
done stays in the audit trail under their code, with counts and nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from wearhouse.consent import grants
from wearhouse.consent.invitations import Consents
from wearhouse.errors import Conflict, Invalid, WearhouseError
from wearhouse.fleet.forgetting import forget_devices
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry
from wearhouse.registry.locks import new_owner
from wearhouse.store import Store
from wearhouse.study import Participant, Right, State
from wearhouse.team import audit
from wearhouse.team.acting import Acting

KEPT = "{} payloads are others' as well (an empty page, a delivery for several) and stay."
BACKUPS = "Backups, exports and copies made before still hold their data."


@dataclass(frozen=True, slots=True)
class Erased:
    """What was removed: rows of the store, payloads of the archive, rows of each table of the
    registry. `revoked` are the sources whose permission was given back, `exports` earlier ones that
    hold their data."""

    participant: str
    study: str
    at: datetime
    reason: str
    rows: int
    payloads: int
    payloads_kept: int
    registry: Mapping[str, int]
    revoked: tuple[str, ...]
    notes: tuple[str, ...]
    exports: tuple[str, ...]


def erase(
    acting: Acting,
    store: Store,
    payloads: Payloads,
    consents: Consents,
    participant: Participant,
    reason: str,
) -> Erased:
    """Remove everything of a participant, for good. What an interrupted erasure left is removed
    by the next; Conflict while a sync is at work on them.

    The registry goes last, for it knows where everything else is.
    """
    acting.needs(Right.ERASE)
    if not reason.strip():
        raise Invalid("Say why they are erased.", "reason")
    registry = acting.registry
    revoked, notes = _revoked(consents, participant)
    with _held(registry, participant):
        removed, kept = _payloads(registry, payloads, participant)
        rows = store.forget(participant.id) + forget_devices(store, registry, participant)
        with registry.together():
            counts = registry.erasing.erase(participant)
            if kept:
                notes += (KEPT.format(kept),)
            done = Erased(
                participant.code, participant.study, datetime.now(UTC), reason, rows, removed,
                kept, counts, revoked, (*notes, BACKUPS),
                audit.exports_of(registry, participant),
            )  # fmt: skip
            after = asdict(done) | {"at": done.at.isoformat()}
            audit.record(acting, "participant.erase", participant, None, {}, after, reason)
    registry.erasing.settle(counts)
    return done


def _revoked(
    consents: Consents, participant: Participant
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sources that were told, and what to know of those that could not be."""
    told: list[str] = []
    notes: list[str] = []
    for grant in consents.registry.grants.all(participant.study):
        if grant.participant.id != participant.id or not grant.token:
            continue
        try:
            if grant.source not in consents.sources:
                notes.append(f"{grant.source} is not installed, and was not told.")
                continue
            then = grants.revoke(consents, participant, grant.source)
        except WearhouseError as error:
            notes.append(f"{grant.source} was not told: {error}")
            continue
        told.append(grant.source)
        if then.state is State.REVOKED and then.detail:
            notes.append(f"{grant.source}: {then.detail}")
    return tuple(told), tuple(notes)


@contextmanager
def _held(registry: Registry, participant: Participant) -> Iterator[None]:
    """Keep syncs and replays away meanwhile."""
    owner = new_owner()
    sources = {grant.source for grant in registry.grants.all(participant.study)
               if grant.participant.id == participant.id}  # fmt: skip
    sources |= registry.syncs.sources_read().get(participant.id, set())
    with ExitStack() as stack:
        for source in sorted(sources):
            name = f"sync/{participant.id}/{source}"
            if not registry.locks.take(name, owner):
                raise Conflict(f"A run is at work on {participant.code}; erase when it is over.")
            stack.callback(registry.locks.release, name, owner)
        yield


def _payloads(registry: Registry, payloads: Payloads, participant: Participant) -> tuple[int, int]:
    """How many payloads were removed, and how many stay because others' data are in them."""
    found = registry.erasing.digests(participant)
    for digest in found.own:
        content = payloads.remove(digest)
        # Somebody else may have received the same bytes just now, an empty page for instance.
        if content is not None and registry.erasing.is_held(digest, besides=participant):
            payloads.put(content)
    return len(found.own), len(found.shared)
