"""The tables of sleeps, stages and exercises, in UTC with the offsets of their time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.samples import Parsed
from wearhouse.sources.batches import Batches
from wearhouse.sources.columns import iso_times
from wearhouse.sources.files import File
from wearhouse.sources.lines import header_of, rows
from wearhouse.window import DAY_MS, MINUTE_MS

OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)(?::?00)?")
STAGES = {
    "AWAKE": "wake", "LIGHT": "light", "DEEP": "deep", "REM": "rem", "ASLEEP": "asleep",
    "RESTLESS": "restless",
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """One row of such a table: UTC ms and minutes east of UTC at both ends."""

    name: str
    label: str
    start: int
    end: int
    start_offset: int
    end_offset: int
    changed: str
    algorithm: str
    position: int

    @property
    def day(self) -> str:
        """The civil date on which it ends."""
        days = (self.end + self.end_offset * MINUTE_MS) // DAY_MS
        return str(np.datetime64(days, "D"))

    def dated(self, offset: int, start: bool = False) -> int:
        """The UTC ms that lies on its civil date for a reader who adds that offset."""
        own, at = (self.start_offset, self.start) if start else (self.end_offset, self.end)
        return at + (own - offset) * MINUTE_MS


SLEEPS = ("sleep_id", "sleep_type", "sleep_start", "sleep_end", "start_utc_offset",
          "end_utc_offset", "sleep_last_updated", "algorithm_version")  # fmt: skip
SLEEP_STAGES = ("sleep_id", "sleep_stage_type", "sleep_stage_start", "sleep_stage_end",
                "start_utc_offset", "end_utc_offset", "sleep_stage_last_updated",
                "algorithm_version")  # fmt: skip
EXERCISES = ("exercise_id", "activity_name", "exercise_start", "exercise_end",
             "utc_offset", "utc_offset", "exercise_last_updated", "")  # fmt: skip

Bad = tuple[int, str, str]


def spans(file: File, names: tuple[str, ...]) -> Iterator[tuple[list[Span], list[Bad]]]:
    """The rows of such a table; `names` are its columns in the order of a span's fields."""
    header = header_of(file.head().content)
    wanted = dict.fromkeys((*names[:6], *(name for name in names[6:] if name in header)))
    kinds = {name: pa.string() for name in wanted}
    for block in rows(file, kinds):
        bad = list(block.bad)
        found: list[Span] = []
        starts, ends = (_utc(block.table[name]) for name in names[2:4])
        texts = {name: block.table[name].to_pylist() for name in kinds}
        for row, line in enumerate(block.table["position"].to_pylist()):
            offsets = [_minutes(texts[name][row]) for name in names[4:6]]
            start, end = starts[row], ends[row]
            if start is None or end is None or end <= start:
                bad.append((line, "it does not say when it starts and ends", block.text(line)))
            elif None in offsets:
                bad.append((line, "it does not state its offset from UTC", block.text(line)))
            else:
                name, label = (texts[column][row] or "" for column in names[:2])
                first, last = (offset or 0 for offset in offsets)
                changed, algorithm = (
                    str(texts[column][row]) if column in texts else "" for column in names[6:]
                )
                found.append(Span(name, label, start, end, first, last, changed, algorithm, line))
        yield found, bad


def _utc(texts: pa.ChunkedArray) -> list[int | None]:
    wall, offset = iso_times(texts.combine_chunks().fill_null(""))
    east = pc.multiply(pc.fill_null(offset.cast(pa.int64()), 0), MINUTE_MS)
    times: list[int | None] = pc.subtract(wall.cast(pa.int64()), east).to_pylist()
    return times


def _minutes(text: str | None) -> int | None:
    if text in ("Z", "+00", "0", "+0"):
        return 0
    match = OFFSET.fullmatch(text or "")
    return (-1 if match[1] == "-" else 1) * (60 * int(match[2]) + int(match[3])) if match else None


def chosen(sleeps: list[Span]) -> dict[str, Span]:
    """Of sleeps that overlap, being versions of one night, the one that was changed last."""
    kept: list[Span] = []
    for sleep in sorted(sleeps, key=lambda sleep: (sleep.start, sleep.end)):
        if kept and sleep.start < kept[-1].end:
            kept[-1] = max(kept[-1], sleep, key=lambda one: (one.changed, one.end - one.start))
        else:
            kept.append(sleep)
    return {sleep.name: sleep for sleep in kept}


def longest(sleeps: dict[str, Span]) -> frozenset[str]:
    """The longest sleep of each civil date: the tables do not tell naps from main sleep."""
    best: dict[str, Span] = {}
    for sleep in sleeps.values():
        held = best.get(sleep.day)
        if held is None or sleep.end - sleep.start > held.end - held.start:
            best[sleep.day] = sleep
    return frozenset(sleep.name for sleep in best.values())


def read_sleeps(file: File, nights: dict[str, Span], main: frozenset[str]) -> Iterator[Parsed]:
    """The sleeps of a file that are among the chosen nights."""
    for found, bad in spans(file, SLEEPS):
        batches = _rejecting(bad)
        for span in found:
            if nights.get(span.name) == span:
                batches.episode(
                    "sleep", span.start, span.end, span.position,
                    dated=span.dated(span.start_offset), label=span.label.lower(),
                    log=span.name, main=span.name in main, offset=span.start_offset,
                )  # fmt: skip
        yield _in_utc(batches)


def read_stages(file: File, nights: dict[str, Span], main: frozenset[str]) -> Iterator[Parsed]:
    """The stages of the chosen nights."""
    for found, bad in spans(file, SLEEP_STAGES):
        batches = _rejecting(bad)
        for span in found:
            night, label = nights.get(span.name), STAGES.get(span.label.upper())
            if night is None or span.algorithm != night.algorithm:
                continue
            if span.label.upper() == "UNSPECIFIED":
                continue
            if label is None:
                reason = f"no sleep stage is called {span.label!r}"
                batches.reject(span.position, reason, span.name)
                continue
            batches.episode(
                "sleep_stage", span.start, span.end, span.position,
                dated=night.dated(span.start_offset), label=label,
                log=span.name, main=span.name in main, offset=span.start_offset,
            )  # fmt: skip
        yield _in_utc(batches)


def read_exercises(file: File) -> Iterator[Parsed]:
    """An exercise of each row."""
    for found, bad in spans(file, EXERCISES):
        batches = _rejecting(bad)
        for span in found:
            batches.episode(
                "exercise", span.start, span.end, span.position,
                dated=span.dated(span.start_offset, start=True), label=span.label,
                log=span.name, offset=span.start_offset,
            )  # fmt: skip
        yield _in_utc(batches)


def _rejecting(bad: list[Bad]) -> Batches:
    batches = Batches("")
    for line, reason, text in bad:
        batches.reject(line, reason, text)
    return batches


def _in_utc(batches: Batches) -> Parsed:
    taken = batches.take()
    return Parsed(taken.samples, taken.episodes, taken.rejects, "utc")
