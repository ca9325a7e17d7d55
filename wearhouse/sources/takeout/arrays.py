"""Arrays of small JSON records, block by block, and the times that the archive writes in them."""

import re
from collections.abc import Iterator

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from wearhouse.errors import Invalid
from wearhouse.sources.columns import MS, lenient
from wearhouse.sources.documents import Json
from wearhouse.sources.files import BOM, File

CHUNK = 2 << 20
LONGEST = 32 << 20
BETWEEN = re.compile(rb"\}\s*,\s*\{")
NEAR = 1 << 14
US_TIME = r"^\d\d/\d\d/\d\d \d\d:\d\d:\d\d$"


def blocks(file: File) -> Iterator[tuple[int, list[Json]]]:
    """The elements of a top-level array, many at a time, with the number of the first."""
    first = 0
    with file.open() as stream:
        text = stream.read(CHUNK).removeprefix(BOM).lstrip()
        if text[:1] != b"[":
            raise Invalid(f"{file.name} is not a JSON array.")
        text = text[1:]
        while chunk := stream.read(CHUNK):
            text += chunk
            cut = _cut(text)
            if cut:
                rows = _loaded(b"[" + text[: cut[0]] + b"]", file.name)
                yield first, rows
                first += len(rows)
                text = text[cut[1] :]
            elif len(text) > LONGEST:
                raise Invalid(f"{file.name} holds one record of more than {LONGEST >> 20} MiB.")
        yield first, _loaded(b"[" + text, file.name)


def _cut(text: bytes) -> tuple[int, int] | None:
    """Where the last record but one ends, and where the last one begins."""
    for start in (max(len(text) - NEAR, 0), 0):
        *_, found = None, *BETWEEN.finditer(text, start)
        if found:
            return found.start() + 1, found.end() - 1
    return None


def _loaded(text: bytes, name: str) -> list[Json]:
    try:
        rows: list[Json] = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{name} is truncated or not valid JSON: {error}.") from error
    return rows


def us_times(texts: pa.Array) -> pa.Array:
    """Times such as 04/13/16 07:01:00; null where one does not exist."""
    written = pc.match_substring_regex(texts, US_TIME)
    if not pc.all(written, skip_nulls=False).as_py():
        texts = pc.if_else(written, texts, None)
    year, month, day, clock = (
        pc.utf8_slice_codeunits(texts, *part) for part in ((6, 8), (0, 2), (3, 5), (9, 17))
    )
    date = pc.binary_join_element_wise(pc.binary_join_element_wise("20", year, ""), month, day, "-")
    return lenient(pc.binary_join_element_wise(date, clock, "T"), MS)
