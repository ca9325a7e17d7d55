"""Fitabase's minutes of sleep, joined into the stages and the sleeps that they belong to."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.samples import NAMES, PARSED_EPISODES, Parsed, constant, rejects
from wearhouse.sources.files import File
from wearhouse.sources.lines import Rows, rows
from wearhouse.sources.sift import Reject, as_mask, sift, timed

MINUTE_MS = 60_000
STAGES = pa.array(["asleep", "restless", "awake"])

MINUTES = pa.schema(
    [
        ("person", pa.string()),
        ("log", pa.string()),
        ("t", pa.int64()),
        ("stage", pa.int32()),  # index into STAGES
        ("position", pa.int64()),
    ]
)

Whole = NDArray[np.int64]


def fits(header: tuple[str, ...]) -> bool:
    """Whether this is the header of the minutes of sleep."""
    return {"Id", "date", "value", "logId"} <= set(header)


def read_nights(file: File) -> Iterator[Parsed]:
    """An episode of each log, and one of each stretch of minutes in the same stage."""
    kinds = {"Id": NAMES, "date": pa.string(), "value": pa.float64(), "logId": pa.string()}
    held = MINUTES.empty_table()
    for block in rows(file, kinds, ends_with_newline=True):
        minutes, rejected = _minutes(block)
        minutes = pa.concat_tables([held, minutes]).combine_chunks()
        # The last log of a block may go on in the next.
        whole = _whole_logs(minutes)
        held = minutes.slice(whole)
        if whole or rejected:
            yield Parsed(episodes=_episodes(minutes.slice(0, whole)), rejects=rejects(rejected))
    if held.num_rows:
        yield Parsed(episodes=_episodes(held))


def _minutes(block: Rows) -> tuple[pa.Table, list[Reject]]:
    persons, t, position, good, rejected = timed(block, "Id", "date")
    value = block.table["value"].fill_null(0).to_numpy()
    log = block.table["logId"].combine_chunks()
    known, more = sift(
        [
            (~np.isin(value, (1, 2, 3)) & good, "the value is none of 1, 2 and 3"),
            (as_mask(pc.equal(log, "")) & good, "the line names no log"),
        ],
        persons,
        position,
        block.text,
    )
    kept = pa.array(np.flatnonzero(good & known))
    columns = [
        persons.cast(pa.string()),
        log,
        pa.array(t),
        pa.array(np.where(known, value, 1).astype(np.int32) - 1),
        pa.array(position),
    ]
    table = pa.Table.from_arrays([column.take(kept) for column in columns], schema=MINUTES)
    return table, [*(("", *bad) for bad in block.bad), *rejected, *more]


def _whole_logs(minutes: pa.Table) -> int:
    """How many rows stand before the last log."""
    nights = _nights(minutes)
    others = np.flatnonzero(nights != nights[-1:])
    return int(others[-1]) + 1 if others.size else 0


def _nights(minutes: pa.Table) -> Whole:
    """A number for each row that is the same for all rows of a person's log."""
    keys = pc.binary_join_element_wise(minutes["person"], minutes["log"], "\n")
    codes: Whole = keys.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    return codes


def _episodes(minutes: pa.Table) -> pa.Table:
    if not minutes.num_rows:
        return PARSED_EPISODES.empty_table()
    night, t = _nights(minutes), minutes["t"].to_numpy()
    order = np.lexsort((t, night))
    # Of a minute that stands twice, the one written later counts.
    last = np.append((np.diff(night[order]) != 0) | (np.diff(t[order]) != 0), True)
    order = order[last]
    minutes, night, t = minutes.take(pa.array(order)), night[order], t[order]
    stage = minutes["stage"].to_numpy()
    new_night = np.diff(night) != 0
    new_stage = new_night | (np.diff(stage) != 0) | (np.diff(t) != MINUTE_MS)
    sleeps, stages = _edges(new_night), _edges(new_stage)
    ends = t[sleeps[1:] - 1] + MINUTE_MS
    dated = np.repeat(ends, np.diff(sleeps))
    kinds = constant("classic", len(sleeps) - 1)
    labels = pa.DictionaryArray.from_arrays(pa.array(stage[stages[:-1]]), STAGES)
    return (
        pa.concat_tables(
            [
                _table("sleep", minutes, t, sleeps, dated, kinds),
                _table("sleep_stage", minutes, t, stages, dated, labels),
            ]
        )
        .unify_dictionaries()
        .combine_chunks()
    )


def _edges(changes: NDArray[np.bool_]) -> Whole:
    return np.concatenate([[0], np.flatnonzero(changes) + 1, [len(changes) + 1]])


def _table(
    metric: str, minutes: pa.Table, t: Whole, edges: Whole, dated: Whole, labels: pa.Array
) -> pa.Table:
    first = edges[:-1]
    rows = minutes.take(pa.array(first))
    time = pa.timestamp("ms")
    return pa.Table.from_arrays(
        [
            rows["person"].combine_chunks().dictionary_encode(),
            constant(metric, len(first)),
            pa.array(t[first]).cast(time),
            pa.array(t[edges[1:] - 1] + MINUTE_MS).cast(time),
            pa.nulls(len(first), pa.int16()),
            pa.array(dated[first]).cast(time),
            labels,
            rows["log"].combine_chunks(),
            pa.nulls(len(first), pa.bool_()),  # the table does not tell naps from main sleep
            rows["position"].combine_chunks(),
        ],
        schema=PARSED_EPISODES,
    )
