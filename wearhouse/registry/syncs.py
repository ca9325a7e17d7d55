"""Syncs as they happen: runs, attempts, archived payloads, and watermarks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from wearhouse.errors import Conflict
from wearhouse.registry import refused, tables
from wearhouse.registry.connection import transaction
from wearhouse.registry.locks import alive, renewed
from wearhouse.registry.rows import insert_once, put, zoned
from wearhouse.study import Participant, Study

SYNCS, ATTEMPTS, PAYLOADS = tables.syncs, tables.attempts, tables.payloads
WATERMARKS = tables.watermarks
INTERRUPTED = "The process ended before this was done."


@dataclass(frozen=True, slots=True)
class Watermark:
    """What is complete: every civil day from `first_on`, as the vendor had it at `until_at`."""

    first_on: date
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What an attempt brought."""

    samples: int = 0
    episodes: int = 0
    written: int = 0
    withdrawn: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Archived:
    """A payload in the archive: what it answers and the digest of its bytes."""

    source: str
    family: str
    start_at: datetime
    end_at: datetime
    part: str
    media: str
    digest: str
    bytes: int
    fetched_at: datetime


class Syncs:
    """What was fetched, when, and what came of it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def begin(self, cause: str, owner: str, study: Study | None = None) -> int:
        """Note that a run begins; its number. Runs that a crash left open are closed."""
        self._close_dead()
        values = {
            "study_id": study.id if study else None, "cause": cause, "owner": owner,
            "detail": "", "started_at": datetime.now(UTC), "outcome": "running",
        }  # fmt: skip
        return self._insert(SYNCS, values)

    def end(self, sync: int, outcome: str, detail: str = "") -> None:
        """Note how a run went."""
        self._close(SYNCS, sync, {"outcome": outcome, "detail": detail})

    def attempt(
        self,
        sync: int,
        participant: Participant,
        source: str,
        family: str,
        first_on: date,
        last_on: date,
        timezone: str,
    ) -> int:
        """Note that slices are about to be fetched; the attempt's number."""
        values = {
            "sync_id": sync, "participant_id": participant.id, "source": source,
            "family": family, "first_on": first_on, "last_on": last_on, "timezone": timezone,
            "started_at": datetime.now(UTC), "outcome": "running", "detail": "",
            **dict.fromkeys(("samples", "episodes", "written", "withdrawn", "quarantined"), 0),
        }  # fmt: skip
        return self._insert(ATTEMPTS, values)

    def archived(self, attempt: int, participant: Participant, payload: Archived) -> None:
        """Note a payload that an attempt received."""
        values = {
            "attempt_id": attempt, "participant_id": participant.id, "source": payload.source,
            "family": payload.family, "start_at": payload.start_at.astimezone(UTC),
            "end_at": payload.end_at.astimezone(UTC), "digest": payload.digest,
            "part": payload.part, "media": payload.media, "bytes": payload.bytes,
            "fetched_at": payload.fetched_at.astimezone(UTC),
        }  # fmt: skip
        self._insert(PAYLOADS, values)

    def done(
        self,
        attempt: int,
        participant: Participant,
        source: str,
        family: str,
        counts: Counts,
        watermark: Watermark | None,
        lock: tuple[str, str],
    ) -> None:
        """Note that an attempt's slices are in the store and move the watermark, in one step;
        Conflict if another run has taken the lock over."""
        with transaction(self.engine) as rows:
            if not renewed(rows, *lock):
                raise Conflict("Another run has taken over meanwhile.")
            if watermark is not None:
                put(
                    rows,
                    WATERMARKS,
                    {"participant_id": participant.id, "source": source, "family": family},
                    {"first_on": watermark.first_on, "until_at": watermark.until_at},
                )
            rows.execute(
                sa.update(ATTEMPTS).where(ATTEMPTS.c.id == attempt).values(
                    outcome="done", finished_at=datetime.now(UTC), detail="",
                    samples=counts.samples, episodes=counts.episodes, written=counts.written,
                    withdrawn=counts.withdrawn, quarantined=counts.quarantined,
                )
            )  # fmt: skip

    def failed(self, attempt: int, detail: str, code: str = "") -> None:
        """Note why an attempt failed: in words, and the error's code."""
        self._close(ATTEMPTS, attempt, {"outcome": "failed", "detail": detail, "code": code})

    def interrupted(self, participant: Participant, source: str) -> None:
        """Close what a crash left open. Only for who owns the lock of participant and source."""
        stale = (
            ATTEMPTS.c.participant_id == participant.id,
            ATTEMPTS.c.source == source,
            ATTEMPTS.c.outcome == "running",
        )
        values = {"outcome": "interrupted", "detail": INTERRUPTED}
        with transaction(self.engine) as rows:
            rows.execute(sa.update(ATTEMPTS).where(*stale).values(values))

    def quarantine(self, attempt: int, file: str, rejected: Iterable[dict[str, Any]]) -> None:
        """Keep refused records (person, reason, record), each once however often it comes."""
        now = datetime.now(UTC)
        with transaction(self.engine) as rows:
            for row in rejected:
                values = {**row, "attempt_id": attempt, "file": file, "position": 0, "at": now}
                insert_once(rows, tables.quarantine, refused.kept(values))

    def watermark(self, participant: Participant, source: str, family: str) -> Watermark | None:
        """Up to where a family is complete; None if it was never fetched."""
        return self.watermarks(participant, source).get(family)

    def watermarks(self, participant: Participant, source: str) -> dict[str, Watermark]:
        """Up to where each family is complete."""
        asked = sa.select(WATERMARKS.c.family, WATERMARKS.c.first_on, WATERMARKS.c.until_at).where(
            WATERMARKS.c.participant_id == participant.id, WATERMARKS.c.source == source
        )
        with transaction(self.engine) as rows:
            found = map(zoned, rows.execute(asked))
            return {row["family"]: Watermark(row["first_on"], row["until_at"]) for row in found}

    def all_watermarks(self) -> dict[tuple[int, str], dict[str, Watermark]]:
        """Everybody's watermarks by family, by the participant's number and source."""
        asked = sa.select(WATERMARKS)
        found: dict[tuple[int, str], dict[str, Watermark]] = {}
        with transaction(self.engine) as rows:
            for row in map(zoned, rows.execute(asked)):
                mark = Watermark(row["first_on"], row["until_at"])
                found.setdefault((row["participant_id"], row["source"]), {})[row["family"]] = mark
        return found

    def sources_read(self) -> dict[int, set[str]]:
        """The sources of which something is complete, by the participant's number."""
        asked = sa.select(WATERMARKS.c.participant_id, WATERMARKS.c.source).distinct()
        found: dict[int, set[str]] = {}
        with transaction(self.engine) as rows:
            for participant, source in rows.execute(asked):
                found.setdefault(participant, set()).add(source)
        return found

    def payloads(self, attempt: int) -> list[Archived]:
        """The payloads of an attempt in the order received."""
        columns = [c for c in PAYLOADS.c if c.name not in ("id", "attempt_id", "participant_id")]
        asked = sa.select(*columns).where(PAYLOADS.c.attempt_id == attempt)
        with transaction(self.engine) as rows:
            return [Archived(**zoned(row)) for row in rows.execute(asked.order_by(PAYLOADS.c.id))]

    def _close_dead(self) -> None:
        open_ = sa.select(SYNCS.c.id, SYNCS.c.owner).where(SYNCS.c.outcome == "running")
        with transaction(self.engine) as rows:
            dead = [row.id for row in rows.execute(open_) if not alive(row.owner)]
            closed = {"outcome": "interrupted", "detail": INTERRUPTED}
            rows.execute(sa.update(SYNCS).where(SYNCS.c.id.in_(dead)).values(closed))

    def _insert(self, table: sa.Table, values: dict[str, Any]) -> int:
        with transaction(self.engine) as rows:
            made = rows.execute(sa.insert(table).values(values)).inserted_primary_key
            return int(made[0]) if made else 0

    def _close(self, table: sa.Table, number: int, values: dict[str, Any]) -> None:
        closed = values | {"finished_at": datetime.now(UTC)}
        with transaction(self.engine) as rows:
            rows.execute(sa.update(table).where(table.c.id == number).values(closed))
