"""What every side does, each in a process of its own so that its memory is its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from pathlib import Path
from time import perf_counter
from typing import Protocol, TypeVar, cast

from bench.data import Stretch
from bench.questions import Answered, Question, Table


@dataclass(frozen=True)
class Loaded:
    """How long a load took: the samples alone where that can be told, and with the rollups."""

    samples: int
    raw_s: float | None
    all_s: float


@dataclass(frozen=True)
class Size:
    """Bytes per sample: the table of samples with all its columns, and the rollups beside it."""

    raw: float
    rollups: float


class Side(Protocol):
    """One store, measured from inside its process: what is timed never crosses a pipe."""

    def load(self, stretch: Stretch, batch: int) -> Loaded:
        """Store one batch with its rollups."""

    def load_csv(self, files: list[Path]) -> Loaded:
        """Store heart rate from Fitabase files with its rollups."""

    def settle(self) -> None:
        """Bring what was loaded into the form in which it stays."""

    def size(self) -> Size:
        """What is stored costs so many bytes a sample."""

    def ask(self, question: Question, table: Table, first_turn: int, turns: int) -> Answered:
        """Ask a question some times, after once that does not count."""

    def peak(self) -> int:
        """The most memory that the side had resident, in bytes."""

    def close(self) -> None: ...


Asking = Callable[[int], tuple[int, int]]
LONGEST_S = 2.0


def timed(asking: Asking, first_turn: int, turns: int) -> Answered:
    """Ask turn after turn, for not much longer than LONGEST_S; the first does not count unless
    it alone takes that long."""
    seconds: list[float] = []
    rows = samples = 0
    began = perf_counter()
    for turn in range(first_turn, first_turn + turns + 1):
        start = perf_counter()
        rows, samples = asking(turn)
        seconds.append(perf_counter() - start)
        if perf_counter() - began > LONGEST_S:
            break
    return Answered(seconds[1:] or seconds, rows, samples)


class _Processes(BaseManager):
    """A process that holds one side."""


S = TypeVar("S", bound=Side)


@contextmanager
def beside(side: Callable[..., S], *arguments: object) -> Iterator[S]:
    """A side that lives in a new process until the end of the block."""
    _Processes.register("side", side)
    processes = _Processes(ctx=get_context("spawn"))
    processes.start()
    try:
        there = cast(S, processes.side(*arguments))  # type: ignore[attr-defined]
        try:
            yield there
        finally:
            there.close()
    finally:
        processes.shutdown()
