"""What really happened, to hold every result against."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from wearhouse.synth.life import Life
from wearhouse.synth.wearing import reasons

INSTANT = pa.timestamp("ms", tz="UTC")
MINUTES = pa.schema(
    [
        ("participant", pa.dictionary(pa.int32(), pa.string())),
        ("minute", INSTANT),
        ("worn", pa.bool_()),  # on the wrist, whether or not it was ever uploaded
        ("uploaded", pa.bool_()),  # worn, and at the vendor's on the day after the last
        ("asleep", pa.bool_()),
        ("heart_rate", pa.float32()),  # the mean of the minute, worn or not
    ]
)
DAYS = pa.schema(
    [
        ("participant", pa.string()),
        ("day", pa.date32()),
        ("zone", pa.string()),
        ("day_minutes", pa.int64()),
        ("worn_minutes", pa.int64()),  # of those uploaded
        ("unsynced_minutes", pa.int64()),  # worn, never uploaded
        ("sleep_minutes", pa.float64()),  # asleep in the main sleep that ends on this date
        ("steps", pa.int64()),  # of the minutes uploaded
        ("reason", pa.string()),
        ("scenario", pa.string()),
    ]
)
SYNCS = pa.schema([("participant", pa.string()), ("synced_at", INSTANT)])
DEVICES = pa.schema(
    [
        ("participant", pa.string()),
        ("device", pa.string()),
        ("model", pa.string()),
        ("firmware", pa.string()),
        ("paired_on", pa.date32()),
        ("lost_on", pa.date32()),
        ("last_synced_at", INSTANT),
    ]
)
MODELS = (("Charge 6", "1.171.50"), ("Inspire 3", "1.188.58"), ("Sense 2", "1.194.84"))


def minutes(life: Life) -> pa.Table:
    """Every minute of one participant."""
    calendar = life.calendar
    zeros = pa.array(np.zeros(calendar.minutes, np.int32))
    columns = [
        pa.DictionaryArray.from_arrays(zeros, pa.array([life.person.code])),
        pa.array(calendar.utc_ms(np.arange(calendar.minutes)), INSTANT),
        pa.array(life.wear.worn),
        pa.array(life.wear.uploaded),
        pa.array(life.asleep),
        pa.array(((life.heart[:-1] + life.heart[1:]) / 2).astype(np.float32)),
    ]
    return pa.Table.from_arrays(columns, schema=MINUTES)


def days(life: Life) -> pa.Table:
    """Every date of one participant, with the reason that it must be given."""
    calendar = life.calendar
    count = len(calendar.dates)
    worn = life.per_day(life.wear.worn)
    away = np.where(life.wear.uploaded, False, life.wear.worn)
    asleep = [
        float(life.nights[day].asleep.sum()) / 2 if day in life.nights else 0.0
        for day in range(count)
    ]
    columns: list[Any] = [
        [life.person.code] * count,
        calendar.dates,
        calendar.zones,
        calendar.ends - calendar.starts,
        worn,
        np.bincount(calendar.day, away, minlength=count).astype(np.int64),
        asleep,
        life.per_day(life.steps),
        reasons(life.person, calendar, worn, life.wear.syncs),
        [life.person.scenario] * count,
    ]
    return _table(columns, DAYS)


def syncs(life: Life) -> pa.Table:
    """When the watch uploaded."""
    at = life.calendar.utc_ms(life.wear.syncs)
    return _table([[life.person.code] * len(at), at], SYNCS)


def device(life: Life) -> pa.Table:
    """The watch of one participant."""
    person = life.person
    model, firmware = MODELS[person.index % len(MODELS)]
    last = int(life.calendar.utc_ms(life.wear.syncs).max())
    columns: list[Any] = [
        [person.code], [f"W-{person.index + 1:03}"], [model], [firmware],
        [person.enrolled_on], [person.lost_on], [last],
    ]  # fmt: skip
    return _table(columns, DEVICES)


def minutes_file(out: Path) -> pq.ParquetWriter:
    """Where the minutes go, one participant after the other, for they are many."""
    return pq.ParquetWriter(out / "minutes.parquet", MINUTES, compression="zstd")


def write(out: Path, name: str, tables: Sequence[pa.Table]) -> None:
    """One table of the truth as Parquet."""
    pq.write_table(pa.concat_tables(tables), out / f"{name}.parquet", compression="zstd")


def _table(columns: Sequence[Any], schema: pa.Schema) -> pa.Table:
    arrays = [pa.array(c, type=f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
