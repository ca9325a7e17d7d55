"""Tables of the archive: a time, values, and in newer ones the data source."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wearhouse.errors import Unwanted
from wearhouse.samples import NAMES, PARSED_SAMPLES, Parsed, constant, rejects
from wearhouse.sources.columns import iso_times
from wearhouse.sources.files import File
from wearhouse.sources.lines import Rows, header_of, rows
from wearhouse.sources.sift import Mask, as_mask, sift
from wearhouse.sources.takeout.families import Column, Family
from wearhouse.sources.takeout.survey import Survey
from wearhouse.window import MINUTE_MS

DATA_SOURCE = "data source"
ZONES = {
    "FAT_BURN": "active_zone_minutes_fat_burn",
    "CARDIO": "active_zone_minutes_cardio",
    "PEAK": "active_zone_minutes_peak",
}

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


def read_table(file: File, family: Family, survey: Survey) -> Iterator[Parsed]:
    """The samples of a table, without those that a better copy holds."""
    header = header_of(file.head().content)
    columns = {name: column for name, column in family.columns.items() if name in header}
    if family.time not in header or not columns:
        raise Unwanted(f"{file.name} has none of the columns that its name promises.")
    values = {*columns, *(column.minus for column in columns.values() if column.minus)}
    kinds = {family.time: pa.string()} | dict.fromkeys(sorted(values), pa.float64())
    kinds |= {name: NAMES for name in (DATA_SOURCE, family.zone) if name and name in header}
    for block in rows(file, kinds):
        yield from _parsed(block, family, columns, survey)


def _parsed(
    block: Rows, family: Family, columns: dict[str, Column], survey: Survey
) -> Iterator[Parsed]:
    table = block.table
    wall, offset = iso_times(table[family.time].combine_chunks().fill_null(""))
    t = wall.cast(pa.int64()).fill_null(0).to_numpy()
    zoned = offset.is_valid().to_numpy(zero_copy_only=False)
    utc = t - offset.fill_null(0).to_numpy().astype(np.int64) * MINUTE_MS
    if family.clock == "date":
        t, in_utc = survey.dates(utc, zoned), np.zeros(len(t), bool)
    else:
        t, in_utc = utc, zoned | (family.clock == "utc")
    sources = table[DATA_SOURCE] if DATA_SOURCE in table.column_names else None
    wanted = survey.wanted(family, t, in_utc, sources)
    nobody = constant("", len(t))
    position = table["position"].to_numpy()
    timed, rejected = sift(
        [(as_mask(wall.is_null()), "the time is impossible")], nobody, position, block.text
    )
    found = [PARSED_SAMPLES.empty_table()]
    clocks = [np.zeros(0, bool)]
    for name, column in columns.items():
        value, wrong = _values(table, name, column, family.missing)
        sound, more = sift(
            [(wrong & timed, f"{name} is not a number")], nobody, position, block.text
        )
        rejected += more
        kept = np.flatnonzero(timed & sound & wanted & np.isfinite(value))
        for metric, chosen in _metrics(column, family, table, kept):
            at, amount = chosen, value[chosen]
            if family.zone and metric == column.metric:
                # A minute may stand once for each of its zones.
                _, first, group = np.unique(t[chosen], return_index=True, return_inverse=True)
                at, amount = chosen[first], np.bincount(group, amount).astype(float)
            found.append(_samples(metric, t[at], amount, position[at]))
            clocks.append(in_utc[at])
    samples = pa.concat_tables(found).unify_dictionaries().combine_chunks()
    of_utc = np.concatenate(clocks)
    refused = rejects([("", *bad) for bad in block.bad] + rejected)
    yield Parsed(samples.filter(pa.array(~of_utc)), rejects=refused)
    if of_utc.any():
        yield Parsed(samples.filter(pa.array(of_utc)), clock="utc")


def _values(
    table: pa.Table, name: str, column: Column, missing: tuple[float, ...]
) -> tuple[Numbers, Mask]:
    """A column's numbers, NaN where there is none, and where the text is not a number."""
    raw = table[name].combine_chunks()
    value = raw.fill_null(np.nan).to_numpy(zero_copy_only=False).astype(float)
    nan_is_missing = any(np.isnan(stand_in) for stand_in in missing)
    wrong = ~np.isfinite(value) & as_mask(raw.is_valid()) & (not nan_is_missing)
    value = np.where(np.isin(value, missing), np.nan, value)
    if column.minus:
        value = value - table[column.minus].fill_null(np.nan).to_numpy()
    return value * column.scale, wrong


def _metrics(
    column: Column, family: Family, table: pa.Table, kept: Whole
) -> Iterator[tuple[str, Whole]]:
    """Metrics with the rows that count for them."""
    yield column.metric, kept
    if family.zone in table.column_names:
        zone = table[family.zone].combine_chunks().cast(pa.string())
        for name, metric in ZONES.items():
            yield metric, kept[as_mask(pc.equal(pc.utf8_upper(zone), name))[kept]]


def _samples(metric: str, t: Whole, value: Numbers, position: Whole) -> pa.Table:
    return pa.Table.from_arrays(
        [
            constant("", len(t)),
            constant(metric, len(t)),
            pa.array(t).cast(pa.timestamp("ms")),
            pa.nulls(len(t), pa.int16()),
            pa.array(value, pa.float64()),
            pa.array(position),
        ],
        schema=PARSED_SAMPLES,
    )
