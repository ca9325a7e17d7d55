"""A pushed batch becomes a delivery in the registry, and its sender gets a receipt."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse import telemetry
from wearhouse.enrolling.people import UNKNOWN
from wearhouse.errors import Conflict, TooMany, Unavailable, WearhouseError
from wearhouse.ingest.batch import SOURCE, Batch, read_batch
from wearhouse.ingest.packing import packed
from wearhouse.ingest.turns import Turns
from wearhouse.payloads import Payloads
from wearhouse.placing import Placed, place
from wearhouse.registry import Registry
from wearhouse.registry.letters import Delivery, Letter, Receipt
from wearhouse.samples import SAMPLES
from wearhouse.store import Store
from wearhouse.study import Participant
from wearhouse.window import civil_days, zone_named

log = logging.getLogger("wearhouse")

SEVERAL = "participants of several studies are called so; name the study"
GONE = "the participant had withdrawn by that day"
EPOCH = date(1970, 1, 1)
BUSY_S = 5
"""When a sender is told to come back while the store catches up."""


@dataclass(frozen=True)
class Inbox:
    """Where pushed batches arrive. `room` is how many bytes may wait for the store."""

    store: Store
    registry: Registry
    payloads: Payloads
    room: int = 256_000_000
    turns: Turns = field(default_factory=Turns)


@dataclass(frozen=True)
class Known:
    """The participants that a batch may be about, by the code it uses."""

    by_code: Mapping[str, Participant]

    def named(self, person: str) -> Participant | None:
        return self.by_code.get(person)

    def clock(self, participant: Participant) -> ZoneInfo:
        return zone_named(participant.timezone)


def take(inbox: Inbox, letter: Letter, registry: Registry | None = None) -> Receipt:
    """Take a batch: from now on it is safe, and on its way into the store. The same letter again
    gets the same receipt, and nothing is doubled.

    `registry` says whom the sender reaches. Invalid if it is no batch, Conflict if its key came
    before with another body, TooMany if too much waits.
    """
    reach = registry or inbox.registry
    before = inbox.registry.deliveries.receipt(letter)
    if before is not None:
        telemetry.deliveries.labels(letter.door, "repeated").inc()
        return before
    delivery = _read(reach, letter)
    _room_for(inbox, len(letter.body))
    [receipt] = inbox.registry.deliveries.take([delivery])
    _counted(delivery)
    return receipt


def take_all(inbox: Inbox, letters: Sequence[Letter]) -> None:
    """Take what a broker brought, all or nothing. What is no batch, or contradicts what came
    before, is quarantined: to send it again would not mend it. TooMany if too much waits."""
    _room_for(inbox, sum(len(letter.body) for letter in letters))
    good: dict[tuple[str, str], Delivery] = {}
    for letter in letters:
        place_ = (letter.sender, letter.known_as)
        try:
            if inbox.registry.deliveries.receipt(letter) is not None:
                telemetry.deliveries.labels(letter.door, "repeated").inc()
                continue
            if place_ in good and good[place_].letter.digest != letter.digest:
                raise Conflict("This message's id came before with another body.")
            good.setdefault(place_, _read(inbox.registry, letter))
        except Unavailable:
            raise
        except Exception as error:
            # One message must not stand in the way of all that follow it.
            if not isinstance(error, WearhouseError):
                log.exception("unforeseen error in a batch that came through %s", letter.door)
            said = str(error) if isinstance(error, WearhouseError) else type(error).__name__
            inbox.registry.deliveries.refuse(letter, said)
            telemetry.deliveries.labels(letter.door, "refused").inc()
    inbox.registry.deliveries.take(list(good.values()))
    for delivery in good.values():
        _counted(delivery)


def located(batch: Batch, known: Known, as_of: int) -> Placed:
    """A batch's samples as the store takes them, and what cannot be true of them."""
    parts = [place(parsed, known, SOURCE, as_of) for parsed in batch.samples]
    samples = pa.concat_tables([SAMPLES.empty_table(), *(part.samples for part in parts)])
    samples = samples.unify_dictionaries().combine_chunks()
    rejects = pa.concat_tables(part.rejects for part in parts)
    gone = _after_withdrawal(samples, known)
    if not gone.any():
        return Placed(samples, parts[0].episodes, rejects)
    late = samples.filter(pa.array(gone))
    codes = {participant.id: code for code, participant in known.by_code.items()}
    rows = [
        {
            "person": codes[row["participant"]], "position": 0, "reason": GONE,
            "record": f"{row['metric']} {row['t'].isoformat()}",
        }
        for row in late.to_pylist()
    ]  # fmt: skip
    kept = samples.filter(pa.array(~gone))
    told = pa.Table.from_pylist(rows, schema=rejects.schema)
    return Placed(kept, parts[0].episodes, pa.concat_tables([rejects, told]))


def _read(registry: Registry, letter: Letter) -> Delivery:
    batch = read_batch(letter.body)
    called = registry.deliveries.known(sorted(batch.persons), batch.study)
    known = Known({code: them[0] for code, them in called.items() if len(them) == 1})
    as_of = _as_of(batch, letter)
    found = located(batch, known, as_of)
    unplaced = [
        {
            **row,
            "of": "samples",
            "reason": SEVERAL
            if row["reason"] == UNKNOWN and row["person"] in called
            else row["reason"],
        }
        for row in found.rejects.to_pylist()
    ]
    count = found.samples.num_rows
    return Delivery(
        letter,
        packed(known.by_code, letter.body) if count else None,
        as_of,
        count,
        batch.heartbeats,
        [*batch.refused, *unplaced],
    )


def _as_of(batch: Batch, letter: Letter) -> int:
    """How late a batch speaks: when it was sent, as far as that can be."""
    now = datetime.now(UTC)
    said = min(batch.sent_at or letter.sent_at or now, now)
    return max(0, int(said.timestamp()))


def _room_for(inbox: Inbox, size: int) -> None:
    if inbox.registry.deliveries.waiting_bytes() + size > inbox.room:
        raise TooMany("Too much waits for the store just now; send it again later.", BUSY_S)


def _after_withdrawal(samples: pa.Table, known: Known) -> NDArray[np.bool_]:
    """Which samples are of days on which their participant had withdrawn."""
    gone = np.zeros(samples.num_rows, bool)
    day = civil_days(samples["t"].cast(pa.int64()).to_numpy(), samples["offset"].to_numpy())
    for who in known.by_code.values():
        if who.withdrawn_on:
            theirs = samples["participant"].to_numpy() == who.id
            gone |= theirs & (day >= (who.withdrawn_on - EPOCH).days)
    return gone


def _counted(delivery: Delivery) -> None:
    door = delivery.letter.door
    telemetry.deliveries.labels(door, "taken").inc()
    telemetry.heartbeats_staged.labels(door).inc(len(delivery.heartbeats))
    telemetry.records_quarantined.labels(SOURCE).inc(len(delivery.refused))
