"""Instants, intervals and minutes as columns of samples."""

from bisect import bisect_left, insort
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.metrics import METRICS
from wearhouse.samples import PARSED_SAMPLES, Parsed, constant, rejects
from wearhouse.sources.batches import LONGEST_RECORD
from wearhouse.sources.columns import lenient
from wearhouse.sources.google_health.catalogue import Part, Value
from wearhouse.sources.google_health.page import Columns, Leaf, Wanted, columns, device, rows
from wearhouse.sources.values import number
from wearhouse.window import DAY_MS, MINUTE_MS, Millis

MARK = "heartRateZone"

# Where a point says when it was: its start, its end, and its offset from UTC.
TIMES = {
    "sample": ("{}.sampleTime.physicalTime", "", "{}.sampleTime.utcOffset"),
    "interval": (
        "{}.interval.startTime", "{}.interval.endTime", "{}.interval.startUtcOffset",
    ),
    "window": ("startTime", "endTime", ""),
}  # fmt: skip


@cache
def wanted(part: Part) -> Wanted:
    """What is read of the points of a part."""
    times = (path.format(part.key) for path in TIMES[part.kind])
    values = (f"{part.key}.{value.path}" for value in part.values)
    mark = f"{part.key}.{MARK}" if any(value.among for value in part.values) else ""
    return Wanted(tuple(dict.fromkeys(filter(None, (*times, *values, mark)))), part.key)


def read_points(part: Part, content: bytes, opened: Any = None) -> Parsed:
    """The samples of a page, `opened` if it was opened already. Where points overlap, one of
    them counts: see `_apart`."""
    start, end, offset = (path.format(part.key) for path in TIMES[part.kind])
    marked = any(value.among for value in part.values)
    page = columns(content, wanted(part), opened)
    bad = list(page.bad)
    begins = _instants(page.of[start])
    _note(bad, page, content, begins.is_null(), "the time is impossible")
    ends = _instants(page.of[end]) if end else begins
    offsets = _offsets(page.of[offset]) if offset else pa.nulls(len(begins), pa.int16())
    tables = {}
    said = np.zeros(len(begins), bool)
    for value in part.values:
        given = _numbers(page.of[f"{part.key}.{value.path}"], part.absent)
        wrong = pc.fill_null(pc.invert(pc.is_finite(given)), False)
        _note(bad, page, content, wrong, f"{value.path} is not a number")
        said |= given.is_valid().to_numpy(zero_copy_only=False)
        good = pc.and_(pc.and_(begins.is_valid(), given.is_valid()), pc.invert(wrong))
        if value.among:
            good = pc.and_(good, pc.equal(_texts(page.of[f"{part.key}.{MARK}"]), value.among))
        chosen = np.flatnonzero(pc.fill_null(good, False).to_numpy(zero_copy_only=False))
        tables[value] = _table(value, chosen, page, content, begins, ends, offsets, given)
    _note(bad, page, content, pa.array(~said), "the point states no value")
    if marked:
        parts = [table for value, table in tables.items() if value.among]
        whole = next(value for value in tables if not value.among)
        tables[whole] = _total(whole, pa.concat_tables(parts))
    samples = pa.concat_tables(tables.values()).unify_dictionaries().combine_chunks()
    return Parsed(samples, rejects=rejects(_once(bad)), clock="utc")


def _table(
    value: Value,
    chosen: NDArray[np.int64],
    page: Columns,
    content: bytes,
    begins: pa.Array,
    ends: pa.Array,
    offsets: pa.Array,
    given: pa.Array,
) -> pa.Table:
    start, end = (times.take(chosen).to_numpy(zero_copy_only=False) for times in (begins, ends))
    order = np.argsort(start, kind="stable")
    chosen, start, end = chosen[order], start[order], end[order]
    shown = _dated(value, start, offsets.take(chosen))
    if (shown[1:] == shown[:-1]).any() or (end[:-1] > start[1:]).any():
        # Only now, for most pages hold nothing that overlaps.
        texts = rows(content)
        devices = [device(texts[page.positions[row]]) for row in chosen.tolist()]
        kept = _apart(shown, end - start, devices)
        chosen, shown = chosen[kept], shown[kept]
    count = len(chosen)
    scaled = given.take(chosen)
    return pa.Table.from_arrays(
        [
            constant("", count),
            constant(value.metric, count),
            pa.array(shown).cast(pa.timestamp("ms")),
            offsets.take(chosen),
            scaled if value.scale == 1.0 else pc.multiply(scaled, value.scale),
            pa.array(np.asarray(page.positions, np.int64)[chosen]),
        ],
        schema=PARSED_SAMPLES,
    )


