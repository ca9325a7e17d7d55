"""What the tests of sources read files with."""

from collections import Counter
from pathlib import Path

import pyarrow as pa

from wearhouse.sources import Source
from wearhouse.sources.files import File, in_memory, walk


def only(path: Path) -> File:
    """The one file at a path."""
    (file,) = walk(path)
    return file


def table(source: Source, file: File) -> pa.Table:
    """All samples of a file, for those of many."""
    return pa.concat_tables([parsed.samples for parsed in source.read(file)]).unify_dictionaries()


def samples(source: Source, file: File) -> list[dict]:
    return [row for parsed in source.read(file) for row in parsed.samples.to_pylist()]


def episodes(source: Source, file: File) -> list[dict]:
    return [row for parsed in source.read(file) for row in parsed.episodes.to_pylist()]


def rejected(source: Source, file: File) -> list[tuple[int, str]]:
    return [
        (row["position"], row["reason"])
        for parsed in source.read(file)
        for row in parsed.rejects.to_pylist()
    ]


def series(source: Source, file: File, metric: str) -> list[tuple[str, float]]:
    """Times, as ISO texts, with the values of one metric."""
    return [
        (row["t"].isoformat(), row["value"])
        for row in samples(source, file)
        if row["metric"] == metric
    ]


def count(source: Source, file: File) -> dict[str, int]:
    """How many samples and episodes there are of each metric."""
    counted: Counter[str] = Counter()
    for parsed in source.read(file):
        for table in (parsed.samples, parsed.episodes):
            names: pa.ChunkedArray = table["metric"]
            counted.update(
                {row["values"]: row["counts"] for row in names.value_counts().to_pylist()}
            )
    return dict(counted)


def written(text: str | bytes, name: str = "file") -> File:
    return in_memory(name, text if isinstance(text, bytes) else text.encode())
