"""JSON built column by column: a million rows without a Python object each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

Texts = NDArray[np.bytes_]


def document(content: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """The bytes of a document; none if it holds nothing."""
    return orjson.dumps(content) if content else b""


def rows(columns: Mapping[str, Texts]) -> orjson.Fragment:
    """A JSON array of flat objects from columns whose texts are JSON already."""
    count = len(next(iter(columns.values())))
    fields: list[tuple[str, str]] = []
    constants: list[bytes] = []
    for name, texts in columns.items():
        key = f'{"," if fields else "{"}"{name}":'.encode()
        fields += [(f"{name}:", f"S{len(key)}"), (name, texts.dtype.str)]
        constants += [key, b""]
    layout = np.dtype([*fields, ("}", "S2")])
    table = np.full(count, np.array((*constants, b"},"), layout), layout)
    for name, texts in columns.items():
        table[name] = texts
    # numpy fills short texts up with NUL bytes, which no JSON text holds.
    packed = table.tobytes().translate(None, b"\0")
    return orjson.Fragment(b"[" + packed[:-1] + b"]")


def _clock(seconds: int) -> str:
    return f'"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"'


CLOCK: Texts = np.array([_clock(second) for second in range(86_400)], "S10")
NUMBERS: Texts = np.array([str(n) for n in range(1_000)], "S3")
TENTHS: Texts = np.array([f"{n / 10:.1f}" for n in range(1_001)], "S5")
HUNDREDTHS: Texts = np.array([f"{n / 100:.2f}" for n in range(10_000)], "S5")
TEN_THOUSANDTHS: Texts = np.array([f"{n / 10_000:.4f}" for n in range(10_000)], "S6")
