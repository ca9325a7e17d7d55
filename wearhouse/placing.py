"""Parsed batches placed: persons become participants, vendor clocks become UTC, and what
cannot be true is set aside with its reason."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.enrolling.people import UNKNOWN
from wearhouse.samples import EPISODES, NAMES, REJECTS, SAMPLES, Parsed, constant, implausible
from wearhouse.study import Participant
from wearhouse.window import DAY_MS, EARLIEST, MINUTE_MS, Millis, locate, millis, offsets_at

AHEAD = timedelta(days=2)
"""How far a device's clock may run ahead before its samples are refused."""


class Persons(Protocol):
    """Who the persons of a batch are, and on which clock each one's times are read."""

    def named(self, person: str) -> Participant | None: ...

    def clock(self, participant: Participant) -> ZoneInfo: ...


@dataclass(frozen=True)
class Placed:
    """A batch as the store takes it (SAMPLES, EPISODES) and what was refused (REJECTS)."""

    samples: pa.Table
    episodes: pa.Table
    rejects: pa.Table


@dataclass
class Rows:
    """Rows being placed: their columns so far and, for each, which of the reasons refuses it; the
    first of them is none."""

    table: pa.Table
    participant: NDArray[np.uint32]
    utc: Millis
    offset: NDArray[np.int16]
    refused: NDArray[np.uint16]
    reasons: list[str] = field(default_factory=lambda: [""])


def place(parsed: Parsed, people: Persons, source: str, as_of: int) -> Placed:
    """Place one parsed batch of a source. `as_of` says how late its payload speaks."""
    samples = _rows(parsed.samples, parsed, people)
    for mask, reason in implausible(parsed.samples) if parsed.samples.num_rows else ():
        _refuse(samples, mask.to_numpy(zero_copy_only=False), reason)
    episodes = _rows(parsed.episodes, parsed, people)
    ends, days = _ends(parsed, episodes, people)
    for number, reason in enumerate(ends.reasons[1:], 1):
        _refuse(episodes, ends.refused == number, reason)
    _refuse(episodes, ends.utc < episodes.utc, "it ends before it starts")
    rejects = [parsed.rejects, _rejected(samples), _rejected(episodes)]
    return Placed(
        _samples(samples, source, as_of),
        _episodes(episodes, ends.utc, days, source, as_of),
        pa.concat_tables(rejects),
    )


def _rows(table: pa.Table, parsed: Parsed, people: Persons) -> Rows:
    table = table.combine_chunks()
    rows = Rows(
        table,
        np.zeros(table.num_rows, np.uint32),
        table["t"].cast(pa.int64()).fill_null(0).to_numpy().copy(),
        table["offset"].fill_null(0).to_numpy().copy(),
        np.zeros(table.num_rows, np.uint16),
    )
    given = table["offset"].is_valid().to_numpy()
    if parsed.clock == "civil":
        rows.utc[given] -= rows.offset[given].astype(np.int64) * MINUTE_MS
    for at, person in _runs(table):
        participant = people.named(person)
        if participant is None:
            _refuse(rows, at, UNKNOWN)
            continue
        rows.participant[at] = participant.id
        vague = at[~given[at]]
        zone = people.clock(participant)
        if parsed.clock == "utc":
            rows.offset[vague] = offsets_at(rows.utc[vague], zone)
            continue
        there = locate(rows.utc[vague], zone)
        rows.utc[vague], rows.offset[vague] = there.utc, there.offset
        _refuse(rows, vague[~there.exists], f"that time does not exist in {zone.key}")
    _refuse(rows, table["t"].is_null().to_numpy(), "there is no time")
    _refuse(rows, rows.utc < millis(EARLIEST), f"the time is before {EARLIEST.year}")
    _refuse(rows, rows.utc > millis(datetime.now(UTC) + AHEAD), "the time is in the future")
    return rows


def _runs(table: pa.Table) -> list[tuple[NDArray[np.int64], str]]:
    """Row numbers of each person and metric, in the order of the file, with the person."""
    if not table.num_rows:
        return []
    person, metric = (table[name].combine_chunks() for name in ("person", "metric"))
    key = person.indices.to_numpy().astype(np.int64) << 32 | metric.indices.to_numpy()
    if (key == key[0]).all():
        return [(np.arange(len(key)), person[0].as_py())]
    order = np.argsort(key, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
    return [(part, person[int(part[0])].as_py()) for part in parts]


def _refuse(rows: Rows, which: NDArray[np.bool_] | NDArray[np.int64], reason: str) -> None:
    """Refuse rows that have not been refused yet."""
    chosen = np.flatnonzero(which) if which.dtype == bool else which
    if not len(chosen):
        return
    rows.reasons.append(reason)
    rows.refused[chosen[rows.refused[chosen] == 0]] = len(rows.reasons) - 1


def _ends(parsed: Parsed, rows: Rows, people: Persons) -> tuple[Rows, NDArray[np.int32]]:
    """The same episodes placed by their ends, and the civil day each is dated."""
    at = rows.table.column_names.index("t")
    ends = _rows(rows.table.set_column(at, "t", rows.table["end"]), parsed, people)
    dated = rows.table["dated"].cast(pa.int64()).fill_null(0).to_numpy()
    if parsed.clock == "utc":
        dated = dated + rows.offset.astype(np.int64) * MINUTE_MS
    return ends, (dated // DAY_MS).astype(np.int32)


def _kept(rows: Rows) -> NDArray[np.bool_]:
    kept: NDArray[np.bool_] = rows.refused == 0
    return kept


def _samples(rows: Rows, source: str, as_of: int) -> pa.Table:
    count = rows.table.num_rows
    placed = pa.Table.from_arrays(
        [
            pa.array(rows.participant),
            rows.table["metric"],
            pa.array(rows.utc.view("datetime64[ms]")).cast(pa.timestamp("ms", "UTC")),
            pa.array(rows.offset),
            rows.table["value"],
            constant(source, count),
            pa.array(np.full(count, as_of, np.uint32)),
        ],
        schema=SAMPLES,
    )
    kept = _kept(rows)
    return placed if kept.all() else placed.filter(pa.array(kept))


def _episodes(
    rows: Rows, ends: Millis, days: NDArray[np.int32], source: str, as_of: int
) -> pa.Table:
    count = rows.table.num_rows
    stamp = pa.timestamp("ms", "UTC")
    placed = pa.Table.from_arrays(
        [
            pa.array(rows.participant),
            rows.table["metric"],
            pa.array(rows.utc).cast(stamp),
            pa.array(ends).cast(stamp),
            pa.array(rows.offset),
            pa.array(days).cast(pa.date32()),
            rows.table["label"].cast(NAMES),
            rows.table["log"],
            rows.table["main"].fill_null(False),
            constant(source, count),
            pa.array(np.full(count, as_of, np.uint32)),
        ],
        schema=EPISODES,
    )
    return placed.filter(pa.array(_kept(rows)))


def _rejected(rows: Rows) -> pa.Table:
    refused = ~_kept(rows)
    if not refused.any():
        return REJECTS.empty_table()
    table = rows.table.filter(pa.array(refused))
    shown = "value" if "value" in table.column_names else "label"
    texts = [pc.cast(table[name], pa.string()) for name in ("metric", "t", shown)]
    filled = [text.combine_chunks().fill_null("?") for text in texts]
    record = pc.binary_join_element_wise(filled[0], filled[1], filled[2], " ")
    return pa.Table.from_arrays(
        [
            table["person"].cast(pa.string()),
            table["position"],
            pa.array(rows.reasons).take(pa.array(rows.refused[refused])),
            record,
        ],
        schema=REJECTS,
    )
