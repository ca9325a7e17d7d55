"""Delimited text, block by block: fast where lines are as expected, exact where they are not."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from wearhouse.errors import Invalid
from wearhouse.samples import NAMES
from wearhouse.sources.batches import LONGEST_RECORD
from wearhouse.sources.columns import numbers
from wearhouse.sources.files import BOM, File

BLOCK = 10 << 20
SMALL = 64 << 10
LONGEST_LINE = 1 << 20
LONGEST_QUOTE = 1000  # lines
DELIMITERS = ",;\t"
LOST = "\ufffd"
STRAY_RETURN = re.compile(r"\r(?!\n)")

Bad = tuple[int, str, str]


@dataclass(frozen=True)
class Rows:
    """A block's rows of the right width: the columns asked for and the line of each.

    A number is null where it is empty and NaN where the text is not a number. `bad` holds the
    line, reason and text of the rows that could not be split into columns.
    """

    table: pa.Table
    bad: list[Bad]
    block: bytes
    first: int

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.block.split(b"\n")

    def text(self, line: int) -> str:
        """The line as it stands in the file."""
        return self._lines[line - self.first].decode(errors="replace").strip()


def header_of(head: bytes) -> tuple[str, ...]:
    """The column names on the first line, which also shows the delimiter."""
    line = head.removeprefix(BOM).split(b"\n", 1)[0].decode(errors="replace").strip()
    try:
        names = next(csv.reader([line], delimiter=delimiter_of(line)), [])
    except csv.Error:
        return ()
    return tuple(name.strip() for name in names)


def delimiter_of(line: str) -> str:
    """The most frequent of comma, semicolon and tab."""
    return max(DELIMITERS, key=line.count)


def rows(
    file: File,
    kinds: dict[str, pa.DataType],
    *,
    block_size: int = BLOCK,
    ends_with_newline: bool = False,
) -> Iterator[Rows]:
    """The wanted columns of a file, in blocks. With `ends_with_newline`, a last line that does
    not end so was cut."""
    with file.open() as stream:
        start = stream.readline(LONGEST_LINE)
        header = header_of(start)
        missing = [name for name in kinds if header.count(name) != 1]
        if missing:
            raise Invalid(f"{file.name} should have one column {missing[0]!r} in its first line.")
        delimiter = delimiter_of(start.decode(errors="replace"))
        reader = _Reader(file.name, header, kinds, delimiter)
        first = 2
        for block in _blocks(stream, block_size, file.name):
            if not block.endswith(b"\n"):
                reader.check_end(block, ends_with_newline)
            lines = _count(block)
            yield reader.read(block, first, lines)
            first += lines


def _blocks(stream: BinaryIO, size: int, name: str) -> Iterator[bytes]:
    """Whole lines, about so many bytes at a time."""
    while block := stream.read(size):
        parts = [block, stream.readline(LONGEST_LINE)]
        quotes = block.count(b'"') if b'"' in block else 0
        while (quotes := quotes + parts[-1].count(b'"')) % 2:
            # The line ends within a quoted text, which goes on in the next.
            parts.append(stream.readline(LONGEST_LINE))
            if not parts[-1] or len(parts) > LONGEST_QUOTE:
                raise Invalid(f"{name} has a quoted text that does not end.")
        yield b"".join(parts)


def _count(block: bytes) -> int:
    """How many lines, the last one counting even if it does not end."""
    return block.count(b"\n") + (not block.endswith(b"\n"))


def _half(block: bytes) -> int:
    """After the last line break in the first half that does not stand within a quoted text."""
    cut = block.rfind(b"\n", 0, len(block) // 2) + 1
    while cut and b'"' in block and block.count(b'"', 0, cut) % 2:
        cut = block.rfind(b"\n", 0, cut - 1) + 1
    return cut


@dataclass(frozen=True)
class _Reader:
    name: str
    header: tuple[str, ...]
    kinds: dict[str, pa.DataType]
    delimiter: str

    def check_end(self, block: bytes, strict: bool) -> None:
        line = STRAY_RETURN.sub(LOST, block[block.rfind(b"\n") + 1 :].decode(errors="replace"))
        fields = next(csv.reader([line], delimiter=self.delimiter), [])
        if fields and (strict or len(fields) < len(self.header) or line.count('"') % 2):
            raise Invalid(
                f"{self.name} is truncated: its last line is {line[:80]!r}"
                + (", without a line break after it." if strict else ".")
            )

    def read(self, block: bytes, first: int, lines: int) -> Rows:
        """A block of so many lines, `first` being the number of the first of them."""
        parts = list(self._parts(block, first, lines))
        table = pa.concat_tables([part.table for part in parts]).unify_dictionaries()
        bad = [bad for part in parts for bad in part.bad]
        return Rows(table.combine_chunks(), bad, block, first)

    def _parts(self, block: bytes, first: int, lines: int) -> Iterator[Rows]:
        """Halves a block until what is not as expected is a small part of it."""
        table = self._quick(block, first, lines)
        if table is not None:
            yield Rows(table, [], block, first)
            return
        cut = _half(block) if len(block) > SMALL else 0
        if cut:
            upper, lower = block[:cut], block[cut:]
            yield from self._parts(upper, first, _count(upper))
            yield from self._parts(lower, first + _count(upper), _count(lower))
        else:
            yield self._exact(block, first)

    def _quick(self, block: bytes, first: int, lines: int) -> pa.Table | None:
        quoted = b'"' in block
        try:
            table = pyarrow.csv.read_csv(
                pa.BufferReader(block),
                pyarrow.csv.ReadOptions(
                    column_names=self.header, use_threads=False, block_size=len(block) + 1
                ),
                pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter,
                    quote_char='"' if quoted else False,
                    newlines_in_values=quoted,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=self.kinds,
                    include_columns=list(self.kinds),
                    null_values=[""],
                    strings_can_be_null=False,
                ),
            )
        except (pa.ArrowInvalid, pa.ArrowKeyError):
            return None
        if table.num_rows != lines:
            return None
        return self._placed(table.columns, np.arange(first, first + lines))

    def _exact(self, block: bytes, first: int) -> Rows:
        text = STRAY_RETURN.sub(LOST, block.decode(errors="replace"))
        reader = csv.reader(io.StringIO(text), delimiter=self.delimiter)
        good: list[list[str]] = []
        places: list[int] = []
        bad: list[Bad] = []
        try:
            following = first
            for fields in reader:
                line, following = following, first + reader.line_num
                record = self.delimiter.join(fields)
                if LOST in record:
                    bad.append((line, "the line is not plain UTF-8 text", record[:LONGEST_RECORD]))
                elif len(fields) == len(self.header):
                    good.append(fields)
                    places.append(line)
                elif fields:
                    reason = f"the line has {len(fields)} columns, not {len(self.header)}"
                    bad.append((line, reason, record[:LONGEST_RECORD]))
        except csv.Error as error:
            raise Invalid(
                f"{self.name} is damaged near line {first + reader.line_num}: {error}."
            ) from error
        columns = [
            self._column([fields[self.header.index(name)] for fields in good], kind)
            for name, kind in self.kinds.items()
        ]
        return Rows(self._placed(columns, np.array(places, np.int64)), bad, block, first)

    def _column(self, texts: list[str], kind: pa.DataType) -> pa.Array:
        column = pa.array(texts, pa.string())
        if kind == NAMES:
            return column.dictionary_encode()
        return numbers(column) if kind == pa.float64() else column

    def _placed(
        self, columns: list[pa.Array], lines: np.ndarray[tuple[int], np.dtype[np.int64]]
    ) -> pa.Table:
        fields = [pa.field(name, kind) for name, kind in self.kinds.items()]
        schema = pa.schema([*fields, pa.field("position", pa.int64())])
        return pa.Table.from_arrays([*columns, pa.array(lines)], schema=schema)
