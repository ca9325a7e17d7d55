"""A delivery's body as it waits: compressed, with the participants it may be about."""

from collections.abc import Mapping

import orjson
import pyarrow as pa

from wearhouse.study import Participant


def packed(known: Mapping[str, Participant], body: bytes) -> bytes:
    """A body to be kept. Who its participants are is said here and not decided again."""
    people = orjson.dumps({code: who.id for code, who in known.items()})
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(people + b"\n" + body)
    return bytes(sink.getvalue())


def unpacked(kept: bytes) -> tuple[dict[str, int], bytes]:
    """The number of each participant by the code that a body uses, and the body."""
    with pa.CompressedInputStream(pa.BufferReader(kept), "zstd") as stream:
        people, _, body = bytes(stream.read()).partition(b"\n")
    return orjson.loads(people), body
