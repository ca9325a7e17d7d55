"""Where a ClickHouse is, as its URL says, and how it is to be spoken to."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from wearhouse.errors import Invalid

OPTIONS = ("cluster", "ca_cert", "client_cert", "client_cert_key")
"""What may stand behind the question mark of a server's URL; all but the first are files."""

PORTS = {"clickhouse": 8123, "clickhouses": 8443}

ALWAYS: dict[str, str | int] = {
    "output_format_arrow_low_cardinality_as_dictionary": 0,
    "output_format_arrow_string_as_string": 1,
    # One insert is one block, so that a slice is never split between two parts.
    "async_insert": 0,
    "max_insert_block_size": 100_000_000,
    "min_insert_block_size_rows": 100_000_000,
    "min_insert_block_size_bytes": 0,
    "max_insert_threads": 1,
    "max_partitions_per_insert_block": 0,
    "optimize_on_insert": 0,  # a load never holds two rows of one place
    "max_query_size": 100_000_000,  # of a whole fleet, every device may be named
}
EMBEDDED: dict[str, str | int] = {
    "max_threads": 2,
    "max_memory_usage": 600_000_000,
    "output_format_arrow_compression_method": "none",
    # A thread that reads by itself: a hundred others for it would each keep some memory for good.
    "local_filesystem_read_method": "pread",
}
SERVER: dict[str, str | int] = {
    "output_format_arrow_compression_method": "lz4_frame",
    "max_memory_usage": 4_000_000_000,
    "max_execution_time": 300,
}
CLUSTER: dict[str, str | int] = {
    # An insert into a Distributed table ends when its shards have the rows, not when they are
    # queued on the server that was asked.
    "distributed_foreground_insert": 1,
    "optimize_skip_unused_shards": 1,
    "optimize_skip_unused_shards_limit": 100_000,
    "insert_quorum_timeout": 60_000,
    "skip_unavailable_shards": 0,
}


@dataclass(frozen=True, slots=True)
class Address:
    """A ClickHouse: the engine in this process (`path`), or a server."""

    path: str | None = None
    host: str = ""
    port: int = 0
    user: str = "default"
    password: str = field(default="", repr=False)
    database: str = "default"
    secure: bool = False
    cluster: str | None = None
    files: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        """`embedded`, `server` or `cluster`."""
        if self.path is not None:
            return "embedded"
        return "cluster" if self.cluster else "server"

    @property
    def settings(self) -> dict[str, str | int]:
        """What holds for every statement."""
        if self.path is not None:
            return ALWAYS | EMBEDDED
        return ALWAYS | SERVER | (CLUSTER if self.cluster else {})


def address_of(url: str) -> Address:
    """Read a store's URL; Invalid if it is not one of a ClickHouse."""
    if url.startswith("chdb:"):
        return Address(path=unquote(urlsplit(url).path))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Invalid(f"The store's URL cannot be read: {error}.") from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    strange = sorted(options.keys() - set(OPTIONS))
    if strange:
        raise Invalid(f"The store's URL has {strange[0]!r}; known are {', '.join(OPTIONS)}.")
    if not parts.hostname:
        raise Invalid("The store's URL names no host; write clickhouse://user:password@host/name.")
    if "cluster" in options and not options["cluster"]:
        raise Invalid("The store's URL says cluster= without a name.")
    cluster = options.pop("cluster", None)
    for name, file in sorted(options.items()):
        if not Path(file).is_file():
            raise Invalid(f"The store's URL says {name}={file}, which is not a file.")
    return Address(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.strip("/")) or "default",
        secure=parts.scheme == "clickhouses",
        cluster=cluster,
        files=tuple(sorted(options.items())),
    )
