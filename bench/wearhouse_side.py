"""Wearhouse: its store, its imports and its series as they are, in one process."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import pyarrow.compute as pc

from bench import machine
from bench.data import Stretch
from bench.questions import MAX_POINTS, Answered, Question, Table
from bench.sides import Loaded, Size, timed
from wearhouse import runtime, series
from wearhouse.imports import Request, import_files
from wearhouse.metrics import METRICS
from wearhouse.registry import Registry
from wearhouse.settings import read_settings
from wearhouse.store.clickhouse import ClickHouseStore
from wearhouse.study import Role
from wearhouse.synth import write_study
from wearhouse.window import Edge

STUDY = "BENCH"
ZONE = "America/New_York"


def code(participant: int) -> str:
    """The code of the participant of that number."""
    return f"P-{participant:04}"


class WearhouseSide:
    """A Wearhouse with so many participants."""

    def __init__(self, home: Path, participants: int) -> None:
        self.opened = ExitStack()
        self.wearhouse = self.opened.enter_context(runtime.opened(read_settings(home)))
        registry = self.wearhouse.registry
        self.study = registry.create_study(STUDY)
        self.people = {n: _enrolled(registry, n) for n in range(1, participants + 1)}

    def load(self, stretch: Stretch, batch: int) -> Loaded:
        samples = stretch.batch(batch)
        start = perf_counter()
        self.wearhouse.store.write(samples)
        return Loaded(samples.num_rows, None, perf_counter() - start)

    def load_csv(self, files: list[Path]) -> Loaded:
        samples = 0
        start = perf_counter()
        for file in files:
            samples += self._import(Request(file, self.study, None, "fitabase", ZONE))
        return Loaded(samples, None, perf_counter() - start)

    def load_wearipedia(self, folder: Path) -> Loaded:
        """Store a folder of Fitbit JSON as Wearipedia makes it."""
        start = perf_counter()
        samples = self._import(Request(folder, self.study, None, "wearipedia", ZONE))
        return Loaded(samples, None, perf_counter() - start)

    def load_study(self, folder: Path) -> Loaded:
        """Store a synthetic study of Fitbit JSON, one participant after the other."""
        people = sorted((folder / "payloads").iterdir())
        for one in people:
            self.wearhouse.registry.enrol(STUDY, one.name, ZONE)
        samples = 0
        start = perf_counter()
        for one in people:
            participant = self.wearhouse.registry.participant_named(one.name, STUDY)
            for clock in sorted({file.parent for file in one.rglob("*.json.gz")}):
                zone = str(clock.relative_to(one))
                samples += self._import(Request(clock, self.study, participant, "fitbit-web", zone))
        return Loaded(samples, None, perf_counter() - start)

    def settle(self) -> None:
        # What background merges come to in time, at once.
        assert isinstance(self.wearhouse.store, ClickHouseStore)
        for table in ("samples", "rollups"):
            self.wearhouse.store.connection.command(f"OPTIMIZE TABLE {table} FINAL")

    def size(self) -> Size:
        levels = self.wearhouse.store.stats().filter(pc.field("metric") == "heart_rate").to_pylist()
        samples = sum(row["rows"] for row in levels if row["level"] == "raw")
        raw = sum(row["bytes"] for row in levels if row["level"] == "raw")
        rollups = sum(row["bytes"] for row in levels if row["level"] != "raw")
        return Size(raw / samples, rollups / samples)

    def ask(self, question: Question, table: Table, first_turn: int, turns: int) -> Answered:
        assert table == "rollup", "Wearhouse chooses by itself what it answers from."
        return timed(lambda turn: self._answer(question, turn), first_turn, turns)

    def create_key(self) -> str:
        """A key with which the HTTP side may read."""
        return self.wearhouse.registry.access.create_key("bench", Role.ANALYST)

    def peak(self) -> int:
        return machine.own_peak()

    def close(self) -> None:
        self.opened.close()

    def _import(self, request: Request) -> int:
        summary = import_files(self.wearhouse.store, self.wearhouse.registry, request)
        return summary.samples.total() + summary.episodes.total()

    def _answer(self, question: Question, turn: int) -> tuple[int, int]:
        participants, start, end = question.turn(turn)
        query = series.Query(
            participants=[self.people[n] for n in participants],
            metrics=[METRICS["heart_rate"]],
            start=Edge(start),
            end=Edge(end),
            resolution=question.resolution,
            max_points=MAX_POINTS,
        )
        parts = list(series.parts(self.wearhouse.store, query, None, None))
        assert {part.level for part in parts} == {question.level}
        rows = sum(part.rows.num_rows for part in parts)
        if question.level == "raw":
            return rows, rows
        return rows, sum(pc.sum(part.rows["count"]).as_py() or 0 for part in parts)


def make_study(folder: Path, participants: int, days: int) -> None:
    """Write a synthetic study; the same for the same size."""
    write_study(folder, participants, days, 1, date(2026, 3, 1))


def _enrolled(registry: Registry, number: int) -> Any:
    participant = registry.enrol(STUDY, code(number), "UTC")
    assert participant.id == number, "The registry of a new home counts from 1."
    return participant
