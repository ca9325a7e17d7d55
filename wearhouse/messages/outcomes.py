"""Did it help? Whether a device synced after a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from wearhouse.registry import Registry
from wearhouse.registry.messages import Message

SOON, LATE = timedelta(hours=24), timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the messages of one template that went out: after how many a device synced within a day,
    within three, and of how many devices tell nothing."""

    template: str
    sent: int = 0
    within_24h: int = 0
    within_72h: int = 0
    untold: int = 0


def followed(registry: Registry, messages: Iterable[Message]) -> dict[int, timedelta | None]:
    """How long after each message that went out a device synced first; None if it has not. A
    participant whose devices never told of a sync is left out."""
    syncs = registry.messages.syncs()
    after: dict[int, timedelta | None] = {}
    for one in messages:
        told = syncs.get((one.study, one.participant))
        if one.state == "sent" and one.finished_at is not None and told:
            later = [at - one.finished_at for at in told if at > one.finished_at]
            after[one.id] = min(later, default=None)
    return after


def outcomes(registry: Registry, study: str | None) -> list[Outcome]:
    """What came of each template."""
    sent = [one for one in registry.messages.all(study, limit=100_000) if one.state == "sent"]
    after = followed(registry, sent)
    found = []
    for template in sorted({one.template for one in sent}):
        ids = [one.id for one in sent if one.template == template]
        waits = [wait for number in ids if (wait := after.get(number)) is not None]
        found.append(
            Outcome(
                template,
                len(ids),
                sum(wait <= SOON for wait in waits),
                sum(wait <= LATE for wait in waits),
                sum(number not in after for number in ids),
            )
        )
    return found