def _total(value: Value, parts: pa.Table) -> pa.Table:
    """What the zones of the same minute make together."""
    sums = parts.group_by("t", use_threads=False).aggregate(
        [("offset", "min"), ("value", "sum"), ("position", "min")]
    )
    count = sums.num_rows
    names = [constant("", count), constant(value.metric, count)]
    columns = [sums[name] for name in ("t", "offset_min", "value_sum", "position_min")]
    return pa.Table.from_arrays([*names, *columns], schema=PARSED_SAMPLES)


def _dated(value: Value, start: Millis, offsets: pa.Array) -> Millis:
    """The times under which samples are kept: for what is stated once a day, its civil day."""
    if METRICS[value.metric].kind != "daily":
        return start
    east = offsets.fill_null(0).to_numpy().astype(np.int64) * MINUTE_MS
    shown: Millis = (start + east) // DAY_MS * DAY_MS - east
    return shown


def _apart(start: Millis, length: Millis, devices: list[str]) -> NDArray[np.int64]:
    """Points that do not overlap: the shorter wins, then the earlier, then the device that is
    first in the alphabet, then the one that comes first. So nothing is counted twice, and the
    same points give the same samples in whatever order they were cut into intervals."""
    ranked = sorted(range(len(start)), key=lambda row: (length[row], start[row], devices[row]))
    taken: list[tuple[int, int, int]] = []
    for row in ranked:
        begin = int(start[row])
        end = begin + max(int(length[row]), 1)
        place = bisect_left(taken, (begin, end, row))
        before = place > 0 and taken[place - 1][1] > begin
        after = place < len(taken) and taken[place][0] < end
        if not before and not after:
            insort(taken, (begin, end, row))
    return np.array([row for _, _, row in taken], np.int64)


def _instants(texts: list[Leaf]) -> pa.Array:
    # Cut, not rounded, to milliseconds.
    times = lenient(_texts(texts), pa.timestamp("ns", "UTC"))
    return times.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64())


def _texts(leaves: list[Leaf]) -> pa.Array:
    try:
        return pa.array(leaves, pa.string())
    except pa.ArrowException:
        return pa.array([leaf if isinstance(leaf, str) else None for leaf in leaves], pa.string())


def _offsets(leaves: list[Leaf]) -> pa.Array:
    texts = _texts(leaves).dictionary_encode()
    minutes = [minutes_of(text) for text in texts.dictionary.to_pylist()]
    return pa.array(minutes, pa.int16()).take(texts.indices)


def minutes_of(text: object) -> int | None:
    """Minutes of a duration such as "-14400s"."""
    seconds = number(text.removesuffix("s")) if isinstance(text, str) else None
    return round(seconds / 60) if seconds is not None and abs(seconds) <= DAY_MS / 1000 else None


def _numbers(leaves: list[Leaf], absent: float | None) -> pa.Array:
    """Numbers, be they written as texts; NaN where one is not a number."""
    try:
        numbers = pa.array(leaves).cast(pa.float64())
    except (pa.ArrowException, TypeError):
        read = [(leaf, number(leaf)) for leaf in leaves]
        numbers = pa.array(
            [float("nan") if n is None and leaf is not None else n for leaf, n in read],
            pa.float64(),
        )
    return numbers if absent is None else numbers.fill_null(absent)


def _note(
    bad: list[tuple[int, str, str]], page: Columns, content: bytes, mask: pa.Array, reason: str
) -> None:
    """Add the points of a mask to the bad ones."""
    which = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
    if not which.size:
        return
    texts = rows(content)
    for row in which.tolist():
        position = page.positions[row]
        bad.append((position, reason, texts[position].decode(errors="replace")))


def _once(bad: list[tuple[int, str, str]]) -> list[tuple[str, int, str, str]]:
    """The rejects of a page, each point with the first of its faults."""
    first = {position: (reason, text) for position, reason, text in reversed(bad)}
    return [
        ("", position, reason, text[:LONGEST_RECORD])
        for position, (reason, text) in sorted(first.items())
    ]
