"""The Store: the questions a study asks of its samples."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

import pyarrow as pa

from wearhouse.levels import Level
from wearhouse.metrics import Metric
from wearhouse.store.archive import Moved, Table


@dataclass(frozen=True, slots=True)
class Slices:
    """Days that a source states in full: (participant, metric, day). What it had there before and
    does not say now is withdrawn; what other sources have there stays."""

    table: pa.Table  # participant uint32, metric string, day date32; of episodes also family,
    #                  which is sleep or exercise
    source: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A stretch of one metric of some participants, at one level.

    `low` and `high` are milliseconds on the level's clock: UTC for raw, 1m and 1h; civil for
    1d, 1w and 1mo. `after` is the place (participant, t) of the last row already seen.
    """

    metric: Metric
    level: Level
    participants: Sequence[int]
    low: int
    high: int
    after: tuple[int, int] | None = None
    limit: int = 500_000


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of participant and time, and whether more follow.

    Columns: participant uint32, t timestamp[ms] on the level's clock, offset int16, then value
    float64 (raw) or minutes, count, sum, sumsq, min, max, first, last (minutes: how many of the
    bucket hold a sample).
    """

    rows: pa.Table
    more: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a load did: rows written, withdrawn, and shadowed by a preferred vendor."""

    written: int = 0
    withdrawn: int = 0
    shadowed: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.written + other.written,
            self.withdrawn + other.withdrawn,
            self.shadowed + other.shadowed,
        )


@dataclass(frozen=True, slots=True)
class About:
    """What a store runs on: the software with its version, what it was set up as, and the version
    of its schema."""

    software: str
    kind: str
    schema: int


class Turns(Protocol):
    """Keeps processes from writing the same participants at the same time."""

    def __call__(
        self, participants: Sequence[int], patience_s: float
    ) -> AbstractContextManager[None]:
        """These participants are this caller's to write; Conflict if they do not become so
        within the patience."""


class Store(Protocol):
    """Where samples live. Rollups are always in step with samples, or not served."""

    url: str

    def migrate(self) -> None:
        """Bring the schema up to date and mend what a crash left. Safe at every start."""

    def write(self, samples: pa.Table, slices: Slices | None = None) -> Written:
        """Take samples (schema SAMPLES) and refresh the rollups they touch, slice by slice
        atomically. Without `slices` they are merged into what is there."""

    def write_episodes(self, episodes: pa.Table, slices: Slices | None = None) -> Written:
        """Take episodes (schema EPISODES); a log is replaced as a whole."""

    def page(self, ask: Ask) -> Page:
        """One page of a series, of what was measured."""

    def write_imputed(
        self, rows: pa.Table, metric: str, participant: int, low: int, high: int, keep: bool = False
    ) -> int:
        """Make filled minutes (schema `imputed.IMPUTED`) all that the imputed layer has of a
        participant's metric from `low` up to `high` (UTC ms); how many were kept, for none is
        where a sample is served. Samples that are written later withdraw what they meet. With
        `keep` what that takes of other runs is set aside."""

    def aside(self, metric: str, participant: int, run: int) -> pa.Table:
        """What was set aside of a run (schema `imputed.IMPUTED`, as it was served)."""

    def drop_aside(self, metric: str, participant: int, run: int, low: int, high: int) -> None:
        """Forget what was set aside of a run from `low` up to `high` (UTC ms)."""

    def imputed(self, ask: Ask) -> Page:
        """One page of the imputed layer; its columns are told at `imputed_pages.page`. Whoever
        wants both asks for what was measured first, so as never to see a minute twice."""

    def whole_imputed(
        self, metric: str, participants: Sequence[int], low: int, high: int
    ) -> pa.Table:
        """Filled minutes (schema `imputed.IMPUTED`) from `low` up to `high` (UTC ms)."""

    def imputed_extent(self, participants: Sequence[int]) -> pa.Table:
        """Per participant, metric and run: minutes, first_at, last_at."""

    def episodes(
        self, metrics: Sequence[str], participants: Sequence[int], first: date, last: date
    ) -> pa.Table:
        """Episodes (schema EPISODES) of the civil days from first to last, both included."""

    def extent(self, participants: Sequence[int]) -> pa.Table:
        """Per participant and metric: days, samples, first_at, last_at, first_offset,
        last_offset (minutes)."""

    def refresh(self, level: Level, first: date | None, last: date | None) -> int:
        """Fold the rollups of a level again from the samples; the number of rows changed."""

    def stats(self) -> pa.Table:
        """Per level and metric: rows, bytes on disk, bytes per sample, refreshed_at, stale."""

    def forget(self, participant: int) -> int:
        """Remove everything of a participant, physically; the number of rows removed."""

    def participants(self) -> list[int]:
        """Everybody of whom something is kept."""

    def whole(
        self,
        table: Literal["samples", "shadowed"],
        metric: str,
        participants: Sequence[int],
        low: int,
        high: int,
    ) -> pa.Table:
        """Samples with all that is kept of them (schema SAMPLES), from `low` up to `high` (UTC
        ms): those that are served, or those in the shadow of a preferred vendor."""

    def unmoved(self, participants: Sequence[int], before: date) -> pa.Table:
        """The civil days before a date whose samples the store itself holds: metric, participant,
        day. Of days that were moved it answers from the archive."""

    def moved(self) -> list[Moved]:
        """What lies in an archive, or was removed, month by month."""

    def let_go(self, moved: Moved, copied: Mapping[Table, pa.Table]) -> bool:
        """Answer a month's days from the archive from now on, if the samples served and shadowed
        are still as they were copied there. Their rollups stay."""

    def relocate(self, moved: Moved, root: str) -> bool:
        """Answer a month's days from the same files below another root from now on, if the
        index's entry is still as given."""

    def sweep(self) -> None:
        """Remove from the disk what was let go."""

    def about(self) -> About:
        """What the store runs on."""

    def version(self) -> str | None:
        """A text that is another one once anything was written or removed, by whichever process;
        None if the store cannot tell. What is read after asking is at least as new as the text, so
        it may be kept for as long as the text stays the same."""

    def now(self) -> datetime:
        """What time it is for the store's database."""

    def ready(self) -> None:
        """Raise StoreUnavailable unless the store answers."""

    def close(self) -> None: ...
