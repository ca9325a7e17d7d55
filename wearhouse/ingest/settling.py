"""Deliveries that wait become samples in the store and payloads in the archive."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pyarrow as pa

from wearhouse import telemetry
from wearhouse.errors import Unavailable, WearhouseError
from wearhouse.ingest.batch import SOURCE, raw_samples, read_batch
from wearhouse.ingest.packing import unpacked
from wearhouse.ingest.taking import Inbox, Known, located
from wearhouse.registry.letters import Waiting
from wearhouse.registry.locks import new_owner
from wearhouse.study import Participant

log = logging.getLogger("wearhouse")

AT_ONCE = 16_000_000
"""About how many bytes of deliveries are put into the store together."""
LOCK, LASTS = "ingest", timedelta(minutes=2)
KEPT = timedelta(days=30)
"""How long a delivery's key is remembered after it was settled."""


@dataclass(frozen=True)
class Opened:
    """A delivery that waits, with its participants and its body as received."""

    waiting: Waiting
    known: Known
    body: bytes


def settle(inbox: Inbox, rounds: int | None = None) -> int:
    """Put what waits into the store, the oldest first; how many deliveries there were, none
    if somebody else is at it. Unavailable if store, registry or archive is down; then it waits."""
    with inbox.turns.taken() as ours:
        if not ours:
            return 0
        try:
            done = _settled(inbox, rounds)
        except Unavailable:
            inbox.turns.failed()
            raise
        inbox.turns.went_well()
        return done


def settle_soon(inbox: Inbox) -> None:
    """Settle what waits if that can be done now; if not, it will be done later."""
    with suppress(Unavailable):
        settle(inbox, rounds=1)


def forget_old(inbox: Inbox) -> int:
    """Forget the keys of deliveries that were settled long ago; how many."""
    return inbox.registry.deliveries.forget(datetime.now(UTC) - KEPT)


def _settled(inbox: Inbox, rounds: int | None) -> int:
    queue, locks, owner = inbox.registry.deliveries, inbox.registry.locks, new_owner()
    if not queue.waiting_bytes() or not locks.take(LOCK, owner, LASTS):
        return 0
    done = 0
    try:
        for _ in range(rounds) if rounds else count():
            found = queue.waiting(AT_ONCE)
            # Whoever lost the lock, after a write that took too long, leaves it to the other.
            if not found or not locks.take(LOCK, owner, LASTS):
                break
            done += _together(inbox, found)
    finally:
        with suppress(Unavailable):
            locks.release(LOCK, owner)
    return done


def _together(inbox: Inbox, found: Sequence[Waiting]) -> int:
    """Settle deliveries in one write. If one of them cannot be, it alone is set aside."""
    try:
        _put(inbox, _opened(inbox, found))
    except Unavailable:
        raise
    except Exception as error:
        if len(found) > 1:
            return sum(_together(inbox, [one]) for one in found)
        for one in found:
            said = str(error) if isinstance(error, WearhouseError) else type(error).__name__
            log.exception("delivery %d cannot be settled", one.id)
            inbox.registry.deliveries.failed(one.id, f"It could not be settled ({said}).")
            telemetry.deliveries.labels(one.door, "failed").inc()
        return 0
    for one in found:
        telemetry.deliveries.labels(one.door, "settled").inc()
    return len(found)


def _opened(inbox: Inbox, found: Sequence[Waiting]) -> list[Opened]:
    read = [(one, *unpacked(one.packed)) for one in found]
    people = inbox.registry.deliveries.numbered(
        sorted({n for _, by, _ in read for n in by.values()})
    )
    return [
        Opened(one, Known({c: people[n] for c, n in by.items() if n in people}), body)
        for one, by, body in read
    ]


def _put(inbox: Inbox, opened: Sequence[Opened]) -> None:
    """Archive first, then write, then note it: repeated from the start it comes to the same."""
    refused: dict[int, list[Mapping[str, object]]] = {}
    samples = []
    for one in opened:
        found = located(read_batch(one.body), one.known, one.waiting.as_of)
        samples.append(found.samples)
        # Whom nobody knew was told so when the delivery was taken.
        rows = found.rejects.to_pylist()
        refused[one.waiting.id] = [row for row in rows if one.known.named(row["person"])]
    archived = _archived(inbox, opened)
    together = pa.concat_tables(samples).unify_dictionaries().combine_chunks()
    if together.num_rows:
        inbox.store.write(together)
        telemetry.samples_loaded.labels(SOURCE).inc(together.num_rows)
    inbox.registry.deliveries.settled([one.waiting.id for one in opened], archived, refused)


def _archived(inbox: Inbox, opened: Sequence[Opened]) -> dict[int, tuple[str, int]]:
    """Each participant's records as received, a line for each delivery: digest and size. A
    payload is about one person, so that it can go when they ask for it."""
    lines: dict[int, list[bytes]] = {}
    for one in opened:
        head = b'{"delivery":%d,"received_at":"%s","as_of":%d,"samples":[' % (
            one.waiting.id, one.waiting.received_at.isoformat().encode(), one.waiting.as_of,
        )  # fmt: skip
        for code, records in raw_samples(one.body).items():
            who: Participant | None = one.known.named(code)
            if who is not None:
                lines.setdefault(who.id, []).append(head + b",".join(records) + b"]}\n")
    payloads = {number: b"".join(theirs) for number, theirs in lines.items()}
    telemetry.payload_bytes.labels(SOURCE).inc(sum(map(len, payloads.values())))
    return {
        number: (inbox.payloads.put(content), len(content)) for number, content in payloads.items()
    }
