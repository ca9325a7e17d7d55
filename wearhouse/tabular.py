"""Tables as files: CSV, Arrow stream, Parquet; written piece by piece in constant memory."""

import io
from collections.abc import Iterator
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

Format = Literal["json", "csv", "arrow", "parquet"]

MEDIA: dict[Format, str] = {
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
SUFFIX: dict[Format, str] = {"csv": "csv", "arrow": "arrows", "parquet": "parquet", "json": "json"}


def format_accepted(accept: str) -> Format:
    """The format that an Accept header asks for; JSON unless it names one of ours first."""
    for media in (entry.split(";")[0].strip().lower() for entry in accept.split(",")):
        for format_, ours in MEDIA.items():
            if media == ours:
                return format_
        if media in ("application/json", "*/*", "application/*"):
            return "json"
    return "json"


def stream(tables: Iterator[pa.Table], format_: Format) -> Iterator[bytes]:
    """The tables, all of one schema, as the bytes of one file."""
    first = next(tables)
    buffer = _Buffer()
    with _writer(buffer, first.schema, format_) as writer:
        writer.write_table(first)
        yield buffer.taken()
        for table in tables:
            writer.write_table(table.unify_dictionaries())
            yield buffer.taken()
    yield buffer.taken()


def _writer(buffer: "_Buffer", schema: pa.Schema, format_: Format) -> Any:
    match format_:
        case "csv":
            options = pyarrow.csv.WriteOptions(quoting_style="needed")
            return pyarrow.csv.CSVWriter(buffer, schema, write_options=options)
        case "arrow":
            options = pyarrow.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
            return pyarrow.ipc.new_stream(buffer, schema, options=options)
        case _:
            return pyarrow.parquet.ParquetWriter(buffer, schema, compression="zstd")


class _Buffer(io.RawIOBase):
    """Collects what a writer writes until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._at += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
