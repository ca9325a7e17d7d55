"""Tables as files: CSV, JSON rows, Arrow stream, Parquet; piece by piece in constant memory."""

import io
from collections.abc import Iterator
from typing import Any, Literal, get_args

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet

Format = Literal["json", "csv", "arrow", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)

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


def stream(tables: Iterator[pa.Table], format_: Format, quoted: bool = False) -> Iterator[bytes]:
    """The tables, all of one schema, as the bytes of one file. In CSV, text that may hold commas
    or line breaks needs to be `quoted`."""
    first = next(tables)
    buffer = _Buffer()
    with _writer(buffer, first.schema, format_, quoted) as writer:
        writer.write_table(first)
        yield buffer.taken()
        for table in tables:
            writer.write_table(table.unify_dictionaries())
            yield buffer.taken()
    yield buffer.taken()


def _writer(buffer: "_Buffer", schema: pa.Schema, format_: Format, quoted: bool) -> Any:
    match format_:
        case "csv":  # codes, metrics and times hold nothing that would need quotes
            buffer.write((",".join(schema.names) + "\n").encode())
            style = "needed" if quoted else "none"
            options = pyarrow.csv.WriteOptions(include_header=False, quoting_style=style)
            return pyarrow.csv.CSVWriter(buffer, schema, write_options=options)
        case "arrow":
            options = pyarrow.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
            return pyarrow.ipc.new_stream(buffer, schema, options=options)
        case "json":
            return _JsonWriter(buffer)
        case "parquet":
            return pyarrow.parquet.ParquetWriter(buffer, schema, compression="zstd")


class _JsonWriter:
    """An array of objects, one a row."""

    def __init__(self, buffer: "_Buffer") -> None:
        self._buffer = buffer
        self._between = b"["

    def __enter__(self) -> "_JsonWriter":
        return self

    def write_table(self, table: pa.Table) -> None:
        for row in table.to_pylist():
            self._buffer.write(self._between + b"\n" + orjson.dumps(row))
            self._between = b","

    def __exit__(self, *_: object) -> None:
        self._buffer.write((b"[" if self._between == b"[" else b"") + b"\n]\n")


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
