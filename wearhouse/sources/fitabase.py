"""CSV exports of Fitabase; the header on the first line tells which table a file is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.errors import Invalid, Unwanted
from wearhouse.samples import NAMES, PARSED_SAMPLES, Parsed, rejects
from wearhouse.sources import fitabase_sleep
from wearhouse.sources.files import File, Head
from wearhouse.sources.lines import BLOCK, Rows, header_of, rows
from wearhouse.sources.sift import Mask, as_mask, sift, timed

MINUTE_MS = 60_000
MINUTES = range(60)


@dataclass(frozen=True)
class Export:
    """One of the tables: its column of times, and which metric each other column holds."""

    time: str
    metrics: dict[str, tuple[str, float]]  # column: metric, and what turns it into its unit
    optional: frozenset[str] = frozenset()
    spread: bool = False  # one column for each minute of the hour

    def fits(self, header: tuple[str, ...]) -> bool:
        return {"Id", self.time, *self.metrics} - self.optional <= set(header)

    def held_by(self, header: tuple[str, ...]) -> dict[str, tuple[str, float]]:
        return {name: metric for name, metric in self.metrics.items() if name in header}


def _wide(prefix: str, metric: str) -> Export:
    columns = {f"{prefix}{minute:02}": (metric, 1.0) for minute in MINUTES}
    return Export("ActivityHour", columns, spread=True)


INTENSITIES = {
    "SedentaryMinutes": ("sedentary_minutes", 1.0),
    "LightlyActiveMinutes": ("lightly_active_minutes", 1.0),
    "FairlyActiveMinutes": ("fairly_active_minutes", 1.0),
    "VeryActiveMinutes": ("very_active_minutes", 1.0),
}
ACTIVITY = INTENSITIES | {
    "TotalSteps": ("daily_steps", 1.0),
    "TotalDistance": ("daily_distance", 1000.0),
    "Calories": ("daily_calories", 1.0),
}
WEIGHT = {"WeightKg": ("weight", 1.0), "Fat": ("body_fat", 1.0)}

EXPORTS = (
    Export("Time", {"Value": ("heart_rate", 1.0)}),
    Export("ActivityMinute", {"Steps": ("steps", 1.0)}),
    Export("ActivityMinute", {"Calories": ("calories", 1.0)}),
    _wide("Steps", "steps"),
    _wide("Calories", "calories"),
    Export("ActivityDate", ACTIVITY),
    Export("ActivityDay", {"StepTotal": ("daily_steps", 1.0)}),
    Export("ActivityDay", {"Calories": ("daily_calories", 1.0)}),
    Export("ActivityDay", INTENSITIES),
    Export("Date", WEIGHT, optional=frozenset({"Fat"})),
)

DERIVED = (
    {"Id", "ActivityMinute", "Intensity"},
    {"Id", "ActivityMinute", "METs"},
    {"Id", "ActivityHour"},
    {"Id", "SleepDay"},
)


class Fitabase:
    """Reads Fitabase's CSV tables; persons are the Ids, times are clock times without a zone."""

    name = "fitabase"
    refines = ""

    def recognises(self, head: Head) -> bool:
        header = header_of(head.content)
        return fitabase_sleep.fits(header) or _export(header) is not None or _derived(header)

    def read(self, file: File) -> Iterator[Parsed]:
        header = header_of(file.head().content)
        export = _export(header)
        if fitabase_sleep.fits(header):
            yield from fitabase_sleep.read_nights(file)
        elif export:
            yield from _read(file, export, header)
        elif _derived(header):
            raise Unwanted(
                f"{file.name} is derived from Fitabase's tables of minutes; import those instead."
            )
        else:
            raise Invalid(f"{file.name} has none of the headers that Fitabase writes.")


def _export(header: tuple[str, ...]) -> Export | None:
    return next((export for export in EXPORTS if export.fits(header)), None)


def _derived(header: tuple[str, ...]) -> bool:
    return any(columns <= set(header) for columns in DERIVED)


def _read(file: File, export: Export, header: tuple[str, ...]) -> Iterator[Parsed]:
    metrics = export.held_by(header)
    kinds = {"Id": NAMES, export.time: pa.string()} | dict.fromkeys(metrics, pa.float64())
    size = BLOCK // 10 if export.spread else BLOCK
    for block in rows(file, kinds, block_size=size, ends_with_newline=True):
        yield _parsed(block, export, metrics)


def _parsed(block: Rows, export: Export, metrics: dict[str, tuple[str, float]]) -> Parsed:
    table = block.table
    persons, t, position, good, rejected = timed(block, "Id", export.time)
    cells = np.column_stack([table[name].to_numpy() for name in metrics])
    for number, name in enumerate(metrics):
        faults = _faults(table[name].combine_chunks(), cells[:, number], name in export.optional)
        sound, more = sift(
            [(mask & good, f"{name} {reason}") for mask, reason in faults],
            persons, position, block.text,
        )  # fmt: skip
        rejected += more
        cells[~sound | ~good, number] = np.nan
    samples = _samples(persons, t, position, cells, metrics, export.spread)
    return Parsed(samples, rejects=rejects([("", *bad) for bad in block.bad] + rejected))


def _faults(column: pa.Array, cells: NDArray[np.float64], optional: bool) -> list[tuple[Mask, str]]:
    empty = as_mask(column.is_null())
    wrong = ~np.isfinite(cells) & ~empty
    return [(wrong, "is not a number")] + ([] if optional else [(empty, "is empty")])


def _samples(
    persons: pa.DictionaryArray,
    t: NDArray[np.int64],
    position: NDArray[np.int64],
    cells: NDArray[np.float64],
    metrics: dict[str, tuple[str, float]],
    spread: bool,
) -> pa.Table:
    width = len(metrics)
    scale = np.array([scale for _, scale in metrics.values()])
    kept = np.flatnonzero(np.isfinite(cells).ravel())
    row, column = np.divmod(kept, width)
    names = list(dict.fromkeys(name for name, _ in metrics.values()))
    code = np.array([names.index(name) for name, _ in metrics.values()], np.int32)
    return pa.Table.from_arrays(
        [
            persons.take(pa.array(row)),
            pa.DictionaryArray.from_arrays(pa.array(code[column]), pa.array(names)),
            pa.array(t[row] + (column * MINUTE_MS if spread else 0)).cast(pa.timestamp("ms")),
            pa.nulls(len(row), pa.int16()),
            pa.array(cells.ravel()[kept] * scale[column]),
            pa.array(position[row]),
        ],
        schema=PARSED_SAMPLES,
    )
