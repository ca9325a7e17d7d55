"""Columns of text cast to times and numbers, the bad ones found instead of failing the whole."""

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MS = pa.timestamp("ms")

# Written by Fitabase, and by spreadsheets that saved its files again.
US_TIMES = (
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
)
YEAR_1000 = pa.scalar(datetime(1000, 1, 1), pa.timestamp("s"))  # noqa: DTZ001
OFFSET = r"[+-]\d\d:?\d\d$"


def lenient(texts: pa.Array, kind: pa.DataType) -> pa.Array:
    """A cast that leaves null where it is impossible."""
    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        if len(texts) == 1:
            return pa.nulls(1, kind)
        middle = len(texts) // 2
        return pa.concat_arrays([lenient(texts[:middle], kind), lenient(texts[middle:], kind)])


def numbers(texts: pa.Array) -> pa.Array:
    """Numbers; null where a text is empty, NaN where it is not a number."""
    texts = pc.utf8_trim_whitespace(texts)
    empty = pc.fill_null(pc.equal(texts, ""), True)
    cast = lenient(pc.if_else(empty, None, texts), pa.float64())
    return pc.if_else(empty, None, pc.fill_null(cast, float("nan")))


def us_times(texts: pa.Array) -> pa.Array:
    """Times such as 4/12/2016 7:21:00 AM; null where one does not exist."""
    times = pa.nulls(len(texts), pa.timestamp("s"))
    for form in US_TIMES:
        parsed = pc.strptime(texts, format=form, unit="s", error_is_null=True)
        times = pc.coalesce(times, parsed)
        if not times.null_count:
            break
    impossible = pc.or_(_overflown(texts, times), pc.less(times, YEAR_1000))
    return pc.if_else(impossible, None, times).cast(MS)


def _overflown(texts: pa.Array, times: pa.Array) -> pa.Array:
    # strptime takes 30 February for 1 March; only the first days of a month can be meant so.
    suspects = pc.less_equal(pc.day(times), 3)
    rows = np.flatnonzero(pc.fill_null(suspects, False).to_numpy(zero_copy_only=False))
    overflown = np.zeros(len(texts), bool)
    if rows.size:
        some = pc.utf8_trim_whitespace(texts.take(rows))
        written = pc.list_element(pc.split_pattern(some, "/", max_splits=1), 0).cast(pa.int64())
        overflown[rows] = pc.not_equal(written, pc.month(times.take(rows)))
    return pa.array(overflown)


def iso_times(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """ISO 8601 times and epoch numbers as (wall times, minutes east of UTC).

    A time in UTC has the offset 0, one without an offset has null; where there is no time
    at all, both are null.
    """
    texts = pc.utf8_trim_whitespace(texts)
    if pc.any(pc.match_substring_regex(texts, r"^-?\d+(\.\d+)?$")).as_py():
        return _mixed_with_epochs(texts)
    zulu = pc.ends_with(texts, "Z")
    stated = pc.and_(pc.match_substring_regex(texts, OFFSET), pc.greater(pc.utf8_length(texts), 15))
    zoned = pc.or_(zulu, stated)
    naive = lenient(pc.if_else(zoned, None, texts), pa.timestamp("ns"))
    utc = lenient(pc.if_else(zoned, texts, None), pa.timestamp("ns", "UTC"))
    offset = pc.if_else(zulu, 0, _stated_offsets(pc.if_else(stated, texts, None)))
    # Casting to whole milliseconds drops what is finer.
    naive = naive.cast(MS, safe=False)
    utc = utc.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64())
    wall = pc.add(utc, pc.multiply(offset.cast(pa.int64()), 60_000)).cast(MS)
    return pc.coalesce(naive, wall), offset


def _stated_offsets(texts: pa.Array) -> pa.Array:
    written = pc.dictionary_encode(
        pc.replace_substring(pc.utf8_slice_codeunits(texts, -6), ":", "")
    )
    minutes = [_minutes(text) for text in written.dictionary.to_pylist()]
    return pa.array(minutes, pa.int16()).take(written.indices)


def _minutes(text: str) -> int:
    sign = -1 if text[-5] == "-" else 1
    return sign * (60 * int(text[-4:-2]) + int(text[-2:]))


def _mixed_with_epochs(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    epoch = pc.match_substring_regex(texts, r"^\d{9,13}(\.\d+)?$")
    moments = epochs(lenient(pc.if_else(epoch, texts, None), pa.float64()))
    digits = pc.match_substring_regex(texts, r"^-?\d+(\.\d+)?$")
    wall, offset = iso_times(pc.if_else(digits, None, texts))
    zero = pc.if_else(pc.is_valid(moments), pa.scalar(0, pa.int16()), None)
    return pc.coalesce(wall, moments), pc.coalesce(offset, zero)


def epochs(since: pa.Array) -> pa.Array:
    """Epoch numbers as times: seconds if below 1e11, else milliseconds; null from 1e14 on."""
    ms = pc.if_else(pc.less(pc.abs(since), 1e11), pc.multiply(since, 1000.0), since)
    ms = pc.if_else(pc.less(pc.abs(ms), 1e14), ms, None)
    return pc.round(ms).cast(pa.int64()).cast(MS)
