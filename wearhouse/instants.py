"""Instants as ISO 8601 text, many at a time."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wearhouse.window import DAY_MS, Millis

DASH, COLON, POINT, T, Z, PLUS = (ord(c) for c in "-:.TZ+")


def utc_text(at: Millis) -> pa.Array:
    """`2026-03-01T12:00:00Z`, with milliseconds where any instant has them."""
    fine = bool((at % 1000).any()) if len(at) else False
    text = np.empty((len(at), 24 if fine else 20), np.uint8)
    _clock(text, at)
    if fine:
        text[:, 19] = POINT
        _digits(text, 20, at % 1000, 3)
    text[:, -1] = Z
    return _strings(text)


def civil_text(at: Millis, offset: NDArray[np.int16]) -> pa.Array:
    """`2026-03-01T00:00:00+05:30` from civil milliseconds and minutes east of UTC."""
    text = np.empty((len(at), 25), np.uint8)
    _clock(text, at)
    size = np.abs(offset.astype(np.int64))
    text[:, 19] = np.where(offset < 0, DASH, PLUS)
    _digits(text, 20, size // 60, 2)
    text[:, 22] = COLON
    _digits(text, 23, size % 60, 2)
    return _strings(text)


def _clock(text: NDArray[np.uint8], at: Millis) -> None:
    day = (at // DAY_MS).astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    year = day.astype("datetime64[Y]")
    _digits(text, 0, year.astype(np.int64) + 1970, 4)
    _digits(text, 5, (month - year).astype(np.int64) + 1, 2)
    _digits(text, 8, (day - month).astype(np.int64) + 1, 2)
    second = at % DAY_MS // 1000
    _digits(text, 11, second // 3600, 2)
    _digits(text, 14, second % 3600 // 60, 2)
    _digits(text, 17, second % 60, 2)
    text[:, [4, 7]], text[:, 10], text[:, [13, 16]] = DASH, T, COLON


def _digits(text: NDArray[np.uint8], at: int, number: NDArray[np.int64], width: int) -> None:
    for place in range(width):
        text[:, at + width - 1 - place] = 48 + number // 10**place % 10


def _strings(text: NDArray[np.uint8]) -> pa.Array:
    rows, width = text.shape
    ends = pa.py_buffer((np.arange(rows + 1) * width).astype(np.int32))
    return pa.StringArray.from_buffers(rows, ends, pa.py_buffer(text.tobytes()))
